"""Push: the address registered at the bank, and events checked by their signature."""

import base64
import hashlib
import hmac
import http.client
import json
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from unittest.mock import patch

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import release_test_lock
from odoo.tools import mute_logger

from .. import tochka_api
from ..models.bank import events, push, tochka_connection
from ..models.loading import queue
from .common import NOW_MOSCOW
from .test_connection import OAuthCase

EVENTS = ["incomingPayment", "outgoingPayment"]
KEY_PATH = "/doc/openapi/static/keys/public"
MEGABYTE = 1024 * 1024


class PushCase(HttpCase, OAuthCase):
    """A connection by JWT key; the bank's clock runs, as Odoo's does here."""

    freeze_time = None

    def setUp(self):
        super().setUp()
        self.bank.control("/reset")
        self.bank.control(
            "/settings", statement_seconds=0, webhook_retries=0, webhook_timeout=10
        )
        self.connection.auth_method = "token"
        self.account = self.choose(auto_import=True)

    def tearDown(self):
        self.bank.reset(NOW_MOSCOW)
        super().tearDown()

    @contextmanager
    def job(self):
        """Yield an environment whose commits work, with the bank able to call back."""
        ask = tochka_api.TochkaClient._set_webhook

        def ask_and_wait(client, *what):
            # The test holds one lock and its job the other.
            with release_test_lock(), self.allow_requests(all_requests=True):
                return ask(client, *what)

        self.env.flush_all()
        with (
            patch.object(tochka_api.TochkaClient, "_set_webhook", ask_and_wait),
            self.registry.cursor() as cr,
        ):
            yield self.env(cr=cr)
        self.env.invalidate_all()

    def ask_bank(self):
        """Run the job that registers; return the connection's push state after it."""
        with self.job() as env:
            env["tochka.connection"]._cron_push()
        return self.connection.push_state

    def run_queue(self):
        self.env.ref("account_tochka.ir_cron_run_queue").method_direct_trigger()
        self.env.invalidate_all()

    def queue_triggers(self):
        """Return the calls of the queue's job that are asked for."""
        cron = self.env.ref("account_tochka.ir_cron_run_queue")
        return self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])

    def subscriptions(self):
        return self.bank.control("/webhooks", "GET")["subscriptions"]

    def asked(self, part, method=None):
        """Count the bank's requests whose path has this part."""
        return sum(
            part in seen["path"] and method in (None, seen["method"])
            for seen in self.bank.control("/log", "GET")
        )

    def deliver(self, path, **values):
        """Make the bank send events; return the statuses they were answered with."""
        self.env.flush_all()
        self.env.cr.clear()
        with self.allow_requests(all_requests=True):
            known = len(self.bank.control("/webhooks", "GET")["deliveries"])
            answer = self.bank.control(path, **values)
            for _attempt in range(400):
                sent = self.bank.control("/webhooks", "GET")["deliveries"][known:]
                if sent and all(one["done"] for one in sent):
                    break
                time.sleep(0.025)
        self.env.invalidate_all()
        self.answer = answer
        return [status for one in sent for status in one["statuses"]]

    def pay(self, direction="credit", **values):
        """Make a payment at the bank; return the statuses of its events."""
        return self.deliver(
            "/payments",
            **{
                "account": self.account.bank_account_id,
                "direction": direction,
                "amount": 1234.56,
                "description": "за доски",
                **values,
            },
        )

    def send_test(self, event):
        """Make the bank send a test event; return whether it was answered 200."""
        path = f"/webhook/v1.0/{self.bank.client_id}/test_send"
        with self.allow_requests(all_requests=True):
            answer = requests.post(
                self.bank.base_url + path,
                json={"webhookType": event},
                headers={"Authorization": f"Bearer {self.bank.token}"},
                timeout=30,
            )
        answer.raise_for_status()
        return answer.json()["Data"]["result"]

    def post(self, body, key=None, **headers):
        """Post to the address for events; return the HTTP status."""
        key = self.connection.push_key if key is None else key
        headers = {"Content-Type": "text/plain", **headers}
        answer = self.url_open(
            f"/account_tochka/webhook/{key}", data=body, headers=headers, method="POST"
        )
        if answer.status_code != 200:
            self.assertNotIn("Traceback", answer.text)
        self.env.invalidate_all()
        return answer.status_code

    def runs(self):
        return self.env["tochka.import"].search([("trigger", "=", "webhook")])

    @contextmanager
    def assertNoWork(self):
        """Check that nothing is queued, stored or woken by the block."""

        def seen():
            models = (
                "tochka.import",
                "tochka.transaction",
                "account.bank.statement.line",
            )
            counts = {model: self.env[model].search_count([]) for model in models}
            return {**counts, "triggers": len(self.queue_triggers())}

        before, statements = seen(), self.asked("/statements")
        yield
        self.assertEqual(seen(), before)
        self.assertEqual(self.asked("/statements"), statements)


