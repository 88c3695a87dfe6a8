"""Which error an answer becomes: status first, then the bank's words."""

import pickle
import unittest

from api_case import ACCOUNT, ACCOUNTS, CUSTOMERS, TOKEN, ApiCase
from fake_http import Reply, envelope

import tochka_api
from tochka_api import errors
from tochka_api.redaction import redact, safe_url


class TestTree(unittest.TestCase):
    def test_there_are_exactly_three_branches(self):
        branches = {kind.__name__ for kind in tochka_api.TochkaError.__subclasses__()}
        self.assertEqual(branches, {"TryLater", "AskHuman", "MalformedAnswer"})

    def test_every_error_belongs_to_its_branch(self):
        later = {kind.__name__ for kind in tochka_api.TryLater.__subclasses__()}
        human = {kind.__name__ for kind in tochka_api.AskHuman.__subclasses__()}
        self.assertEqual(later, {"BankUnavailable", "RateLimited", "StatementNotReady"})
        self.assertEqual(
            human,
            {
                "AccessDenied",
                "AccessExpired",
                "BadRequest",
                "StatementFailed",
                "UnknownCertificate",
            },
        )

    def test_errors_survive_pickling(self):
        error = errors.MalformedAnswer("m", path="a.b", preview="p", error_id="e")
        copy = pickle.loads(pickle.dumps(error))
        found = (str(copy), copy.path, copy.preview, copy.error_id)
        self.assertEqual(found, ("m", "a.b", "p", "e"))


