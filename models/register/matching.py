"""Which row of a statement is which row of the register: plain Python, no Odoo.

The bank's ids are a hint and no identity: it gives one id to two payments, changes ids
and days, and leaves them out. So rows are matched in descending certainty, and what one
row is can depend neither on the order of the rows nor on where statements are cut.
A register row is moved to another day only when it is contradicted: its own day was
told by the bank without it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

# A payment that left its day is looked for so many days before and after a statement.
DAYS_AROUND = 62


@dataclass(eq=False, slots=True)
class Told:
    """One booked row of a statement."""

    # Fields of bank_row.FIELDS; its `date` is None while no statement has told it.
    row: dict
    # It repeats another row exactly, and the balances do not say whether it counts.
    spare: bool = False
    match: "Known | None" = None
    # The register holds exactly what it says, in the newest form.
    exact: bool = False

    @property
    def date(self):
        """Return the day, None while it is not told."""
        return self.row["date"]


@dataclass(eq=False, slots=True)
class Known:
    """One row of the register."""

    id: int
    transaction_id: str | None
    date: object
    row_digest: str | None
    state: str
    # The bank took it back.
    missing: bool
    # A person kept it in the books in spite of that.
    kept: bool = False
    # Fields that identify it, as a dict; None until they are needed.
    row: dict | None = None
    taken: bool = False


class Matching:
    """Gives rows of a statement their register rows, each to one at most."""

    def __init__(self, told, known, period, complete):
        """
        :param list[Told] told: of one statement
        :param list[Known] known: of its days, and those taken back around them
        :param period: (first day, last day) of the statement
        :param bool complete: the statement closes, so what it lacks the bank has not
        """
        self.told, self.known = told, known
        self.first, self.last = period
        self.complete = complete

    # === EXACTLY THE SAME === #

    def match_exact(self, digest_of):
        """Match rows with the same id that say exactly what the register holds.

        :param digest_of: callable (row, version) → row digest; version None: newest
        """
        same, days, versions = defaultdict(list), defaultdict(set), [None]
        # Of equal rows those the bank did not take back come first, then the oldest.
        for one in sorted(self.known, key=lambda one: one.missing):
            if one.transaction_id and one.row_digest:
                same[one.transaction_id, one.row_digest].append(one)
                days[one.transaction_id].add(one.date)
                version, colon, _rest = one.row_digest.partition(":")
                version = int(version) if colon else 1
                if version not in versions:
                    versions.append(version)
        # A row that repeats another comes after it.
        for told in sorted(self.told, key=lambda one: one.spare):
            identity = told.row["transaction_id"]
            if identity not in days:
                continue
            # A row without its day may be on any day that the register has.
            own_days = [told.date] if told.date else self._own(days[identity])
            for day in own_days:
                row = {**told.row, "date": day}
                for version in versions:
                    found = same[identity, digest_of(row, version)]
                    if found:
                        break
                if found:
                    told.exact = version is None
                    self._pair(told, found.pop(0))
                    break

    def _own(self, days):
        return sorted(day for day in days if self.first <= day <= self.last)

    @property
    def left(self):
        """Return the rows of the statement without a register row."""
        return [one for one in self.told if not one.match]

    @property
    def lacking(self):
        """Return the register rows of the statement's days that it lacks."""
        return [
            one
            for one in self.known
            if not one.taken and not one.missing and self.first <= one.date <= self.last
        ]

    @property
    def candidates(self):
        """Return the register rows that are still free."""
        return [one for one in self.known if not one.taken]

    # === ALL BUT THE SAME === #

    def match_rest(self, content_of):
        """Match what has changed, moved, or has other ids or none.

        :param content_of: callable (row) → digest of what identifies it apart from
            ids and its day
        """
        content = {}
        for one in (*self.left, *self.candidates):
            content[one] = content_of(one.row)

        def by_id_and_content(one):
            return one.row["transaction_id"] and (
                one.row["transaction_id"],
                content[one],
            )

        def by_payment(one):
            payment = one.row["payment_id"]
            return payment and (payment, f"{one.row['amount']:.2f}")

        self._match_nearest(by_id_and_content)
        self._match_changed()
        self._match_nearest(by_payment)
        self._match_nearest(content.get, by_content=True)

    def _match_nearest(self, key_of, *, by_content=False):
        """Match rows of the same key, those of the same day first."""
        free = defaultdict(list)
        for one in self.candidates:
            if key := key_of(one):
                free[key].append(one)
        left = [one for one in self.left if key_of(one) in free]
        # Rows without a day take what those with one leave.
        left.sort(key=lambda one: (one.date is None, one.spare))
        for told in left:
            on_day = (one for one in free[key_of(told)] if one.date == told.date)
            self._take(told, next(on_day, None), free[key_of(told)])
        for told in left:
            if told.match:
                continue
            may = [
                one
                for one in free[key_of(told)]
                if self._may_move(one, told)
                and not (by_content and (one.kept or one.state == "rejected"))
            ]
            nearest = min(may, key=lambda one: _distance(told, one), default=None)
            self._take(told, nearest, free[key_of(told)])

    def _match_changed(self):
        """Match a row that changed: the only ones that are left under their id."""
        free, left = defaultdict(list), defaultdict(list)
        for one in self.candidates:
            free[one.row["transaction_id"]].append(one)
        for told in self.left:
            left[told.row["transaction_id"]].append(told)
        for identity, rows in left.items():
            if not identity or len(rows) != 1 or len(free[identity]) != 1:
                continue
            [told], [one] = rows, free[identity]
            in_period = self.first <= one.date <= self.last
            if (in_period or (one.missing and told.date)) and _are_alike(
                told.row, one.row, also_by_day=self.complete
            ):
                self._pair(told, one)

    def _may_move(self, one, told):
        """Whether a register row may be a row of another day."""
        in_period = self.first <= one.date <= self.last
        if told.date is None:
            return in_period
        return one.missing or (in_period and self.complete)

    def _take(self, told, one, free):
        if one:
            free.remove(one)
            self._pair(told, one)

    @staticmethod
    def _pair(told, one):
        told.match, one.taken = one, True
        if told.date is None:
            told.row["date"] = one.date


