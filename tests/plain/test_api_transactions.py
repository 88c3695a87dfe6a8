"""Rows of a statement: signs, the counterparty's side, and everything that varies."""

import json
import unittest
from datetime import date
from decimal import Decimal

from api_case import ACCOUNT, CREDIT, DEBIT, POLL, STATEMENT, ApiCase, changed, ready

import tochka_api

TAXES = {
    "originatorStatus": "01",
    "kbk": "18201061201010000510",
    "oktmo": "0",
    "base": "0",
    "documentNumber": "0",
    "documentDate": 0,
    "type": "",
    "field107": "0",
}


class TestTransaction(ApiCase):
    def one(self, row, **changes):
        return self.read(changed(row, **changes)).transactions[0]

    def test_an_incoming_payment_is_positive_with_the_debtor_opposite(self):
        row = self.one(CREDIT)
        self.assertEqual(row.amount, Decimal("42345.67"))
        self.assertEqual(row.amount_nat, Decimal("42345.67"))
        self.assertEqual(row.transaction_id, "cbs-tb;9000000001;1")
        self.assertEqual(row.payment_id, "cbs-tb-92-9000000101")
        self.assertEqual(row.date, date(2026, 10, 14))
        self.assertEqual((row.document_number, row.status), ("417", "Booked"))
        self.assertEqual(row.type_code, "Платежное поручение")
        self.assertEqual(
            row.counterparty,
            tochka_api.Party(
                name="Ромашка",
                inn="7700000016",
                kpp="770001001",
                account="40702810200000054321",
                bic="044525999",
                bank_name="Пример-Банк",
                correspondent_account="30101810000000000999",
            ),
        )

    def test_an_outgoing_payment_is_negative_with_the_creditor_opposite(self):
        row = self.one(
            DEBIT,
            Amount={"amount": 10, "amountNat": 125.5, "currency": "CNY"},
            CreditorParty={"name": "Казначейство"},
        )
        self.assertEqual(row.amount, Decimal(-10))
        self.assertEqual(row.amount_nat, Decimal("-125.5"))
        self.assertEqual(row.currency, "CNY")
        self.assertEqual(row.counterparty, tochka_api.Party(name="Казначейство"))

    def test_of_both_sides_the_other_one_is_taken(self):
        sides = {"DebtorParty": {"name": "D"}, "CreditorParty": {"name": "C"}}
        self.assertEqual(self.one(CREDIT, **sides).counterparty.name, "D")
        self.assertEqual(self.one(DEBIT, **sides).counterparty.name, "C")

    def test_the_own_side_alone_is_no_counterparty(self):
        row = self.one(DEBIT, DebtorParty={"name": "Мы"})
        self.assertEqual(row.counterparty, tochka_api.Party())

    def test_a_row_of_required_fields_only_is_enough(self):
        row = self.one(DEBIT)
        self.assertEqual(row.counterparty, tochka_api.Party())
        self.assertIsNone(row.transaction_id)
        self.assertIsNone(row.payment_id)
        self.assertIsNone(row.amount_nat)
        self.assertIsNone(row.date)
        self.assertIsNone(row.tax_fields)
        found = (row.document_number, row.type_code, row.purpose)
        self.assertEqual(found, ("", "", ""))

    def test_nulls_and_empty_texts_count_as_absent(self):
        row = self.one(
            CREDIT,
            transactionId="",
            paymentId=None,
            documentProcessDate="",
            DebtorAgent=None,
            TaxFields=None,
        )
        self.assertIsNone(row.transaction_id)
        self.assertIsNone(row.payment_id)
        self.assertIsNone(row.date)
        self.assertEqual(row.counterparty.bic, "")

    def test_kpp_zero_and_a_missing_inn_are_empty(self):
        party = self.one(CREDIT, DebtorParty={"name": "Лицо", "kpp": "0"}).counterparty
        self.assertEqual((party.kpp, party.inn), ("", ""))

    def test_a_foreign_account_may_lack_its_number(self):
        row = self.one(CREDIT, DebtorAccount={"schemeName": "RU.CBR.BBAN"})
        self.assertEqual(row.counterparty.account, "")

    def test_an_unknown_type_passes(self):
        row = self.one(CREDIT, transactionTypeCode="Новый вид")
        self.assertEqual(row.type_code, "Новый вид")

    def test_the_purpose_keeps_its_newlines_and_loses_trailing_blanks(self):
        row = self.one(CREDIT, description="  Счёт 1\nНДС нет \r\n  ")
        self.assertEqual(row.purpose, "  Счёт 1\nНДС нет")

    def test_a_text_that_no_database_stores_is_mended_in_raw_too(self):
        row = self.one(CREDIT, description="до\0после")
        self.assertEqual(row.purpose, "до\N{REPLACEMENT CHARACTER}после")
        self.assertEqual(json.loads(row.raw)["description"], row.purpose)

    def test_half_a_surrogate_pair_is_mended_in_raw_too(self):
        text = json.dumps(ready(CREDIT)).replace('"417"', '"\\ud83d"')
        self.bank.on(POLL, text)
        row = self.client.get_statement(ACCOUNT, STATEMENT).transactions[0]
        self.assertEqual(row.document_number, "\N{REPLACEMENT CHARACTER}")
        self.assertEqual(json.loads(row.raw)["documentNumber"], row.document_number)

    def test_a_malformed_answer_shows_its_preview_only_on_request(self):
        with self.assertRaises(tochka_api.MalformedAnswer) as caught:
            self.read(CREDIT, statementId="Личное " * 500, startDateTime="soon")
        error = caught.exception
        self.assertNotIn("Личное", str(error) + repr(error))
        self.assertEqual(len(error.preview), 500)
        self.assertIn("accountId", error.preview)
        self.assertEqual(error.status, 200)


