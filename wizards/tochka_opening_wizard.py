from odoo import api, fields, models


class TochkaOpeningWizard(models.TransientModel):
    """Fix the balance of an account at the start of a day."""

    _name = "tochka.opening.wizard"
    _inherit = ["tochka.walled"]
    _description = "Opening Balance of a Tochka Bank Account"

    account_id = fields.Many2one("tochka.account", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="account_id.currency_id", related_sudo=False)
    fixed = fields.Boolean(
        string="Fix the Balance",
        default=True,
        help="Off: every payment of the bank may enter the books.",
    )
    day = fields.Date(
        string="At the Start Of",
        required=True,
        compute="_compute_from_account",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    balance = fields.Monetary(
        string="Opening Balance",
        compute="_compute_from_account",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    balance_in_books = fields.Monetary(
        string="Now in Odoo",
        compute="_compute_balance_in_books",
        help="Balance of the journal at the start of the day, without this entry.",
    )
    adjustment = fields.Monetary(
        compute="_compute_balance_in_books",
        help="Amount of the entry that will bring the journal to the balance.",
    )
    rate_note = fields.Char(compute="_compute_rate_note")

    @api.depends("account_id")
    def _compute_from_account(self):
        for wizard in self:
            account = wizard.account_id
            wizard.day = account.opening_date or fields.Date.start_of(
                account._today(), "month"
            )
            wizard.balance = account.opening_balance

    @api.depends("account_id", "day", "balance")
    def _compute_balance_in_books(self):
        for wizard in self:
            known = wizard.day and wizard.account_id
            before = known and fields.Date.subtract(wizard.day, days=1)
            in_books = wizard.account_id._balance_in_books(before) if before else 0.0
            own = wizard.account_id.opening_line_id
            if own and before and own.date <= before:
                in_books -= own.amount
            wizard.balance_in_books = in_books
            wizard.adjustment = wizard.balance - in_books

    @api.depends("account_id", "day")
    def _compute_rate_note(self):
        for wizard in self:
            known = bool(wizard.account_id and wizard.day)
            wizard.rate_note = known and wizard.account_id._opening_rate_note(
                wizard.day
            )

    def action_ask_bank(self):
        """Fill in the balance the bank reports for the day."""
        self.ensure_one()
        self.check_access("write")
        self.account_id.check_access("write")
        figure = self.account_id._bank_balance_at_start(self.day)
        if figure is not None:
            self.balance = figure
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Opening balance"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_save(self):
        """Fix the balance, or release it."""
        self.ensure_one()
        self.check_access("write")
        self.account_id.check_access("write")
        if self.fixed:
            self.account_id._fix_opening(self.day, self.balance)
        else:
            self.account_id._release_opening()
        return {"type": "ir.actions.act_window_close"}
