"""A row of the bank: read by one list of fields, digested with a version."""

import ast
import datetime
import hashlib
import unittest
from dataclasses import dataclass, field, replace
from decimal import Decimal
from unittest.mock import patch

from register_here import REGISTER, bank_row


@dataclass
class Party:
    name: str = "ООО «Ромашка»"
    inn: str = "7707083893"
    kpp: str = ""
    account: str = "40702810000000000777"
    bic: str = "044525104"
    bank_name: str = "Точка"
    correspondent_account: str = ""


@dataclass
class Payment:
    transaction_id: str | None = "t-1"
    payment_id: str | None = "p-1"
    date: datetime.date | None = datetime.date(2026, 10, 14)
    amount: Decimal = Decimal("-100.50")
    amount_nat: Decimal | None = None
    currency: str = "RUB"
    document_number: str = "17"
    type_code: str = "Платежное поручение"
    purpose: str = "Оплата"
    tax_fields: dict | None = None
    raw: str = "{}"
    counterparty: Party = field(default_factory=Party)


# A field that the bank tells and the register has not kept so far.
MORE = bank_row.BankField("priority", lambda one: one.counterparty.bank_name, since=3)


def read(*payments):
    rows = [bank_row.read_row(payment) for payment in payments]
    for row in rows:
        bank_row.note_digests(row)
        row["transaction_key"] = f"{bank_row.key_label(row)}#1"
    return rows


def one(payment=None):
    [row] = read(payment or Payment())
    return row


def with_one_more():
    return patch.object(bank_row, "FIELDS", (*bank_row.FIELDS, MORE))


class TestReading(unittest.TestCase):
    def test_a_row_has_all_columns_and_no_others(self):
        self.assertEqual(set(one()), set(bank_row.columns()))

    def test_nothing_is_none_and_zero_is_a_number(self):
        row = one(Payment(amount_nat=Decimal(0), tax_fields={}, purpose=""))
        self.assertEqual(row["amount_company"], 0)
        self.assertIsNone(row["tax_fields"])
        self.assertIsNone(row["purpose"])
        self.assertIsNone(row["kpp"])

    def test_the_budget_code_is_read_from_the_tax_fields(self):
        self.assertEqual(one(Payment(tax_fields={"kbk": "182"}))["kbk"], "182")

    def test_a_day_that_is_not_told_is_none(self):
        self.assertIsNone(one(Payment(date=None))["date"])

    def test_a_key_depends_on_the_payment_alone(self):
        same, other, again = read(Payment(), Payment(purpose="Другое"), Payment())
        self.assertEqual(same["transaction_key"], again["transaction_key"])
        self.assertNotEqual(same["transaction_key"], other["transaction_key"])
        self.assertTrue(other["transaction_key"].startswith("t-1#"))
        [without] = read(Payment(None))
        self.assertTrue(without["transaction_key"].startswith("content:"))

    def test_the_content_without_the_day_is_the_same_on_any_day(self):
        moved = Payment(date=datetime.date(2026, 11, 1), transaction_id="t-2")
        without = bank_row.content_without_day
        self.assertEqual(without(one(moved)), without(one()))
        self.assertNotEqual(without(one(Payment(purpose="Другое"))), without(one()))

    def test_every_field_of_the_list_is_declared(self):
        tree = ast.parse((REGISTER / "tochka_transaction.py").read_text())
        declared = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self.assertLessEqual(set(bank_row.columns()), declared)


class TestDigests(unittest.TestCase):
    def test_digests_stored_before_they_had_versions_still_fit(self):
        told = (
            *("t-1", "p-1", "2026-10-14", "-100.50", "", "Оплата", "17"),
            *("Платежное поручение", "ООО «Ромашка»", "7707083893", ""),
            *("40702810000000000777", "044525104", "Точка", "", ""),
        )
        content = (
            *("2026-10-14", "-100.50", "17", "Оплата"),
            *("40702810000000000777", "7707083893"),
        )
        row = one()
        digests = (bank_row.row_digest(row, 1), row["content_digest"])
        for digest, values in zip(digests, (told, content), strict=True):
            text = "\x1f".join(values)
            stored = hashlib.sha256(text.encode()).hexdigest()[:32]
            self.assertEqual(digest, stored)
        self.assertFalse(bank_row.is_changed(row, digests[0]))

    def test_what_identifies_is_in_each_place_once(self):
        places = sorted(one.identity for one in bank_row.FIELDS if one.identity)
        self.assertEqual(places, [1, 2, 3, 4, 5, 6])

    def test_a_field_more_is_no_change(self):
        stored = one()["row_digest"]
        with with_one_more():
            row = one()
            self.assertNotEqual(row["row_digest"], stored)
            self.assertEqual(bank_row.version_of(row["row_digest"]), 3)
            self.assertFalse(bank_row.is_changed(row, stored))
            self.assertFalse(bank_row.is_changed(row, row["row_digest"]))

    def test_a_changed_row_is_changed_in_every_version(self):
        stored = one()["row_digest"]
        changed = Payment(purpose="Другое")
        self.assertTrue(bank_row.is_changed(one(changed), stored))
        with with_one_more():
            self.assertTrue(bank_row.is_changed(one(changed), stored))
            self.assertTrue(bank_row.is_changed(one(changed), one()["row_digest"]))

    def test_a_change_of_the_new_field_is_one_once_it_is_kept(self):
        other = replace(Payment(), counterparty=Party(bank_name="Другой"))
        with (
            with_one_more(),
            patch.object(
                bank_row,
                "FIELDS",
                tuple(f for f in bank_row.FIELDS if f.name != "bank_name"),
            ),
        ):
            self.assertTrue(bank_row.is_changed(one(other), one()["row_digest"]))

    def test_a_row_without_a_digest_is_changed(self):
        self.assertTrue(bank_row.is_changed(one(), None))


if __name__ == "__main__":
    unittest.main()
