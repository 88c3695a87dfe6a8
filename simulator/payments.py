"""Add payments to the books for the control API, or correct one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from . import activities, people
from .bank import Bank
from .changes import altered, moved, pick
from .clock import MOSCOW, parse_moment
from .draw import at, lot
from .entry import ORDER, Entry, transaction
from .parties import Agent, Party
from .people import Account
from .yuan import in_roubles, rate


def account_of(bank: Bank, given: dict[str, Any]) -> Account:
    """Return the account control asks for, by its id, number or profile.

    :raise ValueError: there is no such account
    """
    wanted = str(given.get("account") or "")
    found = bank.ledger.account(wanted)
    for account in bank.ledger.accounts:
        if found is None and account.profile == wanted:
            found = account
    if found is None:
        raise ValueError(f"no account {wanted!r}")
    return found


def _kopecks(value: object) -> int:
    try:
        amount = Decimal(str(value)) * 100
    except InvalidOperation:
        raise ValueError("amount must be a number") from None
    if amount != int(amount) or amount <= 0:
        raise ValueError("amount must be positive, with no parts of a kopeck")
    return int(amount)


def _party(given: dict | None, credit: bool) -> Party:
    if not given:
        return (people.CUSTOMERS if credit else people.SUPPLIERS)[0]
    agent = None
    if given.get("bic"):
        agent = Agent(given["bic"], given.get("bank", ""), given.get("corr", ""))
    parts = [str(given.get(key, "")) for key in ("name", "inn", "kpp", "account")]
    return Party(*parts, agent)


def _moment(bank: Bank, day: date) -> datetime:
    """Return the moment of a payment: now for today, noon for another day."""
    now = bank.clock.now()
    return now if day == now.date() else at(day, 12 * 3600)


def _worth(account: Account, kopecks: int, day: date) -> int:
    return kopecks if account.currency == "RUB" else in_roubles(kopecks, rate(day))


def add(bank: Bank, given: dict[str, Any]) -> dict:
    """Add one payment.

    Takes ``account``, ``direction`` (credit, debit), ``amount``, ``description``,
    and if wanted ``date``, ``time`` (HH:MM), ``shown_at`` (a moment),
    ``counterparty`` {name, inn, kpp, account, bic, bank, corr}, ``number``,
    ``type``, ``times`` (how many equal ones to add).
    """
    account = account_of(bank, given)
    direction = str(given["direction"]).lower()
    if direction not in ("credit", "debit"):
        raise ValueError("direction: credit or debit")
    credit = direction == "credit"
    day = date.fromisoformat(given.get("date") or bank.clock.today().isoformat())
    moment = _moment(bank, day)
    if given.get("time"):
        moment = parse_moment(f"{day}T{given['time']}").astimezone(MOSCOW)
    kopecks = _kopecks(given["amount"])
    entry = Entry(
        day,
        moment,
        credit,
        kopecks,
        given.get("type") or ORDER,
        str(given["description"]),
        _party(given.get("counterparty"), credit),
        str(given.get("number") or ""),
        national=_worth(account, kopecks, day),
        account_id=account.account_id,
        currency=account.currency,
        shown_at=parse_moment(given["shown_at"]) if given.get("shown_at") else None,
    )
    made = [bank.ledger.add(entry) for _ in range(int(given.get("times") or 1))]
    bank.webhooks.paid(made)
    return {"transactions": [transaction(entry) for entry in made]}


def bulk(bank: Bank, given: dict[str, Any]) -> dict:
    """Add ``count`` generated payments to ``account`` on ``date``; no events."""
    account = account_of(bank, given)
    day = date.fromisoformat(given.get("date") or bank.clock.today().isoformat())
    count = int(given["count"])
    if not 0 < count <= 80000:
        raise ValueError("count: from 1 to 80000 for a day")
    draw = lot(bank.seed, "bulk", account.account_id, day, count)
    last = min(bank.clock.now(), at(day, 86399)) if day <= bank.clock.today() else None
    makers = (activities.customer, activities.supplier, activities.card)
    for _ in range(count):
        draft = makers[draw.randrange(3)](draw, day)
        moment = draft.moment
        if last is not None and moment > last:
            moment = last - timedelta(seconds=draw.randrange(60))
            moment = max(moment, at(day, 0))
        values = {**vars(draft), "moment": moment, "card": None}
        values.update(
            account_id=account.account_id,
            currency=account.currency,
            national=_worth(account, draft.kopecks, day),
        )
        bank.ledger.add(Entry(**values))
    return {"added": count, "account": account.account_id, "date": day.isoformat()}


def row_of(bank: Bank, account: Account, wanted: str) -> Entry:
    """Return a movement of an account by one of its ids.

    :raise ValueError: it is not there, or does not show yet
    """
    now = bank.clock.now()
    entries = bank.ledger.entries(
        account.account_id, account.registered, now.date(), now
    )
    found = pick(entries, wanted)
    if found is None:
        raise ValueError(f"no row {wanted!r} on this account")
    return found


def change(bank: Bank, given: dict[str, Any]) -> dict:
    """Correct a movement for good.

    Takes ``row`` (an id) and ``type``, ``description``, ``amount``, ``date``,
    ``new_ids``, or ``removed``: the bank takes the movement back.
    """
    found = row_of(bank, account_of(bank, given), str(given["row"]))
    if given.get("removed"):
        bank.ledger.change(found, None)
        return {"transactions": []}
    changed = altered(found, given)
    if given.get("date"):
        day = date.fromisoformat(given["date"])
        changed = moved(changed, day, bool(given.get("new_ids")))
    bank.ledger.change(found, changed)
    return {"transactions": [transaction(changed)]}
