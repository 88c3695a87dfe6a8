"""From the register to the books: statement lines of the rows that have none."""

from odoo import models
from odoo.tools import SQL

from .fence import without_notes
from .lines_at_once import LinesAtOnce


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def _create_lines(self):
        """Make the statement lines of these rows, all of one account, unreviewed."""
        found = self._recognise()
        values = [row._prepare_line() | found[row] for row in self]
        Line = self.env["account.bank.statement.line"].with_company(self.company_id)
        # OCA's reconciliation guesses by a part of the name: better nobody than wrong.
        Line = Line.with_context(skip_retrieve_partner=True)
        Line = without_notes(Line, self.account_id.journal_id)
        lines = LinesAtOnce(Line, values).make()
        if lines is None:
            lines = Line.create(values)
            # Posting recomputes core's mark to True, so it is taken off afterwards.
            lines.move_id.checked = False
            lines._forget_proposals()
        self._loaded(lines)
        self._recognise_in_books()

    def _loaded(self, lines):
        """Note in the register that each row has its line, in one statement."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE tochka_transaction SET state = 'loaded', review = 'new',"
                " line_id = v.line, write_uid = %s,"
                " write_date = NOW() AT TIME ZONE 'UTC'"
                " FROM (VALUES %s) v (id, line) WHERE tochka_transaction.id = v.id",
                self.env.uid,
                SQL(", ").join(
                    SQL("(%s, %s)", row.id, line.id)
                    for row, line in zip(self, lines, strict=True)
                ),
            )
        )
        written = ["state", "review", "line_id", "write_uid", "write_date"]
        self.invalidate_recordset(written, flush=False)
        with self.env.protecting([self._fields["review"]], self):
            self.modified(written)

    def _prepare_line(self):
        """Give the values of the statement line of one row, as the bank has it."""
        self.ensure_one()
        purpose = " ".join((self.purpose or "").split())
        return {
            "tochka_transaction_id": self.id,
            "journal_id": self.account_id.journal_id.id,
            "date": self.date,
            "amount": self.amount,
            "payment_ref": purpose or self.type_code or self.partner_name or "—",
            "ref": self.document_number,
            "partner_name": self.partner_name,
            "account_number": self.account_number,
            "transaction_type": self.type_code,
            "transaction_details": self.raw,
        }