class TestTaxFields(ApiCase):
    def taxes(self, **changes):
        row = changed(DEBIT, TaxFields=changed(TAXES, **changes))
        return self.read(row).transactions[0].tax_fields

    def test_tax_fields_are_given_as_sent(self):
        self.assertEqual(self.taxes(), TAXES)

    def test_the_document_date_may_be_zero_a_number_or_a_date(self):
        for value in (0, 20261014, "2026-10-14", ""):
            with self.subTest(value):
                self.assertEqual(self.taxes(documentDate=value)["documentDate"], value)

    def test_unknown_tax_fields_pass_and_absent_ones_stay_away(self):
        taxes = self.taxes(novelty=[1], kbk=...)
        self.assertEqual(taxes["novelty"], [1])
        self.assertNotIn("kbk", taxes)

    def test_a_list_for_a_tax_field_is_given_as_sent(self):
        self.assertEqual(self.taxes(kbk=["1"])["kbk"], ["1"])

    def test_a_transaction_with_tax_fields_can_be_hashed(self):
        row = self.read(changed(DEBIT, TaxFields=TAXES)).transactions[0]
        self.assertEqual(len({row, row}), 1)


class TestRaw(ApiCase):
    def whole(self, text):
        whole = json.dumps(ready("HERE"), ensure_ascii=False).replace('"HERE"', text)
        self.bank.on(POLL, whole)

    def raw(self, text):
        self.whole(text)
        return self.client.get_statement(ACCOUNT, STATEMENT).transactions[0].raw

    def test_raw_is_what_the_bank_sent_without_blanks(self):
        sent = (
            '{ "status":"Booked", "zz" : [true, null, 1.10],\n'
            ' "creditDebitIndicator": "Debit", "description": "Счёт \\"№ 1\\"",'
            ' "Amount": {"currency": "RUB", "amount": 100000.00, "amountNat": 0.10} }'
        )
        self.assertEqual(
            self.raw(sent),
            '{"status":"Booked","zz":[true,null,1.10],"creditDebitIndicator":"Debit",'
            '"description":"Счёт \\"№ 1\\"",'
            '"Amount":{"currency":"RUB","amount":100000.00,"amountNat":0.10}}',
        )

    def test_raw_keeps_numbers_longer_than_a_float(self):
        sent = (
            '{"creditDebitIndicator":"Credit","status":"Booked",'
            '"Amount":{"amount":12345678901234567890.01,"currency":"RUB"}}'
        )
        self.assertEqual(self.raw(sent), sent)

    def test_amounts_beyond_the_decimal_context_keep_every_digit(self):
        digits = "1234567890123456789012345678901234.56"
        self.raw(
            '{"creditDebitIndicator":"Debit","status":"Booked",'
            f'"Amount":{{"amount":{digits},"currency":"RUB"}}}}'
        )
        row = self.client.get_statement(ACCOUNT, STATEMENT).transactions[0]
        self.assertEqual(str(row.amount), f"-{digits}")

    def test_not_a_number_is_no_amount(self):
        for number in ("NaN", "-Infinity", "1e400", "1e9999999999999999999999"):
            with self.subTest(number):
                self.whole(
                    '{"creditDebitIndicator":"Credit","status":"Booked",'
                    f'"Amount":{{"amount":{number},"currency":"RUB"}}}}'
                )
                statement = self.client.get_statement(ACCOUNT, STATEMENT)
                (row,) = statement.unreadable
                self.assertEqual(row.lacks, ("amount",))
                self.assertEqual(json.loads(row.raw)["Amount"]["amount"], number)

    def test_not_a_number_is_a_text_in_a_field_nobody_reads(self):
        raw = self.raw(
            '{"creditDebitIndicator":"Credit","status":"Booked",'
            '"Amount":{"amount":1,"currency":"RUB"},"zz":NaN}'
        )
        self.assertEqual(json.loads(raw)["zz"], "NaN")


if __name__ == "__main__":
    unittest.main()
