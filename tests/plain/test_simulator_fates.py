"""What happens to whole accounts: closed, moved to another id; and the bank's clock."""

from __future__ import annotations

import email.utils
import unittest

from simulator_support import NOW, BankCase, closes

DAYS = ("2026-11-20", "2026-11-23")
OTHER = "40702810801500031007/044525999"


class FateCase(BankCase):
    def close(self, **values):
        return self.bank.control("POST", "accounts/close", account="busy", **values)

    def move(self, **values):
        values = {"account": "busy", "to": OTHER, **values}
        return self.bank.control("POST", "accounts/move", **values)

    def listed(self):
        found = self.bank.get("/accounts").data["Account"]
        return {one["accountId"]: one for one in found}

    def rows(self, account, first=DAYS[0], last=DAYS[1]):
        return self.bank.statement(account, first, last).get("Transaction", [])


class TestClosing(FateCase):
    def test_it_is_told_with_its_moment(self):
        self.assertEqual(self.listed()[self.main]["status"], "Enabled")
        self.close()
        told = self.listed()[self.main]
        self.assertEqual(told["status"], "Deleted")
        self.assertTrue(told["statusUpdateDateTime"].startswith(DAYS[1]))

    def test_its_rows_stay_and_no_more_come(self):
        before = self.rows(self.main)
        self.close()
        self.bank.control("POST", "time", advance=3 * 86400)
        shown = self.bank.statement(self.main, DAYS[0], "2026-11-26")
        self.assertEqual(shown["Transaction"], before)
        self.assertTrue(closes(shown))

    def test_statements_refused(self):
        self.close(statements="refused")
        self.assertEqual(self.bank.init(self.main, *DAYS).status, 403)
        self.assertEqual(self.bank.init(self.sole, *DAYS).status, 200)
        with self.assertRaises(ValueError):
            self.close(statements="maybe")


class TestMoving(FateCase):
    def test_the_old_id_is_forbidden_and_the_new_one_has_all(self):
        before = self.rows(self.main)
        self.move()
        self.assertEqual(self.bank.init(self.main, *DAYS).status, 403)
        self.assertNotIn(self.main, self.listed())
        self.assertEqual(self.rows(OTHER), before)

    def test_the_history_left_behind(self):
        known = self.bank.statement(self.main, *DAYS)
        self.move(history="left")
        shown = self.bank.statement(OTHER, *DAYS)
        self.assertNotIn("Transaction", shown)
        self.assertEqual(shown["startDateBalance"], known["endDateBalance"])
        self.assertTrue(closes(shown))
        self.bank.control("POST", "time", advance=86400)
        shown = self.bank.statement(OTHER, DAYS[0], "2026-11-24")
        self.assertTrue(shown["Transaction"])
        self.assertTrue(closes(shown))

    def test_payments_go_on(self):
        self.move()
        paid = {"direction": "credit", "amount": 5, "description": "за доски"}
        self.bank.control("POST", "payments", account=OTHER, **paid)
        self.assertEqual(self.rows(OTHER)[-1]["description"], "за доски")

    def test_what_is_not_understood(self):
        for values in ({"to": "1"}, {"to": self.sole}, {"history": "maybe"}):
            with self.assertRaises(ValueError):
                self.move(**values)


class TestClock(FateCase):
    def test_answers_bear_its_time(self):
        told = email.utils.parsedate_to_datetime(
            self.bank.get("/accounts").headers["date"]
        )
        self.assertEqual(told.timestamp(), NOW.timestamp())


if __name__ == "__main__":
    unittest.main()