@contextmanager
def other_program():
    """Yield the address of another program that takes events."""

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/events"
    finally:
        server.shutdown()
        server.server_close()


@tagged("post_install", "-at_install")
class TestRegistration(PushCase):
    def _put_elsewhere(self, url):
        answer = requests.put(
            f"{self.bank.base_url}/webhook/v1.0/{self.bank.client_id}",
            json={"webhooksList": EVENTS, "url": url},
            headers={"Authorization": f"Bearer {self.bank.token}"},
            timeout=30,
        )
        answer.raise_for_status()

    def test_connecting_asks_for_events(self):
        self.assertEqual(self.connection.push_state, "pending")
        self.assertFalse(self.subscriptions(), "asked before the commit")
        self.assertEqual(self.ask_bank(), "on")
        url = f"{self.base_url()}/account_tochka/webhook/{self.connection.push_key}"
        expected = {self.bank.client_id: {"url": url, "webhooksList": EVENTS}}
        self.assertEqual(self.subscriptions(), expected)
        self.assertFalse(self.connection.push_message)
        self.assertGreaterEqual(len(self.connection.push_key), 43)

    def test_registering_makes_no_work(self):
        with self.assertNoWork():
            self.ask_bank()

    def test_what_stands_is_not_asked_again(self):
        self.ask_bank()
        self.connection.action_check()
        self.assertEqual(self.ask_bank(), "on")
        self.assertEqual(self.asked("/webhook/", "PUT"), 1)
        self.assertEqual(self.asked("/webhook/", "POST"), 0)
        requests_made = self.asked("/webhook/")
        self.ask_bank()
        self.assertEqual(self.asked("/webhook/"), requests_made, "not once a day")

    def test_a_day_later_it_is_looked_at_and_healed(self):
        self.ask_bank()
        requests.delete(
            f"{self.bank.base_url}/webhook/v1.0/{self.bank.client_id}",
            headers={"Authorization": f"Bearer {self.bank.token}"},
            timeout=30,
        ).raise_for_status()
        self.connection.push_checked_on -= timedelta(days=1)
        self.assertEqual(self.ask_bank(), "on")
        self.assertTrue(self.subscriptions())

    def test_another_address_is_an_edit(self):
        self.ask_bank()
        other = self.base_url().replace("127.0.0.1", "localhost")
        self.env["ir.config_parameter"].set_param("web.base.url", other)
        self.connection.action_check()
        self.assertEqual(self.ask_bank(), "on")
        [subscription] = self.subscriptions().values()
        self.assertTrue(subscription["url"].startswith(other))
        self.assertEqual(self.asked("/webhook/", "POST"), 1)

    def test_the_switch_removes_and_registers(self):
        self.ask_bank()
        key = self.connection.push_key
        self.connection.push_enabled = False
        self.assertEqual(self.ask_bank(), "off")
        self.assertFalse(self.subscriptions())
        self.connection.push_enabled = True
        self.assertEqual(self.ask_bank(), "on")
        self.assertEqual(len(self.subscriptions()), 1)
        self.assertEqual(self.connection.push_key, key)

    def test_switched_off_from_the_start_nothing_is_asked(self):
        self.connection.push_enabled = False
        self.connection.action_check()
        self.assertEqual(self.ask_bank(), "off")
        self.assertEqual(self.asked("/webhook/"), 0)

    def test_disconnecting_removes_at_once(self):
        self.ask_bank()
        self.connection.action_disconnect()
        self.assertFalse(self.subscriptions())
        self.assertEqual(self.connection.push_state, "off")
        self.assertFalse(self.connection.has_jwt_key)

    def test_disconnecting_never_fails_of_it(self):
        self.ask_bank()
        self.bank.fault("http_500", times=None, path="webhook")
        self.connection.action_disconnect()
        self.assertEqual(self.connection.state, "draft")
        self.assertFalse(self.connection.has_jwt_key)

    def test_archiving_and_deleting_remove(self):
        self.ask_bank()
        self.connection.action_archive()
        self.assertEqual(self.ask_bank(), "off")
        self.assertFalse(self.subscriptions())
        self.connection.action_unarchive()
        self.assertEqual(self.ask_bank(), "on")
        self.connection.unlink()
        self.assertFalse(self.subscriptions())

    def test_a_key_issued_anew_is_registered_with_its_own_client(self):
        self.ask_bank()
        anew = self.bank.control("/reset", seed=99)
        self.addCleanup(self.bank.control, "/reset", seed=7)
        self.assertNotEqual(anew["client_id"], self.bank.client_id)
        self.connection.jwt_key = anew["token"]
        self.connection.action_connect()
        self.assertEqual(self.ask_bank(), "on")
        self.assertEqual(list(self.subscriptions()), [anew["client_id"]])

    def test_without_https_it_says_so_and_asks_nothing(self):
        self.env["ir.config_parameter"].set_param(
            "account_tochka.allow_own_network", "True"
        )
        for address, good in (
            ("http://odoo.example", False),
            ("https://odoo.example:8443", False),
            ("https://odoo.example:port", False),
            ("https://odoo.example:443", True),
            ("https://odoo.example", True),
        ):
            self.env["ir.config_parameter"].set_param("web.base.url", address)
            with patch.object(push, "is_local", lambda _address: False):
                self.connection.action_check()
            state = "pending" if good else "problem"
            self.assertEqual(self.connection.push_state, state, address)
            self.assertEqual(self.connection.state, "connected")
            if not good:
                self.assertIn("needs an https address", self.connection.push_message)
                self.assertIn(address, self.connection.push_message)
        self.assertEqual(self.asked("/webhook/"), 0)

    def test_an_address_nobody_answers_is_told(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://127.0.0.1:9")
        self.connection.action_check()
        self.assertEqual(self.ask_bank(), "problem")
        self.assertIn("could not deliver a test", self.connection.push_message)
        self.assertNotIn(self.connection.push_key, self.connection.push_message)
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.subscriptions())

    def test_a_bank_out_of_order_is_asked_again_by_itself(self):
        self.bank.fault("http_503", times=None, path="webhook")
        self.assertEqual(self.ask_bank(), "pending")
        self.assertIn("tries again by itself", self.connection.push_message)
        self.bank.heal()
        self.assertEqual(self.ask_bank(), "on")
        self.assertFalse(self.connection.push_message)

    def test_the_sandbox_has_none(self):
        address = self.bank.base_url.replace("/uapi", "/sandbox/v2")
        with patch.dict(tochka_connection.ENVIRONMENT_URLS, sandbox=address):
            self.connection.environment = "sandbox"
        self.connection._push_later()
        self.assertEqual(self.connection.push_state, "problem")
        self.assertIn("sandbox", self.connection.push_message)

    def test_a_key_that_names_nobody_is_told(self):
        self.connection._write_secrets(jwt_key="not.a.jwt")
        self.connection._push_later()
        self.assertEqual(self.connection.push_state, "problem")
        self.assertIn("whole key", self.connection.push_message)

    def test_anothers_address_is_not_taken_without_asking(self):
        with other_program() as url:
            self._put_elsewhere(url)
            self.assertEqual(self.ask_bank(), "taken")
            self.assertIn("127.0.0.1", self.connection.push_message)
            self.assertEqual(self.subscriptions()[self.bank.client_id]["url"], url)
            self.connection.push_enabled = False
            self.ask_bank()
            self.assertEqual(self.subscriptions()[self.bank.client_id]["url"], url)
            self.connection.push_enabled = True
            self.ask_bank()
            self.connection.action_push_replace()
            self.assertEqual(self.ask_bank(), "on")
        [subscription] = self.subscriptions().values()
        self.assertIn(self.connection.push_key, subscription["url"])

    def test_the_address_of_a_deleted_connection_is_free(self):
        with other_program() as url:
            root = url.removesuffix("/events")
            self._put_elsewhere(f"{root}/account_tochka/webhook/{'k' * 43}")
            self.assertEqual(self.ask_bank(), "taken", "of another database")
            self.env["ir.config_parameter"].set_param("web.base.url", root)
            self.connection.action_check()
            self.assertEqual(self.ask_bank(), "on", "of this one")
            other = self.connection.copy()
            other.sudo().push_key = self.connection.push_key.swapcase()
            self._put_elsewhere(f"{root}/account_tochka/webhook/{other.push_key}")
            self.connection.action_check()
            self.assertEqual(self.ask_bank(), "taken", "of a neighbour")

    def test_a_switch_moved_while_the_bank_is_asked_counts(self):
        register = type(self.connection)._push_register

        def moved(connection):
            outcome = register(connection)
            connection.push_enabled = False
            return outcome

        with patch.object(type(self.connection), "_push_register", moved):
            self.assertEqual(self.ask_bank(), "pending")
        self.assertEqual(self.ask_bank(), "off")
        self.assertFalse(self.subscriptions())

    @mute_logger("odoo.addons.base.models.ir_access")
    def test_the_address_is_for_the_system_only(self):
        connection = self.connection.with_user(self.administrator)
        self.assertFalse({"push_key", "push_jwk"} & set(connection.fields_get()))
        with self.assertRaises(AccessError):
            connection.read(["push_key"])
        with self.assertRaises(AccessError):
            self.connection.with_user(self.accountant).action_push_replace()
        self.assertFalse(self.connection.copy().push_key)


