"""Each fault does what its name says, as often and where it was asked to."""

from __future__ import annotations

import email.utils
import http.client
import time
import unittest
from urllib.parse import parse_qs, urlsplit

from simulator_support import RETURN, BankCase, closes, kopecks, total

RESET = (ConnectionResetError, http.client.RemoteDisconnected)
MONTH = ("2026-10-01", "2026-10-31")


class FaultCase(BankCase):
    def fault(self, name, **values):
        return self.bank.control("POST", "faults", name=name, **values)

    def month(self, account=None, first=MONTH[0], last=MONTH[1]):
        return self.bank.statement(account or self.main, first, last)

    def statuses(self, count, path="/accounts"):
        return [self.bank.get(path).status for _ in range(count)]


class TestWhichRequests(FaultCase):
    def test_times_and_after(self):
        self.fault("http_500", times=2, after=1)
        self.assertEqual(self.statuses(5), [200, 500, 500, 200, 200])
        self.assertEqual(self.bank.control("GET", "faults")["faults"], [])

    def test_for_ever_until_lifted(self):
        made = self.fault("http_503", times=None)
        self.assertEqual(self.statuses(3), [503] * 3)
        self.assertEqual(
            self.bank.control("DELETE", "faults", id=made["id"]), {"lifted": 1}
        )
        self.assertEqual(self.statuses(1), [200])

    def test_filters(self):
        self.fault("http_500", times=None, path="/statements", method="POST")
        self.assertEqual(self.statuses(1), [200])
        self.assertEqual(self.statuses(1, "/statements"), [200])
        self.assertEqual(self.bank.init(self.main, *MONTH).status, 500)
        self.bank.control("DELETE", "faults")
        self.fault("http_500", times=None, account=self.yuan)
        self.assertEqual(self.bank.init(self.main, *MONTH).status, 200)
        self.assertEqual(self.bank.init(self.yuan, *MONTH).status, 500)
        self.assertEqual(self.statuses(1, f"/accounts/{self.yuan}/balances"), [500])
        self.assertEqual(
            self.bank.control("DELETE", "faults", name="http_500")["lifted"], 1
        )

    def test_tokens_are_spared_unless_named(self):
        self.fault("http_500", times=None)
        self.assertEqual(self.bank.token_for("client_credentials").status, 200)
        self.fault("http_502", path="/connect/token")
        self.assertEqual(self.bank.token_for("client_credentials").status, 502)

    def test_one_at_a_time(self):
        self.fault("http_500")
        self.fault("http_404")
        self.assertEqual(self.statuses(3), [500, 404, 200])

    def test_what_is_not_understood(self):
        for values in (
            {"name": "no_such"},
            {"name": "http_500", "hours": 2},
            {"name": "http_500", "times": 0},
            {"name": "http_500", "after": -1},
            {"name": "late_rows", "balances": "maybe"},
            {"name": "late_rows", "hours": "many"},
            {"name": "slow", "seconds": -1},
            {"name": "http_429", "as_date": True},
            {"name": "odd_field", "form": "strange"},
        ):
            with self.assertRaises(ValueError):
                self.bank.control("POST", "faults", **values)

    def test_all_known_names_are_told(self):
        known = self.bank.control("GET", "faults")["known"]
        self.assertEqual(sorted(known), self.bank.info["faults"])


