from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from .common import LAST_MONTH, TODAY, TochkaCase


@tagged("post_install", "-at_install")
class TestProof(TochkaCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose()

    def _days(self, state=None):
        domain = [("account_id", "=", self.account.id)]
        if state:
            domain.append(("state", "=", state))
        return self.env["tochka.day"].search(domain).mapped("date")

    def _tick(self):
        self.account.last_attempt = False
        cron = self.env.ref("account_tochka.ir_cron_import_hourly")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def test_a_month_that_closes_is_proven_day_by_day(self):
        run = self.load(self.account)
        self.assertEqual(len(self._days("proven")), 31)
        self.assertFalse(self._days("open"))
        self.assertLess(run.requests_made, 8)

    def test_days_between_loads_are_shown_as_missing(self):
        self.load(self.account)
        missing = self._days("missing")
        self.assertEqual((min(missing), max(missing)), (date(2026, 11, 1), TODAY))
        self.load(self.account, date(2026, 11, 1), TODAY)
        self.assertFalse(self._days("missing"))
        self.assertEqual(self._days("today"), [TODAY])

    def test_rows_cut_at_100_are_asked_in_halves_and_all_arrive(self):
        truth = self.bank.truth(self.account.bank_account_id, *LAST_MONTH)
        self.assertGreater(len(truth["transactions"]), 100)
        self.bank.fault("rows_cut_at_100", times=None)
        run = self.load(self.account)
        self.assertEqual(run.found, len(truth["transactions"]))
        self.assertEqual(run.created, run.found)
        self.assertEqual(len(self._days("proven")), 31)

    def test_a_day_cut_for_ever_stays_open_and_is_shown(self):
        self.bank.control(
            "/bulk", account=self.account.bank_account_id, date="2026-10-15", count=150
        )
        self.bank.fault("rows_cut_at_100", times=None)
        self.load(self.account)
        self.assertEqual(self._days("open"), [date(2026, 10, 15)])
        self.assertEqual(self.account.open_day_count, 1)
        self.assertEqual(len(self._days("proven")), 30)
        self.bank.heal()
        self.load(self.account)
        self.assertFalse(self._days("open"))
        truth = self.bank.truth(self.account.bank_account_id, *LAST_MONTH)
        self.assertEqual(len(self.lines(self.account)), len(truth["transactions"]))

    def test_an_open_day_is_asked_again_by_the_schedule(self):
        self.account.sudo().write(
            {"auto_import": True, "auto_import_since": date(2026, 9, 1)}
        )
        self.account.loaded_until = date(2026, 9, 30)
        self.bank.control(
            "/bulk", account=self.account.bank_account_id, date="2026-10-02", count=150
        )
        fault = self.bank.fault("rows_cut_at_100", times=None)
        self._tick()
        self.assertTrue(fault)
        self.assertEqual(self._days("open"), [date(2026, 10, 2)])
        self.bank.heal()
        self._tick()
        self.assertFalse(self._days("open"))

    def test_without_balances_nothing_is_called_proven(self):
        self.bank.fault("no_balances", times=None)
        run = self.load(self.account)
        self.assertGreater(run.created, 100)
        self.assertFalse(self._days("proven"))
        self.assertEqual(len(self._days("open")), 31)

    def test_payments_that_come_late_are_loaded_by_a_later_run(self):
        self.account.sudo().write({"auto_import": True, "auto_import_since": TODAY})
        for hours in (2, 24, 48):
            self.bank.reset()
            self.bank.fault("late_rows", times=None, hours=hours)
            self._tick()
        later = TODAY + timedelta(days=4)
        self.bank.heal()
        self.bank.control("/time", now=f"{later}T15:00:00+03:00")
        with freeze_time(f"{later} 12:00:00"):
            self._tick()
        truth = self.bank.truth(self.account.bank_account_id, TODAY, later)
        self.assertEqual(len(self.lines(self.account)), len(truth["transactions"]))

    def test_the_watermark_has_no_holes_below_it(self):
        self.account.sudo().write(
            {"auto_import": True, "auto_import_since": date(2026, 10, 1)}
        )
        self.load(self.account, date(2026, 10, 1), date(2026, 10, 10))
        self.assertEqual(self.account.loaded_until, date(2026, 10, 10))
        self.load(self.account, date(2026, 11, 1), date(2026, 11, 5))
        self.assertEqual(self.account.loaded_until, date(2026, 10, 10))
        self._tick()
        self.assertEqual(self.account.loaded_until, TODAY)
        truth = self.bank.truth(self.account.bank_account_id, date(2026, 10, 1), TODAY)
        self.assertEqual(len(self.lines(self.account)), len(truth["transactions"]))

    def test_a_failure_never_moves_the_watermark(self):
        self.account.sudo().write({"auto_import": True, "auto_import_since": TODAY})
        self._tick()
        later = TODAY + timedelta(days=3)
        self.bank.control("/time", now=f"{later}T15:00:00+03:00")
        self.bank.fault("statement_error", times=None)
        with freeze_time(f"{later} 12:00:00"):
            self._tick()
            self.assertEqual(self.account.loaded_until, TODAY)
            self.bank.heal()
            self._tick()
            self.assertEqual(self.account.loaded_until, later)
        truth = self.bank.truth(self.account.bank_account_id, TODAY, later)
        self.assertEqual(len(self.lines(self.account)), len(truth["transactions"]))

    def test_what_the_bank_gave_enters_the_books_though_the_rest_fails(self):
        september = date(2026, 9, 1), date(2026, 9, 30)
        self.bank.fault("statement_error", after=1)
        run = self.load(self.account, september[0], LAST_MONTH[1])
        self.assertEqual(run.state, "failed")
        self.assertEqual(self.account.state, "attention")
        truth = self.bank.truth(self.account.bank_account_id, *september)
        self.assertEqual(len(self.lines(self.account)), len(truth["transactions"]))

    def test_an_open_day_that_fails_does_not_hold_up_the_others(self):
        self.account.sudo().write(
            {"auto_import": True, "auto_import_since": date(2026, 9, 1)}
        )
        self.env["tochka.day"].create(
            {"account_id": self.account.id, "date": date(2026, 9, 1), "state": "open"}
        )
        self.account.loaded_until = TODAY
        self.bank.fault("statement_error", after=2)
        with self.assertNoLogs("odoo.addons.account_tochka", "ERROR"):
            self._tick()
        self.assertEqual(self._days("open"), [date(2026, 9, 1)])
        truth = self.bank.truth(self.account.bank_account_id, date(2026, 10, 16), TODAY)
        self.assertEqual(len(self.lines(self.account)), len(truth["transactions"]))
