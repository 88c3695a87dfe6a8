"""Nothing secret in a log line, a repr or a traceback."""

import contextlib
import logging
import traceback
import unittest
from datetime import datetime, timezone

import jwt
from api_case import ACCOUNT, CREDIT, POLL, STATEMENT, STATEMENTS, TOKEN, ApiCase, ready
from fake_http import Reply, data, envelope

import tochka_api
from tochka_api.transport import _Bearer

SECRET, CODE, REFRESH = "app-secret-0001", "one-time-code-01", "refresh-token-0001"
PAIR = {"access_token": "access-token-0002", "refresh_token": "refresh-token-0002"}
SECRETS = (TOKEN, SECRET, CODE, REFRESH, *PAIR.values())


class TestSecrets(ApiCase):
    def assert_clean(self, text):
        for secret in SECRETS:
            self.assertNotIn(secret, text)

    def app(self):
        return tochka_api.OAuthApp(
            "app", SECRET, "https://odoo.example", base_url=self.bank.url
        )

    def walk(self):
        """Make requests of every kind, failing ones included."""
        self.bank.on(STATEMENTS, envelope(401))
        self.bank.on(POLL, Reply(500, ""), ready(CREDIT))
        self.bank.on("/connect/token", Reply(200, PAIR, fault="cut"), PAIR)
        with contextlib.suppress(tochka_api.TochkaError):
            self.client.statement(
                ACCOUNT, datetime(2026, 10, 1).date(), datetime(2026, 10, 2).date()
            )
        self.client.get_statement(ACCOUNT, STATEMENT)
        with contextlib.suppress(tochka_api.TochkaError):
            self.app().refresh(REFRESH)
        self.app().exchange(CODE)

    def test_debug_logging_tells_method_path_status_and_time_only(self):
        with self.assertLogs("tochka_api", logging.DEBUG) as logs:
            self.walk()
        text = "\n".join(logs.output)
        self.assert_clean(text)
        self.assertRegex(text, r"GET \S+/statements/\S+: 200, \d+\.\d{3} s")
        self.assertRegex(text, r"INFO:\S+:GET \S+: 500, again in \d")
        self.assertNotIn("40702810401500012345", text)
        self.assertNotIn("Ромашка", text)

    def test_no_logger_below_or_beside_ours_tells_a_secret(self):
        with self.assertLogs(None, logging.DEBUG) as logs:
            self.walk()
        self.assert_clean("\n".join(logs.output))

    def test_every_repr_masks_its_secret(self):
        pair = tochka_api.TokenPair(
            PAIR["access_token"],
            PAIR["refresh_token"],
            datetime(2026, 1, 1, tzinfo=timezone.utc),
        )
        holders = (
            pair,
            tochka_api.StaticToken(TOKEN),
            self.app(),
            self.client,
            _Bearer(TOKEN),
        )
        for holder in holders:
            with self.subTest(type(holder).__name__):
                self.assert_clean(f"{holder!r} {holder}")
        self.assertIn("StaticToken(***)", repr(holders[1]))
        self.assertIn("2026", repr(pair))

    def test_a_traceback_of_a_failed_request_holds_no_url_and_no_secret(self):
        self.bank.close()
        try:
            self.client.get_statement(ACCOUNT, STATEMENT)
        except tochka_api.BankUnavailable:
            text = traceback.format_exc()
        else:
            self.fail("a closed bank answered")
        self.assert_clean(text)
        self.assertNotIn("40702810401500012345", text)


class TestKeys(unittest.TestCase):
    KEY = "a key long enough for the test's own signature"

    def key(self, **claims):
        return jwt.encode(claims, self.KEY, "HS256")

    def test_the_client_id_is_the_issuer_of_the_key(self):
        self.assertEqual(tochka_api.jwt_client_id(self.key(iss="app-1")), "app-1")

    def test_an_expired_key_still_tells_its_client_id_and_end(self):
        key = self.key(iss="app-1", exp=1_000_000_000)
        self.assertEqual(tochka_api.jwt_client_id(f" {key}\n"), "app-1")
        self.assertEqual(
            tochka_api.jwt_expires_at(key),
            datetime(2001, 9, 9, 1, 46, 40, tzinfo=timezone.utc),
        )

    def test_a_perpetual_key_has_no_end(self):
        self.assertIsNone(tochka_api.jwt_expires_at(self.key(iss="app-1")))

    def test_what_is_no_key_has_neither(self):
        for text in (tochka_api.SANDBOX_TOKEN, "", "ключ", "a.b", self.key()):
            with self.subTest(text[:20]):
                self.assertIsNone(tochka_api.jwt_client_id(text))
                self.assertIsNone(tochka_api.jwt_expires_at(text))

    def test_claims_of_strange_types_are_ignored(self):
        self.assertIsNone(tochka_api.jwt_expires_at(self.key(exp=10**30)))
        self.assertIsNone(tochka_api.jwt_client_id(self.key(iss="")))


class TestPing(ApiCase):
    def test_the_sandbox_token_goes_out_as_documented(self):
        client = self.new_client(tochka_api.StaticToken(tochka_api.SANDBOX_TOKEN))
        self.bank.on("/uapi/open-banking/v1.0/accounts", data({"Account": []}))
        client.accounts()
        self.assertEqual(
            self.bank.seen[0].headers["Authorization"], "Bearer sandbox.jwt.token"
        )


if __name__ == "__main__":
    unittest.main()
