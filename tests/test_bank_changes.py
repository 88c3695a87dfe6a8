"""What the bank changes, compared with what the books show."""

import re
from datetime import date

from odoo.tests import tagged

from .common import TochkaCase

WEEK = (date(2026, 10, 5), date(2026, 10, 9))
AFTER = date(2026, 10, 12)


@tagged("post_install", "-at_install")
class TestChangesAndBooks(TochkaCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose()
        self.load(self.account, *WEEK)
        self.line = self.lines(self.account).filtered(lambda one: one.amount < 0)[0]
        self.row = self.line.tochka_transaction_id
        self.amount = abs(self.row.amount)

    def change(self, **values):
        self.bank.control(
            "/payments/change",
            account=self.account.bank_account_id,
            row=self.row.transaction_id,
            **values,
        )
        return self.load(self.account, *WEEK)

    def fix_opening(self):
        with self.enter_registry_test_mode():
            self.account._fix_opening(AFTER, 100.0)

    def digits(self, text):
        return re.sub(r"[^\d→]", "", text)

    # === WITH THE BOOKS === #

    def test_a_change_back_to_what_the_books_kept_is_none(self):
        self.change(amount="12345.67")
        self.row.action_dismiss_change()
        self.change(amount=f"{self.amount:.2f}")
        self.assertEqual(abs(self.line.amount), self.amount)
        self.assertFalse(self.row.bank_change)

    def test_another_change_after_that_is_told_from_the_books(self):
        self.change(amount="12345.67")
        self.row.action_dismiss_change()
        self.change(amount="76543.21")
        self.assertEqual(
            self.digits(self.row.bank_change),
            f"{self.amount:.2f}→76543.21".replace(".", ""),
        )

    def test_a_change_to_what_a_person_had_booked_is_none(self):
        self.line.amount = -12345.67
        self.change(amount="12345.67")
        self.assertFalse(self.row.bank_change)
        self.assertEqual(self.row.amount, self.line.amount)

    def test_what_a_person_wrote_is_no_change_of_the_bank(self):
        self.line.payment_ref = "Мои слова"
        self.change(amount="12345.67")
        self.change(amount="12345.68")
        self.assertNotIn("Мои слова", self.row.bank_change)

    # === REJECTED === #

    def test_a_rejected_payment_that_changes_is_told(self):
        self.line.action_tochka_reject()
        run = self.change(amount="12345.67")
        self.assertEqual((run.changed, run.created), (1, 0))
        self.assertEqual(self.row.review, "rejected")
        self.assertIn("→", self.row.bank_change)
        [activity] = self.account.activity_ids
        self.assertEqual(activity.user_id, self.administrator)
        self.assertIn("1234567", self.digits(activity.note))
        self.row.with_user(self.accountant).action_dismiss_change()
        self.assertEqual((self.row.review, self.row.bank_change), ("rejected", False))
        self.change(description="Уточнённое назначение")
        self.row.with_user(self.accountant).action_accept_change()
        self.assertEqual((self.row.review, self.row.bank_change), ("new", False))
        self.assertEqual(abs(self.row.line_id.amount), 12345.67)
        self.assertEqual(self.row.line_id.payment_ref, "Уточнённое назначение")

    def test_a_rejected_payment_that_changes_back_is_silent(self):
        self.line.action_tochka_reject()
        self.change(amount="12345.67")
        self.change(amount=f"{self.amount:.2f}")
        self.assertFalse(self.row.bank_change)

    def test_rejecting_a_flagged_payment_takes_the_flag(self):
        self.change(amount="12345.67")
        self.line.action_tochka_reject()
        self.assertFalse(self.row.bank_change)

    # === BEFORE THE OPENING BALANCE === #

    def test_taking_over_before_the_opening_balance(self):
        self.change(amount="12345.67")
        words = self.row.bank_change
        self.fix_opening()
        self.assertEqual(self.row.review, "before_opening")
        self.assertFalse(self.row.bank_change)
        self.row.bank_change = words  # as former versions left it
        self.row.with_user(self.accountant).action_accept_change()
        self.assertEqual(
            (self.row.review, self.row.bank_change), ("before_opening", False)
        )
        with self.enter_registry_test_mode():
            self.account._release_opening()
        self.assertEqual(abs(self.row.line_id.amount), 12345.67)

    def test_restoring_before_the_opening_balance(self):
        self.line.action_tochka_reject()
        self.fix_opening()
        action = self.row.with_user(self.accountant).action_restore()
        self.assertEqual(self.row.review, "before_opening")
        message = action["params"]["message"]
        self.assertIn("Payments restored: 1", message)
        self.assertIn("before the opening balance, so not in the books: 1", message)
        self.assertFalse(self.row.line_id or self.row.decided_by)
