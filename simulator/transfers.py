"""Transfers between the accounts of the two organisations: both rows of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from . import people
from .draw import Draw, at, is_business, is_due, lot, next_business
from .people import Account
from .profiles import OVERDRAFT_DAY
from .purposes import money
from .yuan import rate


@dataclass(frozen=True)
class Transfer:
    """A transfer: what leaves one account and what reaches the other, and when."""

    source: Account
    target: Account
    left: datetime
    reached: datetime
    out: int
    into: int
    words: str

    @property
    def day_reached(self) -> date:
        """Return the day of the target's row: sometimes a working day later."""
        return self.reached.date()


def started(seed: int, day: date, balances: dict[str, int]) -> list[Transfer]:
    """Return the transfers that start on a day.

    :param balances: kopecks each account held that morning, by account id
    """
    draw = lot(seed, "transfers", day)
    made = []
    if day.weekday() == 1 and is_business(day):
        if balances[people.MAIN.account_id] > 80000000:
            made.append(_conversion(draw, day))
    made += _between_organisations(draw, day, balances)
    made += _of_the_trader(draw, day, balances)
    return made


def _plain(
    draw: Draw, source: Account, target: Account, day: date, sum_: int, words: str,
    reached: date | None = None,
) -> Transfer:  # fmt: skip
    left = draw.moment(day, 12, 17)
    arrival = left + timedelta(seconds=draw.randrange(2, 90))
    if reached:
        arrival = at(reached, draw.randrange(9 * 3600, 10 * 3600))
    return Transfer(source, target, left, arrival, sum_, sum_, words)


def _conversion(draw: Draw, day: date) -> Transfer:
    yuan = draw.randrange(150, 420) * 10000
    deal = rate(day) * 1004 // 1000
    roubles = (yuan * deal + 5000) // 10000
    words = (
        f"Покупка иностранной валюты {money(yuan, '.')} CNY по курсу "
        f"{deal / 10000:.4f} по заявке № {draw.randrange(100, 999)}. Без НДС"
    )
    left = draw.moment(day, 10, 16)
    reached = left + timedelta(seconds=draw.randrange(60, 900))
    return Transfer(people.MAIN, people.YUAN, left, reached, roubles, yuan, words)


def _between_organisations(
    draw: Draw, day: date, balances: dict[str, int]
) -> list[Transfer]:
    if day == OVERDRAFT_DAY + timedelta(days=1):
        words = "Аванс по договору № 3-У от 15.09.2025 за ремонт мебели. Без НДС"
        return [_plain(draw, people.MAIN, people.SOLE, day, 18000000, words)]
    made = []
    if is_due(day, 12):
        words = f"Оплата по договору № 3-У от 15.09.2025, акт {day:%m/%Y}. Без НДС"
        later = next_business(day) if day.month % 2 else None
        sum_ = draw.randrange(80, 140) * 100000
        made.append(_plain(draw, people.MAIN, people.SOLE, day, sum_, words, later))
    if is_due(day, 20) and balances[people.SOLE.account_id] > 15000000:
        words = "Предоставление займа по договору № 9 от 20.10.2025. НДС не облагается"
        made.append(_plain(draw, people.SOLE, people.MAIN, day, 5000000, words))
    return made


def _of_the_trader(draw: Draw, day: date, balances: dict[str, int]) -> list[Transfer]:
    words = "Перевод личных средств между своими счетами. НДС не облагается"
    if day == people.EPOCH + timedelta(days=1):
        return [_plain(draw, people.SOLE, people.CLOSED, day, 6000000, words)]
    held = balances[people.CLOSED.account_id]
    if day == people.CLOSING_DAY - timedelta(days=1) and held > 0:
        words = "Перевод личных средств: остаток в связи с закрытием счета. Без НДС"
        return [_plain(draw, people.CLOSED, people.SOLE, day, held, words)]
    if is_due(day, 21) and held > 4000000 and day < people.CLOSING_DAY:
        later = next_business(day)
        return [_plain(draw, people.CLOSED, people.SOLE, day, 1500000, words, later)]
    return []
