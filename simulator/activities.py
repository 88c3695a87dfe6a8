"""Make movements on an account: one function for each kind of movement."""

from __future__ import annotations

from datetime import date, timedelta

from . import people, purposes
from .draw import Draw, at
from .entry import BANK_ORDER, COLLECTION, DEMAND, MEMORIAL, ORDER, Card, Entry
from .parties import Party

SHOPS = (
    ("STROYDVOR NA GORKE", "UL LESNAYA 5", "Moskva", "Moscow"),
    ("KOFEJNYA ZERNO", "PR MIRA 101", "Moskva", "Moscow"),
    ("AZS TRI KOLESA 17", "SH KIEVSKOE 22", "Krekshino", "Krekshino"),
    ("KANCLAVKA SKREPKA", "UL SADOVAYA 8", "Sankt-Peterb", "St. Petersburg"),
    ("PARKOVKA GOROD", "PL SENNAYA 1", "Moskva", "Moscow"),
)
PANS = ("2204********7013", "2204********4402")
KBK_SINGLE = "18201061201010000510"
KBK_INJURY = "79710212000061000160"


def customer(draw: Draw, day: date, low: int = 6000, high: int = 190000) -> Entry:
    """Return an incoming payment for goods, from a regular or a one-off customer."""
    if draw.chance(0.72):
        habit = draw.randrange(len(people.CUSTOMERS))
        party = people.CUSTOMERS[habit]
    else:
        habit = draw.randrange(100000)
        party = people.passer_by(habit)
    kopecks = draw.kopecks(low, high)
    words = purposes.from_customer(draw, day, kopecks, habit)
    number = str(draw.randrange(1, 9000))
    return Entry(day, draw.moment(day), True, kopecks, ORDER, words, party, number)


def supplier(draw: Draw, day: date, low: int = 4000, high: int = 120000) -> Entry:
    """Return an outgoing payment to a regular supplier."""
    habit = draw.randrange(len(people.SUPPLIERS))
    kopecks = draw.kopecks(low, high)
    words = purposes.to_supplier(draw, day, kopecks, habit)
    party = people.SUPPLIERS[habit]
    return Entry(day, draw.moment(day), False, kopecks, ORDER, words, party)


def regular(draw: Draw, day: date, party: Party, kopecks: int, words: str) -> Entry:
    """Return an outgoing payment order with the given purpose."""
    return Entry(day, draw.moment(day, 10, 17), False, kopecks, ORDER, words, party)


def card(draw: Draw, day: date, pan: str = PANS[0]) -> Entry:
    """Return a card write-off, one to three days after the purchase."""
    owner, street, city, town = draw.choice(SHOPS)
    bought = draw.moment(day - timedelta(days=draw.randrange(1, 4)), 8, 22)
    kopecks = draw.kopecks(150, 9000)
    hundredths, currency = kopecks, "RUB"
    if draw.chance(0.06):
        owner, street, city, town = "ARARAT HANUT", "ABOVYAN 9", "Erevan", "Yerevan"
        hundredths, currency = kopecks * 47 // 10, "AMD"
    total = f"{purposes.money(hundredths, '.')} {currency}"
    if hundredths % 100 == 0:
        total = f"{hundredths // 100} {currency}"
    when = bought.strftime("%d/%m/%Y %H:%M")
    words = purposes.purchase(owner, street, city, when, total, pan)
    paid = Card(pan, bought, town, street, owner, hundredths, currency)
    moment = draw.moment(day, 3, 8)
    number = str(draw.randrange(100000, 999999))
    return Entry(
        day, moment, False, kopecks, BANK_ORDER, words, people.THE_BANK, number,
        card=paid,
    )  # fmt: skip


def _bank_order(draw: Draw, day: date, credit: bool, kopecks: int, words: str) -> Entry:
    number = str(draw.randrange(100000, 999999))
    moment = draw.moment(day, 7, 21)
    party = people.THE_BANK
    return Entry(day, moment, credit, kopecks, BANK_ORDER, words, party, number)


def acquiring(draw: Draw, day: date, sold: date, low: int, high: int) -> Entry:
    """Return the bank's settlement for card sales, its fee already taken."""
    gross = draw.kopecks(low, high)
    fee = (gross * 19 + 500) // 1000
    words = purposes.acquiring(sold, gross, fee)
    return _bank_order(draw, day, True, gross - fee, words)


