from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models.loading.proof import Proof
from ..models.register.intake import Intake
from .bank_and_register import AgainstTheBank
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


@tagged("post_install", "-at_install")
class TestProofAgainstTheRegister(AgainstTheBank):
    """A day is whole when the register holds what the bank's balances say."""

    def _tick(self):
        self.account.last_attempt = False
        cron = self.env.ref("account_tochka.ir_cron_import_hourly")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _automatic(self, since):
        self.account.sudo().write({"auto_import": True, "auto_import_since": since})

    def _day(self, day):
        found = self.env["tochka.day"].search(
            [("account_id", "=", self.account.id), ("date", "=", day)]
        )
        found.invalidate_recordset()
        return found

    def _requests(self):
        log = self.bank.control("/log", "GET")
        return sum("/statements" in entry["path"] for entry in log)

    def test_days_show_the_banks_balances(self):
        self.load(self.account)
        for number in (1, 14, 31):
            date_ = date(2026, 10, number)
            truth = self.bank.truth(self.number, date_, date_)
            day = self._day(date_)
            self.assertEqual(
                (day.opening, day.closing), (truth["opening"], truth["closing"])
            )
            self.assertFalse(day.words)

    def test_known_rows_cost_three_queries(self):
        self.load(self.account)
        with self.account.connection_id._client() as client:
            statement = client.statement(self.number, *LAST_MONTH)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        stored = self.env["tochka.transaction"]._take_in(self.account, statement)
        self.env["tochka.day"]._prove(self.account, statement, stored)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 3)
        self.assertEqual(len(stored.ids), len(self.rows()))

    def test_a_row_missing_in_the_register_opens_its_day(self):
        self.load(self.account)
        told = self.pay(day="2026-10-15")
        with patch.object(Intake, "_insert", lambda *_args: set()):
            self.load(self.account)
        self.assertEqual(self.days("open"), {date(2026, 10, 15): "register"})
        day = self._day(date(2026, 10, 15))
        self.assertEqual(day.difference, 777.77)
        self.assertIn("777,77", day.words)
        self.load(self.account)
        self.assertFalse(self.days("open"))
        self.assertTrue(self.row(told).line_id)

    def test_a_foreign_row_in_the_register_is_taken_back(self):
        self.load(self.account)
        row = self.rows()[0]
        copied = {
            name: row[name]
            for name in ("account_id", "company_id", "currency_id", "date", "amount")
        }
        self.env["tochka.transaction"].sudo().create(
            {
                **{name: getattr(v, "id", v) for name, v in copied.items()},
                "transaction_key": "of nobody",
                "row_digest": "of nobody",
            }
        )
        self.load(self.account)
        self.assert_as_the_bank()
        self.assertFalse(self.days("open"))

    def test_a_payment_dated_back_by_sixty_days_is_found(self):
        first = date(2026, 8, 1)
        self._automatic(first)
        self.load(self.account, first, TODAY)
        self.assertFalse(self.days("open"))
        told = self.pay(day="2026-09-05")
        for _run in range(3):
            self._tick()
        self.assertEqual(self.row(told).date, date(2026, 9, 5))
        self.assertTrue(self.row(told).line_id)
        self.assertFalse(self.days("open"))
        self.assert_as_the_bank(first, TODAY)

    def test_a_payment_of_long_ago_that_is_taken_back_is_found(self):
        first = date(2026, 8, 1)
        self._automatic(first)
        told = self.pay(day="2026-08-20")
        self.load(self.account, first, TODAY)
        self.change(told, removed=True)
        self.bank.control("/log", "DELETE")
        self._tick()
        self.assertLessEqual(self._requests(), 2 * 2 + 2 * 2)
        for _run in range(3):
            self._tick()
        self.assertEqual(self.row(told).state, "taken_back")
        self.assertFalse(self.days("open"))
        self.assert_as_the_bank(first, TODAY)

    def test_a_month_read_anew_mends_what_comes_after_it(self):
        self.load(self.account, date(2026, 9, 1), date(2026, 11, 15))
        told = self.pay(day="2026-09-05")
        self.load(self.account, date(2026, 9, 1), date(2026, 9, 30))
        self.assertTrue(self.row(told).line_id)
        self.load(self.account, date(2026, 9, 1), date(2026, 9, 30))
        self.assertFalse(self.days("open"))
        last = date(2026, 11, 15)
        truth = self.bank.truth(self.number, last, last)
        self.assertEqual(self._day(last).closing, truth["closing"])

    def test_days_never_asked_for_are_not_asked_for(self):
        self.load(self.account, date(2026, 9, 20), TODAY)
        self.pay(day="2026-09-05")
        self._automatic(TODAY)
        for _run in range(3):
            self._tick()
        self.assertEqual(min(self.days()), date(2026, 9, 20))
        self.assertEqual(min(self.rows().mapped("date")) >= date(2026, 9, 20), True)
        self.assertFalse(self.days("open"))

    def test_balances_that_never_meet_cost_little_and_less_in_time(self):
        first = date(2026, 9, 1)
        self._automatic(first)
        self.load(self.account, first, TODAY)
        border = date(2026, 10, 31)
        self.account.sudo().deep_read_on = TODAY
        costs = []
        for number in range(14):
            self.env.cr.execute(
                "UPDATE tochka_day SET state = 'open', problem = 'border',"
                " difference = 1, closing = closing + 1"
                " WHERE account_id = %s AND date = %s AND %s",
                [self.account.id, border, number == 0],
            )
            self.bank.control("/log", "DELETE")
            with patch.object(
                Proof,
                "_told",
                lambda proof, told=Proof._told: [
                    replace(day, closing=(day.closing or 0) + (day.date == border))
                    for day in told(proof)
                ],
            ):
                self._tick()
            costs.append(self._requests())
        self.assertLessEqual(max(costs), 2 + 4)
        self.assertEqual(costs[-1], 2)
        self.assertIn(border, self.days("open"))

    def test_an_open_day_is_asked_for_less_often_in_time(self):
        self._automatic(date(2026, 9, 1))
        self.load(self.account, date(2026, 9, 1), TODAY)
        self.bank.control("/bulk", account=self.number, date="2026-10-02", count=150)
        self.bank.fault("rows_cut_at_100", times=None)
        costs = []
        for _run in range(16):
            self.bank.control("/log", "DELETE")
            self._tick()
            costs.append(self._requests())
        self.assertIn(date(2026, 10, 2), self.days("open"))
        self.assertLess(costs[-1], costs[5])
        later = TODAY + timedelta(days=2)
        self.bank.heal()
        self.bank.control("/time", now=f"{later}T15:00:00+03:00")
        with freeze_time(f"{later} 12:00:00"):
            for _run in range(3):
                self._tick()
        self.assertFalse(self.days("open"))


