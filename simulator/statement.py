"""One statement: its head, rows and balances, and the faults that change them."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from .clock import utc_text
from .entry import ORDER, Entry, number_of, transaction
from .faults import Fault
from .ledger import Changes, Ledger
from .odd import bend
from .people import EPOCH


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
    if late := by_name.get("late_rows"):
        shown_at -= timedelta(hours=float(late.params["hours"]))
        if late.params["balances"] == "shown":
            counted_at = shown_at
    changes: Changes = {}
    for fault in struck:
        if fault.name == "changed_row":
            changes.update(_changed(ledger, statement, shown_at, fault))
    entries = ledger.entries(
        statement.account_id, statement.start, statement.end, shown_at, changes
    )
    rows = [transaction(entry) for entry in entries]
    if "pending_row" in by_name:
        rows.extend(_pending(ledger, statement))
    for fault in struck:
        rows = _bent(rows, fault, statement)
    made = {}
    if "no_balances" not in by_name:
        after = statement.end + timedelta(days=1)
        account = statement.account_id
        opening = ledger.before(account, statement.start, counted_at, changes)
        closing = ledger.before(account, after, counted_at, changes)
        made["startDateBalance"] = number_of(opening)
        made["endDateBalance"] = number_of(closing)
    if rows:
        made["Transaction"] = rows
    return made


def _bent(rows: list[dict], fault: Fault, statement: Statement) -> list[dict]:
    params = fault.params
    if fault.name == "rows_cut_at_100":
        several = statement.end > statement.start
        if several or not params["multi_day_only"]:
            return rows[: int(params["limit"])]
    elif fault.name == "reissued_ids":
        return [_reissued(row, str(params["prefix"])) for row in rows]
    elif fault.name == "missing_ids":
        both = ("transactionId", "paymentId")
        lost = both if params["ids"] == "both" else (params["ids"],)
        return [{k: v for k, v in row.items() if k not in lost} for row in rows]
    elif fault.name == "odd_field":
        return bend(rows, params)
    elif fault.name == "odd_row":
        return [*rows, params["value"]]
    return rows


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


def _changed(
    ledger: Ledger, statement: Statement, now: datetime, fault: Fault
) -> Changes:
    """Return the change a fault makes to one row.

    The row is chosen by its transactionId or paymentId, or by its place in the
    statement; by default it is the first outgoing payment order (else the first
    row). It stays the same row in the statements that follow.
    """
    chosen = fault.params["row"]
    account = statement.account_id
    # A row chosen by its id also changes the balances of later periods.
    first = EPOCH if isinstance(chosen, str) else statement.start
    entries = ledger.entries(account, first, statement.end, now)
    found = pick(entries, chosen)
    if found is None:
        return {}
    if chosen is None or isinstance(chosen, int):
        fault.params["row"] = found.transaction_id
    return {found.transaction_id: (found, altered(found, fault.params))}


def pick(entries: list[Entry], chosen: str | int | None) -> Entry | None:
    """Return a row by an id or a place; None chooses an outgoing payment order."""
    if not entries:
        return None
    if isinstance(chosen, int):
        return entries[chosen] if -len(entries) <= chosen < len(entries) else None
    if chosen is not None:
        ids = [e for e in entries if chosen in (e.transaction_id, e.payment_id)]
        return ids[0] if ids else None
    orders = [e for e in entries if e.kind == ORDER and not e.credit]
    return (orders or entries)[0]


def altered(entry: Entry, params: dict) -> Entry:
    """Return a movement with another type code, purpose or amount (roubles)."""
    changed = entry
    if params.get("type") is not None:
        changed = replace(changed, kind=str(params["type"]))
    if params.get("description") is not None:
        changed = replace(changed, purpose=str(params["description"]))
    if params.get("amount") is not None:
        kopecks = int(Decimal(str(params["amount"])) * 100)
        national = entry.national * kopecks // entry.kopecks
        changed = replace(changed, kopecks=kopecks, national=national)
    return changed
