"""Customers, accounts and balances as the bank really sends them."""

import json
import unittest
from datetime import date, datetime, timezone
from decimal import Decimal

from api_case import (
    ACCOUNT,
    ACCOUNT_ROW,
    ACCOUNTS,
    BALANCE,
    BALANCES,
    CUSTOMER,
    CUSTOMERS,
    ApiCase,
    changed,
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
        self.assertIs(customer.is_resident, True)

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
        self.assertEqual(customer.customer_type, "Robot")
        self.assertEqual(json.loads(customer.raw)["newField"], [1])

    def test_a_missing_name_is_named_by_its_path(self):
        with self.assertRaisesRegex(
            tochka_api.MalformedAnswer, r"Data\.Customer\[0\]\.fullName"
        ):
            self.one(changed(CUSTOMER, fullName=...))

    def test_a_text_for_a_flag_is_malformed(self):
        with self.assertRaisesRegex(
            tochka_api.MalformedAnswer, r"Data\.Customer\[0\]\.isResident"
        ):
            self.one(changed(CUSTOMER, isResident="yes"))

    def test_the_customer_code_goes_into_the_header_when_given(self):
        self.client = self.new_client(customer_code="300000001")
        self.one(CUSTOMER)
        self.assertEqual(self.bank.seen[0].headers["CustomerCode"], "300000001")


class TestAccounts(ApiCase):
    def one(self, row):
        self.bank.on(ACCOUNTS, data({"Account": [row]}))
        return self.client.accounts()[0]

    def test_an_account_becomes_a_record_with_number_and_bic(self):
        account = self.one(ACCOUNT_ROW)
        self.assertEqual(account.account_id, ACCOUNT)
        self.assertEqual(account.number, "40702810401500012345")
        self.assertEqual(account.bic, "044525104")
        self.assertEqual(account.registration_date, date(2024, 2, 29))
        self.assertEqual(account.account_sub_type, "CurrentAccount")
        self.assertTrue(account.is_open)

    def test_a_bare_account_number_has_no_bic(self):
        account = self.one(changed(ACCOUNT_ROW, accountId="40702810401500012345"))
        self.assertEqual((account.number, account.bic), ("40702810401500012345", ""))

    def test_every_status_but_enabled_means_closed(self):
        for status in ("Disabled", "Deleted", "ProForma", "Pending", "Frozen"):
            with self.subTest(status):
                self.assertFalse(self.one(changed(ACCOUNT_ROW, status=status)).is_open)

    def test_a_date_that_does_not_exist_is_malformed(self):
        with self.assertRaises(tochka_api.MalformedAnswer) as caught:
            self.one(changed(ACCOUNT_ROW, registrationDate="2026-02-30"))
        self.assertEqual(caught.exception.path, "Data.Account[0].registrationDate")

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


class TestBalances(ApiCase):
    def one(self, row):
        self.bank.on(BALANCES, data({"Balance": [row]}))
        return self.client.balances()[0]

    def test_a_debit_indicator_does_not_turn_the_sign(self):
        balance = self.one(BALANCE)
        self.assertEqual(balance.amount, Decimal("100.5"))
        self.assertEqual((balance.type, balance.currency), ("ClosingAvailable", "RUB"))
        self.assertEqual(
            balance.at, datetime(2026, 10, 31, 12, 0, 0, 364000, timezone.utc)
        )

    def test_an_overdrawn_balance_stays_negative(self):
        amount = {"amount": -26042.37, "currency": "RUB"}
        for indicator in ("Credit", "Debit", ...):
            with self.subTest(indicator):
                row = changed(BALANCE, Amount=amount, creditDebitIndicator=indicator)
                self.assertEqual(self.one(row).amount, Decimal("-26042.37"))

    def test_instants_are_read_in_every_notation(self):
        noon = datetime(2026, 10, 31, 12, 0, 0, tzinfo=timezone.utc)
        for text in (
            "2026-10-31T12:00:00Z",
            "2026-10-31T12:00:00",
            "2026-10-31T15:00:00.0+03:00",
            "2026-10-31T12:00:00.000000000+00:00",
        ):
            with self.subTest(text):
                self.assertEqual(self.one(changed(BALANCE, dateTime=text)).at, noon)

    def test_an_instant_that_is_none_is_malformed(self):
        for text in ("yesterday", "2026-10-31", "2026-13-31T12:00:00Z"):
            with self.subTest(text), self.assertRaises(tochka_api.MalformedAnswer):
                self.one(changed(BALANCE, dateTime=text))

    def test_one_account_is_asked_for_with_its_raw_slash(self):
        path = f"{ACCOUNTS}/{ACCOUNT}/balances"
        bare = changed(BALANCE, accountId="40702810401500012345")
        foreign = changed(BALANCE, accountId="40702810999999999999/044525104")
        self.bank.on(path, data({"Balance": [BALANCE, bare, foreign]}))
        balances = self.client.balances(ACCOUNT)
        self.assertEqual(self.paths(), [path])
        self.assertEqual([b.account_id for b in balances], [ACCOUNT, bare["accountId"]])
        self.assertEqual({b.number for b in balances}, {"40702810401500012345"})

    def test_money_is_never_a_float(self):
        self.bank.on(
            BALANCES,
            json.dumps(data({"Balance": [BALANCE]})).replace(
                "100.5", "12345678901234567.89"
            ),
        )
        (balance,) = self.client.balances()
        self.assertEqual(balance.amount, Decimal("12345678901234567.89"))

    def test_an_amount_in_quotes_is_malformed(self):
        for wrong in ("100.5", True, {}, None):
            amount = {"amount": wrong, "currency": "RUB"}
            with (
                self.subTest(wrong),
                self.assertRaises(tochka_api.MalformedAnswer) as caught,
            ):
                self.one(changed(BALANCE, Amount=amount))
            self.assertEqual(caught.exception.path, "Data.Balance[0].Amount.amount")


if __name__ == "__main__":
    unittest.main()
