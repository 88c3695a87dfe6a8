"""Statements over HTTP: how they are ordered, made, kept and refused."""

from __future__ import annotations

import time
import unittest

from simulator_support import BankCase, closes, escaped, kopecks, total


class TestStatements(BankCase):
    def test_created_processing_ready(self):
        self.bank.control("POST", "settings", statement_seconds=0.2)
        made = self.bank.init(self.main, "2026-10-01", "2026-10-31").data["Statement"]
        self.assertIsInstance(made, dict)
        self.assertEqual(made["status"], "Created")
        shown = self.bank.poll(self.main, made["statementId"]).data["Statement"]
        self.assertIsInstance(shown, list)
        self.assertEqual(shown[0]["status"], "Processing")
        self.assertNotIn("Transaction", shown[0])
        time.sleep(0.25)
        shown = self.bank.poll(self.main, made["statementId"]).data["Statement"]
        self.assertEqual(shown[0]["status"], "Ready")
        self.assertGreater(len(shown[0]["Transaction"]), 100)

    def test_months_follow_one_another(self):
        months = [("2026-08-01", "2026-08-31"), ("2026-09-01", "2026-09-30")]
        months += [("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-23")]
        for account in self.ids.values():
            before = None
            for first, last in months:
                shown = self.bank.statement(account, first, last)
                self.assertTrue(closes(shown))
                if before is not None:
                    self.assertEqual(shown["startDateBalance"], before)
                before = shown["endDateBalance"]

    def test_it_is_the_truth(self):
        first, last = "2026-11-01", "2026-11-23"
        shown = self.bank.statement(self.main, first, last)
        truth = self.bank.control(
            "GET", "truth", account="busy", **{"from": first, "to": last}
        )
        self.assertEqual(truth["transactions"], shown["Transaction"])
        self.assertEqual(truth["opening"], shown["startDateBalance"])
        self.assertEqual(truth["closing"], shown["endDateBalance"])

    def test_an_empty_period_has_no_rows_key(self):
        shown = self.bank.statement(self.main, "2025-01-01", "2025-08-31")
        self.assertNotIn("Transaction", shown)
        self.assertEqual((shown["startDateBalance"], shown["endDateBalance"]), (0, 0))

    def test_a_closed_account_has_its_history(self):
        record = self.bank.get(f"/accounts/{self.closed}").data
        self.assertEqual(record["status"], "Deleted")
        shown = self.bank.statement(self.closed, "2025-09-01", "2026-11-23")
        self.assertTrue(closes(shown))
        self.assertEqual(shown["endDateBalance"], 0)
        self.bank.control("POST", "time", now="2026-03-01T12:00:00+03:00")
        record = self.bank.get(f"/accounts/{self.closed}").data
        self.assertEqual(record["status"], "Enabled")

    def test_both_forms_of_the_slash(self):
        for account in (self.main, escaped(self.main), escaped(self.main).lower()):
            answer = self.bank.get(f"/accounts/{account}")
            self.assertEqual(answer.data["accountId"], self.main)
        made = self.bank.init(self.main, "2026-11-01", "2026-11-02").data["Statement"]
        answer = self.bank.poll(escaped(self.main), made["statementId"])
        self.assertEqual(answer.status, 200)

    def test_slashes_too_many(self):
        answer = self.bank.api("GET", "//open-banking/v1.0/accounts/")
        self.assertEqual(len(answer.data["Account"]), 4)

    def test_time_brings_rows(self):
        def rows():
            shown = self.bank.statement(self.main, "2026-11-23", "2026-11-23")
            self.assertTrue(closes(shown))
            return [row["transactionId"] for row in shown.get("Transaction", [])]

        noon = rows()
        self.bank.control("POST", "time", advance=9 * 3600)
        evening = rows()
        self.assertEqual(evening[: len(noon)], noon)
        self.assertGreater(len(evening), len(noon))

    def test_gone_after_a_day(self):
        made = self.bank.init(self.main, "2026-11-01", "2026-11-02").data["Statement"]
        number = made["statementId"]
        self.bank.control("POST", "time", advance=86399)
        self.assertEqual(self.bank.poll(self.main, number).status, 200)
        self.bank.control("POST", "time", advance=1)
        self.assertRefused(self.bank.poll(self.main, number), 404)
        self.assertEqual(self.bank.get("/statements").data["Statement"], [])

    def test_list_has_a_limit(self):
        ids = [
            self.bank.init(self.main, "2026-11-01", "2026-11-02").data["Statement"]
            for _ in range(7)
        ]
        listed = self.bank.get("/statements").data["Statement"]
        self.assertEqual(len(listed), 5)
        self.assertEqual(listed[0]["statementId"], ids[-1]["statementId"])
        self.assertEqual(len(self.bank.get("/statements?limit=9").data["Statement"]), 7)
        self.assertRefused(self.bank.get("/statements?limit=no"), 400)

    def test_refusals(self):
        cases = (
            (self.main, "2026-11-02", "2026-11-01", 400),
            (self.main, "2026-11-01", "2026-11-24", 400),
            (self.main, "2026-11-01T00:00:00", "2026-11-02", 400),
            (self.main, "01.11.2026", "2026-11-02", 400),
            (self.main, "2026-02-30", "2026-11-02", 400),
            (self.main.partition("/")[0], "2026-11-01", "2026-11-02", 400),
            ("40702810401500012345/044525104", "2026-11-01", "2026-11-02", 403),
        )
        for account, first, last, status in cases:
            with self.subTest(f"{account} {first} {last}"):
                self.assertRefused(self.bank.init(account, first, last), status)

    def test_today_is_moscows(self):
        self.bank.control("POST", "time", now="2026-11-23T22:30:00+00:00")
        self.assertEqual(
            self.bank.init(self.main, "2026-11-24", "2026-11-24").status, 200
        )
        self.assertRefused(self.bank.init(self.main, "2026-11-25", "2026-11-25"), 400)

    def test_another_accounts_statement_is_not_found(self):
        made = self.bank.init(self.main, "2026-11-01", "2026-11-02").data["Statement"]
        self.assertRefused(self.bank.poll(self.yuan, made["statementId"]), 404)


