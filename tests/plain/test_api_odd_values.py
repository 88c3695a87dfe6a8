"""What the bank's documents do not promise: read where sure, kept apart otherwise."""

import json
import random
import unittest
from datetime import date
from decimal import Decimal

from api_case import (
    ACCOUNT,
    CREDIT,
    CUSTOMER,
    CUSTOMERS,
    DEBIT,
    POLL,
    READY,
    STATEMENT,
    ApiCase,
    changed,
    ready,
)
from fake_http import Reply, data, envelope

import tochka_api
from tochka_api.jsontext import compact_json, load_json
from tochka_api.written import read_currency, read_day, read_sum

MENDED = "\N{REPLACEMENT CHARACTER}"
# Everything that was ever seen to break a database, a library or a browser.
PIECES = (
    "слово", " ", "\0", "\ud800", "\udfff", "\U0001f600", "\ufffe", "\x1b[31m", "\r\n",
    "\u2028", "\u202e", "e\u0301", "'); --", "%s%(x)s{0}", "<b>&amp;", "\\u0000", '"',
)  # fmt: skip
CREDIT_ACCOUNT = "40702810200000054321"
NUMBERS = (
    "1e400", "-1e-400", "NaN", "Infinity", "9" * 5000, "0." + "1" * 999, "1E+5", "-0",
)  # fmt: skip


class TestSums(unittest.TestCase):
    def test_usual_forms(self):
        for text, wanted in {
            "100.50": "100.50",
            "1 234,56": "1234.56",
            "1\xa0234\xa0567,8": "1234567.8",
            "1\u202f234.56": "1234.56",
            "1,234.56": "1234.56",
            "1.234,56": "1234.56",
            "1.234.567,00": "1234567.00",
            "1,234,567": "1234567",
            "1'234.56": "1234.56",
            "-7,5": "-7.5",
            "\u22127,50": "-7.50",
            "+100": "100",
            "1234-56": "1234.56",
            "100=": "100",
            "100,50 руб.": "100.50",
            "100.50 RUB": "100.50",
            "0.125": "0.125",
            "1000.125": "1000.125",
        }.items():
            with self.subTest(text):
                self.assertEqual(read_sum(text), Decimal(wanted))

    def test_what_is_no_sum_or_may_be_two(self):
        for text in (
            *("", " ", "1,234", "1.234", "сто", "1e5", "NaN", "1.2.3", "12,34,56"),
            *("1234-5", "--1", "1 2 x", "1,234,56.7", "0x10", "\u0661", "1234.567,00"),
        ):
            with self.subTest(text):
                self.assertIsNone(read_sum(text))


class TestDays(unittest.TestCase):
    def test_usual_forms(self):
        for text in (
            *("2026-10-14", " 2026-10-14 ", "14.10.2026", "20261014", "2026/10/14"),
            *("2026-10-14T00:00:00", "2026-10-14 23:59", "14.10.2026 10:00:00"),
            *("2026-10-14T00:00:00+03:00", "2026-10-13T21:00:00Z"),
            *("2026-10-14T00:00:00.000+0300", "2026-10-13T21:00:00.123456+00:00"),
        ):
            with self.subTest(text):
                self.assertEqual(read_day(text), date(2026, 10, 14))

    def test_what_is_no_day(self):
        for text in (
            *("", "2026-02-30", "0001-01-01", "9999-12-31", "1760389200", "14/10/26"),
            *("2026-10", "2026-10-14T25:00:00Z", "10.14.2026", "вчера"),
        ):
            with self.subTest(text):
                self.assertIsNone(read_day(text))


class TestCurrencies(unittest.TestCase):
    def test_names_and_numbers(self):
        for text, wanted in {
            **dict.fromkeys(("RUB", "rur", "810", "643", "₽", " RUB "), "RUB"),
            **{"156": "CNY", "840": "USD", "978": "EUR", "36": "AUD", "": ""},
            **{"XTS": "XTS", "000": "000"},
        }.items():
            with self.subTest(text):
                self.assertEqual(read_currency(text), wanted)