@tagged("post_install", "-at_install")
class TestMadeEarly(AgainstTheBank):
    """A statement made before its day ended proves nothing about that day."""

    def test_also_when_it_is_stored_after_midnight(self):
        yesterday = TODAY - timedelta(days=1)
        self.bank.fault("made_early", times=None, hours=16)
        self.load(self.account, yesterday - timedelta(days=1), yesterday)
        self.assertEqual(self.days("open"), {yesterday: "early"})
        self.bank.heal()
        self.load(self.account, yesterday - timedelta(days=1), yesterday)
        self.assertFalse(self.days("open"))
        self.assert_as_the_bank(yesterday, yesterday)

    def test_a_clock_of_the_bank_that_is_ahead_ends_no_day(self):
        self.bank.control("/time", now=f"{TODAY + timedelta(days=1)}T01:00:00+03:00")
        self.load(self.account, TODAY, TODAY)
        self.assertIn(TODAY, self.days("today"))


@tagged("post_install", "-at_install")
class TestOtherPeriod(AgainstTheBank):
    def test_a_statement_of_more_days_is_refused_in_words(self):
        self.bank.fault("longer_period", times=None)
        self.bank.control("/log", "DELETE")
        run = self.load(self.account)
        self.assertEqual(run.state, "failed")
        self.assertIn("another period", run.error)
        self.assertFalse(self.rows())
        self.assertFalse(self.days("proven"))
        self.assertLess(len(self.bank.control("/log", "GET")), 10)
        self.bank.heal()
        self.assertEqual(self.load(self.account).state, "done")
        self.assert_as_the_bank()