class TestTransport(FaultCase):
    def test_statuses(self):
        for status in (400, 401, 403, 404, 424, 429, 500, 501, 502, 503):
            self.fault(f"http_{status}", message="так вышло")
            self.assertRefused(self.bank.get("/accounts"), status, "так вышло")

    def test_retry_after(self):
        self.fault("http_429", retry_after=7)
        self.assertEqual(self.bank.get("/accounts").headers["retry-after"], "7")
        self.fault("http_429", retry_after=60, as_date=True)
        moment = email.utils.parsedate_to_datetime(
            self.bank.get("/accounts").headers["retry-after"]
        )
        self.assertTrue(50 < moment.timestamp() - time.time() < 61)
        self.fault("http_429")
        self.assertNotIn("retry-after", self.bank.get("/accounts").headers)

    def test_bodies_that_are_no_json(self):
        self.fault("bare_string")
        answer = self.bank.get("/accounts")
        self.assertEqual((answer.status, answer.body), (500, b"internal server error"))
        self.fault("html_200")
        answer = self.bank.get("/accounts")
        self.assertEqual(answer.status, 200)
        self.assertIn("text/html", answer.headers["content-type"])
        self.fault("empty_200")
        answer = self.bank.get("/accounts")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.fault("truncated_json")
        answer = self.bank.get("/accounts")
        self.assertEqual(int(answer.headers["content-length"]), len(answer.body))
        with self.assertRaises(ValueError):
            _ = answer.json

    def test_resets(self):
        for name in ("reset", "answer_lost"):
            self.fault(name)
            with self.assertRaises(RESET):
                self.bank.get("/accounts")
        self.fault("reset_mid_body")
        with self.assertRaises((ConnectionResetError, http.client.IncompleteRead)):
            self.bank.get("/accounts")
        self.assertEqual(self.statuses(1), [200])

    def test_a_lost_answer_was_still_made(self):
        self.fault("answer_lost", method="POST")
        with self.assertRaises(RESET):
            self.bank.init(self.main, *MONTH)
        self.assertEqual(len(self.bank.get("/statements").data["Statement"]), 1)
        self.fault("reset", method="POST")
        with self.assertRaises(RESET):
            self.bank.init(self.main, *MONTH)
        self.assertEqual(len(self.bank.get("/statements").data["Statement"]), 1)

    def test_slow_then_good(self):
        self.fault("slow", seconds=0.2)
        started = time.monotonic()
        self.assertEqual(self.statuses(1), [200])
        self.assertGreater(time.monotonic() - started, 0.19)

    def test_slow_and_then_another_fault(self):
        self.fault("slow", seconds=0.01)
        self.fault("http_500")
        self.assertEqual(self.statuses(2), [500, 200])

    def test_timeout(self):
        self.fault("timeout", seconds=30)
        with self.assertRaises(TimeoutError):
            self.bank.get("/accounts", timeout=0.2)
        self.assertEqual(self.statuses(1), [200])

    def test_refresh_answer_lost(self):
        url = self.bank.authorize_url()
        location = self.bank.control("POST", "approve", authorize_url=url)["location"]
        code = parse_qs(urlsplit(location).query)["code"][0]
        self.fault("refresh_answer_lost")
        pair = self.bank.token_for(
            "authorization_code", code=code, redirect_uri=RETURN
        ).json
        with self.assertRaises(RESET):
            self.bank.token_for("refresh_token", refresh_token=pair["refresh_token"])
        again = self.bank.token_for(
            "refresh_token", refresh_token=pair["refresh_token"]
        )
        self.assertEqual(again.json["error"], "invalid_grant")


class TestPolling(FaultCase):
    def polled(self, count=3):
        made = self.bank.init(self.main, *MONTH).data["Statement"]
        answers = [
            self.bank.poll(self.main, made["statementId"]).json for _ in range(count)
        ]
        return [
            answer["Data"]["Statement"][0]["status"] if "Data" in answer else answer
            for answer in answers
        ]

    def test_processing_forever(self):
        self.fault("processing_forever")
        self.assertEqual(self.polled(), ["Processing"] * 3)
        self.assertEqual(self.polled(), ["Ready"] * 3)

    def test_statement_error(self):
        self.fault("statement_error")
        self.assertEqual(self.polled(), ["Error"] * 3)
        self.assertEqual(self.polled(), ["Ready"] * 3)

    def test_unknown_status(self):
        self.fault("unknown_status", times=2)
        self.assertEqual(self.polled(), ["Requested", "Requested", "Ready"])

    def test_errors_inside_a_good_answer(self):
        self.fault("error_in_poll")
        first, *rest = self.polled()
        self.assertTrue(first["Errors"])
        self.assertEqual(rest, ["Ready", "Ready"])