def sbp_in(draw: Draw, day: date, low: int = 300, high: int = 15000) -> Entry:
    """Return fast payments of buyers, several in one line."""
    words = purposes.sbp_income(draw, day)
    return _bank_order(draw, day, True, draw.kopecks(low, high), words)


def sbp_out(draw: Draw, day: date) -> Entry:
    """Return a fast payment to a person, whom only the purpose names."""
    words = purposes.sbp_outcome(draw)
    return _bank_order(draw, day, False, draw.kopecks(500, 12000), words)


def commission(draw: Draw, day: date, kopecks: int, words: str) -> Entry:
    """Return the bank's own fee."""
    party = people.BANK_INCOME
    number = str(draw.randrange(100000, 999999))
    moment = draw.moment(day, 8, 20)
    kind = MEMORIAL if draw.chance(0.15) else BANK_ORDER
    return Entry(day, moment, False, kopecks, kind, words, party, number)


def single_tax(draw: Draw, day: date, kopecks: int) -> Entry:
    """Return the single tax payment: all its tax fields are zeros or empty."""
    tax = {
        "originatorStatus": "01", "kbk": KBK_SINGLE, "oktmo": "0", "base": "0",
        "documentNumber": "0", "documentDate": 0, "type": "", "field107": "0",
    }  # fmt: skip
    words = "Единый налоговый платеж"
    moment = draw.moment(day, 10, 16)
    party = people.TAX_OFFICE
    return Entry(day, moment, False, kopecks, ORDER, words, party, tax=tax)


def injury_fee(draw: Draw, day: date, kopecks: int) -> Entry:
    """Return an accident insurance fee: its tax fields are filled, one with a date."""
    tax = {
        "originatorStatus": "01", "kbk": KBK_INJURY, "oktmo": "45000000", "base": "0",
        "documentNumber": "0", "documentDate": day.replace(day=1).isoformat(),
        "type": "0", "field107": f"МС.{day.month:02d}.{day.year}",
    }  # fmt: skip
    words = (
        "Страховые взносы на обязательное социальное страхование от несчастных "
        f"случаев за {purposes.month_before(day)}, рег. № 1027700001"
    )
    moment = draw.moment(day, 10, 16)
    party = people.SOCIAL_FUND
    return Entry(day, moment, False, kopecks, ORDER, words, party, tax=tax)


def penalty(draw: Draw, day: date) -> Entry:
    """Return a collection order of the tax office."""
    tax = {
        "originatorStatus": "01", "kbk": KBK_SINGLE, "oktmo": "45000000", "base": "ТР",
        "documentNumber": str(draw.randrange(1000, 9999)),
        "documentDate": (day - timedelta(days=9)).isoformat(),
        "type": "0", "field107": "0",
    }  # fmt: skip
    words = f"Взыскание по решению № {draw.randrange(100, 999)} (ст. 46 НК РФ)"
    moment = draw.moment(day, 11, 15)
    kopecks = draw.kopecks(300, 4000)
    party = people.TAX_OFFICE
    return Entry(day, moment, False, kopecks, COLLECTION, words, party, tax=tax)


def power_bill(draw: Draw, day: date) -> Entry:
    """Return a payment demand of the power company, accepted beforehand."""
    words = (
        f"Оплата электроэнергии по договору № 90-417/Э за {purposes.month_before(day)}"
    )
    moment = draw.moment(day, 11, 16)
    kopecks = draw.kopecks(14000, 29000)
    return Entry(day, moment, False, kopecks, DEMAND, words, people.POWER)


def salary(day: date, party: Party, order: int, kopecks: int, words: str) -> Entry:
    """Return wages of one employee, 40 seconds after the employee before."""
    moment = at(day, 11 * 3600 + 40 * order)
    return Entry(day, moment, False, kopecks, ORDER, words, party)


def refund(draw: Draw, day: date, credit: bool) -> Entry:
    """Return money that comes back: from a supplier, or to a customer."""
    party = draw.choice(people.SUPPLIERS if credit else people.CUSTOMERS)
    number = str(draw.randrange(1, 900))
    words = (
        f"Возврат излишне перечисленных средств по п/п № {number}. НДС не облагается"
        if credit
        else f"Возврат аванса по счету № {number} согласно письму б/н. Без НДС"
    )
    kopecks = draw.kopecks(900, 25000)
    return Entry(day, draw.moment(day), credit, kopecks, ORDER, words, party, number)
