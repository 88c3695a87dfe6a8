"""What becomes of one movement when the bank corrects it, moves it or adds a fee."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from .entry import BANK_ORDER, ORDER, Entry
from .people import BANK_INCOME


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


def moved(entry: Entry, day: date, new_ids: bool = False) -> Entry:
    """Return a movement on another day; it shows since the moment it did before."""
    ids = {}
    if new_ids:
        mark = entry.transaction_id.replace("cbs-tb", "cbs-mv")
        ids = {"transaction_id": mark, "payment_id": f"mv-{entry.payment_id}"}
    return replace(
        entry,
        day=day,
        moment=entry.moment + (day - entry.day),
        shown_at=entry.visible_from,
        **ids,
    )


def fee_of(entry: Entry, first: str) -> Entry:
    """Return the bank's fee for a movement, under the same ids, before or after it."""
    words = f"Комиссия за операцию {entry.number}".rstrip()
    aside = timedelta(seconds=1 if first == "payment" else -1)
    return replace(
        entry,
        moment=entry.moment + aside,
        shown_at=entry.visible_from,
        credit=False,
        kopecks=1500,
        national=1500 if entry.currency == "RUB" else 15000,
        kind=BANK_ORDER,
        purpose=words,
        party=BANK_INCOME,
        tax=None,
        card=None,
    )


# By the name of a fault: (movement, parameters, today) → what it becomes, or None.
OF_ONE_ROW = {
    "changed_row": lambda entry, params, today: altered(entry, params),
    "row_removed": lambda entry, params, today: None,
    "row_back_to_pending": lambda entry, params, today: None,
    "row_backdated": lambda entry, params, today: moved(
        entry, min(entry.day - timedelta(days=params["days"]), today)
    ),
    "row_moved": lambda entry, params, today: moved(
        entry, min(entry.day + timedelta(days=params["days"]), today), params["new_ids"]
    ),
}
