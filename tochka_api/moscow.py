"""The bank's calendar: its day begins at midnight in Moscow (docs/bank_api.md §3.5)."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta, timezone

# No daylight saving since 2014, so a fixed offset needs no time zone database.
MOSCOW = timezone(timedelta(hours=3), "MSK")


def today(now: datetime | None = None) -> date:
    """Return the bank's date at ``now`` (an aware instant; default: this moment).

    :raise ValueError: If ``now`` is naive, since its day would be a guess.
    """
    if now is None:
        now = datetime.now(timezone.utc)
    if now.utcoffset() is None:
        raise ValueError("today() needs an aware datetime")
    return now.astimezone(MOSCOW).date()


def month_windows(date_from: date, date_to: date) -> list[tuple[date, date]]:
    """Split a period into the parts that lie in one calendar month each.

    Both ends are inclusive; the parts are disjoint, in order, and cover the period.

    :raise ValueError: If the period ends before it begins.
    """
    if date_from > date_to:
        raise ValueError("the period ends before it begins")
    windows, start = [], date_from
    while True:
        last_day = calendar.monthrange(start.year, start.month)[1]
        end = min(start.replace(day=last_day), date_to)
        windows.append((start, end))
        if end == date_to:
            return windows
        start = end + timedelta(days=1)
