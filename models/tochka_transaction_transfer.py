"""Own transfers: the two sides of one movement of money, paired once."""

from odoo import fields, models


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    pair_id = fields.Many2one(
        "tochka.transaction",
        string="Other Side",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The same money on the other own account.",
    )

    def _recognise_transfers(self, found):
        """Mark rows whose other side is an own account.

        :param dict found: of `_recognise`; gets `tochka_is_transfer`
        """

    def _pair_transfers(self):
        """Pair transfers with their other sides, each once."""
