"""Repeatable chance: the same seed, account and day give the same numbers."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from .clock import MOSCOW


class Draw(random.Random):
    """Random numbers of one account on one day."""

    def kopecks(self, low: int, high: int) -> int:
        """Return kopecks between two sums in roubles, often a round amount."""
        shape = self.random()
        if shape < 0.3:
            return self.randrange(low, high + 1) // 50 * 5000 or low * 100
        if shape < 0.5:
            return self.randrange(low, high + 1) * 100
        return self.randrange(low * 100, high * 100 + 1)

    def moment(self, day: date, first: int = 9, last: int = 19) -> datetime:
        """Return a moment of a day between two hours of Moscow's time."""
        second = self.randrange(first * 3600, last * 3600)
        return at(day, second)

    def chance(self, share: float) -> bool:
        """Return True with this probability (0–1)."""
        return self.random() < share


def at(day: date, seconds: int) -> datetime:
    """Return the moment this many seconds after midnight in Moscow."""
    return datetime.combine(day, time(), MOSCOW) + timedelta(seconds=seconds)


def lot(*parts: object) -> Draw:
    """Return the random numbers that belong to these parts."""
    return Draw("|".join(map(str, parts)))


def is_business(day: date) -> bool:
    """Return whether a day is neither of a weekend nor of the New Year holidays."""
    return day.weekday() < 5 and not (day.month == 1 and day.day <= 8)


def is_due(day: date, number: int) -> bool:
    """Return whether something due on a day of the month falls on this day.

    What is due on a day off is done on the next working day.
    """
    if not is_business(day):
        return False
    wanted = day.replace(day=number)
    if wanted > day:
        wanted = (day.replace(day=1) - timedelta(days=1)).replace(day=number)
    while not is_business(wanted):
        wanted += timedelta(days=1)
    return wanted == day


def next_business(day: date) -> date:
    """Return the working day after this one."""
    day += timedelta(days=1)
    while not is_business(day):
        day += timedelta(days=1)
    return day
