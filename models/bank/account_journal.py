from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    tochka_account_ids = fields.One2many(
        "tochka.account", "journal_id", string="Tochka Accounts", readonly=True
    )

    def _fill_bank_cash_dashboard_data(self, dashboard_data):
        """Override of `account` to show what waits for a person."""
        result = super()._fill_bank_cash_dashboard_data(dashboard_data)
        accounts = self.sudo().tochka_account_ids
        for account in accounts:
            dashboard_data[account.journal_id.id]["tochka"] = {
                "new": account.new_count,
                "attention": account.state == "attention",
                "open_days": account.open_day_count,
            }
        return result

    def action_tochka_payments(self):
        """Open the payments of this journal that wait for a person."""
        self.ensure_one()
        self.check_access("read")
        return self.tochka_account_ids.action_open_payments()

    def action_tochka_account(self):
        """Open the bank account this journal is bound to."""
        self.ensure_one()
        self.check_access("read")
        self.tochka_account_ids.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "tochka.account",
            "res_id": self.tochka_account_ids.id,
            "views": [(False, "form")],
        }