class TestRows(FaultCase):
    def test_cut(self):
        whole = self.month()["Transaction"]
        self.assertGreater(len(whole), 100)
        self.fault("rows_cut_at_100")
        shown = self.month()
        self.assertEqual(shown["Transaction"], whole[:100])
        self.assertFalse(closes(shown))
        self.assertTrue(closes(self.month()))

    def test_cut_of_several_days_only(self):
        self.bank.control("POST", "bulk", account="busy", date="2026-10-14", count=150)
        self.fault("rows_cut_at_100", times=None, multi_day_only=True, limit=50)
        self.assertEqual(len(self.month()["Transaction"]), 50)
        day = self.month(first="2026-10-14", last="2026-10-14")
        self.assertGreater(len(day["Transaction"]), 150)
        self.assertTrue(closes(day))

    def test_late_rows(self):
        now = ("2026-11-20", "2026-11-23")
        whole = self.month(None, *now)
        self.fault("late_rows", hours=48)
        shown = self.month(None, *now)
        rows = shown["Transaction"]
        self.assertEqual(rows, whole["Transaction"][: len(rows)])
        self.assertLess(len(rows), len(whole["Transaction"]))
        self.assertEqual(shown["endDateBalance"], whole["endDateBalance"])
        self.assertFalse(closes(shown))
        self.bank.control("POST", "time", advance=48 * 3600)
        self.fault("late_rows", hours=48)
        later = self.month(None, *now)["Transaction"]
        self.assertEqual(later, whole["Transaction"])

    def test_late_rows_and_late_balances(self):
        self.fault("late_rows", hours=30, balances="shown", times=None)
        for first in ("2026-11-20", "2026-11-22", "2026-11-23"):
            self.assertTrue(closes(self.month(None, first, "2026-11-23")))

    def test_changed_row(self):
        whole = self.month()
        self.fault("changed_row", times=None, type="Мемориальный ордер")
        shown = self.month()
        pairs = zip(whole["Transaction"], shown["Transaction"], strict=True)
        changed = [(old, new) for old, new in pairs if old != new]
        self.assertEqual(len(changed), 1)
        (old, new), *_ = changed
        self.assertEqual(old["transactionTypeCode"], "Платежное поручение")
        self.assertEqual(new["transactionTypeCode"], "Мемориальный ордер")
        self.assertEqual(old["transactionId"], new["transactionId"])
        self.assertTrue(closes(shown))

    def test_changed_amount_moves_balances(self):
        row = self.month()["Transaction"][5]
        self.fault(
            "changed_row",
            times=None,
            row=row["paymentId"],
            amount="1.23",
            description="исправлено",
        )
        shown = self.month()
        new = shown["Transaction"][5]
        self.assertEqual(new["Amount"]["amount"], 1.23)
        self.assertEqual(new["description"], "исправлено")
        self.assertTrue(closes(shown))
        after = self.month(None, "2026-11-01", "2026-11-23")
        self.assertEqual(after["startDateBalance"], shown["endDateBalance"])
        self.assertTrue(closes(after))

    def test_reissued_ids(self):
        whole = self.month()["Transaction"]
        self.fault("reissued_ids", times=2)
        rows, again = self.month()["Transaction"], self.month()["Transaction"]
        self.assertEqual(rows, again)
        for old, new in zip(whole, rows, strict=True):
            self.assertRegex(new["transactionId"], r"^cbs-n2;\d+;1$")
            self.assertNotEqual(old["transactionId"], new["transactionId"])
            self.assertEqual(old["paymentId"], new["paymentId"])
        self.assertEqual(len({row["transactionId"] for row in rows}), len(rows))

    def test_missing_ids(self):
        for ids, left in (
            ("both", set()),
            ("transactionId", {"paymentId"}),
            ("paymentId", {"transactionId"}),
        ):
            self.fault("missing_ids", ids=ids)
            for row in self.month()["Transaction"]:
                self.assertEqual(set(row) & {"transactionId", "paymentId"}, left)

    def test_pending_row(self):
        whole = self.month(None, "2026-11-20", "2026-11-23")
        self.fault("pending_row")
        shown = self.month(None, "2026-11-20", "2026-11-23")
        *rows, pending = shown["Transaction"]
        self.assertEqual(rows, whole["Transaction"])
        self.assertEqual(pending["status"], "Pending")
        self.assertEqual(shown["endDateBalance"], whole["endDateBalance"])
        self.bank.control("POST", "time", advance=86400)
        later = self.month(None, "2026-11-20", "2026-11-24")["Transaction"]
        self.assertIn(pending["transactionId"], [row["transactionId"] for row in later])

    def test_no_balances(self):
        self.fault("no_balances")
        shown = self.month()
        self.assertNotIn("startDateBalance", shown)
        self.assertNotIn("endDateBalance", shown)
        self.assertTrue(shown["Transaction"])

    def test_faults_on_rows_spare_the_truth(self):
        self.fault("rows_cut_at_100", times=None, limit=1)
        self.fault("late_rows", times=None)
        truth = self.bank.control(
            "GET", "truth", account="busy", **{"from": MONTH[0], "to": MONTH[1]}
        )
        opening, closing = kopecks(truth["opening"]), kopecks(truth["closing"])
        self.assertEqual(opening + total(truth["transactions"]), closing)

    def test_account_missing(self):
        self.fault("account_missing", account=self.yuan, times=None)
        found = self.bank.get("/accounts").data["Account"]
        self.assertNotIn(self.yuan, [item["accountId"] for item in found])
        self.assertEqual(len(found), 3)
        self.assertRefused(self.bank.get(f"/accounts/{self.yuan}"), 403)
        self.assertRefused(self.bank.init(self.yuan, *MONTH), 403)
        self.assertEqual(self.bank.init(self.main, *MONTH).status, 200)