@tagged("post_install", "-at_install")
class TestConsent(PushCase):
    """Events by a consent that has or lacks the right to them."""

    def _connect(self):
        self.connection.auth_method = "oauth"
        self.assertIsNone(self._return(self._decide(self._go_to_bank())))
        [consent] = [
            one
            for one in self.bank.control("/consents", "GET")
            if one["consent_id"] == self.connection.consent_id
        ]
        return consent["permissions"]

    def test_the_consent_asks_for_them(self):
        self.assertIn("ManageWebhookData", self._connect())
        self.assertEqual(self.ask_bank(), "on")
        self.assertEqual(list(self.subscriptions()), [self.connection.client_id])
        self.connection.action_disconnect()
        self.assertFalse(self.subscriptions())

    def test_without_the_right_the_next_step_is_told(self):
        self.connection.push_enabled = False
        self.assertNotIn("ManageWebhookData", self._connect())
        self.connection.push_enabled = True
        self.assertEqual(self.ask_bank(), "problem")
        self.assertIn("“Renew access”", self.connection.push_message)
        self.assertEqual(self.connection.state, "connected")

    def test_an_application_without_the_right_connects_all_the_same(self):
        self.bank.fault("http_400", path="consents")
        self.assertNotIn("ManageWebhookData", self._connect())
        self.assertEqual(self.connection.state, "connected")


