from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import LAST_MONTH, TODAY, TochkaCase


@tagged("post_install", "-at_install")
class TestOpening(TochkaCase):
    def _fix_first_of_last_month(self, account):
        figure = account._bank_balance_at_start(LAST_MONTH[0])
        account._fix_opening(LAST_MONTH[0], figure)

    def _check_balances(self, account):
        self._fix_first_of_last_month(account)
        run = self.load(account, LAST_MONTH[0], TODAY)
        self.assertEqual(run.state, "done", run.error)
        truth = self.bank.truth(account.bank_account_id, LAST_MONTH[0], TODAY)
        self.assertAlmostEqual(account.bank_balance, truth["closing"], places=2)
        newest = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", account.journal_id.id)], limit=1
        )
        self.assertAlmostEqual(newest.running_balance, truth["closing"], places=2)
        self.assertAlmostEqual(account._balance_in_books(), truth["closing"], places=2)
        self.assertEqual(
            account.currency_id.compare_amounts(account.balance_difference, 0.0), 0
        )

    def test_roubles_in_odoo_equal_the_bank_to_the_kopeck(self):
        self._check_balances(self.choose())

    def test_yuan_in_odoo_equal_the_bank_to_the_fen(self):
        account = self.choose(currency="CNY")
        self.rate_of_yuan(account, date(2026, 9, 30), 0.08)
        self._check_balances(account)

    def rate_of_yuan(self, account, day, rate):
        self.env["res.currency.rate"].create(
            {
                "currency_id": account.currency_id.id,
                "company_id": self.company.id,
                "name": day,
                "rate": rate,
            }
        )

    def test_yuan_without_a_rate_are_never_booked_one_to_one(self):
        account = self.choose(currency="CNY")
        self.rate_of_yuan(account, date(2026, 10, 15), 0.08)
        with self.assertRaisesRegex(UserError, "no rate of CNY on 01.10.2026"):
            account._fix_opening(date(2026, 10, 1), 1000.0)
        self.assertFalse(account.opening_date)
        wizard = self.env["tochka.opening.wizard"].create(
            {"account_id": account.id, "day": "2026-10-20", "balance": 1000.0}
        )
        self.assertIn("1 CNY = 12.5000 RUB", wizard.rate_note)
        wizard.action_save()
        balance = account.opening_line_id._seek_for_lines()[0].balance
        self.assertEqual(balance, 12500.0)
        wizard.account_id = self.choose()
        self.assertFalse(wizard.rate_note)

    def test_nothing_earlier_enters_the_books(self):
        account = self.choose()
        account._fix_opening(date(2026, 10, 15), 1000.0)
        run = self.load(account)
        early = self.env["tochka.transaction"].search(
            [("account_id", "=", account.id), ("date", "<", "2026-10-15")]
        )
        self.assertTrue(early)
        self.assertEqual(set(early.mapped("review")), {"before_opening"})
        self.assertEqual(account.before_opening_count, len(early))
        self.assertEqual(run.found, run.created + len(early))
        self.assertGreaterEqual(
            min(self.lines(account).mapped("date")), date(2026, 10, 15)
        )

    def test_an_earlier_day_lets_the_kept_payments_in(self):
        account = self.choose()
        account._fix_opening(date(2026, 10, 15), 1000.0)
        self.load(account)
        self._fix_first_of_last_month(account)
        self.assertEqual(account.before_opening_count, 0)
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)
        self.assertEqual(len(self.lines(account)), len(truth["transactions"]))
        self.assertAlmostEqual(account._balance_in_books(), truth["closing"], places=2)

    def test_a_later_day_takes_new_payments_out(self):
        account = self.choose()
        self._fix_first_of_last_month(account)
        self.load(account)
        account._fix_opening(
            date(2026, 10, 15), account._bank_balance_at_start(date(2026, 10, 15))
        )
        self.assertGreaterEqual(
            min(self.lines(account).mapped("date")), date(2026, 10, 15)
        )
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)
        self.assertAlmostEqual(account._balance_in_books(), truth["closing"], places=2)

    def test_a_later_day_is_refused_over_confirmed_payments(self):
        account = self.choose()
        self.load(account)
        self.lines(account)[-1].action_tochka_confirm()
        with self.assertRaisesRegex(UserError, "confirmed already"):
            account._fix_opening(date(2026, 10, 31), 1.0)

    def test_a_future_day_is_refused(self):
        account = self.choose()
        with self.assertRaisesRegex(UserError, "future"):
            account._fix_opening(date(2026, 11, 21), 1.0)

    def test_the_dialog_offers_the_banks_figure(self):
        account = self.choose()
        wizard = self.env["tochka.opening.wizard"].create(
            {"account_id": account.id, "day": LAST_MONTH[0]}
        )
        wizard.action_ask_bank()
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)
        self.assertAlmostEqual(wizard.balance, truth["opening"], places=2)
        wizard.action_save()
        self.assertEqual(account.opening_date, LAST_MONTH[0])
        reopened = Form(
            self.env["tochka.opening.wizard"].with_context(
                default_account_id=account.id
            )
        )
        self.assertEqual(reopened.day, LAST_MONTH[0])
        self.assertAlmostEqual(reopened.balance, truth["opening"], places=2)

    def test_fixing_twice_leaves_one_entry(self):
        account = self.choose()
        account._fix_opening(LAST_MONTH[0], 100.0)
        account._fix_opening(LAST_MONTH[0], 250.0)
        self.assertAlmostEqual(account._balance_in_books(), 250.0)
        openings = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", account.journal_id.id)]
        )
        self.assertEqual(openings, account.opening_line_id)

    def test_releasing_lets_everything_in(self):
        account = self.choose()
        account._fix_opening(date(2026, 10, 15), 1000.0)
        self.load(account)
        self.env["tochka.opening.wizard"].create(
            {"account_id": account.id, "fixed": False}
        ).action_save()
        self.assertFalse(account.opening_date)
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)
        self.assertEqual(len(self.lines(account)), len(truth["transactions"]))

    def test_a_locked_period_is_refused(self):
        account = self.choose()
        self.company.fiscalyear_lock_date = LAST_MONTH[1]
        with self.assertRaisesRegex(UserError, "locked period"):
            account._fix_opening(LAST_MONTH[0], 1.0)

    def test_payments_of_a_locked_period_are_counted(self):
        account = self.choose()
        self.company.fiscalyear_lock_date = date(2026, 10, 10)
        run = self.load(account)
        early = account.transaction_ids.filtered(
            lambda row: row.date <= date(2026, 10, 10)
        )
        self.assertEqual(run.redated, len(early))
        self.assertIn(str(len(early)), run.get_progress()["message"])