class TestOddAnswers(FaultCase):
    def test_a_field_holds_any_value(self):
        whole = self.month()["Transaction"]
        for value in ("до\0после", "\ud800", None, {"a": [1]}, 7, False):
            with self.subTest(value):
                self.fault("odd_field", field="description", value=value, row=3)
                rows = self.month()["Transaction"]
                self.assertEqual(rows[3]["description"], value)
                self.assertEqual(rows[:3] + rows[4:], whole[:3] + whole[4:])

    def test_the_right_value_in_another_form(self):
        whole = self.month()["Transaction"]
        amount = whole[0]["Amount"]["amount"]
        for form, wanted in (
            ("text", str(amount)),
            ("spaced", f"{amount:,.2f}".replace(",", "\xa0").replace(".", ",")),
            ("object", {"value": amount}),
            ("list", [amount]),
        ):
            with self.subTest(form):
                self.fault("odd_field", field="Amount.amount", form=form)
                row = self.month()["Transaction"][0]
                self.assertEqual(row["Amount"]["amount"], wanted)
        self.fault("odd_field", field="documentProcessDate", form="moment", row=0)
        day = self.month()["Transaction"][0]["documentProcessDate"]
        self.assertEqual(day, whole[0]["documentProcessDate"] + "T00:00:00+03:00")
        self.fault("odd_field", field="creditDebitIndicator", form="absent")
        for row in self.month()["Transaction"]:
            self.assertNotIn("creditDebitIndicator", row)
        self.assertEqual(self.month()["Transaction"], whole)

    def test_a_row_that_is_none(self):
        whole = self.month()["Transaction"]
        for value in (None, "row", {}, []):
            self.fault("odd_row", value=value)
            self.assertEqual(self.month()["Transaction"], [*whole, value])

    def test_any_json_in_any_answer(self):
        self.fault("odd_json", find='"currency": "RUB"', put='"currency": 1e400')
        self.assertIn(b'"currency": 1e400', self.bank.get("/accounts").body)
        self.assertNotIn(b"1e400", self.bank.get("/accounts").body)

    def test_odd_texts_in_events_and_refusals(self):
        self.fault("http_400", message="до\0после \udfff")
        self.assertRefused(self.bank.get("/accounts"), 400, "до\0после \udfff")
        self.bank.control(
            "POST",
            "payments",
            account="busy",
            direction="credit",
            amount="1.00",
            description="\0\ud83d",
        )
        rows = self.month(None, "2026-11-23", "2026-11-23")["Transaction"]
        self.assertIn("\0\ud83d", [row["description"] for row in rows])


