from datetime import date

from odoo.modules.migration import load_script
from odoo.tests import freeze_time, tagged
from odoo.tools import file_path, mute_logger
from odoo.tools.convert import convert_file

from ..models.loading.intervals import INTERVALS
from .common import TochkaCase


@tagged("post_install", "-at_install")
class TestSchedule(TochkaCase):
    def _tick(self, interval="hourly"):
        cron = self.env.ref(f"account_tochka.ir_cron_import_{interval}")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _runs(self, trigger="hourly"):
        return self.env["tochka.import"].search([("trigger", "=", trigger)])

    def test_every_interval_has_its_job(self):
        for interval in INTERVALS:
            cron = self.env.ref(f"account_tochka.ir_cron_import_{interval}")
            self.assertEqual(cron.code, f'model._cron_import("{interval}")')

    def test_the_choice_offers_the_intervals_of_the_account(self):
        offered, known = (
            self.env[model].fields_get(["interval"])["interval"]["selection"]
            for model in ("tochka.choose.account", "tochka.account")
        )
        self.assertEqual([value for value, _label in known], list(INTERVALS))
        self.assertEqual(offered, known)

    def test_an_update_renews_what_a_job_calls_but_not_when(self):
        cron = self.env.ref("account_tochka.ir_cron_import_hourly")
        cron.write({"interval_number": 3, "active": False, "code": "model.former()"})
        convert_file(self.env, "account_tochka", "data/ir_cron.xml", {}, mode="update")
        self.assertEqual(cron.code, 'model._cron_import("hourly")')
        self.assertEqual((cron.interval_number, cron.active), (3, False))

    def test_the_jobs_of_an_older_database_are_renewed_as_well(self):
        cron = self.env.ref("account_tochka.ir_cron_import_hourly")
        action = self.env["ir.model.data"].search(
            [
                ("module", "=", "account_tochka"),
                ("model", "=", "ir.actions.server"),
                ("res_id", "=", cron.ir_actions_server_id.id),
            ]
        )
        action.noupdate = True
        self.env.flush_all()
        path = file_path("account_tochka/migrations/19.0.1.0.1/pre-migrate.py")
        load_script(path, "pre-migrate").migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertFalse(action.noupdate)

    def test_only_accounts_that_ask_for_it_are_loaded(self):
        account = self.choose(auto_import=False)
        self._tick()
        self._tick("daily")
        self.assertFalse(self.env["tochka.import"].search([]))
        account.sudo().write({"auto_import": True, "interval": "daily"})
        self._tick()
        self.assertFalse(self._runs())
        self._tick("daily")
        self.assertEqual(self._runs("daily").account_ids, account)

    def test_it_loads_from_the_moment_of_connection_on(self):
        account = self.choose(auto_import=True)
        self._tick()
        run = self._runs()
        self.assertEqual((run.date_from, run.date_to), (date(2026, 11, 20),) * 2)
        truth = self.bank.truth(
            account.bank_account_id, date(2026, 11, 20), date(2026, 11, 20)
        )
        self.assertEqual(run.created, len(truth["transactions"]))
        self.assertEqual(account.loaded_until, date(2026, 11, 20))
        self.assertTrue(account.last_success)

    def test_later_runs_read_an_overlap_again(self):
        account = self.choose(auto_import=True)
        account.auto_import_since = date(2026, 11, 1)
        self._tick()
        account.last_attempt = False
        self._tick()
        run = self._runs()[0]
        self.assertEqual((run.date_from, run.created), (date(2026, 11, 13), 0))

    def test_a_second_tick_within_the_hour_is_not_due(self):
        self.choose(auto_import=True)
        self._tick()
        self._tick()
        self.assertEqual(len(self._runs()), 1)
        with freeze_time("2026-11-20 13:00:00"):
            self._tick()
        self.assertEqual(len(self._runs()), 2)

    def test_one_accounts_failure_does_not_stop_the_others(self):
        broken = self.choose(auto_import=True)
        other = self.connection.account_ids.filtered(
            lambda one: one.is_open and one != broken and one.currency_id.name == "CNY"
        )
        other._bind(
            self.company,
            self.env["account.journal"],
            auto_import=True,
            interval="hourly",
        )
        self.bank.fault("statement_error", times=None, account=broken.bank_account_id)
        self._tick()
        self.assertEqual((broken.state, other.state), ("attention", "ok"))
        self.assertFalse(broken.loaded_until)
        self.assertEqual(other.loaded_until, date(2026, 11, 20))

    def test_a_failure_is_one_activity_until_it_heals(self):
        account = self.choose(auto_import=True)
        self.bank.fault("statement_error", times=None)
        for hour in (12, 13, 14):
            with freeze_time(f"2026-11-20 {hour}:00:00"):
                self._tick()
        self.assertEqual(len(self._runs()), 3)
        self.assertEqual(len(account.activity_ids), 1)
        self.assertEqual(account.activity_ids.user_id, self.administrator)
        self.assertIn("could not prepare", account.last_error)
        self.bank.heal()
        with freeze_time("2026-11-20 15:00:00"):
            self._tick()
        self.assertFalse(account.activity_ids)
        self.assertFalse(account.last_error)
        self.assertEqual(account.state, "ok")

    @mute_logger("odoo.addons.account_tochka.models.loading.loading")
    def test_an_unexpected_error_is_kept_to_its_account(self):
        account = self.choose(auto_import=True)
        self.bank.control(
            "/payments",
            account=account.bank_account_id,
            direction="credit",
            amount="10.00",
            description="Платёж без счёта учёта",
            date="2026-11-20",
        )
        account.journal_id.suspense_account_id = False
        self._tick()
        self.assertEqual(account.state, "attention")
        self.assertTrue(account.last_error)
        self.assertTrue(account.transaction_ids)

    def test_a_disconnected_bank_is_left_alone(self):
        account = self.choose(auto_import=True)
        self.connection.action_disconnect()
        self._tick()
        self.assertFalse(self._runs())
        self.assertFalse(account.last_error)

    def test_a_clock_ahead_of_the_banks_is_named(self):
        account = self.choose(auto_import=True)
        self.bank.control("/time", now="2026-11-19T15:00:00+03:00")
        self._tick()
        self.assertIn("clock of this server is ahead", account.last_error)
        self.assertEqual(account.state, "attention")
        self.bank.control("/time", now="2026-11-20T15:00:00+03:00")
        account.last_attempt = False
        self._tick()
        self.assertEqual(account.state, "ok")

    def test_another_bad_request_is_not_the_clock(self):
        account = self.choose(auto_import=True)
        self.bank.fault("http_400", path="/statements", message="date in the future")
        self._tick()
        self.assertIn("did not accept the request", account.last_error)

    def test_moscow_midnight_decides_the_day(self):
        account = self.choose(auto_import=True)
        with freeze_time("2026-11-20 21:30:00"):
            self.bank.control("/time", now="2026-11-21T00:30:00+03:00")
            self._tick()
        self.assertEqual(account.loaded_until, date(2026, 11, 21))


