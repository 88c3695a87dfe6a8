"""The movements of one day on each account, given its balance that morning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from . import activities as do
from . import people, purposes, yuan
from .draw import Draw, at, is_business, is_due
from .entry import ORDER, Entry

OVERDRAFT_DAY = date(2026, 5, 14)
OVERDRAFT = 2604237
BROKER = people.passer_by(41238)


def _contribution(day: date, kopecks: int) -> Entry:
    words = "Взнос собственных средств при открытии счета. НДС не облагается"
    party = people.TRADER_HERSELF
    moment = at(day, 9 * 3600 + 900)
    return Entry(day, moment, True, kopecks, ORDER, words, party, "1")


def _twins(draw: Draw, entries: list[Entry]) -> None:
    """Repeat an incoming payment: same day, sum, words and number, another id."""
    for entry in entries:
        if entry.credit and entry.kind == ORDER:
            later = entry.moment + timedelta(seconds=draw.randrange(20, 600))
            entries.append(replace(entry, moment=later))
            return


def _office(draw: Draw, day: date) -> list[Entry]:
    """Return the company's monthly payments."""
    made = []
    if is_due(day, 1):
        words = (
            f"Комиссия за обслуживание счета по тарифу за {purposes.month_before(day)}"
        )
        made.append(do.commission(draw, day, 249000, words))
        made.append(do.power_bill(draw, day))
    if is_due(day, 5):
        rent = f"Арендная плата по договору № 12/А за {day:%m.%Y}. НДС не облагается"
        made.append(do.regular(draw, day, people.LANDLORD, 18500000, rent))
    if is_due(day, 8):
        words = f"Услуги связи, л/с 90041720, за {purposes.month_before(day)}"
        made.append(do.regular(draw, day, people.TELECOM, 640012, words))
        words = "Лицензия на программу по счету № ОБ-2217. НДС не облагается"
        made.append(do.regular(draw, day, people.SOFTWARE, 399000, words))
    for due, share in ((10, "за вторую половину месяца"), (25, "аванс")):
        if is_due(day, due):
            made.extend(_wages(draw, day, share))
    if is_due(day, 15):
        made.append(do.injury_fee(draw, day, draw.kopecks(600, 900)))
    if is_due(day, 28):
        made.append(do.single_tax(draw, day, draw.randrange(190000, 330000) * 100))
    if is_due(day, 18) and day.month % 3 == 0:
        words = "Страховая премия по договору № ИМ-77/0418. НДС не облагается"
        made.append(do.regular(draw, day, people.INSURER, 4120000, words))
    if is_due(day, 22) and day.month in (2, 8):
        made.append(do.penalty(draw, day))
    return made


def _wages(draw: Draw, day: date, share: str) -> list[Entry]:
    words = f"Заработная плата {share} {day:%m.%Y}. //ВЗС//0-00// НДС не облагается"
    return [
        do.salary(day, who, order, draw.randrange(38000, 61000) * 100, words)
        for order, who in enumerate(people.EMPLOYEES)
    ]


def busy(draw: Draw, day: date, balance: int) -> list[Entry]:
    """Return movements of the main account: five to nine on a working day."""
    if not is_business(day):
        return [do.card(draw, day) for _ in range(draw.choice((0, 1, 1, 2)))]
    sold = day - timedelta(days=3 if day.weekday() == 0 else 1)
    made = [do.acquiring(draw, day, sold, 20000, 60000)]
    made += [do.customer(draw, day) for _ in range(draw.choice((1, 1, 2, 2, 3)))]
    made += [do.supplier(draw, day) for _ in range(draw.choice((1, 1, 2)))]
    made += [do.card(draw, day) for _ in range(draw.choice((1, 1, 2)))]
    if draw.chance(0.45):
        made.append(do.sbp_in(draw, day))
    if draw.chance(0.2):
        made.append(do.sbp_out(draw, day))
    if draw.chance(0.25):
        words = "Комиссия за перевод через СБП согласно тарифам банка"
        made.append(do.commission(draw, day, draw.kopecks(15, 90), words))
    if draw.chance(0.1):
        made.append(do.refund(draw, day, draw.chance(0.5)))
    if draw.chance(0.1):
        _twins(draw, made)
    made += _office(draw, day)
    if day == people.EPOCH:
        made.append(_contribution(day, 200000000))
    if balance > 450000000:
        words = "Перечисление средств по договору займа № 4-З от 02.09.2025. Без НДС"
        made.append(do.regular(draw, day, BROKER, balance // 2 // 10**7 * 10**7, words))
    elif day > people.EPOCH and balance < 45000000:
        words = "Возврат по договору займа № 4-З от 02.09.2025. Без НДС"
        back = do.regular(draw, day, BROKER, 150000000, words)
        made.append(replace(back, credit=True, number="77"))
    return made


def sole(draw: Draw, day: date, balance: int) -> list[Entry]:
    """Return movements of the sole trader's account: about two a day, one overdraft."""
    if day == OVERDRAFT_DAY:
        words = "Оплата по счету № СТ-118 за станок кромочный б/у. НДС не облагается"
        kopecks = balance + OVERDRAFT
        return [do.regular(draw, day, people.SUPPLIERS[4], kopecks, words)]
    made = []
    if day == people.EPOCH:
        made.append(_contribution(day, 30000000))
    made += [do.card(draw, day, do.PANS[1]) for _ in range(draw.choice((0, 0, 1)))]
    if draw.chance(0.55):
        made.append(do.sbp_in(draw, day, 500, 9000))
    if not is_business(day):
        return made
    made += [do.customer(draw, day, 2000, 40000) for _ in range(draw.choice((0, 1)))]
    if draw.chance(0.5):
        made.append(do.acquiring(draw, day, day - timedelta(days=1), 3000, 12000))
    if balance > 12000000 and draw.chance(0.4):
        made.append(do.supplier(draw, day, 1500, 20000))
    if is_due(day, 3):
        words = "Комиссия за обслуживание счета согласно тарифу. НДС не облагается"
        made.append(do.commission(draw, day, 70000, words))
    if is_due(day, 28) and day.month % 3 == 1:
        made.append(do.single_tax(draw, day, 2850000))
    if balance > 45000000:
        words = "Перевод личных средств на свой счет. НДС не облагается"
        kopecks = (balance - 15000000) // 100000 * 100000
        made.append(do.regular(draw, day, people.TRADER_HERSELF, kopecks, words))
    return made


def closing(draw: Draw, day: date, balance: int) -> list[Entry]:
    """Return movements of the trader's second account, which is closed in spring."""
    if day >= people.CLOSING_DAY - timedelta(days=1) or not is_business(day):
        return []
    if draw.chance(0.25):
        return [do.customer(draw, day, 1000, 9000)]
    if balance > 1500000 and draw.chance(0.15):
        return [do.supplier(draw, day, 500, 9000)]
    return []


def quiet(draw: Draw, day: date, balance: int) -> list[Entry]:
    """Return movements of one of many accounts: one on some working days."""
    if day == people.EPOCH:
        return [_contribution(day, 50000000)]
    if not is_business(day) or draw.chance(0.5):
        return []
    if balance > 20000000 and draw.chance(0.5):
        return [do.supplier(draw, day, 1000, 30000)]
    return [do.customer(draw, day, 1000, 30000)]


PROFILES: dict[str, Callable[[Draw, date, int], list[Entry]]] = {
    "busy": busy,
    "yuan": yuan.yuan,
    "sole": sole,
    "closing": closing,
    "quiet": quiet,
}
