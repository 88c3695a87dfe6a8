"""Statements: ordered, polled in two forms, ready, failed or late."""

import json
import unittest
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from api_case import (
    ACCOUNT,
    CREDIT,
    INIT,
    POLL,
    READY,
    STATEMENT,
    STATEMENTS,
    ApiCase,
    changed,
    ready,
)
from fake_http import Reply, data, envelope

import tochka_api

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def polled(**changes):
    return data({"Statement": [changed(INIT, **changes)]})


class TestInit(ApiCase):
    def init(self, statement):
        self.bank.on(STATEMENTS, data({"Statement": statement}))
        return self.client.init_statement(ACCOUNT, FIRST, LAST)

    def test_the_order_holds_the_account_and_whole_days(self):
        statement = self.init(INIT)
        (seen,) = self.bank.seen
        self.assertEqual((seen.method, seen.path), ("POST", STATEMENTS))
        self.assertEqual(
            json.loads(seen.body),
            {
                "Data": {
                    "Statement": {
                        "accountId": ACCOUNT,
                        "startDateTime": "2026-10-01",
                        "endDateTime": "2026-10-31",
                    }
                }
            },
        )
        self.assertEqual(statement.statement_id, STATEMENT)
        self.assertEqual((statement.date_from, statement.date_to), (FIRST, LAST))
        self.assertFalse(statement.is_ready or statement.is_failed)

    def test_an_array_is_read_like_an_object(self):
        self.assertEqual(self.init([INIT]).statement_id, STATEMENT)

    def test_an_order_without_statement_id_is_malformed(self):
        for wrong in (..., None, ""):
            with (
                self.subTest(wrong),
                self.assertRaises(tochka_api.MalformedAnswer) as caught,
            ):
                self.init(changed(INIT, statementId=wrong))
            self.assertEqual(caught.exception.path, "Data.Statement.statementId")

    def test_a_day_that_has_not_begun_at_the_bank_is_our_clock(self):
        refusal = envelope(400, "Field endDateTime : Value error, date in the future")
        today = tochka_api.today()
        for last, kind in (
            (today + timedelta(days=2), tochka_api.ClockAhead),
            (today - timedelta(days=2), tochka_api.BadRequest),
        ):
            self.bank.on(STATEMENTS, refusal)
            with self.subTest(last), self.assertRaises(tochka_api.BadRequest) as caught:
                self.client.init_statement(ACCOUNT, FIRST, last)
            self.assertIs(type(caught.exception), kind)

    def test_an_empty_array_is_malformed(self):
        with self.assertRaisesRegex(tochka_api.MalformedAnswer, r"Data\.Statement"):
            self.init([])

    def test_ordering_is_repeated_after_a_temporary_failure(self):
        self.bank.on(STATEMENTS, envelope(424), data({"Statement": INIT}))
        statement = self.client.init_statement(ACCOUNT, FIRST, LAST)
        self.assertEqual(statement.statement_id, STATEMENT)
        self.assertEqual(self.client.requests_made, 2)


class TestPeriod(ApiCase):
    """A statement of other days than those asked for is refused."""

    def test_an_order_for_other_days_is_refused(self):
        for wrong in ({"startDateTime": "2026-09-01"}, {"endDateTime": "2026-11-01"}):
            self.bank.on(STATEMENTS, data({"Statement": changed(INIT, **wrong)}))
            with (
                self.subTest(wrong),
                self.assertRaisesRegex(tochka_api.WrongPeriod, "2026-10-01") as caught,
            ):
                self.client.init_statement(ACCOUNT, FIRST, LAST)
            self.assertEqual(caught.exception.path, *wrong)

    def test_a_ready_statement_of_other_days_is_refused(self):
        for wrong in ({"startDateTime": "2026-09-01"}, {"endDateTime": "2026-10-30"}):
            self.bank.on(STATEMENTS, data({"Statement": INIT}))
            self.bank.on(POLL, ready(CREDIT, **wrong))
            with self.subTest(wrong), self.assertRaises(tochka_api.WrongPeriod):
                self.client.statement(ACCOUNT, FIRST, LAST)

    def test_a_look_without_days_takes_any(self):
        self.assertEqual(self.read(startDateTime="2026-09-01").date_from.month, 9)


