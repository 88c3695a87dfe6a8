from odoo import api, fields, models


class TochkaMoveWizard(models.TransientModel):
    """Let an account go on under the number or BIC the bank has given it."""

    _name = "tochka.move.wizard"
    _inherit = ["tochka.walled"]
    _description = "Move to Another Account of Tochka Bank"

    account_id = fields.Many2one("tochka.account", required=True, ondelete="cascade")
    number = fields.Char(
        related="account_id.bank_account_id",
        string="Loaded Until Now",
        related_sudo=False,
    )
    candidate_ids = fields.Many2many(
        "tochka.account", compute="_compute_candidate_ids", compute_sudo=False
    )
    target_id = fields.Many2one(
        "tochka.account",
        string="Goes On As",
        compute="_compute_target_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        # The account it becomes is deleted: only its place in the bank's list is taken.
        ondelete="set null",
        domain="[('id', 'in', candidate_ids)]",
    )
    target_number = fields.Char(
        related="target_id.bank_account_id", string="Number", related_sudo=False
    )

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = wizard.account_id.display_name

    @api.depends("account_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            account = wizard.account_id
            wizard.candidate_ids = account and account._move_candidates()

    @api.depends("account_id")
    def _compute_target_id(self):
        for wizard in self:
            account = wizard.account_id
            wizard.target_id = account and account._move_candidates()[:1]

    def action_move(self):
        """Move the account; its register, journal and rules stay with it.

        :raise UserError: when it cannot become the chosen account
        """
        self.ensure_one()
        self.check_access("write")
        account = self.account_id
        account.check_access("write")
        self.target_id.check_access("read")
        account._move_to(self.target_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "tochka.account",
            "res_id": account.id,
            "views": [(False, "form")],
            "target": "main",
        }
