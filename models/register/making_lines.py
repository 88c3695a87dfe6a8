"""From the register to the books: statement lines of the rows that have none."""

from odoo.tools import SQL

from . import bank_row
from .lines_at_once import LinesAtOnce


def create_lines(rows):
    """Make the statement lines of rows, unreviewed.

    :param rows: tochka.transaction of one account
    """
    found = rows._recognise()
    values = [row._prepare_line() | found[row] for row in rows]
    Line = rows.env["account.bank.statement.line"].with_company(rows.company_id)
    # OCA's reconciliation guesses by a part of the name: better nobody than wrong.
    Line = Line.with_context(skip_retrieve_partner=True)
    lines = LinesAtOnce(Line, values).make()
    if lines is None:
        lines = Line.create(values)
        # Posting recomputes core's mark to True, so it is taken off afterwards.
        lines.move_id.checked = False
        lines._forget_proposals()
    note_loaded(rows, lines)
    rows._recognise_in_books()


def line_values(row):
    """Return the values of the statement line of one row, as the bank has it."""
    purpose = " ".join((row.purpose or "").split())
    return {
        "tochka_transaction_id": row.id,
        "journal_id": row.account_id.journal_id.id,
        "date": row.date,
        "amount": row.amount,
        **{shown: row[name] for name, shown in bank_row.on_line().items()},
        "payment_ref": purpose or row.type_code or row.partner_name or "—",
        "transaction_details": row.raw,
    }


def note_loaded(rows, lines):
    """Note in the register that each row has its line, in one statement.

    :param rows: tochka.transaction
    :param lines: account.bank.statement.line, in the order of the rows
    """
    rows.flush_recordset()
    rows.env.cr.execute(
        SQL(
            "UPDATE tochka_transaction SET state = 'loaded', review = 'new',"
            " line_id = v.line, write_uid = %s,"
            " write_date = NOW() AT TIME ZONE 'UTC'"
            " FROM (VALUES %s) v (id, line) WHERE tochka_transaction.id = v.id",
            rows.env.uid,
            SQL(", ").join(
                SQL("(%s, %s)", row.id, line.id)
                for row, line in zip(rows, lines, strict=True)
            ),
        )
    )
    written = ["state", "review", "line_id", "write_uid", "write_date"]
    rows.invalidate_recordset(written, flush=False)
    with rows.env.protecting([rows._fields["review"]], rows):
        rows.modified(written)
