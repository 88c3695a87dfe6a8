"""Own transfers as a person sees them on a line, and may correct them."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    tochka_pair_id = fields.Many2one(
        "account.bank.statement.line",
        string="Other Side",
        compute="_compute_tochka_pair",
        search="_search_tochka_pair_id",
        help="The same money on the other own account, where you may see it.",
    )
    tochka_pair_name = fields.Char(
        string="Other Account",
        compute="_compute_tochka_pair",
        help="The own account the other side was found on.",
    )

    _tochka_transfer_idx = models.Index("(journal_id) WHERE tochka_is_transfer")

    @api.depends("tochka_transaction_id.pair_id.line_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_tochka_pair(self):
        pairs = {line: line.sudo().tochka_transaction_id.pair_id for line in self}
        others = self.browse(pair.line_id.id for pair in pairs.values() if pair.line_id)
        # The other account may be kept in books that are closed to this user.
        visible = others._filtered_access("read")
        for line, pair in pairs.items():
            line.tochka_pair_id = pair.line_id.sudo(False) & visible
            known = pair.company_id <= self.env.companies
            line.tochka_pair_name = (
                pair.account_id.display_name
                if known
                else self.env._("an account of another company")
            )

    def _search_tochka_pair_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        field = "tochka_transaction_id.pair_id"
        alone = Domain(field, "=", False) if False in value else Domain.FALSE
        others = [line_id for line_id in value if line_id]
        return alone | Domain(f"{field}.line_id", "in", others)

    def write(self, vals):
        """Override to pair, or to let go, when a person corrects what is a transfer."""
        if "tochka_is_transfer" not in vals:
            return super().write(vals)
        value = bool(vals["tochka_is_transfer"])
        corrected = self.filtered(lambda line: line.tochka_is_transfer != value)
        if "confirmed" in corrected.mapped("tochka_review"):
            raise UserError(
                self.env._(
                    "A confirmed payment keeps what it was confirmed as. Put it back to"
                    " new first, then say whether it is an own transfer."
                )
            )
        result = super().write(vals)
        rows = corrected.sudo().tochka_transaction_id
        if not value:
            rows._unpair()
        else:
            for account in rows.account_id:
                rows._pair_transfers_of(account)
        return result