@tagged("post_install", "-at_install")
class TestEvents(PushCase):
    def setUp(self):
        super().setUp()
        self.ask_bank()
        self.load_day()
        self.bank.control("/log", "DELETE")

    def load_day(self):
        """Load today, so that what comes afterwards is new."""
        today = self.account._today()
        with self.registry.cursor() as cr:
            account = self.account.with_env(self.env(cr=cr))
            account._import(today, today, "manual")
        self.env.invalidate_all()

    def _loaded(self):
        return self.lines(self.account).filtered(
            lambda line: abs(line.amount) == 1234.56
        )

    def test_an_event_queues_a_run_for_now_and_the_run_loads_the_payment(self):
        triggers = self.queue_triggers()
        self.assertEqual(self.pay(), [200])
        # Odoo looks for such triggers at least once a minute.
        (trigger,) = self.queue_triggers() - triggers
        self.assertLessEqual(trigger.call_at, fields.Datetime.now())
        run = self.runs()
        self.assertEqual((run.state, run.account_ids), ("queued", self.account))
        self.assertFalse(self._loaded(), "the event itself books nothing")
        self.run_queue()
        self.assertEqual(self._loaded().amount, 1234.56)
        self.assertEqual((run.state, run.created), ("done", 1))

    def test_an_outgoing_one_too(self):
        self.assertEqual(self.pay("debit"), [200])
        self.run_queue()
        self.assertEqual(self._loaded().amount, -1234.56)

    def test_a_burst_is_one_run(self):
        self.assertEqual(self.pay(times=5), [200] * 5)
        self.assertEqual(len(self.runs()), 1)
        self.run_queue()
        self.assertEqual(len(self._loaded()), 5)

    @contextmanager
    def blind(self, looks):
        """Let the queue's next `looks` not see what another request has just made."""
        look, left = queue._under_way, iter(range(looks))

        def late(env, key):
            return look(env, "" if next(left, None) is not None else key)

        with patch.object(queue, "_under_way", late), mute_logger("odoo.sql_db"):
            yield

    def test_events_at_one_moment_make_one_run(self):
        self.pay()
        with self.blind(2):
            self.assertEqual(self.pay(), [200])
        self.assertEqual(len(self.runs()), 1)
        self.run_queue()
        self.assertEqual(len(self._loaded()), 2)

    def test_two_people_at_one_moment_make_one_run(self):
        self.authenticate("tochka_admin", "tochka_admin")
        day = str(self.account._today())
        Wizard = self.env["tochka.import.wizard"].with_user(self.administrator)
        wizards = Wizard.create(
            [{"account_ids": self.account.ids, "date_from": day, "date_to": day}] * 2
        )
        for wizard in wizards:
            with self.blind(wizard != wizards[0]):
                self.make_jsonrpc_request(
                    "/web/dataset/call_kw/tochka.import.wizard/action_import",
                    {
                        "model": wizard._name,
                        "method": "action_import",
                        "args": [wizard.ids],
                        "kwargs": {"context": {}},
                    },
                )
        self.env.invalidate_all()
        self.assertEqual(len(wizards.run_id), 1)
        self.assertTrue(all(wizard.run_id for wizard in wizards))

    def test_an_event_that_is_waited_for_already_writes_nothing(self):
        self.pay()
        with self.assertNoWork():
            self.assertEqual(self.pay(times=3), [200] * 3)

    def test_a_flood_loads_an_account_twice_a_minute(self):
        for _time in range(2):
            self.pay()
            self.run_queue()
        self.assertEqual(self.runs().mapped("state"), ["done"] * 2)
        self.pay()
        waiting = self.runs()[0]
        self.run_queue()
        self.assertEqual(waiting.state, "queued")
        self.assertGreater(waiting.not_before, fields.Datetime.now())
        waiting.not_before = fields.Datetime.now()
        self.run_queue()
        self.assertEqual(waiting.state, "done")
        self.assertEqual(len(self._loaded()), 3)

    def test_what_happens_during_a_run_gets_another(self):
        self.pay()
        running = self.runs()
        load = type(self.account)._import

        def slow(accounts, *args):
            done = load(accounts, *args)
            accounts.env["tochka.import"]._queue(accounts, *args[:2], "webhook")
            return done

        with patch.object(type(self.account), "_import", slow):
            self.run_queue()
        self.assertEqual(running.state, "done")
        self.assertEqual((self.runs() - running).state, "queued")

    def test_the_wanted_days_grow_while_a_run_waits(self):
        today = self.account._today()
        queue = self.env["tochka.import"]._queue
        run = queue(self.account, today, today, "webhook")
        earlier = today - timedelta(days=3)
        self.assertEqual(queue(self.account, earlier, today, "webhook"), run)
        self.assertEqual((run.date_from, run.date_to), (earlier, today))

    def test_a_replayed_event_makes_no_work(self):
        self.pay()
        row = self.answer["transactions"][0]["paymentId"]
        again = {"account": self.account.bank_account_id, "row": row}
        self.assertEqual(self.deliver("/webhooks/push", **again), [200])
        self.assertEqual(len(self.runs()), 1)
        self.run_queue()
        with self.assertNoWork():
            for _time in range(3):
                self.assertEqual(self.deliver("/webhooks/push", **again), [200])
        self.assertEqual(len(self._loaded()), 1)

    def test_events_do_not_put_off_the_schedule(self):
        self.account.last_attempt = False
        self.pay()
        self.run_queue()
        self.assertTrue(self.account.last_success)
        self.assertFalse(self.account.last_attempt)

    def test_the_days_asked_for(self):
        today = self.account._today()
        days = [today - timedelta(days=number) for number in range(90)]
        self.account.write(
            {
                "auto_import_since": days[60],
                "loaded_until": today,
                "deep_read_on": today,
            }
        )
        self.assertEqual(self.account._push_period(today), (days[7], today))
        self.assertEqual(self.account._push_period(None), (days[7], today))
        self.assertEqual(self.account._push_period(days[20]), (days[20], today))
        self.assertIsNone(self.account._push_period(days[61]))
        self.account.deep_read_on = days[1]
        self.assertEqual(self.account._push_period(today), (days[35], today))

    def test_an_account_that_is_not_loaded_by_itself(self):
        self.account.auto_import = False
        with self.assertNoWork():
            self.assertEqual(self.pay(), [200])
        self.account.auto_import = True
        other = self.connection.account_ids - self.account
        with self.assertNoWork():
            self.assertEqual(self.pay(account=other[0].bank_account_id), [200])

    def test_a_payment_before_automatic_loading(self):
        day = self.account.auto_import_since - timedelta(days=2)
        with self.assertNoWork():
            self.assertEqual(self.pay(date=day.isoformat()), [200])

    def test_tests_and_other_events_are_answered_and_forgotten(self):
        with self.assertNoWork():
            for event in (*EVENTS, "incomingSbpPayment", "acquiringInternetPayment"):
                self.env.cr.clear()
                self.assertTrue(self.send_test(event), event)

    def test_another_customers_event(self):
        self.account.organization_id.customer_code = "300000009"
        with self.assertNoWork():
            self.assertEqual(self.pay(), [200])

    def test_nobody_home(self):
        with self.assertNoWork():
            self.assertEqual(self.post(b"x", key="k" * 43), 404)
            for odd in ("k", "%00", "k" * 44, "k" * 3000, "%D1%84" * 43, "a%2Fb"):
                self.assertEqual(self.post(b"x", key=odd), 404, odd)

    def test_switched_off_or_disconnected_is_nobody(self):
        url = f"{self.base_url()}/account_tochka/webhook/{self.connection.push_key}"
        self.pay()
        row = self.answer["transactions"][0]["paymentId"]
        again = {"account": self.account.bank_account_id, "row": row, "url": url}
        self.connection.push_enabled = False
        with self.assertNoWork():
            self.assertEqual(self.deliver("/webhooks/push", **again), [404])
        self.connection.push_enabled = True
        self.connection.action_disconnect()
        with self.assertNoWork():
            self.assertEqual(self.deliver("/webhooks/push", **again), [404])

    def test_only_post(self):
        path = f"/account_tochka/webhook/{self.connection.push_key}"
        with self.assertNoWork():
            self.assertEqual(self.url_open(path).status_code, 405)


