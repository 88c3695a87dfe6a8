"""Review: confirm, reject, put back to new, one by one and in bulk."""

from collections import Counter

from odoo import models
from odoo.exceptions import UserError


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

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
        rejected, kept = new._free_to_change()
        count = len(rejected)
        rejected.unlink()
        return self._tell_review(
            self.env._("Payments rejected: %s.", count), refused + kept
        )

    def action_tochka_back_to_new(self):
        """Put confirmed payments back to new."""
        self.check_access("write")
        confirmed = self.filtered(lambda line: line.tochka_review == "confirmed")
        back, refused = confirmed._free_to_change()
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

    def _free_to_change(self):
        """Sort out the lines whose entries must stay as they are.

        :return: (the lines that may be changed, Counter {reason: number of others})
        """
        reasons = {line: line._reason_not_to_change() for line in self}
        return (
            self.filtered(lambda line: not reasons[line]),
            Counter(filter(None, reasons.values())),
        )

    def _reason_not_to_change(self):
        """Say why the entry of one line must stay as it is.

        :return: a translated clause, or None when it may be changed
        """
        self.ensure_one()
        if self.company_id._is_bank_locked_on(self.date):
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
