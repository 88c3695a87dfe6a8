"""Which invoices a purpose names."""

import time
import unittest
from datetime import date

from texts_here import invoice_numbers

DAY = date(2026, 10, 14)
NAMED = {
    "Оплата по счету № 12 от 14.10.2026 за доски. В т.ч. НДС 22% 100-00": [("12", DAY)],
    "по счёту №12 от 14.10.26г. НДС не облагается": [("12", DAY)],
    "Оплата по счету 12 от 14 октября 2026 г. за услуги": [("12", DAY)],
    "за доски сч. 15 от 2026-10-14, без НДС   ": [("15", DAY)],
    "Оплата за сборку по сч.15 от 14.10.2026. НДС не облагается": [("15", DAY)],
    "сч. 15, 16 и 17": [("15", None), ("16", None), ("17", None)],
    "по счетам №№ 1, 2": [("1", None), ("2", None)],
    "по счетам № 5 от 14.10.2026, № 6 от 15.10.2026": [
        ("5", DAY),
        ("6", date(2026, 10, 15)),
    ],
    "счета 5, 6, 7, НДС 20%": [("5", None), ("6", None), ("7", None)],
    "счет №INV/2026/00042": [("INV/2026/00042", None)],
    "Оплата INV/2026/00042 и INV/2026/00043": [
        ("INV/2026/00042", None),
        ("INV/2026/00043", None),
    ],
    "Payment for invoice No. 42 dated 14.10.2026": [("42", DAY)],
    "invoice INV/2026/00042": [("INV/2026/00042", None)],
    "По УПД № УТ-1234 от 14.10.2026 за товар": [("УТ-1234", DAY)],
    "оплата по с/ф 77 от 14.10.2026": [("77", DAY)],
    "по счет-фактуре №77": [("77", None)],
    "сч-ф. 77": [("77", None)],
    "по накладной № 8": [("8", None)],
    "по товарной накладной 8 от 14.10.2026": [("8", DAY)],
    "Оплата по акту № 9 от 14.10.2026": [("9", DAY)],
    "по акту выполненных работ № 9": [("9", None)],
    "по акту об оказании услуг № 9": [("9", None)],
    "оплата по счету от 14.10.2026 № 12": [("12", None)],
    "Предоплата 50% по счету №12 за доски": [("12", None)],
    "Оплата счета на оплату № 12": [("12", None)],
    "СЧЕТ НА ОПЛАТУ N12": [("12", None)],
    "по счету № СТ-118 за станок": [("СТ-118", None)],
    "по счету-договору № 15": [("15", None)],
    "Возврат аванса по счету № 3 согласно письму б/н": [("3", None)],
    "Оплата по договору № 5 от 01.01.2026, счет 7": [("7", None)],
    "счет 7 по договору № 5": [("7", None)],
    "счет 7, договор поставки № 5": [("7", None)],
    "по счету № 12от 14.10.2026": [("12", DAY)],
    "счет № 12, с/ф № 12 от 14.10.2026": [("12", DAY)],
    "за мебель по счету № 12.НДС не облагается": [("12", None)],
    "(5010/20996X00000) Оплата по счету № 12": [("12", None)],
    "по сч. 3 от 31.02.2026": [("3", None)],
    "по сч. 3 от 14 мая 2026": [("3", date(2026, 5, 14))],
    "по сч. 3 от 14 марта 2026": [("3", date(2026, 3, 14))],
    "Сч.№ 5,6,47 от 14.10.2026": [("5", None), ("6", None), ("47", DAY)],
    "по счету №12/1, №12/2 от 14.10.26": [("12/1", None), ("12/2", DAY)],
    "по счету №5, счету №6; с/ф № 7": [("5", None), ("6", None), ("7", None)],
    "по товарной накладной ТОРГ-12 № 8": [("8", None)],
    "лицевой счет 1234567, счет № 99": [("99", None)],
    "на основании счета № 4": [("4", None)],
    "доплата к счету № 4": [("4", None)],
}
NOT_NAMED = (
    None,
    "",
    "По договору № 12-К от 14.10.2026\nза доски",
    "Перевод средств по договору эквайринга № ТЭ-20871 за 14.10.2026.",
    "Оплата по контракту 44 от 14.10.2026",
    "по договору АБ/2026/15",
    "по договору купли-продажи недвижимого имущества № 5",
    "Комиссия за обслуживание счета по тарифу за 10.2026",
    "Пополнение счета 40702810900000000001",
    "Перевод на счет № 40817810100000000001",
    "Перевод на счет 123456",
    "лицевой счет № 123456789",
    "Оплата л/с 123456789",
    "Возврат ошибочно перечисленных средств на расчетный счет 12",
    "Взнос собственных средств при открытии счета. НДС не облагается",
    "по акту сверки № 3",
    "За счет средств 3 квартала",
    "По расчету № 5",
    "Оплата по заказу № 123",
    "без счета, б/н",
    "Оплата по счету 14.10.2026",
    "Зачисление на сч 40702810",
    "по счету б/н",
)
ONE_OF = {
    "по счету № 12, 20% НДС": "12",
    "по счету № 12, 5 шт": "12",
    "по счету 12, 1200,00 руб": "12",
    "по счету 12, 1200.00 руб": "12",
    "по счету 12, 1200-00 руб": "12",
    "счет 12, 2026 г.": "12",
}


class TestInvoiceNumbers(unittest.TestCase):
    maxDiff = None

    def test_named(self):
        for text, wanted in NAMED.items():
            with self.subTest(text):
                self.assertEqual(invoice_numbers.numbers(text), wanted)

    def test_not_named(self):
        for text in NOT_NAMED:
            with self.subTest(text):
                self.assertEqual(invoice_numbers.numbers(text), [])

    def test_what_follows_is_no_number(self):
        for text, wanted in ONE_OF.items():
            with self.subTest(text):
                self.assertEqual(invoice_numbers.numbers(text), [(wanted, None)])

    def test_writings_of_one_number_are_equal(self):
        latin, cyrillic = "INV-A/42", "inv - А\\42"
        self.assertEqual(
            invoice_numbers.fold_number(latin), invoice_numbers.fold_number(cyrillic)
        )
        self.assertEqual(invoice_numbers.fold_number("сч–15ж"), "CЧ-15Ж")
        self.assertNotEqual(
            invoice_numbers.fold_number("12"), invoice_numbers.fold_number("1-2")
        )

    def test_tail(self):
        self.assertEqual(invoice_numbers.tail("INV/2026/00042"), 42)
        self.assertEqual(invoice_numbers.tail("42"), 42)
        self.assertIsNone(invoice_numbers.tail("42-А"))

    def test_endless_purposes_are_read_quickly(self):
        for text, wanted in (
            ("счет " * 3000, []),
            ("договор а" * 3000, []),
            ("счет 1, " * 2000, [("1", None)]),
        ):
            with self.subTest(text[:10]):
                started = time.process_time()
                self.assertEqual(invoice_numbers.numbers(text), wanted)
                # Some 0.03 s; a pattern that tries every split takes minutes.
                self.assertLess(time.process_time() - started, 2)


if __name__ == "__main__":
    unittest.main()
