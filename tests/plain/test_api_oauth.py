"""OAuth: consent, authorization page, code, refresh; nothing is sent twice."""

import json
import unittest
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, parse_qsl, urlsplit

from api_case import TOKEN, ApiCase, changed
from fake_http import Reply, data, envelope

import tochka_api
from tochka_api.oauth import connect_url_for

SECRET = "app-secret-0001"
CODE = "one-time-code-01"
REFRESH = "refresh-token-0001"
TOKENS = {
    "token_type": "bearer",
    "access_token": "access-token-0002",
    "refresh_token": "refresh-token-0002",
    "expires_in": 86400,
    "state": None,
}
CONSENT = {
    "status": "AwaitingAuthorisation",
    "creationDateTime": "2026-10-03T00:00:00+00:00",
    "statusUpdateDateTime": "2026-10-03T00:00:00+00:00",
    "permissions": ["ReadStatements"],
    "expirationDateTime": "2030-10-03T00:00:00+00:00",
    "consentId": "0f0e0d0c-0000-4000-8000-000000000001",
    "applicationName": "Odoo",
    "clientId": "app",
}
CONSENTS = "/uapi/consent/v1.0/consents"


class OAuthCase(ApiCase):
    def setUp(self):
        super().setUp()
        self.app = self.new_app()

    def new_app(self, **options):
        options.setdefault("base_url", self.bank.url)
        return tochka_api.OAuthApp(
            "app", SECRET, "https://odoo.example/tochka/callback", **options
        )

    def form(self, place=0):
        return dict(parse_qsl(self.bank.seen[place].body.decode()))


class TestConsent(OAuthCase):
    def setUp(self):
        super().setUp()
        self.bank.on("/connect/token", {"access_token": TOKEN, "expires_in": 86400})
        self.bank.on(CONSENTS, data(CONSENT))

    def wish(self):
        return json.loads(self.bank.seen[1].body)["Data"]

    def test_a_client_token_is_fetched_and_the_consent_ordered_with_it(self):
        end = datetime(2030, 10, 3, 3, tzinfo=timezone(timedelta(hours=3)))
        consent = self.app.create_consent(tochka_api.PERMISSIONS, end)
        self.assertEqual(self.paths(), ["/connect/token", CONSENTS])
        self.assertEqual(
            self.form(),
            {
                "client_id": "app",
                "client_secret": SECRET,
                "grant_type": "client_credentials",
                "scope": "accounts balances customers statements sbp payments",
            },
        )
        self.assertNotIn("Authorization", self.bank.seen[0].headers)
        self.assertEqual(self.bank.seen[1].headers["Authorization"], f"Bearer {TOKEN}")
        self.assertEqual(
            self.wish(),
            {
                "permissions": [
                    "ReadAccountsBasic",
                    "ReadAccountsDetail",
                    "ReadBalances",
                    "ReadStatements",
                    "ReadCustomerData",
                ],
                "expirationDateTime": "2030-10-03T00:00:00+00:00",
            },
        )
        self.assertEqual(consent.consent_id, CONSENT["consentId"])
        self.assertEqual(consent.expires_at, datetime(2030, 10, 3, tzinfo=timezone.utc))

    def test_a_consent_without_end_has_no_expiration(self):
        self.bank.on(CONSENTS, data(changed(CONSENT, expirationDateTime=...)))
        consent = self.app.create_consent(["ReadStatements"], None)
        self.assertEqual(self.wish(), {"permissions": ["ReadStatements"]})
        self.assertIsNone(consent.expires_at)

    def test_a_naive_end_is_a_programmers_error(self):
        with self.assertRaises(ValueError):
            self.app.create_consent([], datetime(2030, 1, 1))
        self.assertEqual(self.bank.seen, [])

    def test_the_consent_path_is_a_parameter(self):
        self.bank.on("/uapi/v1.0/consents", data(CONSENT))
        app = self.new_app(consent_path="/v1.0/consents", scope="accounts")
        app.create_consent([], None)
        self.assertEqual(self.paths()[1], "/uapi/v1.0/consents")
        self.assertEqual(self.form()["scope"], "accounts")

    def test_ordering_a_consent_is_never_repeated(self):
        self.bank.on(CONSENTS, envelope(500), data(CONSENT))
        with self.assertRaises(tochka_api.BankUnavailable):
            self.app.create_consent([], None)
        self.assertEqual(len(self.bank.seen), 2)

    def test_a_consent_without_id_is_malformed(self):
        self.bank.on(CONSENTS, data(changed(CONSENT, consentId=...)))
        with self.assertRaisesRegex(tochka_api.MalformedAnswer, r"Data\.consentId"):
            self.app.create_consent([], None)

    def test_a_wrong_application_secret_is_denied(self):
        self.bank.on("/connect/token", Reply(401, {"error": "invalid_client"}))
        with self.assertRaisesRegex(tochka_api.AccessDenied, "invalid_client"):
            self.app.create_consent([], None)


