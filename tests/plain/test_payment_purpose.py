"""Merchants, persons and phones in the purposes of the bank's own payments."""

import unittest
from datetime import date
from random import Random

from texts_here import purposes as reader

from simulator import purposes

payee = reader.payee


class _Draw(Random):
    """A fixed replacement of the simulator's random draw."""


class TestPayee(unittest.TestCase):
    def test_a_shop_paid_by_card(self):
        words = purposes.purchase(
            "STROYDVOR NA GORKE",
            "UL LESNAYA 5",
            "Moskva",
            "12/10/2026 14:03",
            "250 RUB",
            "2204********7013",
        )
        self.assertEqual(payee(words), "STROYDVOR NA GORKE")

    def test_a_shop_is_the_same_each_time(self):
        place = ",,UL LESNAYA 5,Moskva,RU,дата операции:12/10/2026 14:03(МСК)"
        for words in (
            f"Покупка товара(Терминал:,AZS TRI KOLESA 17{place},на сумму:35215.17 AMD)",
            f"Покупка товара(Терминал:12345678,AZS TRI KOLESA 17{place})",
            f"Покупка товара (Терминал: J1234567, AZS TRI KOLESA  17 {place})",
            f"Возврат товара(Терминал:,AZS TRI KOLESA 17{place})",
            f"Возврат покупки(Терминал:,AZS TRI KOLESA 17 0098765{place})",
            f"Выдача наличных(Терминал:00012345,AZS TRI KOLESA 17{place})",
            f"Покупка товара(Терминал:AZS TRI KOLESA 17,{place})",
            f"покупка\nтовара(терминал:,«AZS TRI KOLESA 17»{place})",
        ):
            with self.subTest(words):
                self.assertEqual(payee(words), "AZS TRI KOLESA 17")

    def test_numbers_of_orders_are_left_out(self):
        for name in ("OZON*ORDER 1234567", "OZON*ORDER 7654321", "OZON ORDER"):
            words = f"Покупка товара(Терминал:,{name},,-,Moskva,RU,дата операции:…)"
            self.assertEqual(payee(words), "OZON ORDER")

    def test_a_terminal_without_a_name_tells_nobody(self):
        self.assertEqual(payee("Покупка товара(Терминал:12345678,,,,,RU,…)"), "")
        self.assertEqual(payee("Покупка товара(Терминал:,,,,,RU,…)"), "")

    def test_a_person_paid_by_phone(self):
        for words in (
            "Перевод по номеру телефона +79000001234. Получатель Ульяна Ч. через СБП."
            " Сообщение получателю: за краски",
            "Перевод по номеру телефона 8 (900) 000-12-34. Получатель: Ульяна Ч."
            " через Систему быстрых платежей",
        ):
            self.assertEqual(payee(words), "Ульяна Ч., +79000001234")

    def test_the_simulated_words(self):
        found = {payee(purposes.sbp_outcome(_Draw(seed))) for seed in range(40)}
        self.assertEqual(
            {one.partition(", ")[0] for one in found},
            {"Ульяна Ч.", "Ефим П.", "Марфа О.", "Никодим Ж."},
        )
        for one in found:
            self.assertRegex(one, r"^\w+ \w\., \+7900000\d{4}$")

    def test_a_phone_alone_or_a_person_alone(self):
        self.assertEqual(
            payee("Перевод по номеру телефона +79000001234 через СБП"), "+79000001234"
        )
        self.assertEqual(payee("Перевод. Получатель Ульяна Ч. через СБП"), "Ульяна Ч.")

    def test_what_stands_for_many_or_for_the_bank_has_no_payee(self):
        day = date(2026, 10, 12)
        for words in (
            purposes.acquiring(day, 100000, 1900),
            purposes.sbp_income(_Draw(1), day),
            "Комиссия за перевод через СБП согласно тарифам банка",
            "Комиссия за обслуживание счета по тарифу за сентябрь 2026 г.",
            "",
            None,
        ):
            with self.subTest(words):
                self.assertEqual(payee(words), "")


if __name__ == "__main__":
    unittest.main()