class TestOnePoll(ApiCase):
    def poll(self, statement):
        self.bank.on(POLL, data({"Statement": statement}))
        return self.client.get_statement(ACCOUNT, STATEMENT)

    def test_the_moment_it_was_made_is_told(self):
        self.assertEqual(
            self.read().created_at,
            datetime(2026, 11, 1, 6, 6, 6, 364000, tzinfo=timezone.utc),
        )
        for odd in (..., None, "", "yesterday", 7):
            with self.subTest(odd):
                self.assertIsNone(self.read(creationDateTime=odd).created_at)

    def test_a_ready_statement_has_balances_and_rows(self):
        statement = self.read(CREDIT)
        self.assertTrue(statement.is_ready)
        self.assertEqual(statement.opening_balance, Decimal("100000"))
        self.assertEqual(statement.closing_balance, Decimal(1))
        self.assertEqual(len(statement.transactions), 1)
        self.assertEqual(self.paths(), [POLL])
        self.assertEqual(self.bank.seen[0].body, b"")
        self.assertNotIn("Content-Length", self.bank.seen[0].headers)

    def test_an_object_is_read_like_an_array(self):
        statement = self.poll(changed(READY, Transaction=[CREDIT]))
        self.assertEqual(len(statement.transactions), 1)

    def test_a_missing_transaction_key_means_no_rows(self):
        for absent in (..., None, []):
            with self.subTest(absent):
                statement = self.poll([changed(READY, Transaction=absent)])
                self.assertEqual(statement.transactions, ())

    def test_of_several_statements_the_one_asked_for_is_taken(self):
        other = changed(READY, statementId="other", Transaction=[CREDIT])
        statement = self.poll([other, changed(READY, endDateBalance=7), other])
        self.assertEqual(statement.statement_id, STATEMENT)
        self.assertEqual(statement.closing_balance, Decimal(7))

    def test_a_lone_statement_may_lack_its_id_and_balances(self):
        bare = changed(
            READY, statementId=..., startDateBalance=..., endDateBalance=None
        )
        statement = self.poll([bare])
        self.assertEqual(statement.statement_id, STATEMENT)
        self.assertIsNone(statement.opening_balance)
        self.assertIsNone(statement.closing_balance)

    def test_several_statements_without_ours_mean_not_ready(self):
        other = changed(READY, statementId="other")
        for statements in ([], [other, other]):
            with self.subTest(len(statements)):
                with self.assertRaises(tochka_api.StatementNotReady):
                    self.poll(statements)

    def test_a_bare_account_number_is_ours_and_keeps_our_id(self):
        statement = self.poll([changed(READY, accountId="40702810401500012345")])
        self.assertEqual(statement.account_id, ACCOUNT)

    def test_the_statement_of_another_account_is_refused(self):
        foreign = changed(READY, accountId="40702810999999999999/044525104")
        with self.assertRaisesRegex(
            tochka_api.MalformedAnswer, r"Data\.Statement\[0\]\.accountId"
        ):
            self.poll([foreign])

    def test_an_unknown_status_is_not_ready_and_its_rows_are_not_read(self):
        for status in ("Created", "Processing", "Requested", "ready"):
            with self.subTest(status):
                half = changed(READY, status=status, Transaction=[{"half": 1}])
                statement = self.poll([half])
                self.assertFalse(statement.is_ready or statement.is_failed)
                self.assertEqual(statement.transactions, ())

    def test_negative_balances_stay_negative(self):
        statement = self.poll([changed(READY, startDateBalance=-0.01)])
        self.assertEqual(statement.opening_balance, Decimal("-0.01"))

    def test_an_error_under_status_200_is_not_ready(self):
        hiccups = (
            {"Errors": [{"errorCode": "X", "message": "busy"}], "id": "e-9"},
            {"Errors": [], "Data": None},
            "",
            '"internal server error"',
            "Internal Server Error\n",
        )
        for body in hiccups:
            with self.subTest(body):
                self.bank.on(POLL, Reply(200, body))
                with self.assertRaises(tochka_api.StatementNotReady):
                    self.client.get_statement(ACCOUNT, STATEMENT)

    def test_an_html_page_is_malformed_not_late(self):
        self.bank.on(POLL, Reply(200, "<html>enter</html>"))
        with self.assertRaises(tochka_api.MalformedAnswer):
            self.client.get_statement(ACCOUNT, STATEMENT)

    def test_a_forgotten_statement_is_a_bad_request(self):
        self.bank.on(POLL, envelope(404, "no such statement"))
        with self.assertRaises(tochka_api.BadRequest) as caught:
            self.client.get_statement(ACCOUNT, STATEMENT)
        self.assertEqual(caught.exception.status, 404)