def _distance(told, one):
    return abs((one.date - told.date).days) if told.date else 0


def _are_alike(row, known, *, also_by_day):
    """Whether two rows under one id may be one payment that the bank changed.

    A payment and its fee are not, nor are two payments under an id of no meaning.
    """
    if (row["amount"] > 0) != (known["amount"] > 0):
        return False
    if f"{row['amount']:.2f}" == f"{known['amount']:.2f}":
        return True

    def same(name):
        return bool(row[name]) and row[name] == known[name]

    if not (same("account_number") or same("inn")):
        return False
    return (
        same("document_number")
        or same("purpose")
        or (also_by_day and row["date"] in (None, known["date"]))
    )


# === REPETITIONS === #

# With more repeated rows than this, either all of them count or none.
MOST_GROUPS = 10


def settle_repetitions(told, lacks, digest_of):
    """Decide whether rows that repeat another under its id are payments.

    They are when the statement closes with them, and are not when it closes without
    them. Otherwise one is taken and the others are marked as spare.

    :param list[Told] told: of one statement
    :param Decimal lacks: closing − (opening + all rows); None without balances
    :param digest_of: callable (row) → digest of all it says
    :return: (the rows that count or are spare, what the statement lacks then)
    """
    groups = defaultdict(list)
    counts = Counter(one.row["transaction_id"] for one in told)
    for one in told:
        identity = one.row["transaction_id"]
        if counts[identity] > 1:
            groups[identity, digest_of(one.row)].append(one)
    groups = [group for group in groups.values() if len(group) > 1]
    if not groups or lacks == 0:
        return told, lacks
    if lacks is not None:
        dropped = _without_which_it_closes(groups, lacks)
        if dropped is not None:
            extra = {one for group in dropped for one in group[1:]}
            return [one for one in told if one not in extra], lacks * 0
    for group in groups:
        for one in group[1:]:
            # Without an id, equal rows are equal payments as far as anybody knows.
            one.spare = bool(one.row["transaction_id"])
    return told, lacks


def _without_which_it_closes(groups, lacks):
    """Return the only choice of groups whose repetitions do not count, or None."""
    sums = [sum(one.row["amount"] for one in group[1:]) for group in groups]
    if len(groups) > MOST_GROUPS:
        return groups if lacks + sum(sums) == 0 else None
    choices = [
        [place for place in range(len(groups)) if mask >> place & 1]
        for mask in range(1, 2 ** len(groups))
    ]
    closing = [
        choice for choice in choices if lacks + sum(sums[i] for i in choice) == 0
    ]
    return [groups[i] for i in closing[0]] if len(closing) == 1 else None
