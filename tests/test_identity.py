import re
from dataclasses import replace
from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.register import bank_row
from .common import LAST_MONTH, TochkaCase

WEEK = date(2026, 10, 12), date(2026, 10, 18)


@tagged("post_install", "-at_install")
class TestIdentity(TochkaCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose()

    def _twins(self, count=2):
        for _number in range(count):
            self.bank.control(
                "/payments",
                account=self.account.bank_account_id,
                direction="credit",
                amount="777.77",
                description="Оплата одинаковых билетов",
                date="2026-10-15",
            )

    def _rows(self):
        return self.env["tochka.transaction"].search(
            [("account_id", "=", self.account.id)]
        )

    def test_ids_issued_anew_are_claimed_not_doubled(self):
        self._twins()
        first = self.load(self.account, *WEEK)
        lines = self.lines(self.account)
        lines[0].action_tochka_confirm()
        rejected = lines[1].tochka_transaction_id
        lines[1].action_tochka_reject()
        self.bank.fault("reissued_ids", times=None)
        again = self.load(self.account, *WEEK)
        self.assertEqual((again.found, again.created), (first.found, 0))
        self.assertEqual(again.known, first.found)
        self.assertEqual(len(self._rows()), first.found)
        self.assertEqual(rejected.state, "rejected")

    def test_ids_that_vanish_and_return_are_claimed(self):
        self._twins()
        first = self.load(self.account, *WEEK)
        self.bank.fault("missing_ids", times=1, ids="both")
        without = self.load(self.account, *WEEK)
        back = self.load(self.account, *WEEK)
        self.assertEqual((without.created, back.created), (0, 0))
        self.assertEqual(len(self._rows()), first.found)

    def test_a_third_twin_is_new(self):
        self._twins(2)
        self.load(self.account, *WEEK)
        self._twins(1)
        again = self.load(self.account, *WEEK)
        self.assertEqual(again.created, 1)
        twins = self.lines(self.account).filtered(lambda one: one.amount == 777.77)
        self.assertEqual(len(twins), 3)

    def test_both_halves_of_an_own_transfer_stay(self):
        other = self.connection.account_ids.filtered(
            lambda one: one.is_open and one.currency_id.name == "CNY"
        )
        other._bind(
            self.company,
            self.env["account.journal"],
            auto_import=False,
            interval="hourly",
        )
        run = self.load(self.account + other)
        self.assertEqual(run.state, "done", run.error)
        truth = sum(
            len(self.bank.truth(one.bank_account_id, *LAST_MONTH)["transactions"])
            for one in self.account + other
        )
        self.assertEqual(run.created, truth)


@tagged("post_install", "-at_install")
class TestChangedByTheBank(TochkaCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose()
        self.load(self.account, *WEEK)
        self.line = self.lines(self.account)[0]
        self.row = self.line.tochka_transaction_id

    def _change(self, **values):
        self.bank.control(
            "/payments/change",
            account=self.account.bank_account_id,
            row=self.row.transaction_id,
            **values,
        )
        return self.load(self.account, *WEEK)

    def test_words_of_a_new_payment_follow_the_bank(self):
        run = self._change(type="Платежный ордер", description="Уточнённое назначение")
        self.assertEqual((run.changed, run.created), (1, 0))
        self.assertEqual(self.line.transaction_type, "Платежный ордер")
        self.assertEqual(self.line.payment_ref, "Уточнённое назначение")
        self.assertFalse(self.row.bank_change)
        self.assertEqual(self.line.tochka_review, "new")
        self.assertEqual(self.row.raw["description"], "Уточнённое назначение")

    def test_words_of_a_confirmed_payment_are_flagged(self):
        self.line.action_tochka_confirm()
        before = self.line.payment_ref
        self._change(description="Уточнённое назначение")
        self.assertEqual(self.line.payment_ref, before)
        self.assertEqual(self.row.purpose, "Уточнённое назначение")
        self.assertIn("Уточнённое назначение", self.row.bank_change)
        with self.assertRaisesRegex(UserError, "confirmed"):
            self.row.action_accept_change()
        self.row.action_dismiss_change()
        self.assertFalse(self.row.bank_change)
        self.assertEqual(self.line.tochka_review, "confirmed")

    def test_another_amount_is_flagged_with_both_values(self):
        before = self.line.amount
        self._change(amount="12345.67")
        self.assertEqual(self.line.amount, before)
        digits = re.sub(r"[^\d→]", "", self.row.bank_change)
        self.assertEqual(digits, f"{abs(before):.2f}→12345.67".replace(".", ""))
        self.row.with_user(self.accountant).action_accept_change()
        self.assertEqual(abs(self.row.line_id.amount), 12345.67)
        self.assertEqual(self.row.review, "new")
        self.assertFalse(self.row.bank_change)
        self.assertEqual(
            len(self.row.search([("account_id", "=", self.account.id)])),
            len(self.lines(self.account)),
        )

    def test_a_second_change_keeps_the_first_in_sight(self):
        self.line.action_tochka_confirm()
        amount = f"{abs(self.row.amount):.2f}"
        purpose = self.row.purpose
        self._change(amount="12345.67")
        self._change(description="Уточнённое назначение")
        self.assertIn("Уточнённое", self.row.bank_change)
        self.assertIn("1234567", re.sub(r"\D", "", self.row.bank_change))
        self._change(amount=amount, description=purpose)
        self.assertFalse(self.row.bank_change)

    def test_an_unchanged_month_changes_nothing(self):
        run = self.load(self.account, *WEEK)
        self.assertEqual(run.changed, 0)


@tagged("post_install", "-at_install")
class TestOneIdForTwo(TochkaCase):
    def test_two_payments_under_one_id_both_enter(self):
        account = self.choose()
        with account.connection_id._client() as client:
            statement = client.statement(account.bank_account_id, *WEEK)
        first, second, *rest = statement.transactions
        slip = replace(second, transaction_id=first.transaction_id)
        statement = replace(statement, transactions=(first, slip, first, *rest))
        for _time in range(2):
            keys, counts = self.env["tochka.transaction"]._store(account, statement)
            self.assertEqual(len(keys), len(rest) + 2)
        self.assertEqual(counts["inserted"], 0)
        self.assertEqual(len(account.transaction_ids), len(rest) + 2)


@tagged("post_install", "-at_install")
class TestOneFieldMore(TochkaCase):
    """The register keeps a field more than it kept when its rows were loaded."""

    def setUp(self):
        super().setUp()
        self.account = self.choose()
        before = tuple(one for one in bank_row.FIELDS if one.name != "bank_name")
        [added] = (one for one in bank_row.FIELDS if one.name == "bank_name")
        self.now = (*before, replace(added, since=3))
        with patch.object(bank_row, "FIELDS", before):
            self.load(self.account, *WEEK)
        self.rows = self.account.transaction_ids

    def _load(self):
        with patch.object(bank_row, "FIELDS", self.now):
            run = self.load(self.account, *WEEK)
        self.rows.invalidate_recordset()
        return run

    def test_nothing_is_changed_by_the_bank(self):
        self.assertFalse(any(self.rows.mapped("bank_name")))
        versions = map(bank_row.version_of, self.rows.mapped("row_digest"))
        self.assertEqual(set(versions), {2})
        self.lines(self.account)[0].action_tochka_confirm()
        run = self._load()
        self.assertEqual((run.changed, run.created), (0, 0))
        self.assertEqual(run.known, len(self.rows))
        self.assertFalse(any(self.rows.mapped("bank_change")))
        self.assertTrue(any(self.rows.mapped("bank_name")))
        for digest in self.rows.mapped("row_digest"):
            self.assertEqual(bank_row.version_of(digest), 3)
        self.assertEqual(self._load().changed, 0)

    def test_what_the_bank_did_change_is_changed(self):
        row = self.rows[0]
        self.bank.control(
            "/payments/change",
            account=self.account.bank_account_id,
            row=row.transaction_id,
            description="Уточнённое назначение",
        )
        self.assertEqual(self._load().changed, 1)
        self.assertEqual(row.purpose, "Уточнённое назначение")
        self.assertEqual(bank_row.version_of(row.row_digest), 3)
        self.assertEqual(self._load().changed, 0)

    def test_the_rows_are_completed_in_one_query(self):
        with self.account.connection_id._client() as client:
            statement = client.statement(self.account.bank_account_id, *WEEK)
        few = replace(statement, transactions=statement.transactions[:2])
        counts = []
        with patch.object(bank_row, "FIELDS", self.now):
            for one in (few, statement, statement):
                self.env.flush_all()
                before = self.env.cr.sql_log_count
                self.env["tochka.transaction"]._store(self.account, one)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [2, 2, 1])
