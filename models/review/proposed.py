"""What recognition proposed for one counterparty is not proposed for another."""

from odoo import models
from odoo.fields import Command

_ABOUT = ("partner_id", "tochka_is_transfer")


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def write(self, vals):
        """Override of `account` to propose invoices anew for another counterparty.

        What recognition changes, it proposes for by itself.
        """
        if not vals.keys() & set(_ABOUT):
            return super().write(vals)
        new = self.filtered(lambda line: line.tochka_review == "new")
        before = {line: [line[name] for name in _ABOUT] for line in new}
        result = super().write(vals)
        others = new.filtered(lambda line: [line[n] for n in _ABOUT] != before[line])
        if others:
            others._drop_proposed_parts(vals.get("part_ids") or ())
            if not self.env.context.get("tochka_recognising"):
                others.sudo().tochka_transaction_id._propose_invoices()
        return result

    def _drop_proposed_parts(self, commands):
        """Remove the parts no person made, but for those edited in the same saving.

        :param commands: of `part_ids`, just written
        """
        edited = {command[1] for command in commands if command[0] == Command.UPDATE}
        # Who may change the counterparty may not know of parts.
        parts = self.sudo().part_ids.filtered(
            lambda part: part.source != "hand" and part.id not in edited
        )
        parts.unlink()
