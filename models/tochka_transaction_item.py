"""What a payment was for: by rules, then by what was learnt of the counterparty."""

from odoo import models


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def _recognise_items(self, found):
        """Let rules and memory set item, partner, label and analytic distribution.

        :param dict found: of `_recognise`
        """

    def _confirm_by_rules(self):
        """Confirm what the rules trust, but for what needs a person's decision."""
