from odoo import api, fields, models

from ..register.tochka_transaction import IN_BOOKS


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    tochka_transaction_id = fields.Many2one(
        "tochka.transaction",
        readonly=True,
        copy=False,
        ondelete="restrict",
        bypass_search_access=True,
    )
    tochka_review = fields.Selection(
        [("new", "New"), ("confirmed", "Confirmed")],
        string="Review",
        compute="_compute_tochka_review",
        store=True,
        index="btree_not_null",
        help="New: loaded from Tochka Bank and not looked at yet.",
    )
    tochka_account_id = fields.Many2one(
        related="tochka_transaction_id.account_id", string="Tochka Account"
    )
    tochka_date = fields.Date(
        related="tochka_transaction_id.date", string="Date in the Bank"
    )
    tochka_document_number = fields.Char(
        related="tochka_transaction_id.document_number", string="Document Number"
    )
    tochka_inn = fields.Char(related="tochka_transaction_id.inn", string="INN")
    tochka_kpp = fields.Char(related="tochka_transaction_id.kpp", string="KPP")
    tochka_bic = fields.Char(related="tochka_transaction_id.partner_bic", string="BIC")
    tochka_bank_name = fields.Char(
        related="tochka_transaction_id.bank_name", string="Bank"
    )
    tochka_purpose = fields.Text(
        related="tochka_transaction_id.purpose", string="Payment Purpose"
    )

    tochka_bank_change = fields.Text(
        related="tochka_transaction_id.bank_change", string="Changed by the Bank"
    )

    _tochka_transaction_unique = models.UniqueIndex(
        "(tochka_transaction_id) WHERE tochka_transaction_id IS NOT NULL",
        "This payment of Tochka Bank is in the books already.",
    )

    @api.depends("tochka_transaction_id", "move_id.checked")
    def _compute_tochka_review(self):
        for line in self:
            if not line.tochka_transaction_id:
                line.tochka_review = False
            else:
                line.tochka_review = "confirmed" if line.checked else "new"

    def _prepare_move_line_default_vals(self, counterpart_account_id=None):
        """Override of `account` to book foreign currency at the rate the bank told."""
        both = super()._prepare_move_line_default_vals(counterpart_account_id)
        amount = self.sudo().tochka_transaction_id.amount_company
        company_currency = self.company_id.currency_id
        rouble_books = company_currency.name == "RUB"
        if amount and rouble_books and self.currency_id != company_currency:
            liquidity, counterpart = both
            debit, credit = max(amount, 0.0), max(-amount, 0.0)
            liquidity.update(debit=debit, credit=credit)
            counterpart.update(debit=credit, credit=debit)
        return both

    def _forget_proposals(self):
        """Let OCA's reconciliation, where it is installed, propose anew.

        It keeps what it proposed on creation and after undoing, and books that,
        whatever has become of the entry and its partner meanwhile.
        """
        if "reconcile_data" in self._fields:
            self.reconcile_data = False

    def unlink(self):
        """Override of `account` to remember payments deleted in any way as rejected."""
        in_books = self.sudo().tochka_transaction_id.filtered(
            lambda row: row.state in IN_BOOKS
        )
        in_books.with_user(self.env.user)._decide(state="rejected", line_id=False)
        return super().unlink()

    # === CARD === #

    def action_tochka_open_card(self):
        """Open the card of one payment: what the bank sent, what was recognised."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment of Tochka Bank"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (self.env.ref("account_tochka.view_payment_card").id, "form"),
            ],
            "target": "new",
        }

    def action_tochka_accept_change(self):
        """Take over what the bank changed after loading."""
        self.tochka_transaction_id.action_accept_change()
        return {"type": "ir.actions.act_window_close"}

    def action_tochka_dismiss_change(self):
        """Leave the books as they are in spite of the bank's change."""
        self.tochka_transaction_id.action_dismiss_change()
        return {"type": "ir.actions.act_window_close"}