class TestRowsThatMove(FaultCase):
    """Rows taken back, told twice, moved, without a date; ids for two payments."""

    def setUp(self):
        super().setUp()
        self.whole = self.month()["Transaction"]

    def shown_ids(self, shown):
        return [row["transactionId"] for row in shown["Transaction"]]

    def test_row_removed(self):
        gone = self.whole[5]["transactionId"]
        self.fault("row_removed", times=None, row=gone)
        shown = self.month()
        self.assertNotIn(gone, self.shown_ids(shown))
        self.assertEqual(len(shown["Transaction"]), len(self.whole) - 1)
        self.assertTrue(closes(shown))
        after = self.month(None, "2026-11-01", "2026-11-23")
        self.assertEqual(after["startDateBalance"], shown["endDateBalance"])
        self.bank.control("DELETE", "faults")
        self.assertEqual(self.month()["Transaction"], self.whole)

    def test_row_back_to_pending(self):
        gone = self.whole[5]
        self.fault("row_back_to_pending", times=None, row=5)
        for _time in range(2):
            shown = self.month()
            [pending] = [
                row for row in shown["Transaction"] if row["status"] == "Pending"
            ]
            self.assertEqual(pending, {**gone, "status": "Pending"})
            shown["Transaction"].remove(pending)
            self.assertTrue(closes(shown))

    def test_row_twice(self):
        for counted in (1, 2):
            self.fault("row_twice", row=5, counted=counted)
            shown = self.month()
            self.assertEqual(
                self.shown_ids(shown).count(self.whole[5]["transactionId"]), 2
            )
            self.assertEqual(closes(shown), counted == 2)

    def test_same_id_two_rows(self):
        for first, place in (("payment", 1), ("fee", 0)):
            self.fault("same_id_two_rows", row=5, first=first)
            shown = self.month()
            same = [
                row
                for row in shown["Transaction"]
                if row["transactionId"] == self.whole[5]["transactionId"]
            ]
            self.assertEqual(len(same), 2)
            self.assertIn("Комиссия", same[place]["description"])
            self.assertEqual(same[1 - place], self.whole[5])
            self.assertTrue(closes(shown))

    def test_dummy_ids(self):
        self.fault("dummy_ids", ids="transactionId")
        rows = self.month()["Transaction"]
        self.assertEqual({row["transactionId"] for row in rows}, {"-1"})
        self.assertEqual(
            [row["paymentId"] for row in rows], [row["paymentId"] for row in self.whole]
        )

    def test_row_backdated(self):
        self.fault("row_backdated", times=None, days=40)
        shown = self.month()
        back = self.whole[-1]
        self.assertEqual(
            self.shown_ids(shown), self.shown_ids({"Transaction": self.whole[:-1]})
        )
        self.assertTrue(closes(shown))
        former = self.month(None, "2026-09-01", "2026-09-30")
        self.assertEqual(former["endDateBalance"], shown["startDateBalance"])
        self.assertTrue(closes(former))
        [row] = [
            row
            for row in former["Transaction"]
            if row["transactionId"] == back["transactionId"]
        ]
        self.assertEqual(row["documentProcessDate"], "2026-09-21")

    def test_row_moved(self):
        for days, new_ids in ((1, False), (-3, True)):
            self.bank.control("DELETE", "faults")
            row = self.whole[40]
            self.fault(
                "row_moved",
                times=None,
                row=row["transactionId"],
                days=days,
                new_ids=new_ids,
            )
            shown = self.month()
            self.assertEqual(len(shown["Transaction"]), len(self.whole))
            self.assertEqual(row["transactionId"] in self.shown_ids(shown), not new_ids)
            self.assertNotIn(row, shown["Transaction"])
            self.assertTrue(closes(shown))

    def test_missing_dates(self):
        self.fault("missing_dates", every=2)
        rows = self.month()["Transaction"]
        self.assertNotIn("documentProcessDate", rows[0])
        self.assertEqual(rows[1], self.whole[1])

    def test_longer_period(self):
        self.fault("longer_period", days=30)
        shown = self.month()
        self.assertEqual(shown["startDateTime"], "2026-09-01")
        self.assertGreater(len(shown["Transaction"]), len(self.whole))
        self.assertTrue(closes(shown))

    def test_made_early(self):
        days = ("2026-11-22", "2026-11-23")
        full = self.month(None, *days)
        self.fault("made_early", hours=11)
        shown = self.month(None, *days)
        self.assertLess(len(shown["Transaction"]), len(full["Transaction"]))
        self.assertTrue(closes(shown))
        self.assertEqual(shown["creationDateTime"][:13], "2026-11-22T22")

    def test_a_row_is_moved_or_taken_back_for_good(self):
        gone, moved = self.whole[5]["transactionId"], self.whole[9]["transactionId"]
        change = {"account": "busy"}
        self.bank.control("POST", "payments/change", row=gone, removed=True, **change)
        self.bank.control(
            "POST", "payments/change", row=moved, date="2026-09-15", **change
        )
        shown = self.month()
        self.assertEqual(len(shown["Transaction"]), len(self.whole) - 2)
        self.assertTrue(closes(shown))
        former = self.month(None, "2026-09-01", "2026-09-30")
        self.assertIn(moved, self.shown_ids(former))
        self.assertEqual(former["endDateBalance"], shown["startDateBalance"])

    def test_what_is_not_understood(self):
        for values in (
            {"name": "same_id_two_rows", "first": "neither"},
            {"name": "row_moved", "days": "many"},
            {"name": "missing_dates", "every": -1},
        ):
            with self.assertRaises(ValueError):
                self.bank.control("POST", "faults", **values)


if __name__ == "__main__":
    unittest.main()
