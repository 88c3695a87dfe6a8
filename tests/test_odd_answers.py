import json
from datetime import date

from odoo.tests import freeze_time, tagged

from .common import LAST_MONTH, NOW_UTC, TochkaCase

DAY = date(2026, 10, 14)
FOR_EVER = {"times": None}


class OddCase(TochkaCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose()
        self.truth = self.bank.truth(self.account.bank_account_id, DAY, DAY)
        self.rows = self.truth["transactions"]
        self.assertGreater(len(self.rows), 3)

    def odd(self, field, value=None, **more):
        self.bank.fault("odd_field", None, field=field, value=value, **more)

    def whole(self, run, count=None):
        """Check that a run took all rows into the books, without an alarm."""
        self.assertEqual(run.state, "done", run.error)
        self.assertFalse(self.account.last_error or self.account.refusals)
        self.assertEqual(run.created, len(self.rows) if count is None else count)
        self.assertFalse(self.account.activity_ids)

    def day(self, account=None):
        return self.env["tochka.day"].search(
            [("account_id", "=", (account or self.account).id), ("date", "=", DAY)]
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW_UTC)
class TestOddTexts(OddCase):
    def test_texts_no_database_stores(self):
        fields = ("description", "documentNumber", "transactionTypeCode", "novelty")
        fields += ("transactionId", "TaxFields.kbk", "TaxFields.novelty", "Amount.new")
        for field in fields:
            self.odd(field, "до\0после \ud800 \x1b", row=0)
        for side in ("Debtor", "Creditor"):
            for field in ("Party.name", "Party.inn", "Party.kpp", "Agent.name"):
                self.odd(f"{side}{field}", "до\0после \udfff", row=0)
        self.whole(self.load(self.account, DAY, DAY))
        row = self.env["tochka.transaction"].search(
            [("account_id", "=", self.account.id), ("purpose", "ilike", "после")]
        )
        self.assertEqual(row.purpose, "до\ufffdпосле \ufffd \ufffd")
        self.assertEqual(row.raw["novelty"], row.purpose)
        self.assertEqual(row.tax_fields["novelty"], row.purpose)
        self.assertEqual(row.kbk, row.purpose)
        self.assertEqual(row.line_id.payment_ref, row.purpose)
        again = self.load(self.account, DAY, DAY)
        self.assertEqual((again.created, again.changed), (0, 0))
        self.assertEqual(self.day().state, "proven")

    def test_texts_of_a_megabyte(self):
        for field in ("description", "documentNumber", "transactionTypeCode"):
            self.odd(field, "длинно " * 150_000, row=0)
        for side in ("Debtor", "Creditor"):
            for field in ("Party.name", "Agent.name", "Party.inn"):
                self.odd(f"{side}{field}", "".join(map(chr, range(1040, 45000))), row=1)
        self.odd("transactionId", "".join(map(chr, range(1040, 45000))), row=2)
        self.odd("paymentId", "".join(map(chr, range(1040, 45000))), row=2)
        self.whole(self.load(self.account, DAY, DAY))
        self.assertEqual(self.load(self.account, DAY, DAY).created, 0)

    def test_numbers_and_depths_no_program_holds(self):
        for field, value in (
            ("novelty", "1e400"),
            ("TaxFields.documentDate", "9" * 5000),
            ("TaxFields.kbk", "182"),
            ("TaxFields.part", "0.5"),
            ("Amount.new", "-Infinity"),
            ("deep", "[" * 5000 + "]" * 5000),
        ):
            self.odd(field, f"@{field}@", row=0)
            self.bank.fault("odd_json", None, find=f'"@{field}@"', put=value)
        self.whole(self.load(self.account, DAY, DAY))
        row = self.account.transaction_ids.filtered("kbk")[:1]
        self.assertEqual((row.kbk, row.raw["novelty"]), ("182", "1e400"))
        json.dumps(row.read(["raw", "tax_fields"]), allow_nan=False, default=str)

    def test_an_error_in_any_words_is_told(self):
        self.bank.fault(
            "http_400", message="до\0после \ud800 <b>%s</b>", error_code="\0"
        )
        run = self.load(self.account, DAY, DAY)
        self.assertEqual(run.state, "failed")
        self.assertIn("до\ufffdпосле \ufffd <b>%s</b>", self.account.last_error)
        self.assertEqual(len(self.account.activity_ids), 1)

    def test_names_of_organisations(self):
        self.bank.fault(
            "odd_json", None, find='"shortName": "', put='"shortName": "\\u0000'
        )
        self.connection.action_fetch_accounts()
        self.assertTrue(self.account.organization_id.name.startswith("\ufffd"))


@tagged("post_install", "-at_install")
@freeze_time(NOW_UTC)
class TestOddRows(OddCase):
    def test_usual_forms_of_sums_days_and_numbers(self):
        self.odd("Amount.amount", form="spaced", row=0)
        self.odd("Amount.amount", form="text", row=1)
        self.odd("documentProcessDate", form="moment")
        self.odd("documentNumber", 417, row=0)
        for side in ("Debtor", "Creditor"):
            self.odd(f"{side}Party.inn", form="number")
            self.odd(f"{side}Account.identification", form="number")
        self.odd("Amount.currency", "810")
        self.whole(self.load(self.account, DAY, DAY))
        self.assertEqual(self.day().state, "proven")
        self.bank.heal()
        self.bank.fault("odd_field", None, field="documentNumber", value="417", row=0)
        again = self.load(self.account, DAY, DAY)
        self.assertEqual((again.created, again.changed), (0, 0))

    def test_one_unreadable_row(self):
        for field, words in (
            ("Amount", "The amount is missing"),
            ("creditDebitIndicator", "It does not say whether the money came in"),
        ):
            with self.subTest(field):
                self.check_unreadable(field, words)

    def check_unreadable(self, field, words):
        account = self.account
        self.odd(field, None, row=1)
        run = self.load(account, DAY, DAY)
        self.assertEqual((run.state, run.unreadable), ("done", 1))
        self.assertIn("cannot be read, see the account: 1", run._summary()["message"])
        self.assertIn("cannot be read", account.last_error)
        self.assertEqual(account.unreadable_count, 1)
        self.assertIn(f"14.10.2026: {words}", account.unreadables)
        action = account.action_open_unreadable()
        row = self.env["tochka.unreadable"].search(action["domain"])
        self.assertEqual(json.loads(row.raw), {**self.rows[1], field: None})
        self.assertEqual(self.day().state, "open")
        self.assertEqual(len(account.activity_ids), 1)
        for _again in range(2):
            self.load(account, DAY, DAY)
        self.assertEqual(len(account.activity_ids), 1)
        self.assertEqual(account.unreadable_count, 1)
        self.bank.heal()
        run = self.load(account, DAY, DAY)
        self.assertEqual((run.state, run.created, run.unreadable), ("done", 1, 0))
        self.assertEqual(self.day().state, "proven")
        self.assertFalse(account.unreadable_count or account.activity_ids)
        self.assertFalse(row.exists())
        self.lines(account).unlink()
        account.transaction_ids.unlink()

    def test_a_month_with_one_unreadable_row_has_one_open_day(self):
        truth = self.bank.truth(self.account.bank_account_id, *LAST_MONTH)
        odd = truth["transactions"][40]
        self.odd("Amount.amount", {}, row=odd["transactionId"])
        run = self.load(self.account)
        self.assertEqual((run.state, run.unreadable), ("done", 1))
        self.assertEqual(run.created, len(truth["transactions"]) - 1)
        days = self.env["tochka.day"].search(
            [("account_id", "=", self.account.id), ("state", "=", "open")]
        )
        self.assertEqual(days.date.isoformat(), odd["documentProcessDate"])
        self.bank.heal()
        self.load(self.account)
        self.assertEqual(len(self.lines(self.account)), len(truth["transactions"]))
        self.assertFalse(self.account.unreadable_count)

    def test_elements_that_are_no_rows(self):
        for value in (None, "row", []):
            self.bank.fault("odd_row", None, value=value)
        run = self.load(self.account)
        truth = self.bank.truth(self.account.bank_account_id, *LAST_MONTH)
        self.assertEqual((run.state, run.created), ("done", len(truth["transactions"])))
        self.assertEqual(self.account.unreadable_count, 3)
        self.assertEqual(len(self.account.activity_ids), 1)
        # The balances close; only single days tell which days hold such elements.
        days = self.env["tochka.day"].search(
            [("account_id", "=", self.account.id), ("date", "<=", LAST_MONTH[1])]
        )
        self.assertEqual(set(days.mapped("state")), {"open"})
        self.bank.heal()
        self.load(self.account)
        self.assertEqual(self.account.unreadable_count, 0)
        days.invalidate_recordset()
        self.assertEqual(set(days.mapped("state")), {"proven"})

    def test_an_odd_account_does_not_stop_the_others(self):
        yuan = self.connection.account_ids.filtered(
            lambda one: one.currency_id.name == "CNY"
        )
        self.bank.fault(
            "odd_json",
            None,
            find=f'"accountId": "{yuan.bank_account_id}"',
            put='"a": 1',
        )
        self.bank.fault(
            "odd_json", None, find='"currency": "RUB"', put='"currency": null'
        )
        self.connection.action_fetch_accounts()
        self.whole(self.load(self.account, DAY, DAY))


@tagged("post_install", "-at_install")
@freeze_time(NOW_UTC)
class TestOddCurrencies(OddCase):
    def test_other_names_of_the_rouble(self):
        for row, name in enumerate(("RUR", "810", 643)):
            self.odd("Amount.currency", name, row=row)
        self.odd("Amount.currency", form="absent", row=3)
        self.whole(self.load(self.account, DAY, DAY))

    def test_a_row_in_another_currency_waits(self):
        self.odd("Amount.currency", "USD", row=1)
        run = self.load(self.account, DAY, DAY)
        self.assertEqual((run.state, run.refused), ("done", 1))
        self.assertEqual(run.created, len(self.rows) - 1)
        self.assertIn("in USD, but the account is in RUB", self.account.refusals)
        self.assertEqual(len(self.account.activity_ids), 1)
        self.bank.heal()
        run = self.load(self.account, DAY, DAY)
        self.assertEqual((run.created, run.refused), (1, 0))
        self.assertFalse(self.account.activity_ids)

    def test_yuan_whose_worth_nobody_tells_wait_for_a_rate(self):
        account = self.choose(currency="CNY")
        truth = self.bank.truth(account.bank_account_id, *LAST_MONTH)["transactions"]
        self.odd("Amount.amountNat", 0, row=0)
        self.odd("Amount.amountNat", form="absent", row=1)
        run = self.load(account)
        self.assertEqual((run.refused, run.created), (2, len(truth) - 2))
        self.assertIn("Odoo has no rate of CNY", account.refusals)
        self.env["res.currency.rate"].create(
            {
                "currency_id": account.currency_id.id,
                "company_id": self.company.id,
                "name": date(2026, 9, 1),
                "rate": 0.08,
            }
        )
        run = self.load(account)
        self.assertEqual((run.refused, run.created), (0, 2))
        by_odoo = account.transaction_ids.filtered("rate_note")
        self.assertEqual(len(by_odoo), 2)
        for row in by_odoo:
            liquidity = row.line_id._seek_for_lines()[0]
            self.assertAlmostEqual(liquidity.balance, row.amount * 12.5, places=2)
            self.assertIn("1 CNY = 12.5000 RUB", row.line_id.tochka_rate_note)
            self.assertIn("01.09.2026", row.rate_note)


@tagged("post_install", "-at_install")
@freeze_time(NOW_UTC)
class TestCustomersForbidden(TochkaCase):
    def test_accounts_and_statements_are_enough(self):
        self.bank.fault("http_403", None, path="/customers")
        account = self.choose()
        organization = account.organization_id
        self.assertEqual(self.connection.state, "connected")
        self.assertIn(organization.customer_code, organization.name)
        self.assertFalse(organization.inn)
        run = self.load(account, DAY, DAY)
        truth = self.bank.truth(account.bank_account_id, DAY, DAY)
        self.assertEqual((run.state, run.created), ("done", len(truth["transactions"])))
        self.bank.heal()
        self.connection.action_fetch_accounts()
        self.assertTrue(organization.inn)
        self.assertNotIn(organization.customer_code, organization.name)
        self.assertEqual(len(self.connection.account_ids), 4)

    def test_without_accounts_the_refusal_is_told(self):
        self.bank.fault("http_403", None, path="/open-banking")
        with self.assertRaisesRegex(Exception, "refuses this request"):
            self.connection.action_connect()
        self.assertFalse(self.connection.organization_ids)