@tagged("post_install", "-at_install")
class TestForgery(PushCase):
    def setUp(self):
        super().setUp()
        self.ask_bank()
        self.jwk = requests.get(
            self.bank.base_url.replace("/uapi", KEY_PATH), timeout=30
        ).json()
        self.claims = {
            "SidePayer": {"account": "40702810200000054321", "amount": "1234.56"},
            "SideRecipient": {"account": self.account.number, "amount": "1234.56"},
            "purpose": "за доски",
            "paymentId": "cbs-tb-92-9000000101",
            "date": self.account._today().isoformat(),
            "webhookType": "incomingPayment",
            "customerCode": self.account.organization_id.customer_code,
        }
        self.bank.control("/log", "DELETE")

    def _by_hand(self, algorithm, sign):
        parts = [
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
            for part in ({"typ": "JWT", "alg": algorithm}, self.claims)
        ]
        mark = sign(b".".join(parts))
        return b".".join((*parts, base64.urlsafe_b64encode(mark).rstrip(b"=")))

    def _old_rows(self):
        """Make a payment that is known at the bank, with events off."""
        return self.bank.truth(
            self.account.bank_account_id,
            self.account._today() - timedelta(days=30),
            self.account._today() - timedelta(days=1),
        )["transactions"]

    def assertRefused(self, body, status=403):
        with self.assertNoWork():
            self.assertEqual(self.post(body), status)

    def test_without_a_signature(self):
        for spelling in ("none", "None", "NONE"):
            self.assertRefused(self._by_hand(spelling, lambda _text: b""))
            self.assertRefused(self._by_hand(spelling, lambda _text: b"x"))
        self.assertEqual(self.asked(KEY_PATH), 0)

    def test_with_the_public_key_as_a_secret(self):
        public = RSAAlgorithm.from_jwk(self.jwk)
        pem = public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        for secret in (pem, pem.strip(), self.jwk["n"].encode()):
            self.assertRefused(
                self._by_hand(
                    "HS256",
                    lambda text, own=secret: hmac.digest(own, text, hashlib.sha256),
                )
            )
        self.assertEqual(self.asked(KEY_PATH), 0)

    def test_with_another_key(self):
        foreign = rsa.generate_private_key(65537, 3072)
        for algorithm in ("RS256", "RS384", "RS512", "PS256"):
            self.assertRefused(jwt.encode(self.claims, foreign, algorithm).encode())
        own = json.loads(RSAAlgorithm.to_jwk(foreign.public_key()))
        signed = jwt.encode(self.claims, foreign, "RS256", headers={"jwk": own})
        self.assertRefused(signed.encode())

    def test_forged_by_the_simulator(self):
        row = self._old_rows()[-1]["paymentId"]
        with self.assertNoWork():
            statuses = self.deliver(
                "/webhooks/push",
                account=self.account.bank_account_id,
                row=row,
                forged=True,
            )
        self.assertEqual(statuses, [403])

    def test_garbage(self):
        for body in (b"", b"{}", b"a.b.c", b"\x00\xff" * 99, "ф.ы.в".encode()):
            self.assertRefused(body)
        for kind in ("application/x-www-form-urlencoded", "application/json", "x"):
            with self.assertNoWork():
                self.assertEqual(self.post(b"a=b&c=d", **{"Content-Type": kind}), 403)
        self.assertEqual(self.asked(KEY_PATH), 0)

    def _send_raw(self, headers, chunks):
        """Send a request in chunks; return the status, however much of it was read."""
        host = self.base_url().removeprefix("http://")
        path = f"/account_tochka/webhook/{self.connection.push_key}"
        self.env.flush_all()
        self.env.cr.clear()
        with self.allow_requests(all_requests=True):
            link = http.client.HTTPConnection(host, timeout=20)
            link.putrequest("POST", path)
            for name, value in headers.items():
                link.putheader(name, value)
            link.endheaders()
            # Odoo may close the connection before it has read the whole body.
            with suppress(OSError):
                for chunk in chunks:
                    link.send(chunk)
            status = link.getresponse().status
            link.close()
        self.env.invalidate_all()
        return status

    def test_ten_megabytes(self):
        for kind in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        ):
            headers = {"Content-Type": kind, "Content-Length": str(10 * MEGABYTE)}
            # Refused by the announced length, without waiting for the rest.
            with self.assertNoWork():
                self.assertEqual(self._send_raw(headers, [b"a" * 1024]), 413, kind)

    def test_ten_megabytes_unannounced(self):
        headers = {"Content-Type": "text/plain", "Transfer-Encoding": "chunked"}
        chunk = b"4000\r\n" + b"a" * 0x4000 + b"\r\n"
        with self.assertNoWork():
            status = self._send_raw(headers, [*[chunk] * 640, b"0\r\n\r\n"])
        self.assertIn(status, (403, 413))

    def test_just_too_long(self):
        self.assertRefused(b"a" * (tochka_api.MAX_BODY + 1), 413)
        self.assertRefused(b"a" * tochka_api.MAX_BODY, 403)

    def test_a_flood_asks_the_bank_for_its_key_once(self):
        foreign = rsa.generate_private_key(65537, 3072)
        body = jwt.encode(self.claims, foreign, "RS256").encode()
        for _time in range(5):
            self.assertRefused(body)
        self.assertEqual(self.asked(KEY_PATH), 1)
        self.connection.push_jwk_asked_on -= timedelta(seconds=61)
        self.assertRefused(body)
        self.assertEqual(self.asked(KEY_PATH), 2)

    def test_another_key_of_the_bank_is_found(self):
        self.bank.control("/webhooks/rotate_key")
        self.assertEqual(self.pay(), [200])
        self.assertEqual(len(self.runs()), 1)
        self.assertEqual(self.asked(KEY_PATH), 1)
        self.run_queue()
        self.assertIn(1234.56, self.lines(self.account).mapped("amount"))
        self.pay()
        self.assertEqual(self.asked(KEY_PATH), 1, "kept")

    def test_after_a_flood_another_key_is_found_a_minute_later(self):
        row = self._old_rows()[-1]["paymentId"]
        event = {"account": self.account.bank_account_id, "row": row}
        self.assertEqual(self.deliver("/webhooks/push", forged=True, **event), [403])
        self.bank.control("/webhooks/rotate_key")
        with self.assertNoWork():
            self.assertEqual(self.deliver("/webhooks/push", **event), [403])
        # The bank repeats an event for five minutes.
        self.connection.push_jwk_asked_on -= timedelta(seconds=61)
        self.assertEqual(self.deliver("/webhooks/push", **event), [200])

    def test_the_old_key_is_refused_after_a_rotation(self):
        self.bank.control("/webhooks/rotate_key")
        self.pay()
        self.assertNotEqual(self.connection.push_jwk, self.jwk)
        self.assertEqual(self.connection.push_jwk["kty"], "RSA")

    def test_a_bank_that_does_not_give_its_key(self):
        self.bank.control("/webhooks/rotate_key")
        self.bank.fault("http_503", times=None, path=KEY_PATH)
        with self.assertNoWork():
            self.assertEqual(self.pay(), [403])

    def test_a_key_another_process_found_is_used(self):
        fresh = self.connection.push_jwk
        self.connection.push_jwk_asked_on = fields.Datetime.now()
        self.env.flush_all()
        self.assertEqual(events.another_jwk(self.connection, {"kty": "RSA"}), fresh)
        self.assertIsNone(events.another_jwk(self.connection, fresh))
        self.assertEqual(self.asked(KEY_PATH), 0)

    def test_the_log_tells_no_secret(self):
        foreign = rsa.generate_private_key(65537, 3072)
        body = jwt.encode(self.claims, foreign, "RS256").encode()
        name = "odoo.addons.account_tochka.models.bank.events"
        with self.assertLogs(name, "DEBUG") as logs:
            self.post(body)
        text = "\n".join(logs.output)
        self.assertIn("refused: the signature is wrong", text)
        for private in (self.connection.push_key, self.account.number, "eyJ"):
            self.assertNotIn(private, text)
