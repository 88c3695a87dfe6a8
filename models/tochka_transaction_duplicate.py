"""Lines that were in the books before the bank's row came."""

from odoo import models


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def _find_duplicates(self):
        """Mark lines that look like one typed by hand or loaded by another tool."""
