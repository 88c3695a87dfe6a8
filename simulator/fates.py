"""What happens to whole accounts: closed, or moved to another number or BIC."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .bank import Bank
from .payments import account_of
from .validation import account_id as check_account_id


def close(bank: Bank, given: dict[str, Any]) -> dict:
    """Close ``account`` now; ``statements``: ``shown`` as before, or ``refused``."""
    account = account_of(bank, given)
    statements = given.get("statements") or "shown"
    if statements not in ("shown", "refused"):
        raise ValueError("statements: shown or refused")
    now = bank.clock.now()
    fate = bank.ledger.fate(account.account_id)
    bank.ledger.meet(
        replace(account, closes=now.date()),
        replace(fate, closed_at=now, mute=statements == "refused"),
    )
    return {"account": account.account_id, "closed": now.isoformat()}


def move(bank: Bank, given: dict[str, Any]) -> dict:
    """Give ``account`` the id ``to`` from now on; the old one is forbidden.

    ``history``: ``moved``, all is under the new id, or ``left``, what was before is
    nowhere any more.
    """
    account = account_of(bank, given)
    history = given.get("history") or "moved"
    if history not in ("moved", "left"):
        raise ValueError("history: moved or left")
    target = str(given["to"])
    check_account_id(target)
    if bank.ledger.account(target.partition("/")[0]) not in (None, account):
        raise ValueError(f"{target} is another account already")
    fate = bank.ledger.fate(account.account_id)
    if history == "left":
        fate = replace(fate, begins_at=bank.clock.now())
    bank.ledger.forget(account)
    bank.ledger.meet(replace(account, account_id=target), fate)
    return {"account": target, "former": account.account_id}