class TestWaiting(ApiCase):
    def setUp(self):
        super().setUp()
        self.bank.on(STATEMENTS, data({"Statement": INIT}))

    def wait(self, **options):
        return self.client.statement(ACCOUNT, FIRST, LAST, **options)

    def test_it_polls_with_growing_pauses_until_ready(self):
        self.bank.on(
            POLL,
            polled(),
            polled(status="Processing"),
            Reply(200, {"Errors": [{"errorCode": "X", "message": "busy"}]}),
            Reply(200, ""),
            ready(CREDIT),
        )
        statement = self.wait()
        self.assertEqual(len(statement.transactions), 1)
        self.assertEqual(self.sleep.slept[0], 0.25)
        self.assertEqual(self.sleep.slept, sorted(self.sleep.slept))
        self.assertEqual(len(self.sleep.slept), 5)

    def test_a_ready_order_is_polled_all_the_same_for_its_rows(self):
        self.bank.on(STATEMENTS, data({"Statement": changed(INIT, status="Ready")}))
        self.bank.on(POLL, ready(CREDIT))
        self.assertEqual(len(self.wait().transactions), 1)

    def test_the_status_error_fails_the_statement(self):
        self.bank.on(POLL, polled(), polled(status="Error"))
        with self.assertRaises(tochka_api.StatementFailed) as caught:
            self.wait()
        self.assertIsInstance(caught.exception, tochka_api.AskHuman)

    def test_an_order_that_fails_at_once_is_not_polled(self):
        self.bank.on(STATEMENTS, data({"Statement": changed(INIT, status="Error")}))
        with self.assertRaises(tochka_api.StatementFailed):
            self.wait()
        self.assertEqual(self.paths(), [STATEMENTS])

    def test_endless_processing_ends_at_the_deadline(self):
        self.bank.on(POLL, polled(status="Processing"))
        with self.assertRaises(tochka_api.StatementNotReady) as caught:
            self.wait(deadline_seconds=30)
        self.assertIsInstance(caught.exception, tochka_api.TryLater)
        self.assertLessEqual(sum(self.sleep.slept), 30)
        self.assertGreater(sum(self.sleep.slept), 24)
        self.assertEqual(max(self.sleep.slept), 5)

    def test_endless_hiccups_end_at_the_deadline_too(self):
        self.bank.on(POLL, Reply(200, '"internal server error"'))
        with self.assertRaises(tochka_api.StatementNotReady):
            self.wait(deadline_seconds=5)

    def test_a_broken_poll_is_repeated(self):
        self.bank.on(
            POLL, Reply(500, "internal server error"), Reply(424, ""), ready(CREDIT)
        )
        self.assertTrue(self.wait().is_ready)


if __name__ == "__main__":
    unittest.main()
