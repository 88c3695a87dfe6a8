"""Invented organisations, their accounts and the counterparties they deal with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .checkdigits import account_key, company_inn, ogrn, person_inn
from .parties import (
    BANKS,
    BIC,
    CHINA_AGENT,
    TOCHKA,
    TREASURY_AGENT,
    Party,
    client_account,
)

EPOCH = date(2025, 9, 1)
CLOSING_DAY = date(2026, 4, 1)


@dataclass(frozen=True)
class Organisation:
    """A client of the bank, as the customers endpoint shows it."""

    code: str
    full_name: str
    short_name: str
    inn: str
    ogrn: str
    kpp: str = ""


@dataclass(frozen=True)
class Account:
    """An account in the bank; ``profile`` chooses the movements on it."""

    account_id: str
    customer: Organisation
    currency: str
    profile: str
    registered: date = EPOCH
    closes: date | None = None
    transit: str = ""

    @property
    def number(self) -> str:
        """Return the bare 20 digits."""
        return self.account_id.partition("/")[0]

    @property
    def owner(self) -> Party:
        """Return the holder as a counterparty in another account's payments."""
        who = self.customer
        return Party(who.short_name, who.inn, who.kpp, self.number, TOCHKA)


COMPANY = Organisation(
    "300870011",
    'Общество с ограниченной ответственностью "Мастерская Тихий Берег"',
    'ООО "Мастерская Тихий Берег"',
    company_inn("770000104"),
    ogrn("125770000011"),
    "770001001",
)
TRADER = Organisation(
    "300870029",
    "Индивидуальный предприниматель Берёзкина Аглая Тихоновна",
    "ИП Берёзкина А. Т.",
    person_inn("7800000217"),
    ogrn("32578000000024"),
)
ORGANISATIONS = (COMPANY, TRADER)


def _own(product: str, serial: int) -> str:
    return f"{client_account(product, serial, TOCHKA)}/{BIC}"


MAIN = Account(_own("40702810", 1500031007), COMPANY, "RUB", "busy")
YUAN = Account(
    _own("40702156", 1500031008),
    COMPANY,
    "CNY",
    "yuan",
    transit=_own("40702156", 1509031008),
)
SOLE = Account(_own("40802810", 1500044021), TRADER, "RUB", "sole")
CLOSED = Account(
    _own("40802810", 1500044022), TRADER, "RUB", "closing", closes=CLOSING_DAY
)
ACCOUNTS = (MAIN, YUAN, SOLE, CLOSED)


def extra_account(number: int) -> Account:
    """Return one of many more quiet accounts of the company."""
    return Account(_own("40702810", 1600000000 + number), COMPANY, "RUB", "quiet")


def _firm(name: str, base: str, bank_index: int, kpp: str | None = None) -> Party:
    agent = BANKS[bank_index]
    account = client_account("40702810", int(base) + 1000000000, agent)
    kpp = f"{base[:4]}01001" if kpp is None else kpp
    return Party(name, company_inn(base), kpp, account, agent)


def _trader(name: str, base: str, bank_index: int, kpp: str = "0") -> Party:
    agent = BANKS[bank_index]
    account = client_account("40802810", int(base) % 10**9, agent)
    return Party(name, person_inn(base), kpp, account, agent)


def _person(name: str, base: str, bank_index: int) -> Party:
    agent = BANKS[bank_index]
    account = client_account("40817810", int(base) % 10**9, agent)
    return Party(name, person_inn(base), "", account, agent)


