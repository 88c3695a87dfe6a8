"""The scenarios of `dev/bench loss`: ten days of hourly loading, each with a fault.

Hours count from the first midnight (Moscow) of the ten days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

MOSCOW = timezone(timedelta(hours=3))
START = datetime(2026, 3, 2, tzinfo=MOSCOW)
DAYS = 10
HOURS = 24 * DAYS
FAULT_AT = 24 * 3 + 10
# The day with many payments, and the hours in which its statements are cut.
BULK_DAY = 4
CUT_FROM, CUT_UNTIL = 24 * 3, 24 * 7


@dataclass(frozen=True)
class Scenario:
    """Ten days of one account.

    `fault` is switched on from hour `since` until hour `until` (None: to the end).
    In the hours `deaf` Odoo is down and does not load. `daily` payments are made on
    each day, `bulk` more on one day. `longer` hours follow the ten days. `open_days`
    can never be proven, because the bank never sends their whole statement.
    """

    name: str
    fault: dict = field(default_factory=dict)
    since: int = 0
    until: int | None = None
    deaf: range = range(0)
    bulk: int = 0
    daily: int = 7
    longer: int = 1
    open_days: tuple[int, ...] = ()


# Rows that leave, come twice, move or lack what names them, for two days.
_OF_ROWS = (
    {"name": "row_removed", "row": -1},
    {"name": "row_back_to_pending", "row": 0},
    {"name": "row_twice", "row": 3, "counted": 1},
    {"name": "row_twice", "row": 3, "counted": 2},
    {"name": "same_id_two_rows", "first": "payment"},
    {"name": "same_id_two_rows", "first": "fee"},
    {"name": "dummy_ids", "id": "-1"},
    {"name": "dummy_ids", "id": "0", "ids": "transactionId"},
    {"name": "row_backdated", "days": 60},
    {"name": "row_backdated", "days": 2},
    {"name": "row_moved", "days": 1, "new_ids": False},
    {"name": "row_moved", "days": -2, "new_ids": True},
    {"name": "row_moved", "days": -40, "new_ids": False},
    {"name": "missing_dates"},
    {"name": "missing_dates", "every": 2},
    {"name": "longer_period", "days": 30},
    {"name": "made_early", "hours": 12},
)


def scenarios() -> Iterator[Scenario]:
    """Yield every scenario."""
    for hours, name in (
        (2, "http_503"),
        (12, "reset"),
        (30, "http_503"),
        (72, "reset"),
    ):
        end = FAULT_AT + hours
        yield Scenario(f"bank down {hours} h", {"name": name}, FAULT_AT, end)
    for hours in (2, 12, 30, 72):
        deaf = range(FAULT_AT, FAULT_AT + hours)
        yield Scenario(f"Odoo down {hours} h", deaf=deaf)
    for balances in ("true", "shown"):
        for hours in (2, 6, 24, 48):
            fault = {"name": "late_rows", "hours": hours, "balances": balances}
            name = f"{hours} h late, balances {balances}"
            yield Scenario(name, fault, longer=hours + 2)
    for fault in _OF_ROWS:
        words = ", ".join(f"{key} {value}" for key, value in fault.items())
        end = FAULT_AT + 2 * 24
        yield Scenario(words.removeprefix("name "), fault, FAULT_AT, end)
    cut = {"name": "rows_cut_at_100"}
    yield Scenario("cut, several days", {**cut, "multi_day_only": True}, daily=25)
    for bulk in (150, 400):
        name = f"cut, {bulk} rows a day, healed"
        yield Scenario(name, cut, CUT_FROM, CUT_UNTIL, bulk=bulk)
    for bulk in (150, 400):
        name = f"cut, {bulk} rows a day, for ever"
        yield Scenario(name, cut, bulk=bulk, open_days=(BULK_DAY,))