class TestReadingConsents(OAuthCase):
    def test_one_consent_is_flat_and_may_lack_its_status(self):
        path = f"{CONSENTS}/{CONSENT['consentId']}"
        self.bank.on(path, data(changed(CONSENT, status=..., newField=1)))
        consent = self.client.consent(CONSENT["consentId"])
        self.assertEqual(consent.consent_id, CONSENT["consentId"])
        self.assertEqual(consent.expires_at, datetime(2030, 10, 3, tzinfo=timezone.utc))
        self.assertEqual(self.paths(), [path])

    def end(self, text):
        path = f"{CONSENTS}/{CONSENT['consentId']}"
        self.bank.on(path, data(changed(CONSENT, expirationDateTime=text)))
        return self.client.consent(CONSENT["consentId"]).expires_at

    def test_instants_are_read_in_every_notation(self):
        noon = datetime(2026, 10, 31, 12, 0, 0, tzinfo=timezone.utc)
        for text in (
            "2026-10-31T12:00:00Z",
            "2026-10-31T12:00:00",
            "2026-10-31T15:00:00.0+03:00",
            "2026-10-31T12:00:00.000000000+00:00",
        ):
            with self.subTest(text):
                self.assertEqual(self.end(text), noon)
        self.assertEqual(
            self.end("2026-10-31T12:00:00.364000+00:00"),
            noon.replace(microsecond=364000),
        )

    def test_an_instant_that_is_none_is_malformed(self):
        for text in ("yesterday", "2026-10-31", "2026-13-31T12:00:00Z"):
            with self.subTest(text), self.assertRaises(tochka_api.MalformedAnswer):
                self.end(text)


class TestAuthorizeUrl(OAuthCase):
    def test_it_has_all_parameters_and_blanks_as_percent_20(self):
        url = self.app.authorize_url("the-consent", "a state/+")
        parts = urlsplit(url)
        self.assertEqual(
            f"{parts.scheme}://{parts.netloc}{parts.path}",
            f"{self.bank.root}/connect/authorize",
        )
        self.assertEqual(
            {name: values[0] for name, values in parse_qs(parts.query).items()},
            {
                "client_id": "app",
                "response_type": "code",
                "state": "a state/+",
                "redirect_uri": "https://odoo.example/tochka/callback",
                "scope": "accounts balances customers statements sbp payments",
                "consent_id": "the-consent",
            },
        )
        self.assertIn("scope=accounts%20balances", url)
        self.assertNotIn(SECRET, url)

    def test_connect_is_the_neighbour_of_uapi(self):
        for base, connect in {
            tochka_api.PRODUCTION_URL: "https://enter.tochka.com/connect",
            tochka_api.SANDBOX_URL: "https://enter.tochka.com/connect",
            "http://127.0.0.1:8080/bank/uapi/": "http://127.0.0.1:8080/bank/connect",
        }.items():
            with self.subTest(base):
                self.assertEqual(connect_url_for(base), connect)


