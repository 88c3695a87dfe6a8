"""Review: confirm, reject, put back to new, one by one and in bulk."""

from collections import Counter

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import groupby

# So many payments are confirmed in one transaction while a dialog shows the progress.
CHUNK = 50
# So many payments are named beside each reason.
EXAMPLES = 3
_AFTER = {
    "close": {"type": "ir.actions.act_window_close"},
    "reload": {"type": "ir.actions.client", "tag": "soft_reload"},
}


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_tochka_confirm(self):
        """Confirm the new payments among these lines, each that can be.

        With `tochka_show_progress` in the context, a dialog works through many.
        """
        self.check_access("write")
        new = self.filtered(lambda line: line.tochka_review == "new")
        left_alone = self._left_alone(new)
        if self.env.context.get("tochka_show_progress") and len(new) > CHUNK:
            return {
                "type": "ir.actions.client",
                "tag": "account_tochka.confirm_progress",
                "name": self.env._("Confirming payments"),
                "target": "new",
                "params": {
                    "ids": new.ids,
                    "chunk": CHUNK,
                    "left_alone": [
                        [reason, count, []]
                        for reason, count in left_alone.items()
                        if count
                    ],
                },
            }
        confirmed, refused = new._confirm()
        examples = self._by_reason(refused)
        return self._tell_review(
            self.env._("Payments confirmed: %s.", len(confirmed)),
            left_alone + Counter(refused.values()),
            {reason: lines._named() for reason, lines in examples.items()},
        )

    def tochka_confirm_chunk(self):
        """Confirm the new payments among these lines, for the progress dialog.

        :return dict: `confirmed`: how many; `refused`: list of [reason, how many, names
            of the first ones]
        """
        lines = self.exists()
        lines.check_access("write")
        new = lines.filtered(lambda line: line.tochka_review == "new")
        confirmed, refused = new._confirm()
        return {
            "confirmed": len(confirmed),
            "refused": [
                [reason, len(lines), lines._named()]
                for reason, lines in self._by_reason(refused).items()
            ],
        }

    def _by_reason(self, refused):
        """Turn {line: reason} into {reason: lines}."""
        return {
            reason: self.browse(line.id for line in lines)
            for reason, lines in groupby(refused, refused.get)
        }

    def _named(self):
        """Name the first of these payments by day and amount."""
        return [
            f"{line.date:%d.%m.%Y} {line.currency_id.format(line.amount)}"
            for line in self[:EXAMPLES]
        ]

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
        """Put confirmed payments back to new, and undo what is booked of new ones."""
        self.check_access("write")
        decided = self.filtered(
            lambda line: line.tochka_review == "confirmed" or line.tochka_booked
        )
        free, kept = decided._free_to_change()
        back, refused = free._put_back()
        return self._tell_review(
            self.env._("Payments put back to new: %s.", len(back)),
            kept + Counter(refused.values()),
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
        if self._matched_by_others():
            return self.env._("reconciled; undo the reconciliation first")
        if self.statement_id.is_valid and self.statement_id.is_complete:
            return self.env._("part of a closed bank statement; delete that first")
        return None

    def _matched_by_others(self):
        """Give the journal items that others than confirmation matched with this line.

        What confirmation has matched itself, it undoes as well: the invoices of the
        parts, the other side of the transfer, and the exchange differences of both.
        """
        _liquidity, suspense, others = self._seek_for_lines()
        items = suspense | others
        matched = items.matched_debit_ids.debit_move_id
        matched |= items.matched_credit_ids.credit_move_id
        if not self.tochka_booked:
            return matched
        own = self.part_ids.invoice_id | self.sudo().tochka_pair_id.move_id
        return matched.filtered(
            lambda item: (
                item.move_id not in own and not item.move_id.exchange_diff_partial_ids
            )
        )

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

    def _tell_review(self, message, refused, examples=None, after="close"):
        """Give the notification of a bulk action.

        :param str message: what was done
        :param Counter refused: {reason: number of lines}
        :param dict examples: {reason: list of the names of the first lines}
        :param str after: `close` the card, or `reload` what is on the screen
        """
        reasons = []
        for reason, count in refused.items():
            if not count:
                continue
            words = self.env._(
                "Left alone: %(count)s (%(reason)s).", count=count, reason=reason
            )
            names = (examples or {}).get(reason)
            if names:
                words += " " + "; ".join(names) + ("; …" if count > len(names) else ".")
            reasons.append(words)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if reasons else "success",
                "message": " ".join([message, *reasons]),
                "next": _AFTER[after],
            },
        }
