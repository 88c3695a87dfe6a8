"""The books of the bank: the history, what was added to it, what was changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from .entry import Entry, number_of, transaction
from .history import History, history_of, identifiers
from .people import ACCOUNTS, Account, extra_account

# By a name: the movement as it was (None: there was none) and as it is (None: gone).
Changes = dict[str, tuple[Entry | None, Entry | None]]


@dataclass(frozen=True)
class Fate:
    """What became of an account.

    ``origin`` is the id its history goes by. ``closed_at`` ends it; ``mute`` refuses
    statements from then on. ``begins_at`` is the moment its statements begin from:
    what was before is a balance carried over.
    """

    origin: str
    closed_at: datetime | None = None
    mute: bool = False
    begins_at: datetime | None = None


class Ledger:
    """Accounts and their movements, as seen at any moment.

    :param seed: chooses the history
    :param extra: how many quiet accounts there are besides the four
    """

    def __init__(self, seed: int, extra: int = 0):
        self.seed = seed
        crowd = tuple(extra_account(number) for number in range(extra))
        self._accounts = {
            account.account_id: account for account in (*ACCOUNTS, *crowd)
        }
        self._origins = dict(self._accounts)
        self._fates: dict[str, Fate] = {}
        self._added: dict[str, list[Entry]] = {key: [] for key in self._accounts}
        self._serials: dict[tuple[str, date], int] = {}
        self.changes: Changes = {}

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return every account, the closed one too."""
        return tuple(self._accounts.values())

    def account(self, account_id: str) -> Account | None:
        """Return an account by its id, its bare 20 digits or a former id."""
        if account_id in self._accounts:
            return self._accounts[account_id]
        found = [
            account
            for account in self.accounts
            if account_id in (account.number, self.fate(account.account_id).origin)
        ]
        return found[0] if found else None

    def fate(self, account_id: str) -> Fate:
        """Return what has become of an account so far."""
        return self._fates.get(account_id) or Fate(account_id)

    def meet(self, account: Account, fate: Fate) -> None:
        """Let an account be as it is now, after what became of it."""
        self._accounts[account.account_id] = account
        self._fates[account.account_id] = fate

    def forget(self, account: Account) -> None:
        """Let an id be unknown from now on; the movements stay."""
        del self._accounts[account.account_id]

    def refuses(self, account_id: str) -> bool:
        """Return whether an account is closed so that it gives no statements."""
        return self.fate(account_id).mute

    def _history(self, account_id: str) -> History:
        account = self._origins[account_id]
        group = ACCOUNTS if account in ACCOUNTS else (account,)
        return history_of(self.seed, group)

    def add(self, entry: Entry) -> Entry:
        """Add a movement to the history; return it with its ids."""
        entry = replace(entry, account_id=self.fate(entry.account_id).origin)
        account = self._origins[entry.account_id]
        key = (entry.account_id, entry.day)
        serial = self._serials.get(key, 10000)
        self._serials[key] = serial + 1
        first, second = identifiers(self.seed, account.number, entry.day, serial)
        entry = replace(
            entry,
            transaction_id=first,
            payment_id=entry.payment_id or second,
            number=entry.number or str(serial),
        )
        self._added[entry.account_id].append(entry)
        return entry

    def change(self, old: Entry, new: Entry | None) -> None:
        """Replace a movement for good, or take it away, as when the bank corrects."""
        for key, (first, current) in self.changes.items():
            # It may have got another id by a former change.
            if current == old:
                self.changes[key] = (first, new)
                return
        self.changes[old.transaction_id] = (old, new)

    def _known(self, changes: Changes | None) -> Changes:
        """Return lasting and passing changes together, each from the first original."""
        joined = dict(self.changes)
        for key, (old, new) in (changes or {}).items():
            joined[key] = (joined.get(key, (old, old))[0], new)
        return joined

    def entries(
        self,
        account_id: str,
        first: date,
        last: date,
        now: datetime,
        changes: Changes | None = None,
    ) -> list[Entry]:
        """Return the movements of a period, both days included, that show at a moment.

        :param changes: movements to be shown changed, by their transactionId
        """
        fate = self.fate(account_id)
        account_id = fate.origin
        now = min(now, fate.closed_at or now)
        history = self._history(account_id)
        found = []
        day = first
        while day <= last and day <= now.date():
            found.extend(history.day(account_id, day))
            day += timedelta(days=1)
        added = [e for e in self._added[account_id] if first <= e.day <= last]
        found = [
            entry
            for entry in found + added
            if entry.visible_from <= now
            and (fate.begins_at is None or entry.moment > fate.begins_at)
        ]
        if added:
            found.sort(key=lambda entry: (entry.day, entry.moment))
        known = self._known(changes)
        if not known:
            return found
        return _changed(found, known, account_id, first, last, now)

    def before(
        self,
        account_id: str,
        day: date,
        now: datetime,
        changes: Changes | None = None,
    ) -> int:
        """Return the kopecks held when a day begins, of what shows at a moment."""
        fate = self.fate(account_id)
        if fate.begins_at is not None and day <= fate.begins_at.date():
            # What was carried over is there from the start.
            day = fate.begins_at.date() + timedelta(days=1)
            now = min(now, fate.begins_at)
        account_id = fate.origin
        now = min(now, fate.closed_at or now)
        today = now.date()
        # Movements may show later than they happen, so those of today and later are
        # counted one by one; the sums of earlier days are known.
        settled = min(day, today)
        total = self._history(account_id).before(account_id, settled)
        if day > settled:
            current = self._history(account_id).day(account_id, settled)
            total += sum(e.signed for e in current if e.visible_from <= now)
        total += sum(
            entry.signed
            for entry in self._added[account_id]
            if entry.day < day and entry.visible_from <= now
        )
        for old, new in self._known(changes).values():
            for entry, sign in ((old, -1), (new, 1)):
                if entry is None or entry.account_id != account_id:
                    continue
                if entry.day < day and entry.visible_from <= now:
                    total += sign * entry.signed
        return total

    def holds(self, account_id: str, now: datetime) -> list[Entry]:
        """Return card purchases made and not yet written off."""
        account_id = self.fate(account_id).origin
        history = self._history(account_id)
        days = [now.date() + timedelta(days=ahead) for ahead in range(6)]
        entries = [e for day in days for e in history.day(account_id, day)]
        return [e for e in entries if e.card and e.card.moment <= now < e.moment]

    def coming(self, account_id: str, now: datetime) -> Entry | None:
        """Return the next movement that does not show yet."""
        account_id = self.fate(account_id).origin
        history = self._history(account_id)
        for ahead in range(15):
            for entry in history.day(account_id, now.date() + timedelta(days=ahead)):
                if entry.visible_from > now:
                    return entry
        return None

    def is_closed(self, account: Account, now: datetime) -> bool:
        """Return whether an account is closed by now."""
        return account.closes is not None and account.closes <= now.date()

    def truth(self, account_id: str, first: date, last: date, now: datetime) -> dict:
        """Return everything the bank has for a period, with no fault applied."""
        entries = self.entries(account_id, first, last, now)
        after = last + timedelta(days=1)
        return {
            "account": account_id,
            "from": first.isoformat(),
            "to": last.isoformat(),
            "opening": number_of(self.before(account_id, first, now)),
            "closing": number_of(self.before(account_id, after, now)),
            "transactions": [transaction(entry) for entry in entries],
        }


def _changed(
    found: list[Entry],
    known: Changes,
    account_id: str,
    first: date,
    last: date,
    now: datetime,
) -> list[Entry]:
    """Return the movements of a period with changes applied.

    What stays on its day keeps its place; what moves comes in by its time.
    """
    stay, moved = {}, []
    for key, (old, new) in known.items():
        if new is None or new.account_id != account_id:
            continue
        if old is not None and old.day == new.day:
            stay[key] = new
        elif first <= new.day <= last and new.visible_from <= now:
            moved.append(new)
    kept = [
        stay.get(entry.transaction_id, entry)
        for entry in found
        if entry.transaction_id not in known or entry.transaction_id in stay
    ]
    if moved:
        kept = sorted(kept + moved, key=lambda entry: (entry.day, entry.moment))
    return kept
