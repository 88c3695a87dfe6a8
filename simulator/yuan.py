"""The account in yuan: the rate of the day, suppliers abroad, fees."""

from __future__ import annotations

import math
from datetime import date, timedelta

from . import activities as do
from . import people
from .draw import Draw, is_business
from .entry import BANK_ORDER, ORDER, Entry


def rate(day: date) -> int:
    """Return the central bank's rate: ten-thousandths of a rouble for one yuan.

    Days off have the rate of the last working day.
    """
    while not is_business(day):
        day -= timedelta(days=1)
    ordinal = day.toordinal()
    return 113500 + round(6500 * math.sin(ordinal / 23)) + ordinal * 7919 % 900


def in_roubles(hundredths: int, ten_thousandths: int) -> int:
    """Return kopecks for hundredths of a yuan."""
    return (hundredths * ten_thousandths + 5000) // 10000


def yuan(draw: Draw, day: date, balance: int) -> list[Entry]:
    """Return a few movements a week, paying no more than the balance."""
    if not is_business(day):
        return []
    made = []
    if draw.chance(0.12):
        made.append(_from_abroad(draw, day))
    if balance > 3000000 and draw.chance(0.4):
        paid = _abroad(draw, day, balance)
        made.append(paid)
        words = f"Комиссия за перевод в иностранной валюте по поручению от {day:%d.%m}"
        made.append(do.commission(draw, day, max(5000, paid.kopecks // 500), words))
    return made


def _abroad(draw: Draw, day: date, balance: int) -> Entry:
    party = draw.choice(people.CHINESE)
    kopecks = min(draw.kopecks(3000, 25000), balance * 4 // 5)
    words = (
        f"/INV/ QH-{draw.randrange(1000, 9999)} DD {day - timedelta(days=6):%d.%m.%Y} "
        "FOR WOODWORKING TOOLS\nCONTRACT 08/25-QH"
    )
    moment = draw.moment(day, 10, 16)
    return Entry(day, moment, False, kopecks, ORDER, words, party)


def _from_abroad(draw: Draw, day: date) -> Entry:
    party = people.CHINESE[1]
    words = f"REFUND FOR GOODS NOT SHIPPED, PI {draw.randrange(100, 999)}"
    number = str(draw.randrange(100, 9999))
    moment = draw.moment(day, 10, 18)
    kopecks = draw.kopecks(800, 6000)
    return Entry(day, moment, True, kopecks, BANK_ORDER, words, party, number)
