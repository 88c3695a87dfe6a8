"""Customers, accounts and money as the bank really sends them."""

import json
import unittest
from datetime import date
from decimal import Decimal

from api_case import (
    ACCOUNT,
    ACCOUNT_ROW,
    ACCOUNTS,
    CUSTOMER,
    CUSTOMERS,
    POLL,
    STATEMENT,
    ApiCase,
    changed,
    ready,
)
from fake_http import data

import tochka_api


class TestCustomers(ApiCase):
    def one(self, row):
        self.bank.on(CUSTOMERS, data({"Customer": [row]}))
        return self.client.customers()[0]

    def test_a_customer_becomes_a_record(self):
        customer = self.one(CUSTOMER)
        self.assertEqual(customer.customer_code, "300000001")
        self.assertEqual(customer.inn, "7800123452")
        self.assertEqual(customer.kpp, "780001001")
        self.assertEqual(customer.ogrn, "1027800000000")
        self.assertEqual(customer.full_name, 'Общество "Мы-Пример"')

    def test_absent_optional_fields_are_empty_texts(self):
        customer = self.one(
            changed(CUSTOMER, taxCode=..., kpp=None, shortName=..., customerOgrn=...)
        )
        found = (customer.inn, customer.kpp, customer.short_name, customer.ogrn)
        self.assertEqual(found, ("", "", "", ""))

    def test_the_kpp_zero_of_a_person_is_no_kpp(self):
        self.assertEqual(self.one(changed(CUSTOMER, kpp="0")).kpp, "")

    def test_unknown_fields_and_types_pass(self):
        customer = self.one(changed(CUSTOMER, customerType="Robot", newField=[1]))
        self.assertEqual(customer.customer_code, "300000001")

    def test_a_missing_name_is_filled_from_what_is_there(self):
        bare = changed(CUSTOMER, fullName=..., shortName=...)
        self.assertEqual(
            self.one(changed(CUSTOMER, fullName=...)).full_name, "Мы-Пример"
        )
        self.assertEqual(self.one(bare).full_name, "7800123452")
        self.assertEqual(self.one(changed(bare, taxCode=...)).full_name, "300000001")

    def test_a_missing_code_is_named_by_its_path(self):
        with self.assertRaisesRegex(
            tochka_api.MalformedAnswer, r"Data\.Customer\[0\]\.customerCode"
        ):
            self.one(changed(CUSTOMER, customerCode=...))

    def test_an_odd_element_does_not_stop_the_others(self):
        odd = (None, "x", [], {}, changed(CUSTOMER, customerCode=None))
        self.bank.on(CUSTOMERS, data({"Customer": [*odd, CUSTOMER]}))
        self.assertEqual(len(self.client.customers()), 1)

    def test_numbers_are_read_as_texts(self):
        customer = self.one(
            changed(CUSTOMER, customerCode=300000001, taxCode=7800123452, kpp=80001001)
        )
        self.assertEqual(customer.customer_code, "300000001")
        self.assertEqual((customer.inn, customer.kpp), ("7800123452", "080001001"))


class TestAccounts(ApiCase):
    def one(self, row):
        self.bank.on(ACCOUNTS, data({"Account": [row]}))
        return self.client.accounts()[0]

    def test_an_account_becomes_a_record(self):
        account = self.one(ACCOUNT_ROW)
        self.assertEqual(account.account_id, ACCOUNT)
        self.assertEqual(account.customer_code, "300000001")
        self.assertEqual(account.currency, "RUB")
        self.assertEqual(account.registration_date, date(2024, 2, 29))
        self.assertTrue(account.is_open)

    def test_every_status_but_enabled_means_closed(self):
        for status in ("Disabled", "Deleted", "ProForma", "Pending", "Frozen"):
            with self.subTest(status):
                self.assertFalse(self.one(changed(ACCOUNT_ROW, status=status)).is_open)

    def test_a_date_that_does_not_exist_is_absent(self):
        account = self.one(changed(ACCOUNT_ROW, registrationDate="2026-02-30"))
        self.assertIsNone(account.registration_date)

    def test_a_missing_currency_is_told_by_the_number(self):
        for currency in (..., None, "", "RUR", "810", 810, "643", " rub "):
            with self.subTest(currency):
                row = changed(ACCOUNT_ROW, currency=currency)
                self.assertEqual(self.one(row).currency, "RUB")
        yuan = changed(ACCOUNT_ROW, accountId="40702156001500031008/044525104")
        self.assertEqual(self.one(changed(yuan, currency=...)).currency, "CNY")
        self.assertEqual(self.one(changed(yuan, currency=156)).currency, "CNY")

    def test_an_odd_element_does_not_stop_the_others(self):
        odd = (None, 7, {}, changed(ACCOUNT_ROW, accountId={"a": 1}))
        self.bank.on(ACCOUNTS, data({"Account": [*odd, ACCOUNT_ROW]}))
        self.assertEqual([a.account_id for a in self.client.accounts()], [ACCOUNT])

    def test_an_empty_account_id_is_malformed(self):
        with self.assertRaisesRegex(tochka_api.MalformedAnswer, "accountId"):
            self.one(changed(ACCOUNT_ROW, accountId=""))

    def test_an_object_for_the_list_is_malformed(self):
        self.bank.on(ACCOUNTS, data({"Account": {}}))
        with self.assertRaisesRegex(tochka_api.MalformedAnswer, r"Data\.Account: "):
            self.client.accounts()

    def test_missing_data_is_malformed(self):
        self.bank.on(ACCOUNTS, {"Links": {}})
        with self.assertRaisesRegex(tochka_api.MalformedAnswer, "Data is missing"):
            self.client.accounts()


class TestMoney(ApiCase):
    def test_an_overdrawn_balance_stays_negative(self):
        statement = self.read(startDateBalance=-26042.37, endDateBalance=100.5)
        self.assertEqual(statement.opening_balance, Decimal("-26042.37"))
        self.assertEqual(statement.closing_balance, Decimal("100.5"))

    def test_money_is_never_a_float(self):
        text = json.dumps(ready(startDateBalance=100.5))
        self.bank.on(POLL, text.replace("100.5", "12345678901234567.89"))
        statement = self.client.get_statement(ACCOUNT, STATEMENT)
        self.assertEqual(statement.opening_balance, Decimal("12345678901234567.89"))

    def test_an_unreadable_balance_is_none(self):
        for wrong in (True, {}, "soon", [1, 2]):
            with self.subTest(wrong):
                self.assertIsNone(self.read(startDateBalance=wrong).opening_balance)


if __name__ == "__main__":
    unittest.main()
