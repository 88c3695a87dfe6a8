"""A payment that looks like a line entered before: the same one, or another."""

from collections import Counter

from odoo import models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    _tochka_entered_before_idx = models.Index(
        "(journal_id, amount) WHERE tochka_transaction_id IS NULL"
    )

    def action_tochka_merge(self):
        """Say that payments are the lines entered before that they look like.

        The line entered before takes the bank's identity and stays as it is, its
        reconciliation too; the line just made goes, without being remembered as
        rejected. Pressed twice, nothing more happens.
        """
        lines = self.exists()
        lines.check_access("write")
        lines.check_access("unlink")
        reasons = {line: line._reason_not_to_merge() for line in lines}
        same = lines.filtered(lambda line: not reasons[line])
        count = len(same)
        same._merge()
        return self._tell_review(
            self.env._("Payments merged with lines entered before: %s.", count),
            Counter(filter(None, reasons.values())),
        )

    def _reason_not_to_merge(self):
        """Say why one line cannot be merged with its candidate.

        :return: a translated clause, or None when it can
        """
        self.ensure_one()
        before = self.tochka_duplicate_id.exists()
        if not self.tochka_transaction_id:
            return self.env._("not from Tochka Bank")
        if not before:
            return self.env._("looks like no other line")
        if self.tochka_review != "new":
            return self.env._("already confirmed, put it back to new first")
        if before.tochka_transaction_id:
            return self.env._(
                "the line entered before belongs to another payment of the bank; say"
                " that this one is different"
            )
        if before.move_id.state != "posted":
            return self.env._(
                "the entry of the line entered before is not posted; post it, or say"
                " that this payment is different"
            )
        if (before.journal_id, before.amount) != (self.journal_id, self.amount):
            return self.env._(
                "the line entered before has another account or amount now; say that"
                " this one is different"
            )
        return self._reason_not_to_change()

    def _merge(self):
        """Give the bank's rows to the lines entered before; these lines go."""
        merged = [
            (
                line.tochka_duplicate_id,
                line.tochka_transaction_id,
                line.tochka_is_transfer,
            )
            for line in self
        ]
        self.tochka_transaction_id.sudo()._leave_books("new")
        for before, row, is_transfer in merged:
            # None of this belongs to the entry, so core leaves the entry alone.
            before.write(
                {
                    "tochka_transaction_id": row.id,
                    "tochka_is_transfer": is_transfer or before.tochka_is_transfer,
                }
            )
            row._decide(state="duplicate", line_id=before.id)

    def action_tochka_different(self):
        """Say that payments are not the lines entered before that they look like.

        The same two are never proposed again; the next line that looks alike is.
        """
        lines = self.exists()
        lines.check_access("write")
        marked = lines.filtered("tochka_duplicate_id")
        marked.tochka_transaction_id._note_distinct(marked)
        marked.tochka_duplicate_id = False
        marked.sudo().tochka_transaction_id._find_duplicates()
        return self._tell_review(
            self.env._("Payments kept as different ones: %s.", len(marked)),
            Counter({self.env._("looks like no other line"): len(lines) - len(marked)}),
        )