class TestTokens(OAuthCase):
    def answer(self, *replies):
        self.bank.on("/connect/token", *replies)

    def test_a_code_becomes_a_pair(self):
        self.answer(TOKENS)
        before = datetime.now(timezone.utc)
        pair = self.app.exchange(CODE)
        self.assertEqual(
            self.form(),
            {
                "client_id": "app",
                "client_secret": SECRET,
                "grant_type": "authorization_code",
                "scope": "accounts balances customers statements sbp payments",
                "code": CODE,
                "redirect_uri": "https://odoo.example/tochka/callback",
            },
        )
        self.assertEqual(pair.access_token, "access-token-0002")
        self.assertEqual(pair.refresh_token, "refresh-token-0002")
        self.assertLess(abs(pair.expires_at - before - timedelta(days=1)).seconds, 5)

    def test_a_refresh_gives_the_next_pair(self):
        self.answer(TOKENS)
        pair = self.app.refresh(REFRESH)
        self.assertEqual(self.form()["grant_type"], "refresh_token")
        self.assertEqual(self.form()["refresh_token"], REFRESH)
        self.assertEqual(pair.refresh_token, "refresh-token-0002")

    def test_a_refresh_is_never_repeated(self):
        for reply in (
            envelope(500),
            Reply(429, ""),
            Reply(200, TOKENS, fault="reset"),
            Reply(200, TOKENS, fault="cut"),
        ):
            with self.subTest(reply):
                self.bank.seen.clear()
                self.answer(reply, TOKENS)
                with self.assertRaises(tochka_api.TryLater):
                    self.app.refresh(REFRESH)
                self.assertEqual(len(self.bank.seen), 1)

    def test_a_slow_refresh_is_unavailable(self):
        self.answer(Reply(fault="slow"))
        with self.assertRaises(tochka_api.BankUnavailable):
            self.new_app(timeout=(1, 0.1)).refresh(REFRESH)

    def test_a_refused_refresh_or_code_is_an_expired_access(self):
        for status in (200, 400, 401, 403):
            self.answer(Reply(status, {"error": "invalid_grant"}))
            for call, token in ((self.app.refresh, REFRESH), (self.app.exchange, CODE)):
                with (
                    self.subTest(status),
                    self.assertRaises(tochka_api.AccessExpired) as caught,
                ):
                    call(token)
                self.assertEqual(caught.exception.code, "invalid_grant")

    def test_a_refused_application_is_denied_even_at_a_refresh(self):
        self.answer(Reply(401, {"error": "invalid_client"}))
        with self.assertRaises(tochka_api.AccessDenied):
            self.app.refresh(REFRESH)

    def test_without_a_new_refresh_token_the_old_one_goes_on(self):
        self.answer(changed(TOKENS, refresh_token=...))
        self.assertEqual(self.app.refresh(REFRESH).refresh_token, REFRESH)
        with self.assertRaisesRegex(tochka_api.MalformedAnswer, "refresh_token"):
            self.app.exchange(CODE)

    def test_an_unreadable_lifetime_counts_as_the_documented_day(self):
        for lifetime in (..., None, 0, "soon", -1, 1.5, True, "86400"):
            with self.subTest(lifetime):
                self.answer(changed(TOKENS, expires_in=lifetime))
                left = self.app.refresh(REFRESH).expires_at - datetime.now(timezone.utc)
                self.assertLess(abs(left - timedelta(days=1)), timedelta(seconds=5))

    def test_a_malformed_token_answer_shows_no_preview(self):
        for body in ("<html>access-token-0002", changed(TOKENS, access_token=5)):
            with self.subTest(body):
                self.answer(Reply(200, body))
                with self.assertRaises(tochka_api.MalformedAnswer) as caught:
                    self.app.refresh(REFRESH)
                self.assertEqual(caught.exception.preview, "")

    def test_an_echoed_secret_is_in_no_message(self):
        echo = f"{SECRET} {REFRESH} {CODE}"
        self.answer(Reply(400, {"error": echo, "error_description": echo}))
        for call, token in ((self.app.refresh, REFRESH), (self.app.exchange, CODE)):
            with self.assertRaises(tochka_api.AskHuman) as caught:
                call(token)
            shown = f"{caught.exception} {caught.exception.code}"
            self.assertNotIn(SECRET, shown)
            self.assertNotIn(token, shown)


if __name__ == "__main__":
    unittest.main()
