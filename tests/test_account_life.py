"""The life of an account: closed, gone, moved to another number, removed."""

from datetime import date

from odoo.exceptions import (
    AccessError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, TochkaCase

OTHER_BIC = "044525999"
SINCE = date(2026, 11, 9)


class LifeCase(TochkaCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose(auto_import=True)
        self.account.auto_import_since = SINCE

    def tick(self, day=TODAY, hour=12):
        """Let the schedule come at an hour (UTC) of a day, for the bank as well."""
        moment = f"{day} {hour:02d}:00:00"
        self.bank.control("/time", now=f"{day}T{hour:02d}:00:00Z")
        with freeze_time(moment), self.enter_registry_test_mode():
            cron = self.env.ref("account_tochka.ir_cron_import_hourly")
            cron.method_direct_trigger()

    def look(self):
        """Let the daily job read the bank's list of accounts."""
        with self.enter_registry_test_mode():
            self.env.ref("account_tochka.ir_cron_watch").method_direct_trigger()

    def pay(self, amount=1234.56, account=None, **values):
        self.bank.control(
            "/payments",
            account=account or self.account.bank_account_id,
            direction="debit",
            amount=amount,
            description="Перевод остатка",
            **values,
        )

    def asked(self):
        """Count the requests about statements so far, and forget them."""
        seen = self.bank.control("/log", "GET")
        self.bank.control("/log", "DELETE")
        return sum("/statements" in one["path"] for one in seen)

    def booked(self, amount):
        return self.lines(self.account).filtered(lambda one: one.amount == amount)


@tagged("post_install", "-at_install")
class TestClosing(LifeCase):
    def test_the_last_payment_is_loaded_after_the_list_told_of_the_closing(self):
        self.tick()
        self.pay()
        self.bank.control("/accounts/close", account=self.account.bank_account_id)
        self.look()
        self.assertFalse(self.account.is_open)
        self.assertEqual(self.account.closed_on, TODAY)
        self.tick(hour=14)
        self.assertTrue(self.booked(-1234.56))
        self.assertEqual(self.account.state, "ok", "its last day is not over")
        self.tick(date(2026, 11, 21), 6)
        self.assertEqual(self.account.state, "closed")
        self.assertIn("20.11.2026", self.account.message_ids[0].body)
        self.assertFalse(self.account.activity_ids)
        self.asked()
        for day in range(22, 28):
            self.tick(date(2026, 11, day))
        self.assertEqual(self.asked(), 0)

    def test_a_payment_that_came_after_the_day_is_loaded_too(self):
        self.tick()
        self.pay()
        self.bank.control("/accounts/close", account=self.account.bank_account_id)
        self.look()
        self.bank.fault("late_rows", times=None, hours=30)
        self.tick(hour=14)
        self.tick(date(2026, 11, 21), 6)
        self.assertFalse(self.booked(-1234.56))
        self.assertNotEqual(self.account.state, "closed", "a day does not close")
        self.bank.heal()
        self.tick(date(2026, 11, 22), 6)
        self.assertTrue(self.booked(-1234.56))
        self.assertEqual(self.account.state, "closed")

    def test_what_never_closes_is_given_up_after_a_week(self):
        self.bank.control("/accounts/close", account=self.account.bank_account_id)
        self.look()
        self.bank.fault("no_balances", times=None)
        self.tick(date(2026, 11, 26))
        self.assertNotEqual(self.account.state, "closed")
        self.tick(date(2026, 11, 28))
        self.assertEqual(self.account.state, "closed")

    def test_a_closed_account_that_is_refused_is_one_alarm(self):
        self.tick()
        self.bank.control(
            "/accounts/close",
            account=self.account.bank_account_id,
            statements="refused",
        )
        self.tick(hour=14)
        self.assertEqual(self.account.state, "closed")
        self.assertFalse(self.account.last_error)
        self.assertEqual(len(self.account.activity_ids), 1)
        self.assertIn("closed the account", self.account.activity_ids.note)
        self.assertEqual(self.connection.state, "connected")
        self.account.activity_ids.action_done()
        self.asked()
        for day in range(21, 25):
            self.look()
            self.tick(date(2026, 11, day))
        self.assertEqual(self.asked(), 0)
        self.assertFalse(self.account.activity_ids)
        run = self.load(self.account)
        self.assertEqual(run.state, "failed")
        self.assertIn("gives no statements", run.error)

    def test_a_closed_account_paid_out_and_refused_needs_nobody(self):
        today = self.bank.truth(self.account.bank_account_id, TODAY, TODAY)
        self.pay(amount=today["closing"])
        self.tick(hour=13)
        self.assertEqual(self.account.bank_balance, 0)
        self.bank.control(
            "/accounts/close",
            account=self.account.bank_account_id,
            statements="refused",
        )
        self.tick(hour=14)
        self.assertEqual(self.account.state, "closed")
        self.assertFalse(self.account.activity_ids)

    def test_an_account_that_vanished_is_told_of_once(self):
        self.tick()
        self.bank.fault(
            "account_missing", times=None, account=self.account.bank_account_id
        )
        self.tick(hour=14)
        self.assertFalse(self.account.is_listed)
        self.assertEqual(self.account.state, "closed")
        self.assertEqual(len(self.account.activity_ids), 1)
        self.assertIn("another number or BIC", self.account.activity_ids.note)
        self.asked()
        for day in range(21, 25):
            self.look()
            self.tick(date(2026, 11, day))
        self.assertEqual(self.asked(), 0)
        self.assertEqual(len(self.account.activity_ids), 1)
        self.bank.heal()
        self.pay()
        self.look()
        self.assertTrue(self.account.is_listed)
        self.tick(date(2026, 11, 25))
        self.assertEqual(self.account.state, "ok")
        self.assertTrue(self.booked(-1234.56))

    def test_a_list_that_lacks_an_account_once_ends_nothing(self):
        self.tick()
        self.bank.fault("account_missing", account=self.account.bank_account_id)
        self.look()
        self.assertFalse(self.account.is_listed)
        self.pay()
        self.tick(hour=14)
        self.assertTrue(self.booked(-1234.56))
        self.assertEqual(self.account.state, "ok")
        self.look()
        self.assertTrue(self.account.is_listed)

    def test_an_organisation_that_is_shown_no_more_is_the_access(self):
        self.tick()
        ours = self.account.organization_id
        shown = [
            one for one in self.connection.account_ids if one.organization_id == ours
        ]
        for account in shown:
            self.bank.fault(
                "account_missing", times=None, account=account.bank_account_id
            )
        self.bank.fault("http_403", times=None, path="/customers")
        self.tick(hour=14)
        self.assertTrue(self.account.is_listed)
        self.assertEqual(self.account.state, "attention")

    def test_one_closed_before_an_update_is_loaded_once_more(self):
        """Former versions kept no day and never asked a closed account again."""
        self.tick()
        self.pay()
        self.bank.control("/accounts/close", account=self.account.bank_account_id)
        self.account.write({"is_open": False, "bank_status": "Deleted"})
        self.tick(hour=14)
        self.assertTrue(self.booked(-1234.56))
        self.look()
        self.assertEqual(self.account.closed_on, TODAY)
        self.tick(date(2026, 11, 21), 6)
        self.assertEqual(self.account.state, "closed")

    def test_a_closed_account_does_not_block_the_choice(self):
        self.tick()
        self.bank.control("/accounts/close", account=self.account.bank_account_id)
        self.look()
        wizard = (
            self.env["tochka.choose.wizard"]
            .with_context(active_id=self.connection.id)
            .create({})
        )
        wizard.action_save()
        self.assertTrue(self.account.journal_id)


@tagged("post_install", "-at_install")
class TestMoving(LifeCase):
    def move_in_bank(self, number=None, bic=OTHER_BIC, history="moved"):
        """Let the bank give the account another id; return the new record."""
        self.tick()
        target = f"{number or self.account.number}/{bic}"
        self.bank.control(
            "/accounts/move",
            account=self.account.bank_account_id,
            to=target,
            history=history,
        )
        self.pay(account=target)
        self.tick(hour=14)
        return self.env["tochka.account"].search([("bank_account_id", "=", target)])

    def press(self):
        action = self.account.action_move()
        form = Form(self.env["tochka.move.wizard"].with_context(**action["context"]))
        with self.enter_registry_test_mode():
            form.save().action_move()

    def assertGoesOn(self, target_id, known):
        self.assertEqual(self.account.bank_account_id, target_id)
        self.assertEqual(
            self.account.journal_id.bank_account_id.acc_number, self.account.number
        )
        self.assertEqual(self.account.journal_id.bank_account_id.bank_id.bic, OTHER_BIC)
        self.tick(date(2026, 11, 21), 6)
        self.assertEqual(self.account.state, "ok")
        rows = self.account.transaction_ids
        self.assertLessEqual(known, rows)
        self.assertEqual(len(self.booked(-1234.56)), 1)
        truth = self.bank.truth(target_id, SINCE, date(2026, 11, 21))
        self.assertEqual(len(rows), len(truth["transactions"]))

    def test_another_bic(self):
        target = self.move_in_bank()
        self.assertTrue(target, "the list was read")
        known = self.account.transaction_ids
        self.assertTrue(known)
        self.assertEqual(self.account.state, "closed")
        self.assertTrue(self.account.may_be_moved)
        journal, target_id = self.account.journal_id, target.bank_account_id
        self.press()
        self.assertFalse(target.exists())
        self.assertEqual(self.account.journal_id, journal)
        self.assertFalse(self.account.activity_ids)
        self.assertGoesOn(target_id, known)

    def test_another_number_with_ids_issued_anew(self):
        target = self.move_in_bank("40702810101500077777")
        known = self.account.transaction_ids
        target_id = target.bank_account_id
        self.bank.fault("reissued_ids", times=None)
        self.press()
        self.assertGoesOn(target_id, known)
        self.assertIn(self.account.former_ids.partition("/")[2], ("044525104",))

    def test_the_history_stays_behind(self):
        target = self.move_in_bank(history="left")
        known, target_id = self.account.transaction_ids, target.bank_account_id
        self.press()
        last = max(known.mapped("date"))
        self.assertEqual(self.account.former_until, last)
        self.assertEqual(self.account.auto_import_since, last)
        self.assertEqual(self.account.bank_account_id, target_id)
        self.tick(date(2026, 11, 21), 6)
        self.assertEqual(len(self.booked(-1234.56)), 1)
        self.assertLessEqual(known, self.account.transaction_ids)
        self.assertEqual(self.account.state, "ok")

    def test_the_former_number_does_not_come_back(self):
        former = self.account.bank_account_id
        self.move_in_bank()
        self.press()
        self.bank.control(
            "/accounts/move", account=self.account.bank_account_id, to=former
        )
        self.look()
        self.assertNotIn(former, self.connection.account_ids.mapped("bank_account_id"))

    def test_it_is_refused_by_words_where_it_does_not_fit(self):
        target = self.move_in_bank()
        yuan = self.connection.account_ids.filtered(
            lambda one: one.currency_id.name == "CNY"
        )
        for wrong in (yuan, self.account, target.browse()):
            with self.assertRaisesRegex(UserError, "cannot go on as"):
                self.account._move_to(wrong)
        self.bank.fault("http_403", times=None, path="/statements")
        with self.assertRaises(UserError):
            self.account._move_to(target)
        self.assertTrue(target.exists())
        self.assertTrue(self.account.transaction_ids)

    def test_the_dialog_is_for_accounts_one_may_see(self):
        other = self._make_company("Чужая")
        self.account.organization_id.company_id = other
        self.env.flush_all()
        wizard = self.env["tochka.move.wizard"].with_user(self.administrator)
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                wizard.create({"account_id": self.account.id}).action_move()

    def test_choosing_the_new_number_says_what_to_press(self):
        target = self.move_in_bank()
        for journal in (self.env["account.journal"], self.account.journal_id):
            with self.assertRaisesRegex(ValidationError, "Move to another bank"):
                target._bind(self.company, journal, auto_import=True, interval="hourly")

    def test_a_second_connection_is_refused_with_the_way_out(self):
        second = self.connection.copy()
        second.jwt_key = self.bank.token
        second.action_connect()
        twin = second.account_ids.filtered(
            lambda one: one.number == self.account.number
        )
        with self.assertRaisesRegex(ValidationError, "another person"):
            twin._bind(
                self.company,
                self.env["account.journal"],
                auto_import=False,
                interval="hourly",
            )


@tagged("post_install", "-at_install")
class TestRemoving(LifeCase):
    def assertArchives(self, record):
        with self.assertRaises(RedirectWarning) as raised:
            record.with_user(self.administrator).unlink()
        words, action, _button, context = raised.exception.args
        self.assertIn("Archive", words)
        self.env["ir.actions.server"].with_user(self.administrator).browse(
            action
        ).with_context(**context).run()
        self.assertFalse(record.active)
        self.assertTrue(self.lines(self.account))

    def test_a_connection_with_payments_is_archived(self):
        self.tick()
        self.assertArchives(self.connection)
        self.asked()
        self.tick(date(2026, 11, 23))
        self.assertEqual(self.asked(), 0)

    def test_an_account_with_payments_is_archived(self):
        self.tick()
        self.assertArchives(self.account)
        self.asked()
        self.tick(date(2026, 11, 23))
        self.assertEqual(self.asked(), 0)
        self.connection.action_fetch_accounts()
        again = self.connection.account_ids.filtered(
            lambda one: one.bank_account_id == self.account.bank_account_id
        )
        self.assertFalse(again, "the bank's list does not make it anew")

    def test_one_with_an_opening_balance_alone_is_archived(self):
        with self.enter_registry_test_mode():
            self.account._fix_opening(TODAY, 100.0)
        with self.assertRaises(RedirectWarning):
            self.account.unlink()

    def test_without_payments_it_goes(self):
        self.env["tochka.choose.wizard"].with_context(
            active_id=self.connection.id
        ).create({})
        self.env["tochka.opening.wizard"].create({"account_id": self.account.id})
        self.account.with_user(self.administrator).unlink()
        self.assertFalse(self.account.exists())
        accounts = self.connection.account_ids
        accounts[0].activity_schedule("mail.mail_activity_data_todo")
        activity = accounts[0].activity_ids
        self.connection.with_user(self.administrator).unlink()
        self.assertFalse(self.connection.exists() or accounts.exists())
        self.assertFalse(activity.exists())