@tagged("post_install", "-at_install")
class TestWatch(TochkaCase):
    def _watch(self, now):
        with freeze_time(now), self.enter_registry_test_mode():
            self.env.ref("account_tochka.ir_cron_watch").method_direct_trigger()
        return self.connection.activity_ids

    def test_the_end_of_the_access_is_reminded_of_twice(self):
        self.choose()
        self.connection.consent_expires_on = "2026-12-20 12:00:00"
        self.assertFalse(self._watch("2026-12-05 12:00:00"))
        first = self._watch("2026-12-07 12:00:00")
        self.assertEqual(first.user_id, self.administrator)
        self.assertEqual(self._watch("2026-12-08 12:00:00"), first)
        second = self._watch("2026-12-18 12:00:00")
        self.assertEqual(len(second), 1)
        self.assertNotEqual(second, first)
        self.assertEqual(self._watch("2026-12-19 12:00:00"), second)
        self.connection.action_connect()
        self.assertFalse(self.connection.activity_ids)

    def test_an_ended_access_is_one_alarm_for_all_accounts(self):
        first = self.choose(auto_import=True)
        second = self.connection.account_ids.filtered(
            lambda one: one.is_open and one.currency_id.name == "CNY"
        )
        second._bind(
            self.company,
            self.env["account.journal"],
            auto_import=True,
            interval="hourly",
        )
        self.bank.fault("http_401", times=None)
        cron = self.env.ref("account_tochka.ir_cron_import_hourly")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((first.state, second.state), ("attention", "attention"))
        self.assertFalse((first + second).activity_ids)
        self.assertEqual(len(self.connection.activity_ids), 1)
        self.bank.heal()
        (first + second).last_attempt = False
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(self.connection.activity_ids)
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual((first.state, second.state), ("ok", "ok"))
