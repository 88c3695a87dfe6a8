"""The history of accounts: always the same for the same seed.

Days are made in order, all accounts of a group together, because some movements
depend on what an account holds that morning and some touch two accounts.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from .draw import lot
from .entry import BANK_ORDER, ORDER, Entry
from .people import ACCOUNTS, EPOCH, Account
from .profiles import PROFILES
from .transfers import Transfer, started
from .yuan import in_roubles, rate

_SPACE = 10**13


def identifiers(seed: int, account: str, day: date, serial: int) -> tuple[str, str]:
    """Return the two ids of a movement, unique within its account.

    :param account: bare 20 digits
    :param serial: place in the day, below 100 000; own transfers choose theirs
    """
    place = int(account[-4:]) * 10**9 + (day - EPOCH).days % 10**4 * 10**5 + serial
    shift = seed * 7368787 + int(account[5:8]) * 15485863
    first = (place * 6700417 + shift) % _SPACE
    second = (place * 2097143 + shift) % _SPACE
    return f"cbs-tb;{first};1", f"cbs-tb-92-{second}"


class History:
    """Movements of a group of accounts, made up to the last day that was asked for."""

    def __init__(self, seed: int, accounts: tuple[Account, ...]):
        self._seed = seed
        self._accounts = accounts
        self._lock = threading.RLock()
        self._days: dict[str, list[tuple[Entry, ...]]] = {
            account.account_id: [] for account in accounts
        }
        self._before = {account.account_id: [0] for account in accounts}
        self._orders = dict.fromkeys(self._days, 0)
        self._coming: dict[date, list[tuple[Transfer, str]]] = {}

    def day(self, account_id: str, day: date) -> tuple[Entry, ...]:
        """Return the movements of one account on one day, by time."""
        place = (day - EPOCH).days
        if place < 0:
            return ()
        self._reach(place)
        return self._days[account_id][place]

    def before(self, account_id: str, day: date) -> int:
        """Return the kopecks an account holds when a day begins."""
        place = max(0, (day - EPOCH).days)
        self._reach(place - 1)
        return self._before[account_id][place]

    def _reach(self, place: int) -> None:
        with self._lock:
            made = len(self._days[self._accounts[0].account_id])
            for offset in range(made, place + 1):
                self._live(EPOCH + timedelta(days=offset))

    def _live(self, day: date) -> None:
        balances = {key: sums[-1] for key, sums in self._before.items()}
        drafts = {
            account.account_id: PROFILES[account.profile](
                lot(self._seed, account.account_id, day),
                day,
                balances[account.account_id],
            )
            for account in self._accounts
        }
        if self._accounts is ACCOUNTS:
            self._move(day, balances, drafts)
        for account in self._accounts:
            key = account.account_id
            entries = self._finish(account, day, drafts[key])
            self._days[key].append(entries)
            total = sum(entry.signed for entry in entries)
            self._before[key].append(balances[key] + total)

    def _move(self, day: date, balances: dict, drafts: dict) -> None:
        for order, transfer in enumerate(started(self._seed, day, balances)):
            source = transfer.source
            serial = 90000 + order
            payment = identifiers(self._seed, source.number, day, serial)[1]
            drafts[source.account_id].append(
                Entry(
                    day,
                    transfer.left,
                    False,
                    transfer.out,
                    ORDER,
                    transfer.words,
                    transfer.target.owner,
                    payment_id=payment,
                )  # fmt: skip
            )
            arrival = self._coming.setdefault(transfer.day_reached, [])
            arrival.append((transfer, payment))
        for transfer, payment in self._coming.pop(day, ()):
            kind = ORDER if transfer.out == transfer.into else BANK_ORDER
            drafts[transfer.target.account_id].append(
                Entry(
                    day,
                    transfer.reached,
                    True,
                    transfer.into,
                    kind,
                    transfer.words,
                    transfer.source.owner,
                    str(day.toordinal() % 1000),
                    payment_id=payment,
                )  # fmt: skip
            )

    def _finish(self, account: Account, day: date, drafts: list) -> tuple[Entry, ...]:
        """Return a day's movements with ids, numbers and the worth in roubles."""
        key = account.account_id
        done = []
        for serial, draft in enumerate(sorted(drafts, key=lambda item: item.moment)):
            first, second = identifiers(self._seed, account.number, day, serial)
            number = draft.number
            if not number:
                self._orders[key] += 1
                number = str(self._orders[key])
            worth = draft.kopecks
            if account.currency != "RUB":
                worth = in_roubles(draft.kopecks, rate(day))
            done.append(
                replace(
                    draft,
                    account_id=key,
                    currency=account.currency,
                    number=number,
                    transaction_id=first,
                    payment_id=draft.payment_id or second,
                    national=worth,
                )
            )
        return tuple(done)


@lru_cache(maxsize=256)
def history_of(seed: int, accounts: tuple[Account, ...]) -> History:
    """Return the history of a group of accounts; it is made once for a seed."""
    return History(seed, ACCOUNTS if accounts == ACCOUNTS else accounts)
