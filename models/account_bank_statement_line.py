from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError


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

    def unlink(self):
        """Override of `account` to remember payments deleted in any way as rejected."""
        in_books = self.sudo().tochka_transaction_id.filtered(
            lambda row: row.state == "loaded"
        )
        in_books.with_user(self.env.user)._decide(state="rejected", line_id=False)
        return super().unlink()

    # === REVIEW === #

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

    def action_tochka_confirm(self):
        """Confirm the new payments among these lines."""
        self.check_access("write")
        new = self.filtered(lambda line: line.tochka_review == "new")
        new.move_id.checked = True
        new.tochka_transaction_id._decide()
        return self._tell_review(
            self.env._("Payments confirmed: %s.", len(new)), self._left_alone(new)
        )

    def action_tochka_reject(self):
        """Reject the new payments: their lines go, the register remembers them."""
        self.check_access("unlink")
        new = self.filtered(lambda line: line.tochka_review == "new")
        refused = Counter(
            {
                self.env._("already confirmed, put it back to new first"): len(
                    self.filtered(lambda line: line.tochka_review == "confirmed")
                )
            }
        )
        rejected = self.browse()
        for line in new:
            reason = line._reason_not_to_change()
            if reason:
                refused[reason] += 1
            else:
                rejected += line
        count = len(rejected)
        rejected.unlink()
        return self._tell_review(self.env._("Payments rejected: %s.", count), refused)

    def action_tochka_back_to_new(self):
        """Put confirmed payments back to new."""
        self.check_access("write")
        confirmed = self.filtered(lambda line: line.tochka_review == "confirmed")
        refused = Counter()
        back = self.browse()
        for line in confirmed:
            reason = line._reason_not_to_change()
            if reason:
                refused[reason] += 1
            else:
                back += line
        back.move_id.checked = False
        back.tochka_transaction_id.sudo().write(
            {"decided_by": False, "decided_on": False}
        )
        return self._tell_review(
            self.env._("Payments put back to new: %s.", len(back)), refused
        )

    def _left_alone(self, done):
        """Count the lines of a selection that the action does not concern."""
        others = self - done
        confirmed = others.filtered(lambda line: line.tochka_review == "confirmed")
        return Counter(
            {
                self.env._("already confirmed"): len(confirmed),
                self.env._("not from Tochka Bank"): len(others - confirmed),
            }
        )

    def _reason_not_to_change(self):
        """Say why the entry of one line must stay as it is.

        :return: a translated clause, or None when it may be changed
        """
        self.ensure_one()
        locked = self.company_id._get_lock_date_violations(
            self.date, fiscalyear=True, sale=False, purchase=False, tax=False, hard=True
        )
        if locked:
            return self.env._("in a locked period")
        if self.move_id.inalterable_hash:
            return self.env._("secured against changes")
        _liquidity, suspense, others = self._seek_for_lines()
        if (suspense | others).filtered(
            lambda item: item.matched_debit_ids or item.matched_credit_ids
        ):
            return self.env._("reconciled; undo the reconciliation first")
        if self.statement_id.is_valid and self.statement_id.is_complete:
            return self.env._("part of a closed bank statement; delete that first")
        return None

    def _check_may_change(self):
        """Refuse to change the entry of a line that must stay.

        :raise UserError: with the reason
        """
        self.ensure_one()
        reason = self._reason_not_to_change()
        if reason:
            raise UserError(
                self.env._(
                    "The payment of %(day)s for %(amount)s cannot be changed:"
                    " %(reason)s.",
                    day=self.date.strftime("%d.%m.%Y"),
                    amount=self.currency_id.format(self.amount),
                    reason=reason,
                )
            )

    def _tell_review(self, message, refused):
        """Give the notification of a bulk action.

        :param str message: what was done
        :param Counter refused: {reason: number of lines}
        """
        reasons = [
            self.env._(
                "Left alone: %(count)s (%(reason)s).", count=count, reason=reason
            )
            for reason, count in refused.items()
            if count
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if reasons else "success",
                "message": " ".join([message, *reasons]),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
