"""Open invoices a payment is for: named in the purpose, or the only one that fits."""

from odoo import models


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def _propose_invoices(self):
        """Propose open invoices as parts of the payments."""
