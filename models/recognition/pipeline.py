"""Recognition: what a payment is, before and after its line is made.

Four steps work on register rows and give the values of their lines; three more need
the lines. Each step has a file of its own and a fixed number of queries for a batch.
"""

from odoo import fields, models
from odoo.tools import SQL

from .recognised import NOTHING


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    partner_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The counterparty that was recognised, or set by hand on the line.",
    )
    payee = fields.Char(readonly=True)

    def _recognise(self, kept=None):
        """Recognise rows of one account.

        :param dict kept: {row: values set by hand}, of rows that have lines
        :return dict: {row: dict of the keys of NOTHING, for its line}
        """
        found = {row: dict(NOTHING) for row in self}
        self._recognise_payees(found)
        self._recognise_transfers(found)
        self._recognise_partners(found)
        for row, values in (kept or {}).items():
            found[row].update(values)
        self._note_parties(found)
        self._recognise_items(found)
        return found

    def _note_parties(self, found):
        """Write partners and payees into the register, where rules ask for them."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE tochka_transaction SET partner_id = v.partner, payee = v.payee"
                " FROM (VALUES %s) v (id, partner, payee)"
                " WHERE tochka_transaction.id = v.id",
                SQL(", ").join(
                    SQL(
                        "(%s, %s::int, %s)",
                        row.id,
                        values["partner_id"] or None,
                        values["tochka_payee"] or None,
                    )
                    for row, values in found.items()
                ),
            )
        )
        written = ["partner_id", "payee"]
        self.invalidate_recordset(written, flush=False)
        self.modified(written)

    def _recognise_in_books(self):
        """Finish the recognition of rows whose lines have just been made.

        To confirm what rules trust (`_confirm_by_rules`) is the caller's: loading
        commits the lines before that.
        """
        self._pair_transfers()
        self._find_duplicates()
        self._propose_invoices()