class TestBalances(BankCase):
    def test_types_signs_and_moment(self):
        found = self.bank.get(f"/accounts/{self.main}/balances").data["Balance"]
        kinds = [item["type"] for item in found]
        self.assertEqual(kinds, ["OpeningAvailable", "ClosingAvailable", "Expected"])
        for item in found:
            self.assertEqual(item["creditDebitIndicator"], "Debit")
            self.assertRegex(item["dateTime"], r"\.\d{6}\+00:00$")

    def test_holds_come_off_what_is_available(self):
        found = self.bank.get(f"/accounts/{self.main}/balances").data["Balance"]
        sums = {item["type"]: kopecks(item["Amount"]["amount"]) for item in found}
        path = f"/accounts/{self.main}/authorized-card-transactions"
        holds = self.bank.get(path).data["Transactions"]
        held = sum(kopecks(item["AccountAmount"]["amount"]) for item in holds)
        shown = self.bank.statement(self.main, "2026-11-23", "2026-11-23")
        self.assertGreater(held, 0)
        self.assertEqual(sums["Expected"], held)
        closing = kopecks(shown["endDateBalance"])
        self.assertEqual(sums["ClosingAvailable"] + held, closing)
        self.assertEqual(
            sums["OpeningAvailable"] + total(shown["Transaction"]), closing
        )

    def test_overdrawn_is_negative(self):
        self.bank.control("POST", "time", now="2026-05-14T23:59:00+03:00")
        found = self.bank.get(f"/accounts/{self.sole}/balances").data["Balance"]
        sums = {item["type"]: item["Amount"]["amount"] for item in found}
        self.assertEqual(
            round(sums["ClosingAvailable"] + sums["Expected"], 2), -26042.37
        )

    def test_the_list_has_all_accounts(self):
        found = self.bank.get("/balances").data["Balance"]
        self.assertEqual({item["accountId"] for item in found}, set(self.ids.values()))


class TestSandbox(BankCase):
    def test_canned(self):
        path = "/sandbox/v2/open-banking/v1.0/"
        good = {"Authorization": "Bearer sandbox.jwt.token"}
        answer = self.bank.call("GET", path + "customers", None, good)
        self.assertEqual(answer.data["Customer"][0]["customerCode"], "1234567ab")
        account = "12345810901234567890/044525104"
        answer = self.bank.call("GET", f"{path}accounts/{account}", None, good)
        self.assertEqual(answer.data["accountId"], account)
        self.assertRefused(self.bank.call("GET", "/sandbox/v2/x", None, good), 501)
        answer = self.bank.call("GET", path + "customers", None, {})
        self.assertRefused(answer, 403)


if __name__ == "__main__":
    unittest.main()
