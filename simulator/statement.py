"""One statement: its head, rows and balances, and the faults that change them."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from .changes import OF_ONE_ROW, fee_of, pick
from .clock import utc_text
from .entry import Entry, number_of, transaction
from .faults import Fault
from .ledger import Changes, Ledger
from .odd import bend
from .people import EPOCH

_DAY = "documentProcessDate"


@dataclass
class Statement:
    """An order for a statement of the rows that show at its creation."""

    account_id: str
    start: date
    end: date
    created: datetime
    client_id: str
    statement_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)
    stuck: str = ""


def head(statement: Statement, status: str) -> dict:
    """Return the fields that every answer about a statement begins with."""
    return {
        "accountId": statement.account_id,
        "statementId": statement.statement_id,
        "status": status,
        "startDateTime": statement.start.isoformat(),
        "endDateTime": statement.end.isoformat(),
        "creationDateTime": utc_text(statement.created),
    }


def body(ledger: Ledger, statement: Statement, struck: list[Fault]) -> dict:
    """Return balances and rows of a ready statement.

    :param struck: faults that change it, in the order they were asked for
    """
    by_name = {fault.name: fault for fault in struck}
    shown_at = counted_at = statement.created
    account = statement.account_id
    if late := by_name.get("late_rows"):
        shown_at -= timedelta(hours=float(late.params["hours"]))
        if late.params["balances"] == "shown":
            counted_at = shown_at
    changes: Changes = {}
    for fault in struck:
        changes.update(_changes(ledger, statement, shown_at, fault))
    entries = ledger.entries(account, statement.start, statement.end, shown_at, changes)
    rows = [transaction(entry) for entry in entries]
    if "pending_row" in by_name:
        rows.extend(_pending(ledger, statement))
    # What is odd is no row any more: the other faults would not know it.
    for fault in sorted(struck, key=lambda one: one.name.startswith("odd_")):
        rows = _bent(rows, fault, ledger, statement)
    made = {}
    if "no_balances" not in by_name:
        after = statement.end + timedelta(days=1)
        opening = ledger.before(account, statement.start, counted_at, changes)
        closing = ledger.before(account, after, counted_at, changes)
        made["startDateBalance"] = number_of(opening)
        made["endDateBalance"] = number_of(closing)
    if rows:
        made["Transaction"] = rows
    return made


def _bent(
    rows: list[dict], fault: Fault, ledger: Ledger, statement: Statement
) -> list[dict]:
    params = fault.params
    if fault.name in _ROWS_BENT:
        return _ROWS_BENT[fault.name](rows, params)
    if fault.name == "rows_cut_at_100":
        several = statement.end > statement.start
        if several or not params["multi_day_only"]:
            return rows[: int(params["limit"])]
    elif fault.name == "row_twice" and params["counted"] != 2:
        return _with_repeated(rows, ledger, statement, fault)
    elif fault.name == "row_back_to_pending":
        return _with_pending_again(rows, ledger, statement, fault)
    return rows


def _without_ids(rows: list[dict], params: dict) -> list[dict]:
    lost = _ids_of(params)
    return [{k: v for k, v in row.items() if k not in lost} for row in rows]


def _with_dummy_ids(rows: list[dict], params: dict) -> list[dict]:
    dummy = dict.fromkeys(_ids_of(params), str(params["id"]))
    return [{**row, **dummy} for row in rows]


def _without_dates(rows: list[dict], params: dict) -> list[dict]:
    every = max(1, int(params["every"]))
    return [
        {k: v for k, v in row.items() if place % every or k != _DAY}
        for place, row in enumerate(rows)
    ]


def _ids_of(params: dict) -> tuple[str, ...]:
    both = ("transactionId", "paymentId")
    return both if params["ids"] == "both" else (params["ids"],)


def _with_repeated(
    rows: list[dict], ledger: Ledger, statement: Statement, fault: Fault
) -> list[dict]:
    """Return the rows with one of them told twice; no balance counts it twice."""
    found = _chosen(ledger, statement, statement.created, fault)
    wanted = found and found.transaction_id
    return [
        told
        for row in rows
        for told in ([row, row] if row.get("transactionId") == wanted else [row])
    ]


def _with_pending_again(
    rows: list[dict], ledger: Ledger, statement: Statement, fault: Fault
) -> list[dict]:
    """Return the rows and the one that is not booked any more."""
    found = _chosen(ledger, statement, statement.created, fault)
    if found is None or not statement.start <= found.day <= statement.end:
        return rows
    return [*rows, {**transaction(found), "status": "Pending"}]


def _reissued(row: dict, prefix: str) -> dict:
    """Return a row with the id another core system would have given it."""
    digits = int(row["transactionId"].split(";")[1]) * 7919 % 10**13
    return {**row, "transactionId": f"{prefix};{digits};1"}


def _pending(ledger: Ledger, statement: Statement) -> list[dict]:
    """Return the next movement as a pending row; no balance counts it."""
    entry = ledger.coming(statement.account_id, statement.created)
    if entry is None:
        return []
    day = min(entry.day, statement.end)
    return [{**transaction(replace(entry, day=day)), "status": "Pending"}]


def _changes(
    ledger: Ledger, statement: Statement, now: datetime, fault: Fault
) -> Changes:
    """Return the change a fault makes to one row; balances follow it."""
    if fault.name == "row_twice" and fault.params["counted"] == 2:
        found = _chosen(ledger, statement, now, fault)
        return {f"{found.transaction_id} again": (None, found)} if found else {}
    if fault.name == "same_id_two_rows":
        found = _chosen(ledger, statement, now, fault)
        fee = found and fee_of(found, fault.params["first"])
        return {f"fee of {fee.transaction_id}": (None, fee)} if fee else {}
    if fault.name not in OF_ONE_ROW:
        return {}
    found = _chosen(ledger, statement, now, fault)
    if found is None:
        return {}
    new = OF_ONE_ROW[fault.name](found, fault.params, now.date())
    return {found.transaction_id: (found, new)}


def _chosen(
    ledger: Ledger, statement: Statement, now: datetime, fault: Fault
) -> Entry | None:
    """Return the row a fault is about.

    The row is chosen by its transactionId or paymentId, or by its place in the
    statement; by default it is the first outgoing payment order (else the first
    row). It stays the same row in the statements that follow.
    """
    chosen, first, last = fault.params["row"], statement.start, statement.end
    # A row chosen by its id may move, and changes the balances of later periods.
    if isinstance(chosen, str):
        first, last = EPOCH, now.date()
    found = pick(ledger.entries(statement.account_id, first, last, now), chosen)
    if found is not None:
        fault.params["row"] = found.transaction_id
    return found


# Faults that need the rows and their own parameters only.
_ROWS_BENT = {
    "reissued_ids": lambda rows, params: [
        _reissued(row, str(params["prefix"])) for row in rows
    ],
    "missing_ids": _without_ids,
    "dummy_ids": _with_dummy_ids,
    "missing_dates": _without_dates,
    "odd_field": bend,
    "odd_row": lambda rows, params: [*rows, params["value"]],
}