CUSTOMERS = (
    _firm('ООО "Ветряная мельница"', "770000201", 0),
    _firm('ООО "Лаборатория «Синий мох»"', "780000213", 1),
    _firm("Общество с ограниченной ответственностью «Девять ключей»", "660000222", 2),
    _firm('АО "Заречный сыродел"', "520000237", 3),
    _trader("Индивидуальный предприниматель Куропаткин Лука Саввич", "7700000245", 4),
    _trader("ИП ОМУТОВА ВАСИЛИСА РОДИОНОВНА", "6600000258", 0, ""),
    _firm(
        "ФЕДЕРАЛЬНОЕ ГОСУДАРСТВЕННОЕ БЮДЖЕТНОЕ ОБРАЗОВАТЕЛЬНОЕ УЧРЕЖДЕНИЕ ВЫСШЕГО "
        'ОБРАЗОВАНИЯ "ПРИОЗЁРСКИЙ ГОСУДАРСТВЕННЫЙ ИНСТИТУТ РУЧНЫХ РЕМЁСЕЛ И '
        'НАРОДНЫХ ИСКУССТВ ИМЕНИ МАСТЕРА НЕИЗВЕСТНОГО" (л/с 20996X00000)',
        "470000261",
        1,
    ),
    _firm('ООО "ТД ""Жёлтый зонт"""', "770000274", 2),
    _firm("ООО 'Полдень' (обособленное подразделение)", "740000286", 4, "740045001"),
)
SUPPLIERS = (
    _firm('ООО "Лесопилка на Горке"', "350000301", 0),
    _firm('ООО "Краски и Кисти"', "770000314", 1),
    _firm('АО "Быстрая телега"', "770000326", 3),
    _firm("ООО «Картонный дом»", "500000338", 2),
    _trader("ИП Стрижов Архип Нилович", "7700000349", 4),
    _firm('ООО "Фурнитура-Вологодье"', "350000352", 0),
)
LANDLORD = _firm('ООО "Старый элеватор"', "770000401", 1)
TELECOM = _firm('ПАО "Гудок Связь"', "770000413", 3)
INSURER = _firm('АО СК "Попутный ветер"', "780000426", 2)
POWER = _firm('АО "Приозёрские электросети"', "470000438", 0)
SOFTWARE = _firm('ООО "Облако бухгалтера"', "660000441", 4)
EMPLOYEES = (
    _person("Чижикова Ульяна Глебовна", "7700000501", 0),
    _person("Пескарёв Ефим Кузьмич", "7700000514", 1),
    _person("Ольховская Марфа Игнатьевна", "5000000526", 4),
)
TRADER_HERSELF = _person("Берёзкина Аглая Тихоновна", "7800000217", 2)
TAX_OFFICE = Party(
    "Казначейство России (ФНС России)",
    company_inn("990000011"),
    "990001001",
    account_key("03100643000000018500", TREASURY_AGENT.bic),
    TREASURY_AGENT,
)
SOCIAL_FUND = Party(
    "УФК по Приозёрской области (Отделение социального фонда, л/с 04997D00001)",
    company_inn("990000023"),
    "990001002",
    account_key("03100643000000019900", TREASURY_AGENT.bic),
    TREASURY_AGENT,
)
THE_BANK = Party(
    TOCHKA.name,
    "9721194461",
    "997950001",
    client_account("30232810", 4500000001, TOCHKA),
    TOCHKA,
)
BANK_INCOME = Party(
    TOCHKA.name,
    "9721194461",
    "997950001",
    client_account("70601810", 2710102001, TOCHKA),
    TOCHKA,
)
CHINESE = (
    Party("QINGHE WOODCRAFT TOOLS CO., LTD", "", "", "8110000000421357", CHINA_AGENT),
    # Payments in a foreign currency often lack the account.
    Party("NINE RIVERS PACKAGING (HEBEI) LTD", "", "", "", CHINA_AGENT),
)
PASSING_NAMES = (
    "Тёплый порог", "Бумажный змей", "Каменный сад", "Ржаной каравай", "Лунная соната",
    "Пятое колесо", "Медный таз", "Солнечный зайчик", "Кот и Скрипка", "Белый парус",
)  # fmt: skip
PASSING_FORMS = ('ООО "{}"', "ООО «{}»", 'АО "{}"', "Общество «{}»")


def passer_by(number: int) -> Party:
    """Return a one-off counterparty made of a number below 100 000."""
    name = PASSING_NAMES[number % 10]
    form = PASSING_FORMS[number // 10 % 4]
    agent = BANKS[number // 40 % len(BANKS)]
    base = f"9900{number:05d}"
    account = client_account("40702810", 2000000000 + number, agent)
    kpp = ("", "0", "990001001")[number // 7 % 3]
    return Party(form.format(name), company_inn(base), kpp, account, agent)
