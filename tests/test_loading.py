from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ..simulator.people import THE_BANK
from .common import LAST_MONTH, TochkaCase


@tagged("post_install", "-at_install")
class TestLoading(TochkaCase):
    def test_a_month_holds_what_the_bank_has(self):
        account = self.choose()
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)["transactions"]
        run = self.load(account)
        self.assertEqual(run.state, "done", run.error)
        self.assertGreater(len(truth), 50)
        self.assertEqual(
            (run.found, run.created, run.known), (len(truth), len(truth), 0)
        )
        wanted = sorted(
            (
                row["transactionId"],
                Decimal(str(row["Amount"]["amount"]))
                * (1 if row["creditDebitIndicator"] == "Credit" else -1),
                row["documentProcessDate"],
            )
            for row in truth
        )
        loaded = sorted(
            (
                line.tochka_transaction_id.transaction_id,
                Decimal(str(line.amount)),
                line.date.isoformat(),
            )
            for line in self.lines(account)
        )
        self.assertEqual(loaded, wanted)

    def test_a_payment_carries_what_the_bank_said(self):
        account = self.choose()
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)["transactions"]
        self.load(account)
        bank_row = next(
            row
            for row in truth
            if row["creditDebitIndicator"] == "Credit"
            and row["DebtorParty"].get("inn")
            and row["DebtorParty"].get("kpp", "0") != "0"
            and row["DebtorAccount"].get("identification")
        )
        line = self.lines(account).filtered(
            lambda one: (
                one.tochka_transaction_id.transaction_id == bank_row["transactionId"]
            )
        )
        self.assertEqual(line.partner_name, bank_row["DebtorParty"]["name"])
        self.assertEqual(line.tochka_inn, bank_row["DebtorParty"]["inn"])
        self.assertEqual(line.tochka_kpp, bank_row["DebtorParty"]["kpp"])
        self.assertEqual(
            line.account_number, bank_row["DebtorAccount"]["identification"]
        )
        self.assertEqual(line.tochka_bic, bank_row["DebtorAgent"]["identification"])
        self.assertEqual(line.tochka_bank_name, bank_row["DebtorAgent"]["name"])
        self.assertEqual(line.ref, bank_row["documentNumber"])
        self.assertEqual(line.transaction_type, bank_row["transactionTypeCode"])
        self.assertEqual(line.payment_ref, " ".join(bank_row["description"].split()))
        self.assertEqual(line.tochka_transaction_id.raw, bank_row)
        self.assertEqual(line.tochka_transaction_id.payment_id, bank_row["paymentId"])
        self.assertEqual(line.tochka_review, "new")
        self.assertEqual(line.state, "posted")

    def test_the_same_month_again_creates_nothing(self):
        account = self.choose()
        first = self.load(account)
        lines = self.lines(account)
        again = self.load(account)
        self.assertEqual((again.found, again.created), (first.found, 0))
        self.assertEqual(again.known, again.found)
        self.assertEqual(self.lines(account), lines)

    def test_queries_do_not_grow_with_known_rows(self):
        account = self.choose()
        short, long = (date(2026, 10, 1), date(2026, 10, 5)), LAST_MONTH
        self.load(account, *long)
        counts = []
        for period in (short, long, short, long):
            with self.worker() as env:
                own = account.with_env(env)
                before = env.cr.sql_log_count
                run = own._import(*period, "manual")
                counts.append((env.cr.sql_log_count - before, run.known))
        few, many = counts[2], counts[3]
        self.assertGreater(many[1], 4 * few[1])
        self.assertLessEqual(many[0], few[0] + 3)
        self.assertLessEqual(many[0], 60)

    def test_twin_payments_stay_two(self):
        account = self.choose()
        twin = {
            "account": account.bank_account_id,
            "direction": "credit",
            "amount": "777.77",
            "description": "Оплата двух одинаковых билетов",
            "date": "2026-10-15",
        }
        self.bank.control("/payments", **twin)
        self.bank.control("/payments", **twin)
        self.bank.fault("missing_ids", times=None)
        self.load(account)
        self.load(account)
        twins = self.lines(account).filtered(lambda one: one.amount == 777.77)
        self.assertEqual(len(twins), 2)

    def test_a_payment_the_bank_has_not_booked_stays_out(self):
        account = self.choose()
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)["transactions"]
        self.bank.fault("pending_row")
        run = self.load(account)
        self.assertEqual((run.skipped, run.created), (1, len(truth)))
        self.assertEqual(len(account.transaction_ids), len(truth))

    def test_a_process_killed_after_the_register_loses_nothing(self):
        account = self.choose()
        with self.worker() as env:
            own = account.with_env(env)
            with own.connection_id._client() as client:
                statement = client.statement(own.bank_account_id, *LAST_MONTH)
            env["tochka.transaction"]._store(own, statement)
            env.cr.commit()
        self.assertFalse(self.lines(account))
        run = self.load(account, date(2026, 11, 1), date(2026, 11, 1))
        self.assertEqual(run.state, "done", run.error)
        rows = self.env["tochka.transaction"].search([("account_id", "=", account.id)])
        self.assertEqual(len(self.lines(account)), len(rows))
        self.assertFalse(rows.filtered(lambda row: row.state == "new"))

    def test_a_long_period_is_asked_month_by_month(self):
        account = self.choose()
        self.bank.control("/log", "DELETE")
        run = self.load(account, date(2026, 8, 15), date(2026, 11, 20))
        log = self.bank.control("/log", "GET")
        requests = log["requests"] if isinstance(log, dict) else log
        asked = [
            entry
            for entry in requests
            if entry["method"] == "POST" and entry["path"].endswith("/statements")
        ]
        self.assertEqual(len(asked), 4)
        truth = self.bank.truth(
            account.bank_account_id, date(2026, 8, 15), date(2026, 11, 20)
        )
        self.assertEqual(run.created, len(truth["transactions"]))

    def test_yuan_are_booked_at_the_rate_the_bank_told(self):
        account = self.choose(currency="CNY")
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)["transactions"]
        self.load(account)
        lines = self.lines(account)
        self.assertEqual(len(lines), len(truth))
        roubles = {row["transactionId"]: row["Amount"]["amountNat"] for row in truth}
        for line in lines:
            liquidity, _suspense, _other = line._seek_for_lines()
            self.assertEqual(liquidity.amount_currency, line.amount)
            self.assertAlmostEqual(
                abs(liquidity.balance),
                roubles[line.tochka_transaction_id.transaction_id],
                places=2,
            )

    def test_a_known_counterparty_is_recognised_by_inn(self):
        account = self.choose()
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)["transactions"]
        party = next(
            row["DebtorParty"]
            for row in truth
            if row["creditDebitIndicator"] == "Credit"
            and row["DebtorParty"].get("kpp")
            and row["DebtorParty"]["inn"] != THE_BANK.inn
        )
        partner = self.env["res.partner"].create(
            {
                "name": "Знакомый",
                "is_company": True,
                "vat": party["inn"],
                "kpp": party["kpp"],
            }
        )
        foreign = self.env["res.partner"].create(
            {
                "name": "Чужой",
                "vat": party["inn"],
                "company_id": self._make_company("Чужая").id,
            }
        )
        self.load(account)
        lines = self.lines(account).filtered(lambda one: one.tochka_inn == party["inn"])
        self.assertTrue(lines)
        self.assertEqual(lines.partner_id, partner)
        self.assertNotIn(foreign, self.lines(account).partner_id)
