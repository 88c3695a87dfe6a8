"""Control: time, payments, bulk, corrections, reset, settings, log."""

from __future__ import annotations

import time
import unittest
import urllib.request

from simulator_support import NOW, BankCase, Caller, closes

import simulator

TODAY = "2026-11-23"


class TestControl(BankCase):
    def truth(self, account="busy", first=TODAY, last=TODAY):
        return self.bank.control(
            "GET", "truth", account=account, **{"from": first, "to": last}
        )

    def pay(self, **values):
        values = {
            "account": "busy",
            "direction": "credit",
            "amount": 42345.67,
            "description": "Оплата по счету № 7",
            **values,
        }
        return self.bank.control("POST", "payments", **values)["transactions"]

    def test_it_tells_how_to_reach_the_bank(self):
        self.assertEqual(self.bank.control("GET", ""), self.bank.info)

    def test_time(self):
        told = self.bank.control("POST", "time", advance=90)
        self.assertEqual(told["now"], "2026-11-23T12:01:30+03:00")
        told = self.bank.control("POST", "time", now="2026-12-01T00:00:00Z")
        self.assertEqual(told["now"], "2026-12-01T03:00:00+03:00")
        self.bank.control("POST", "time", running=True)
        time.sleep(0.02)
        told = self.bank.control("POST", "time", running=False)
        self.assertGreater(told["now"], "2026-12-01T03:00:00.01")
        again = self.bank.control("GET", "time")
        self.assertEqual(again, told)

    def test_accounts(self):
        found = self.bank.control("GET", "accounts")
        self.assertEqual(
            [item["closed"] for item in found], [False, False, False, True]
        )
        self.assertEqual({item["currency"] for item in found}, {"RUB", "CNY"})

    def test_a_payment(self):
        before = self.truth()
        party = {"name": "ООО «Новый»", "inn": "7700000016", "bic": "044525104"}
        (row,) = self.pay(counterparty=party, number="12")
        after = self.truth()
        self.assertEqual(after["transactions"][-1], row)
        self.assertEqual(
            row["DebtorParty"], {"inn": "7700000016", "name": "ООО «Новый»"}
        )
        self.assertEqual(row["documentNumber"], "12")
        self.assertEqual(round(after["closing"] - before["closing"], 2), 42345.67)
        shown = self.bank.statement(self.main, TODAY, TODAY)
        self.assertEqual(shown["Transaction"], after["transactions"])
        self.assertTrue(closes(shown))

    def test_payments_on_other_days(self):
        self.pay(date="2026-10-03", direction="debit", amount=5, times=2)
        shown = self.bank.statement(self.main, "2026-10-03", "2026-10-03")
        self.assertTrue(closes(shown))
        twins = [r for r in shown["Transaction"] if r["Amount"]["amount"] == 5]
        self.assertEqual(len(twins), 2)
        self.assertNotEqual(twins[0]["transactionId"], twins[1]["transactionId"])
        (row,) = self.pay(date="2026-11-24", time="10:30")
        self.bank.control("POST", "time", now="2026-11-24T10:29:59+03:00")
        rows = self.truth(last="2026-11-24")["transactions"]
        self.assertNotIn(row, rows)
        self.bank.control("POST", "time", advance=1)
        self.assertIn(row, self.truth(last="2026-11-24")["transactions"])

    def test_a_payment_shown_later(self):
        (row,) = self.pay(date="2026-11-20", shown_at="2026-11-25T09:00:00+03:00")
        self.assertNotIn(row, self.truth(first="2026-11-20")["transactions"])
        self.bank.control("POST", "time", now="2026-11-25T09:00:00+03:00")
        shown = self.bank.statement(self.main, "2026-11-20", "2026-11-20")
        self.assertIn(row, shown["Transaction"])
        self.assertTrue(closes(shown))

    def test_a_payment_in_yuan(self):
        (row,) = self.pay(account=self.yuan, amount=100)
        self.assertEqual(row["Amount"]["currency"], "CNY")
        self.assertGreater(row["Amount"]["amountNat"], 1000)

    def test_wrong_payments(self):
        for values in (
            {"amount": 0},
            {"amount": "1.005"},
            {"amount": "x"},
            {"direction": "up"},
            {"account": "none"},
            {"date": "yesterday"},
        ):
            with self.assertRaises(ValueError):
                self.pay(**values)

    def test_bulk(self):
        for day, count in ((TODAY, 400), ("2026-10-14", 150)):
            before = len(self.truth(first=day, last=day)["transactions"])
            self.bank.control("POST", "bulk", account="busy", date=day, count=count)
            shown = self.bank.statement(self.main, day, day)
            self.assertEqual(len(shown["Transaction"]), before + count)
            ids = {row["transactionId"] for row in shown["Transaction"]}
            self.assertEqual(len(ids), before + count)
            self.assertTrue(closes(shown))

    def test_a_correction_for_good(self):
        row = self.bank.statement(self.main, TODAY, TODAY)["Transaction"][0]
        key = row["transactionId"]
        for amount in (10, 20.5):
            changed = self.bank.control(
                "POST", "payments/change", account="busy", row=key, amount=amount
            )["transactions"][0]
            shown = self.bank.statement(self.main, "2026-11-20", TODAY)
            self.assertIn(changed, shown["Transaction"])
            self.assertTrue(closes(shown))
            self.bank.control("POST", "faults", name="changed_row", row=key, amount=3)
            shown = self.bank.statement(self.main, "2026-11-20", TODAY)
            self.assertNotIn(changed, shown["Transaction"])
            self.assertTrue(closes(shown))

    def test_reset(self):
        before = self.truth()
        self.pay()
        self.bank.control("POST", "faults", name="http_500")
        self.bank.control("POST", "time", advance=5000)
        told = self.bank.control("POST", "reset")
        self.assertEqual(told, self.bank.info)
        self.assertEqual(self.truth(), before)
        self.assertEqual(self.bank.control("GET", "faults")["faults"], [])
        self.bank.control("POST", "reset", now="2026-02-01T10:00:00+03:00")
        self.assertEqual(
            self.bank.control("GET", "time")["now"], "2026-02-01T10:00:00+03:00"
        )
        with self.assertRaises(ValueError):
            self.bank.control("POST", "reset", sead=1)

    def test_a_crowd_of_accounts(self):
        self.bank.control("POST", "reset", extra_accounts=30)
        found = self.bank.get("/accounts").data["Account"]
        self.assertEqual(len({item["accountId"] for item in found}), 34)
        self.bank.control("POST", "settings", statement_seconds=0)
        shown = self.bank.statement(found[-1]["accountId"], "2026-10-01", "2026-10-31")
        self.assertTrue(closes(shown))
        self.assertTrue(shown["Transaction"])

    def test_settings(self):
        told = self.bank.control("POST", "settings", statement_seconds=3)
        self.assertEqual(told["statement_seconds"], 3)
        self.assertEqual(self.bank.control("GET", "settings"), told)
        for values in ({"no_such": 1}, {"statement_seconds": "soon"}):
            with self.assertRaises(ValueError):
                self.bank.control("POST", "settings", **values)

    def test_log(self):
        self.bank.control("DELETE", "log")
        self.bank.get("/accounts?x=1")
        self.bank.control("POST", "faults", name="http_429")
        self.bank.init(self.main, TODAY, TODAY)
        first, second = self.bank.control("GET", "log")
        self.assertEqual(first["path"], "/uapi/open-banking/v1.0/accounts?x=1")
        self.assertEqual((second["method"], second["status"]), ("POST", 429))
        self.assertEqual(self.bank.control("DELETE", "log"), {"forgotten": 2})

    def test_what_is_not_there(self):
        with self.assertRaises(ValueError):
            self.bank.control("POST", "nothing")
        self.assertEqual(self.bank.call("GET", "/").status, 404)
        self.assertRefused(self.bank.get("/nothing"), 501)
        self.assertRefused(self.bank.api("GET", "/nothing"), 404)
        self.assertRefused(self.bank.api("DELETE", "/open-banking/v1.0/accounts"), 405)


class TestConnections(unittest.TestCase):
    def test_kept_alive(self):
        with simulator.start(1, now=NOW, running=False) as running:
            import http.client

            link = http.client.HTTPConnection(Caller(running.info).host)
            headers = {"Authorization": f"Bearer {running.info['token']}"}
            path = "/uapi/open-banking/v1.0/accounts"
            used = set()
            for _ in range(3):
                link.request("GET", path, headers=headers)
                used.add(link.sock.getsockname())
                self.assertEqual(link.getresponse().read()[:7], b'{"Data"')
            self.assertEqual(len(used), 1)
            link.close()

    def test_two_banks_do_not_meet(self):
        with simulator.start(1) as one, simulator.start(2) as two:
            self.assertNotEqual(one.info["base_url"], two.info["base_url"])
            Caller(one.info).control("POST", "faults", name="http_500")
            self.assertEqual(Caller(two.info).get("/accounts").status, 200)

    def test_the_port_is_free_after(self):
        with simulator.start(1) as running:
            port = running.server.server_address[1]
        with simulator.start(1, port=port) as running:
            url = running.info["control_url"]
            with urllib.request.urlopen(url, timeout=5) as answer:
                self.assertEqual(answer.status, 200)


if __name__ == "__main__":
    unittest.main()
