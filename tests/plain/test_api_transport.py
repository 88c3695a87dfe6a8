"""Broken connections, temporary statuses, `Retry-After`: what is repeated and how."""

import email.utils
import socket
import time
import unittest
from unittest import mock

from api_case import ACCOUNTS, CUSTOMERS, TOKEN, ApiCase
from fake_http import Reply, data, envelope

import tochka_api

EMPTY = data({"Customer": []})


class TestRepeating(ApiCase):
    def test_every_temporary_status_is_repeated(self):
        for status in (424, 429, 500, 502, 503, 504):
            with self.subTest(status):
                self.bank.on(CUSTOMERS, envelope(status), EMPTY)
                self.assertEqual(self.client.customers(), [])

    def test_other_statuses_are_not_repeated(self):
        for status in (400, 403, 404, 405, 501):
            with self.subTest(status):
                self.bank.on(CUSTOMERS, envelope(status))
                before = self.client.requests_made
                with self.assertRaises(tochka_api.AskHuman):
                    self.client.customers()
                self.assertEqual(self.client.requests_made, before + 1)

    def test_a_reset_in_mid_body_is_repeated(self):
        self.bank.on(CUSTOMERS, Reply(200, EMPTY, fault="reset"), EMPTY)
        self.assertEqual(self.client.customers(), [])
        self.assertEqual(self.client.requests_made, 2)

    def test_a_body_cut_short_is_repeated(self):
        self.bank.on(CUSTOMERS, Reply(200, EMPTY, fault="cut"), EMPTY)
        self.assertEqual(self.client.customers(), [])
        self.assertEqual(self.client.requests_made, 2)

    def test_a_slow_answer_is_cut_off_and_repeated(self):
        self.client = self.new_client(timeout=(1, 0.1))
        self.bank.on(CUSTOMERS, Reply(fault="slow"), EMPTY)
        started = time.monotonic()
        self.assertEqual(self.client.customers(), [])
        self.assertLess(time.monotonic() - started, 1)

    def test_a_reset_without_end_is_an_unavailable_bank(self):
        self.bank.on(CUSTOMERS, Reply(200, EMPTY, fault="reset"))
        with self.assertRaises(tochka_api.BankUnavailable) as caught:
            self.client.customers()
        self.assertEqual(self.client.requests_made, 5)
        self.assertIsNone(caught.exception.status)
        self.assertEqual(caught.exception.url, self.bank.root + CUSTOMERS)

    def test_a_closed_port_is_an_unavailable_bank(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        client = tochka_api.TochkaClient(
            f"http://127.0.0.1:{port}/uapi",
            tochka_api.StaticToken(TOKEN),
            sleep=self.sleep,
        )
        with client, self.assertRaisesRegex(tochka_api.BankUnavailable, "Refused"):
            client.accounts()
        self.assertEqual(client.requests_made, 5)

    def test_an_address_that_is_none_asks_the_human(self):
        for address in ("enter.example", "ftp://enter.example", "http://"):
            with self.subTest(address):
                client = tochka_api.TochkaClient(
                    address, tochka_api.StaticToken(TOKEN), sleep=self.sleep
                )
                with client, self.assertRaises(tochka_api.BadRequest):
                    client.accounts()

    def test_pauses_double_with_jitter(self):
        self.bank.on(CUSTOMERS, envelope(500))
        with self.assertRaises(tochka_api.BankUnavailable):
            self.client.customers()
        self.assertEqual(len(self.sleep.slept), 4)
        for pause, ceiling in zip(self.sleep.slept, (0.5, 1, 2, 4), strict=True):
            self.assertTrue(ceiling / 2 <= pause <= ceiling, self.sleep.slept)
        self.assertNotEqual(self.sleep.slept, [0.5, 1, 2, 4])

    def test_no_retries_means_one_request(self):
        self.client = self.new_client(retries=0)
        self.bank.on(CUSTOMERS, envelope(500))
        with self.assertRaises(tochka_api.BankUnavailable):
            self.client.customers()
        self.assertEqual((self.client.requests_made, self.sleep.slept), (1, []))


class TestRetryAfter(ApiCase):
    def limited(self, retry_after, status=429):
        limited = envelope(status)._replace(headers={"Retry-After": retry_after})
        self.bank.on(CUSTOMERS, limited, EMPTY)
        self.client.customers()
        return self.sleep.slept

    def test_seconds_are_slept(self):
        self.assertEqual(self.limited("7"), [7])

    def test_an_http_date_is_slept_until(self):
        (slept,) = self.limited(email.utils.formatdate(time.time() + 30, usegmt=True))
        self.assertTrue(25 < slept <= 30, slept)

    def test_a_date_gone_by_and_nonsense_fall_back_to_the_usual_pause(self):
        past = email.utils.formatdate(time.time() - 1000, usegmt=True)
        for value in (past, "soon", "0", "-5"):
            with self.subTest(value):
                self.sleep.slept.clear()
                (slept,) = self.limited(value)
                self.assertTrue(0.25 <= slept <= 0.5, slept)

    def test_more_than_a_minute_is_raised_not_slept(self):
        for status in (429, 503):
            with self.subTest(status):
                with self.assertRaises(tochka_api.RateLimited) as caught:
                    self.limited("61", status)
                self.assertEqual(caught.exception.retry_after, 61)
                self.assertEqual(caught.exception.status, status)
                self.assertEqual(self.sleep.slept, [])

    def test_a_limit_that_stays_is_raised_in_the_end(self):
        limited = envelope(429)._replace(headers={"Retry-After": "60"})
        self.bank.on(CUSTOMERS, limited)
        with self.assertRaises(tochka_api.RateLimited):
            self.client.customers()
        self.assertEqual(self.sleep.slept, [60, 60, 60, 60])


class TestRenewal(ApiCase):
    class Source:
        def __init__(self, fresh="fresh"):
            self.token, self.fresh, self.renewed = "stale", fresh, []

        def access_token(self):
            return self.token

        def renew(self, stale):
            self.renewed.append(stale)
            self.token = self.fresh
            return self.token

    def test_a_401_renews_once_and_repeats_once(self):
        source = self.Source()
        client = self.new_client(source)
        self.bank.on(CUSTOMERS, envelope(401), EMPTY)
        self.assertEqual(client.customers(), [])
        self.assertEqual(source.renewed, ["stale"])
        sent = [seen.headers["Authorization"] for seen in self.bank.seen]
        self.assertEqual(sent, ["Bearer stale", "Bearer fresh"])

    def test_a_second_401_is_an_expired_access(self):
        source = self.Source()
        client = self.new_client(source)
        self.bank.on(CUSTOMERS, envelope(401, "Token expired", error_id="e-77"))
        with self.assertRaises(tochka_api.AccessExpired) as caught:
            client.customers()
        self.assertEqual(len(self.bank.seen), 2)
        self.assertEqual(caught.exception.error_id, "e-77")

    def test_a_key_is_not_renewed_and_keeps_the_error_id(self):
        self.bank.on(CUSTOMERS, envelope(401, error_id="e-78", code="HTTPUnauthorized"))
        with self.assertRaises(tochka_api.AccessExpired) as caught:
            self.client.customers()
        error = caught.exception
        self.assertEqual(len(self.bank.seen), 1)
        self.assertEqual((error.status, error.error_id), (401, "e-78"))
        self.assertEqual(error.code, "HTTPUnauthorized")

    def test_a_token_no_header_can_carry_is_refused_unsent(self):
        for token in ("", "ключ", "a b", "a\nX-Evil: 1"):
            with self.subTest(token):
                client = self.new_client(tochka_api.StaticToken(token))
                with self.assertRaises(tochka_api.AccessExpired) as caught:
                    client.customers()
                if token:
                    self.assertNotIn(token, str(caught.exception))
        self.assertEqual(self.bank.seen, [])

    def test_blanks_around_a_pasted_key_do_no_harm(self):
        self.bank.on(CUSTOMERS, EMPTY)
        client = self.new_client(tochka_api.StaticToken(f"  {TOKEN}\n"))
        client.customers()
        self.assertEqual(self.bank.seen[0].headers["Authorization"], f"Bearer {TOKEN}")


class TestRedirects(ApiCase):
    def test_a_redirect_is_not_followed_and_asks_the_human(self):
        elsewhere = Reply(302, "", {"Location": f"{self.bank.root}/elsewhere"})
        self.bank.on(CUSTOMERS, elsewhere)
        with self.assertRaisesRegex(tochka_api.BadRequest, "HTTP 302: a redirect"):
            self.client.customers()
        self.assertEqual(self.paths(), [CUSTOMERS])

    def test_a_netrc_file_does_not_replace_the_token(self):
        self.bank.on(ACCOUNTS, data({"Account": []}))
        with mock.patch("requests.sessions.get_netrc_auth", return_value=("u", "p")):
            self.client.accounts()
        self.assertEqual(self.bank.seen[0].headers["Authorization"], f"Bearer {TOKEN}")

    def test_a_closing_slash_of_the_address_is_not_doubled(self):
        self.bank.on(ACCOUNTS, data({"Account": []}))
        client = tochka_api.TochkaClient(
            self.bank.url + "/", tochka_api.StaticToken(TOKEN)
        )
        with client:
            client.accounts()
        self.assertEqual(self.paths(), [ACCOUNTS])


if __name__ == "__main__":
    unittest.main()
