from odoo import api, fields, models
from odoo.exceptions import ValidationError


class TochkaImportWizard(models.TransientModel):
    """«Import from Tochka Bank»: load a period by hand."""

    _name = "tochka.import.wizard"
    _inherit = ["tochka.walled"]
    _description = "Import from Tochka Bank"

    account_ids = fields.Many2many(
        "tochka.account",
        string="Accounts",
        default=lambda self: self._default_accounts(),
        domain="[('journal_id', '!=', False)]",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.start_of(
            self.env["tochka.account"]._today(), "month"
        ),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self.env["tochka.account"]._today(),
    )
    run_id = fields.Many2one("tochka.import", readonly=True, copy=False)
    run_state = fields.Selection(related="run_id.state", related_sudo=False)

    @api.model
    def _default_accounts(self):
        return self.env["tochka.account"].search(
            [
                ("journal_id", "!=", False),
                ("company_id", "in", self.env.companies.ids),
            ]
        )

    def action_import(self):
        """Put the run into the queue and show its progress.

        :raise ValidationError: when the period or the accounts do not fit
        """
        self.ensure_one()
        self.check_access("write")
        self._check_request()
        self.sudo().run_id = self.env["tochka.import"]._queue(
            self.account_ids, self.date_from, self.date_to
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import from Tochka Bank"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _check_request(self):
        self.account_ids.check_access("read")
        if not self.account_ids:
            raise ValidationError(
                self.env._(
                    "Choose at least one account. If the list is empty, open Settings →"
                    " Connections and choose what to load."
                )
            )
        unbound = self.account_ids.filtered(lambda account: not account.journal_id)
        if unbound:
            raise ValidationError(
                self.env._(
                    "The account %s is bound to no journal. Choose one in the"
                    " connection first.",
                    unbound[0].display_name,
                )
            )
        if self.date_from > self.date_to:
            raise ValidationError(
                self.env._("The first day is later than the last one. Swap them.")
            )
        days = self.account_ids.filtered("registration_date").mapped(
            "registration_date"
        )
        opened = min(days, default=None)
        if opened and self.date_to < opened:
            raise ValidationError(
                self.env._(
                    "The bank opened the account on %s: there are no payments before"
                    " that. Choose a later period.",
                    opened.strftime("%d.%m.%Y"),
                )
            )
        if opened:
            self.date_from = max(self.date_from, opened)
        if self.date_to > self.env["tochka.account"]._today():
            raise ValidationError(
                self.env._(
                    "The last day is in the future: the bank has no payments of it yet."
                    " Choose today or an earlier day."
                )
            )

    def action_open_payments(self):
        """Open the payments of the run."""
        self.ensure_one()
        self.check_access("read")
        if not self.run_id:
            return {"type": "ir.actions.act_window_close"}
        return self.run_id.action_open_payments()