class TestRowsThatAreRead(ApiCase):
    def one(self, row, **changes):
        statement = self.read(changed(row, **changes))
        self.assertEqual(statement.unreadable, ())
        return statement.transactions[0]

    def test_amounts(self):
        for amount in ("42345.67", "42 345,67", ["42345.67"], {"value": 42345.67}):
            with self.subTest(amount):
                row = self.one(CREDIT, Amount={"amount": amount, "currency": "RUB"})
                self.assertEqual(row.amount, Decimal("42345.67"))
        for amount in (10, "10.00", [{"amount": 10}]):
            with self.subTest(amount):
                row = self.one(DEBIT, Amount=amount)
                self.assertEqual((row.amount, row.currency), (Decimal(-10), ""))

    def test_directions(self):
        for word in ("credit", "CREDIT", " Credit ", "CRDT", "Кредит"):
            self.assertGreater(self.one(CREDIT, creditDebitIndicator=word).amount, 0)
        for word in ("debit", "DEBIT", "DBIT", "Дебет"):
            self.assertLess(self.one(CREDIT, creditDebitIndicator=word).amount, 0)

    def test_requisites_written_as_numbers(self):
        row = self.one(
            CREDIT,
            documentNumber=417,
            transactionId=9000000001,
            DebtorParty={"inn": 274062111, "kpp": 27401001, "name": 1},
            DebtorAccount={"identification": 40702810200000054321},
            DebtorAgent={"identification": 44525999, "name": None},
        )
        party = row.counterparty
        self.assertEqual(
            (row.document_number, row.transaction_id), ("417", "9000000001")
        )
        self.assertEqual((party.inn, party.kpp), ("0274062111", "027401001"))
        self.assertEqual((party.account, party.bic), (CREDIT_ACCOUNT, "044525999"))
        self.assertEqual((party.name, party.bank_name), ("1", ""))

    def test_texts_in_place_of_objects_and_the_other_way_round(self):
        row = self.one(
            CREDIT,
            description={"value": "Оплата"},
            documentNumber=["417"],
            transactionId={"a": 1},
            DebtorParty="Ромашка",
            DebtorAccount=CREDIT_ACCOUNT,
            DebtorAgent=None,
            TaxFields=[],
        )
        self.assertEqual((row.purpose, row.document_number), ("Оплата", "417"))
        self.assertIsNone(row.transaction_id)
        self.assertEqual(row.counterparty.name, "Ромашка")
        self.assertEqual(row.counterparty.account, CREDIT_ACCOUNT)
        row = self.one(CREDIT, description={"что": ["угодно", 1]}, DebtorParty=[])
        self.assertEqual(row.purpose, '{"что":["угодно",1]}')

    def test_a_day_with_a_time(self):
        row = self.one(CREDIT, documentProcessDate="2026-10-14T00:00:00+03:00")
        self.assertEqual(row.date, date(2026, 10, 14))
        row = self.one(CREDIT, documentProcessDate="0001-01-01T00:00:00Z")
        self.assertIsNone(row.date)

    def test_a_worth_in_roubles_that_tells_nothing(self):
        for nat in (0, "0.00", None, 10, "?", ...):
            amounts = {"amount": 10, "currency": "156", "amountNat": nat}
            row = self.one(CREDIT, Amount=changed(amounts, amountNat=nat))
            self.assertEqual((row.amount_nat, row.currency), (None, "CNY"))
        row = self.one(
            CREDIT, Amount={"amount": 10, "amountNat": 10, "currency": "RUR"}
        )
        self.assertEqual((row.amount_nat, row.currency), (Decimal(10), "RUB"))

    def test_a_lone_row_without_its_array(self):
        self.bank.on(POLL, data({"Statement": [changed(READY, Transaction=CREDIT)]}))
        statement = self.client.get_statement(ACCOUNT, STATEMENT)
        self.assertEqual(len(statement.transactions), 1)


class TestRowsThatAreNot(ApiCase):
    def test_the_others_are_read(self):
        odd = (
            (None, ("fields",)),
            ("row", ("fields",)),
            ([], ("fields",)),
            ({}, ("amount", "direction")),
            (changed(CREDIT, Amount=None), ("amount",)),
            (changed(CREDIT, Amount={"amount": "1,234"}), ("amount",)),
            (changed(CREDIT, Amount={"amount": True}), ("amount",)),
            (changed(CREDIT, creditDebitIndicator="Sideways"), ("direction",)),
            (changed(CREDIT, creditDebitIndicator=None), ("direction",)),
            (changed(CREDIT, creditDebitIndicator={}), ("direction",)),
        )
        for row, lacks in odd:
            with self.subTest(row):
                statement = self.read(CREDIT, row, DEBIT)
                self.assertEqual(len(statement.transactions), 2)
                (found,) = statement.unreadable
                self.assertEqual(found.lacks, lacks)
                self.assertEqual(json.loads(found.raw), row)
                day = date(2026, 10, 14) if row and "Amount" in row else None
                self.assertEqual(found.date, day)

    def test_the_balances_tell_whether_an_unknown_status_is_booked(self):
        row = changed(CREDIT, status="Dreamt")
        for closing, status in (("142345.67", "Booked"), ("100000", "Pending")):
            statement = self.read(row, endDateBalance=closing)
            self.assertEqual(statement.transactions[0].status, status)
            self.assertEqual(statement.unreadable, ())
        for closing in ("7", None):
            statement = self.read(CREDIT, row, endDateBalance=closing)
            self.assertEqual(len(statement.transactions), 1)
            self.assertEqual(statement.unreadable[0].lacks, ("status",))
            self.assertEqual(statement.unreadable[0].date, date(2026, 10, 14))

    def test_known_statuses_in_any_case(self):
        for word in ("booked", "BOOKED", " Booked", "BOOK", ["Booked"]):
            row = self.read(changed(CREDIT, status=word)).transactions[0]
            self.assertEqual(row.status, "Booked")
        row = self.read(changed(CREDIT, status="PENDING")).transactions[0]
        self.assertEqual(row.status, "Pending")