class TestAnswers(ApiCase):
    def setUp(self):
        super().setUp()
        self.client = self.new_client(retries=0)

    def error_of(self, reply):
        self.bank.on(CUSTOMERS, reply)
        with self.assertRaises(tochka_api.TochkaError) as caught:
            self.client.customers()
        return caught.exception

    def test_the_status_chooses_the_error(self):
        kinds = {
            400: errors.BadRequest,
            401: errors.AccessExpired,
            403: errors.AccessDenied,
            404: errors.BadRequest,
            408: errors.BankUnavailable,
            418: errors.BadRequest,
            424: errors.BankUnavailable,
            429: errors.RateLimited,
            500: errors.BankUnavailable,
            501: errors.BadRequest,
            502: errors.BankUnavailable,
            503: errors.BankUnavailable,
            504: errors.BankUnavailable,
        }
        for status, kind in kinds.items():
            with self.subTest(status):
                error = self.error_of(envelope(status))
                self.assertIs(type(error), kind)
                self.assertEqual(error.status, status)

    def test_the_envelope_gives_the_words_the_code_and_the_id(self):
        error = self.error_of(
            envelope(403, "Forbidden by consent", "HTTPForbidden", "id-for-support")
        )
        self.assertEqual(str(error), "HTTP 403: Forbidden by consent")
        self.assertEqual(error.code, "HTTPForbidden")
        self.assertEqual(error.error_id, "id-for-support")
        self.assertEqual(error.url, self.bank.root + CUSTOMERS)

    def test_a_403_about_an_ended_consent_is_an_expired_access(self):
        for words in ("Consent revoked", "consent has Expired", "Срок истёк"):
            with self.subTest(words):
                error = self.error_of(envelope(403, words))
                self.assertIs(type(error), errors.AccessExpired)

    def test_the_status_outweighs_the_words(self):
        error = self.error_of(envelope(500, "token expired"))
        self.assertIs(type(error), errors.BankUnavailable)

    def test_a_server_error_without_json_is_an_unavailable_bank(self):
        for body in (
            "internal server error",
            '"internal server error"',
            "<html>",
            "",
            "[1]",
            b"\xff\xfe",
        ):
            with self.subTest(body):
                error = self.error_of(Reply(500, body))
                self.assertIs(type(error), errors.BankUnavailable)
                self.assertIsNone(error.error_id)

    def test_a_success_without_json_is_malformed_with_a_preview(self):
        page = "<!doctype html>" + "x" * 5000
        for body in (
            page,
            '"internal server error"',
            "internal server error",
            "",
            "[]",
        ):
            with self.subTest(body[:20]):
                error = self.error_of(Reply(200, body))
                self.assertIs(type(error), errors.MalformedAnswer)
                self.assertEqual(error.preview, body[:500])
                self.assertNotIn("doctype", str(error))

    def test_an_answer_in_no_encoding_or_without_end_is_malformed(self):
        for body in (b'{"Data": "\xff"}', "[" * 100_000, '{"Data": {'):
            with self.subTest(body[:20]):
                error = self.error_of(Reply(200, body))
                self.assertIs(type(error), errors.MalformedAnswer)

    def test_a_byte_order_mark_does_no_harm(self):
        body = b'\xef\xbb\xbf{"Data": {"Customer": []}}'
        self.bank.on(CUSTOMERS, Reply(200, body))
        self.assertEqual(self.client.customers(), [])

    def test_errors_under_status_200_keep_the_banks_id(self):
        error = self.error_of(envelope(403)._replace(status=200))
        self.assertIs(type(error), errors.MalformedAnswer)
        self.assertEqual((error.error_id, error.code), ("e-1", "HTTPError"))

    def test_a_strange_envelope_breaks_nothing(self):
        for body in (
            {"Errors": "x"},
            {"Errors": [1]},
            {"Errors": [{"message": 5}], "id": 7},
            {"Errors": [], "message": "only this"},
        ):
            with self.subTest(body):
                error = self.error_of(Reply(400, body))
                self.assertIs(type(error), errors.BadRequest)
        self.assertEqual(str(error), "HTTP 400: only this")

    def test_a_token_echoed_by_the_bank_is_masked(self):
        error = self.error_of(envelope(400, f"bad token {TOKEN}", f"code {TOKEN}"))
        self.assertNotIn(TOKEN, str(error))
        self.assertNotIn(TOKEN, error.code)
        error = self.error_of(Reply(200, f"<html>{TOKEN}"))
        self.assertNotIn(TOKEN, error.preview)

    def test_account_numbers_are_masked_in_the_url_of_an_error(self):
        with self.assertRaises(tochka_api.BadRequest) as caught:
            self.client.get_statement(ACCOUNT, "1")
        url = caught.exception.url
        path = f"{ACCOUNTS}/*2345/044525104/statements/1"
        self.assertEqual(url, self.bank.root + path)


class TestRedaction(unittest.TestCase):
    def test_everything_token_like_is_masked(self):
        for text in (
            "Authorization: Bearer abc.def-1",
            "authorization=hush-hush",
            '{"access_token":"hush-hush","x":1}',
            "{'refresh_token': 'hush-hush'}",
            "client_secret=hush-hush&grant_type=x",
            "?code=hush-hush&state=1",
            "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl",
        ):
            with self.subTest(text):
                masked = redact(text)
                self.assertIn("***", masked)
                self.assertNotRegex(masked, "hush|abc|c2ln")

    def test_given_secrets_are_masked_in_their_url_form_too(self):
        masked = redact("a p/w d and a%20p%2Fw%20d and a+p%2Fw+d", ["a p/w d"])
        self.assertEqual(masked, "*** and *** and ***")

    def test_the_envelopes_code_and_plain_words_stay(self):
        text = '{"code":"403","message":"Forbidden by consent"}'
        self.assertEqual(redact(text, ["", "403"]), text)

    def test_a_shown_url_has_no_password_query_or_account_number(self):
        shown = safe_url(f"https://u:p@bank.example:8443/accounts/{ACCOUNT}/x?code=1#f")
        self.assertEqual(shown, "https://bank.example:8443/accounts/*2345/044525104/x")

    def test_a_broken_url_is_masked_whole(self):
        self.assertEqual(safe_url("http://[broken"), "***")


if __name__ == "__main__":
    unittest.main()
