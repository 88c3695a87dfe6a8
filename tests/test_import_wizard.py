from datetime import date
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import LAST_MONTH, TODAY, TochkaCase


@tagged("post_install", "-at_install")
class TestImportWizard(TochkaCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose()

    def _wizard(self, **vals):
        return (
            self.env["tochka.import.wizard"]
            .with_user(self.accountant)
            .create({"date_from": LAST_MONTH[0], "date_to": LAST_MONTH[1], **vals})
        )

    def test_defaults_are_this_month_and_all_chosen_accounts(self):
        form = Form(self.env["tochka.import.wizard"].with_user(self.accountant))
        self.assertEqual((form.date_from, form.date_to), (date(2026, 11, 1), TODAY))
        self.assertEqual(form.account_ids[:], self.account)

    def test_from_after_to_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "later than the last"):
            self._wizard(date_from="2026-10-31", date_to="2026-10-01").action_import()

    def test_a_future_day_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._wizard(date_to="2026-11-21").action_import()

    def test_no_account_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "at least one account"):
            self._wizard(account_ids=False).action_import()

    def test_an_unbound_account_is_refused(self):
        unbound = self.connection.account_ids - self.account
        unbound.organization_id.company_id = self.company
        with self.assertRaisesRegex(ValidationError, "no journal"):
            self._wizard(account_ids=unbound.ids).action_import()

    def test_pressed_twice_is_one_run(self):
        first, second = self._wizard(), self._wizard()
        first.action_import()
        first.action_import()
        second.action_import()
        runs = self.env["tochka.import"].search([])
        self.assertEqual(len(runs), 1)
        self.assertEqual(first.run_id, second.run_id)
        self.assertEqual(runs.state, "queued")

    def test_the_worker_does_it_and_the_user_is_told(self):
        wizard = self._wizard()
        action = wizard.action_import()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.run_id.get_progress()["state"], "queued")
        with self.enter_registry_test_mode():
            self.env.ref("account_tochka.ir_cron_run_queue").method_direct_trigger()
        run = wizard.run_id
        self.assertEqual(run.state, "done", run.error)
        self.assertEqual(run.user_id, self.accountant)
        told = run.get_progress()
        self.assertEqual(told["progress"], 100)
        self.assertIn(str(run.found), told["message"])
        self.assertGreater(run.created, 0)
        action = wizard.action_open_payments()
        payments = self.env["account.bank.statement.line"].search(action["domain"])
        self.assertEqual(len(payments), run.created)

    def test_a_finished_run_can_be_asked_again(self):
        first = self._wizard()
        first.action_import()
        with self.enter_registry_test_mode():
            self.env.ref("account_tochka.ir_cron_run_queue").method_direct_trigger()
        second = self._wizard()
        second.action_import()
        self.assertNotEqual(first.run_id, second.run_id)

    def test_a_killed_run_is_resumed(self):
        wizard = self._wizard()
        wizard.action_import()
        wizard.run_id.sudo().write({"state": "running", "steps_done": 1, "found": 5})
        with self.enter_registry_test_mode():
            self.env.ref("account_tochka.ir_cron_run_queue").method_direct_trigger()
        self.assertEqual(wizard.run_id.state, "done")
        self.assertEqual(wizard.run_id.found, wizard.run_id.created)

    def test_a_run_that_meets_another_one_is_tried_again(self):
        wizard = self._wizard()
        wizard.action_import()
        nobody = self.env["tochka.account"]
        lock = patch.object(
            type(nobody), "try_lock_for_update", lambda *_args, **_more: nobody
        )
        with lock, self.enter_registry_test_mode():
            self.env.ref("account_tochka.ir_cron_run_queue").method_direct_trigger()
        told = wizard.run_id.get_progress()
        self.assertEqual(told["state"], "queued")
        self.assertIn("another run", told["message"])
        with self.enter_registry_test_mode():
            self.env.ref("account_tochka.ir_cron_run_queue").method_direct_trigger()
        self.assertEqual(wizard.run_id.state, "done")
        self.assertGreater(wizard.run_id.created, 0)

    def test_a_failed_run_tells_why(self):
        self.bank.fault("statement_error", times=None)
        wizard = self._wizard()
        wizard.action_import()
        with self.enter_registry_test_mode():
            self.env.ref("account_tochka.ir_cron_run_queue").method_direct_trigger()
        told = wizard.run_id.get_progress()
        self.assertEqual(told["state"], "failed")
        self.assertIn("could not prepare the statement", told["message"])
        self.assertFalse(self.lines(self.account))
        self.assertFalse(
            self.env["tochka.transaction"].search(
                [("account_id", "=", self.account.id)]
            )
        )

    def test_a_run_of_many_accounts_is_done_whole_when_time_is_short(self):
        yuan = self.connection.account_ids.filtered(
            lambda one: one.is_open and one.currency_id.name == "CNY"
        )
        yuan._bind(
            self.company,
            self.env["account.journal"],
            auto_import=False,
            interval="hourly",
        )
        both = self.account + yuan
        cron = self.env.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", lambda *_args, **_more: 0):
            run = both._import(*LAST_MONTH, "manual")
        self.assertEqual(run.state, "done", run.error)
        self.assertTrue(self.lines(self.account) and self.lines(yuan))

    @mute_logger("odoo.addons.account_tochka.models.loading.queue")
    def test_a_broken_run_does_not_hold_up_the_queue(self):
        broken, healthy = self._wizard(), self._wizard(date_from="2026-10-15")
        broken.action_import()
        healthy.action_import()
        broken.run_id.sudo().write({"date_from": "2026-10-31", "date_to": "2026-10-01"})
        with self.enter_registry_test_mode():
            self.env.ref("account_tochka.ir_cron_run_queue").method_direct_trigger()
        self.assertEqual(broken.run_id.state, "failed")
        self.assertEqual(healthy.run_id.state, "done", healthy.run_id.error)
