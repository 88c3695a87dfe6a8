"""From the register to the books: statement lines of the rows that have none."""

from odoo import models
from odoo.tools import SQL

from .lines_at_once import LinesAtOnce


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def _create_lines(self):
        """Make the statement lines of these rows, all of one account, unreviewed."""
        partners = self._find_partners()
        values = [row._prepare_line(partners.get(row)) for row in self]
        Line = self.env["account.bank.statement.line"].with_company(self.company_id)
        lines = LinesAtOnce(Line, values).make()
        if lines is None:
            lines = Line.create(values)
            # Posting recomputes core's mark to True, so it is taken off afterwards.
            lines.move_id.checked = False
        self._loaded(lines)

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

    def _prepare_line(self, partner):
        """Give the values of the statement line of one row.

        :param partner: res.partner that was recognised, or None
        """
        self.ensure_one()
        purpose = " ".join((self.purpose or "").split())
        return {
            "tochka_transaction_id": self.id,
            "journal_id": self.account_id.journal_id.id,
            "date": self.date,
            "amount": self.amount,
            "payment_ref": purpose or self.type_code or self.partner_name or "—",
            "ref": self.document_number,
            "partner_id": partner.id if partner else False,
            "partner_name": self.partner_name,
            "account_number": self.account_number,
            "transaction_type": self.type_code,
            "transaction_details": self.raw,
        }

    def _find_partners(self):
        """Recognise counterparties: by bank account, then by INN and KPP, then by INN.

        Ambiguity is nobody. Three queries for any number of rows.

        :return dict: {row: res.partner}
        """
        company = self.company_id
        Partner = self.env["res.partner"].with_company(company)
        visible = [("company_id", "in", (False, company.id))]
        by_account = _unique(
            (bank.sanitized_acc_number, bank.partner_id.commercial_partner_id)
            for bank in self.env["res.partner.bank"].search(
                [
                    ("sanitized_acc_number", "in", _filled(self, "account_number")),
                    ("partner_id.company_id", "in", (False, company.id)),
                ]
            )
        )
        holders = Partner.search(
            [("vat", "in", _filled(self, "inn")), ("parent_id", "=", False), *visible]
        )
        by_inn_kpp = _unique(((p.vat, p.kpp or ""), p) for p in holders)
        by_inn = _unique((p.vat, p) for p in holders)
        found = {}
        for row in self:
            # The bank stands as counterparty of card and SBP rows: it is no customer.
            if row.partner_bic == row.account_id.bic and row.account_number:
                if row.account_number.startswith("302"):
                    continue
            found[row] = (
                by_account.get(row.account_number)
                or by_inn_kpp.get((row.inn, row.kpp or ""))
                or by_inn.get(row.inn)
            )
        return found


def _filled(rows, name):
    """Give the distinct non-empty values of a Char field."""
    return list({value for value in rows.mapped(name) if value})


def _unique(pairs):
    """Give {key: value} of keys that have one distinct value."""
    result, ambiguous = {}, set()
    for key, value in pairs:
        if result.setdefault(key, value) != value:
            ambiguous.add(key)
    return {k: v for k, v in result.items() if k not in ambiguous}