class TestAnyJson(ApiCase):
    def text(self, dice):
        return "".join(dice.choice(PIECES) for _ in range(dice.randrange(12)))

    def value(self, dice, depth=3):
        kind = dice.randrange(9 if depth else 6)
        if kind < 4:
            return self.text(dice)
        if kind == 4:
            return dice.choice((None, True, False, 0, -1, 10**30))
        if kind == 5:
            return f"@{dice.randrange(len(NUMBERS))}@"
        if kind == 6:
            return [self.value(dice, depth - 1) for _ in range(dice.randrange(4))]
        return {
            self.text(dice): self.value(dice, depth - 1)
            for _ in range(dice.randrange(4))
        }

    def json(self, value):
        text = json.dumps(value)
        for place, number in enumerate(NUMBERS):
            text = text.replace(f'"@{place}@"', number)
        return text

    def storable(self, text):
        self.assertNotRegex(text, "[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
        text.encode()

    def test_any_value_in_any_field_of_a_row(self):
        for seed in range(400):
            dice = random.Random(seed)
            row, at = json.loads(json.dumps(CREDIT)), None
            at = dice.choice((row, *(v for v in row.values() if isinstance(v, dict))))
            name = dice.choice((*at, "novelty"))
            at[name] = self.value(dice)
            with self.subTest(seed=seed, field=name):
                self.bank.on(POLL, Reply(200, self.json(ready(CREDIT, row, DEBIT))))
                found = self.client.get_statement(ACCOUNT, STATEMENT)
                rows = [*found.transactions, *found.unreadable]
                self.assertEqual(len(rows), 3)
                for one in rows:
                    self.storable(one.raw)
                    self.assertEqual(compact_json(load_json(one.raw)), one.raw)
                for one in found.transactions:
                    texts = (
                        one.purpose,
                        one.document_number,
                        one.type_code,
                        one.status,
                    )
                    self.storable("".join((*texts, one.transaction_id or "")))
                    self.storable("".join(vars_of(one.counterparty)))

    def test_any_value_among_customers_and_in_refusals(self):
        for seed in range(150):
            dice = random.Random(seed)
            customer = changed(CUSTOMER, **{dice.choice((*CUSTOMER, "new")): ...})
            customer[dice.choice((*CUSTOMER, "new"))] = self.value(dice)
            text = self.json(data({"Customer": [CUSTOMER, customer, self.value(dice)]}))
            with self.subTest(seed=seed):
                self.bank.on(CUSTOMERS, Reply(200, text))
                for one in self.client.customers():
                    self.storable("".join(vars_of(one)))
                refusal = envelope(400, self.text(dice), self.text(dice))
                text = json.dumps(refusal.body)
                self.bank.on(CUSTOMERS, Reply(400, text))
                with self.assertRaises(tochka_api.BadRequest) as caught:
                    self.client.customers()
                self.storable(f"{caught.exception}{caught.exception.code}")

    def test_depth(self):
        for depth in (50, 900, 200_000):
            deep = "[" * depth + "]" * depth
            text = json.dumps(ready(changed(CREDIT, zz="@"))).replace('"@"', deep)
            self.bank.on(POLL, Reply(200, text))
            row = self.client.get_statement(ACCOUNT, STATEMENT).transactions[0]
            self.assertEqual(row.amount, Decimal("42345.67"))
            json.loads(row.raw)

    def test_a_megabyte_of_purpose_and_keys_given_twice(self):
        long = "длинно " * 150_000
        row = self.read(changed(CREDIT, description=long)).transactions[0]
        self.assertEqual(row.purpose, long.rstrip())
        text = json.dumps(ready(CREDIT)).replace('"417"', '"1", "documentNumber": "2"')
        self.bank.on(POLL, Reply(200, text))
        row = self.client.get_statement(ACCOUNT, STATEMENT).transactions[0]
        self.assertEqual(row.document_number, "2")

    def test_bytes_that_are_no_utf8(self):
        text = json.dumps(ready(CREDIT), ensure_ascii=False).encode()
        self.bank.on(
            POLL, Reply(200, text.replace("Ромашка".encode(), b"\xed\xa0\xbd"))
        )
        row = self.client.get_statement(ACCOUNT, STATEMENT).transactions[0]
        self.assertEqual(row.counterparty.name, MENDED * 3)


def vars_of(record):
    """Return the texts of a record."""
    values = (getattr(record, name) for name in record.__slots__)
    return [value for value in values if isinstance(value, str)]


if __name__ == "__main__":
    unittest.main()
