"""The wording of transfers between accounts of one owner."""

import unittest

from texts_here import own_transfers as reader


class TestDeal(unittest.TestCase):
    def test_what_one_taxpayer_owes_another(self):
        for words in (
            "Оплата по договору № 3-У, акт 10/2026",
            "По дог. 5 за октябрь",
            "Предоставление займа",
            "Предоставление заема",
            "Возврат заёмных средств",
            "Оплата счета № 17",
            "Оплата по сч. 17",
            "По УПД 12",
            "Аренда за ноябрь",
            "Выплата дивидендов",
            "Проценты за октябрь",
            "ОПЛАТА ЗА УСЛУГИ СВЯЗИ",
        ):
            self.assertTrue(reader.is_deal(words), words)

    def test_moving_money_is_no_deal(self):
        for words in (
            "Перевод собственных средств",
            "Пополнение счета",
            "Контракт",
            "Купдемо",
            "",
            None,
        ):
            self.assertFalse(reader.is_deal(words), words)


class TestExchange(unittest.TestCase):
    def test_one_currency_for_another(self):
        for words in (
            "Покупка иностранной валюты по заявке № 5",
            "Продажа валюты",
            "Обмен валюты по курсу банка",
            "Конверсионная операция",
            "КОНВЕРТАЦИЯ",
        ):
            self.assertTrue(reader.is_exchange(words), words)

    def test_what_only_goes_with_it(self):
        for words in (
            "Комиссия за конвертацию",
            "Конверсия при оплате картой",
            "Покупка наличной валюты: наличные",
            "Обмен валюты в банкомате",
            "Покупка товара",
            "",
            None,
        ):
            self.assertFalse(reader.is_exchange(words), words)


class TestOwnMoney(unittest.TestCase):
    def test_money_of_the_payer(self):
        for words in (
            "Перевод собственных средств",
            "Перевод собственных денежных средств на депозит",
        ):
            self.assertTrue(reader.is_own_money(words), words)

    def test_money_of_founders_and_clients(self):
        for words in (
            "Взнос собственных средств учредителя",
            "Заем из собственных средств",
            "Займ из собственных средств",
            "Собственные средства участника",
            "Собственные средства в уставный капитал",
            "Возврат собственных средств клиента",
        ):
            self.assertFalse(reader.is_own_money(words), words)

    def test_cash_cards_and_phones(self):
        for words in (
            "Внесение наличных денежных средств",
            "Внесение собственных средств через банкомат",
            "Собственные средства, карта 2204",
            "Перевод собственных средств по СБП",
            "Оплата за услуги",
            None,
        ):
            self.assertFalse(reader.is_own_money(words), words)


class TestAccounts(unittest.TestCase):
    def test_accounts_of_clients(self):
        for number in ("40502", "40702", "40802", "40817", "41002", "42101"):
            self.assertTrue(reader.is_client_account(number.ljust(20, "0")), number)
        for number in ("30102", "30232", "40101", "47423", "60322", "70601", "", None):
            self.assertFalse(reader.is_client_account(number), number)

    def test_accounts_of_sole_traders(self):
        self.assertTrue(reader.is_trader_account("40802810000000000777"))
        self.assertFalse(reader.is_trader_account("40817810000000000777"))
        self.assertFalse(reader.is_trader_account(None))

    def test_a_swift_code_is_no_bic(self):
        self.assertTrue(reader.is_bic("044525104"))
        for code in ("SABRRUMM", "04452510", "0445251044", "", None, False):
            self.assertFalse(reader.is_bic(code), code)
