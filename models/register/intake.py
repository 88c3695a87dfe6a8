"""From the bank to the register: identity, so that nothing is lost or doubled."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from odoo import fields
from odoo.tools import SQL

from ...tochka_api import compact_json
from . import bank_row
from .closing import difference
from .matching import DAYS_AROUND, Known, Matching, Told, settle_repetitions
from .moved_back import MovedBack
from .taken_back import bring_back, take_back

ROWS_PER_INSERT = 1000


@dataclass
class Stored:
    """What came of storing one statement."""

    # What the statement lacks to close, None without balances, in its currency.
    lacks: Decimal | None
    # Ids of the register rows it showed, and of those among them that are new.
    ids: set = field(default_factory=set)
    inserted: set = field(default_factory=set)
    # {id of a row that is gone: id of the row that it turned out to be}
    merged: dict = field(default_factory=dict)
    changed: int = 0
    rejected: int = 0
    skipped: int = 0
    taken_back: int = 0
    # Rows without a day that wait for a statement of one day, which tells it.
    undated: int = 0
    # {day: sum of the rows of the statement}, as the register has the days.
    sums: dict = field(default_factory=dict)

    def counts(self):
        """Return the numbers of a `tochka.import`, `inserted` among them."""
        return {
            "inserted": len(self.inserted),
            "changed": self.changed,
            "rejected": self.rejected,
            "skipped": self.skipped,
            "taken_back": self.taken_back,
        }


class Intake:
    """Takes what the bank tells of one account into the register."""

    def __init__(self, account):
        """Take the tochka.account."""
        self.account, self.env = account, account.env
        self.Row = self.env["tochka.transaction"]

    def store(self, statement):
        """Put the rows of a statement into the register.

        A fixed number of queries, however many rows are known. Rows that are not
        booked yet wait for a later run; so do rows without a day in a statement of
        several days.

        :param tochka_api.Statement statement: Ready
        :return Stored: what came of it
        """
        told, lacks = self._read(statement)
        stored = Stored(lacks)
        stored.skipped = sum(one.status != "Booked" for one in statement.transactions)
        period = statement.date_from, statement.date_to
        unreadable = getattr(statement, "unreadable", ())
        complete = lacks == 0 and not unreadable
        matching = Matching(told, self._known(period), period, complete)
        matching.match_exact(bank_row.row_digest)
        if matching.left or (complete and matching.lacking):
            self._read_candidates(matching)
            matching.match_rest(bank_row.content_without_day)
        self._take_known(matching, stored)
        fresh = [one for one in matching.left if not one.spare]
        undated = [one for one in fresh if one.date is None]
        stored.undated = len(undated)
        stored.inserted = self._insert_fresh([one for one in fresh if one.date])
        stored.ids |= stored.inserted
        if complete and not undated and matching.lacking:
            self._take_back(matching, statement, stored)
        stored.sums = _sums_by_day(one for one in told if one.date and not one.spare)
        return stored

    def _read(self, statement):
        """Return the booked rows of a statement that count, and what it lacks.

        A day outside the statement is no day: its balances say that the row is of one
        of its own. A statement of one day tells that day to rows without one.

        :return: (list of Told, Decimal or None)
        """
        first, last = statement.date_from, statement.date_to
        told = [
            Told(bank_row.read_row(one))
            for one in statement.transactions
            if one.status == "Booked"
        ]
        for one in told:
            if one.date is None or not first <= one.date <= last:
                one.row["date"] = first if first == last else None
        return settle_repetitions(told, difference(statement), bank_row.row_digest)

    def _take_known(self, matching, stored):
        """Bring known rows to what the bank says of them now."""
        back, changed, outdated = [], {}, {}
        for one in matching.told:
            known = one.match
            if not known:
                continue
            stored.ids.add(known.id)
            stored.rejected += known.state == "rejected"
            if known.missing:
                back.append(known.id)
            if one.exact:
                continue
            bank_row.note_digests(one.row)
            if bank_row.is_changed(one.row, known.row_digest):
                changed[known.id] = one.row
            elif known.row_digest != one.row["row_digest"]:
                outdated[known.id] = one.row
        if back:
            bring_back(self.Row.browse(back))
        self._complete(outdated)
        for row_id, row in changed.items():
            self.Row.browse(row_id)._bank_changed(row)
        stored.changed = len(changed)

    def _insert_fresh(self, fresh):
        """Insert rows the register does not have, each under a key of its own.

        :param list[Told] fresh: with their days
        :return set: ids of the rows inserted
        """
        if not fresh:
            return set()
        labels = []
        for one in fresh:
            bank_row.note_digests(one.row)
            labels.append(bank_row.key_label(one.row))
        counts = Counter(labels)
        keys = {
            label: [f"{label}#{number}" for number in range(1, count + 2)]
            for label, count in counts.items()
        }
        used = self._used_keys([key for some in keys.values() for key in some])
        for one, label in zip(fresh, labels, strict=True):
            # A key may belong to a row that has changed since it got it.
            free = (key for key in keys[label] if key not in used)
            key = next(free, None) or f"{label}#{uuid4().hex}"
            used.add(key)
            one.row["transaction_key"] = key
        return self._insert([one.row for one in fresh])

    def _used_keys(self, keys):
        """Return those of some keys that rows of the account have."""
        return {
            key
            for (key,) in self.env.execute_query(
                SQL(
                    "SELECT transaction_key FROM tochka_transaction"
                    " WHERE account_id = %s AND transaction_key = ANY(%s)",
                    self.account.id,
                    keys,
                )
            )
        }

    def _take_back(self, matching, statement, stored):
        """Settle rows that a statement which closes does not have any more."""
        moved = MovedBack(self.account, matching, statement)
        stored.merged = moved.merge()
        rows = self.Row.browse(moved.left)
        take_back(rows)
        stored.taken_back = len(rows)

    def insert(self, rows):
        """Insert rows; those another process inserted meanwhile stay as they are.

        :param list[dict] rows: of `bank_row.columns()`
        :return int: how many were inserted
        """
        return len(self._insert(rows))

    def _insert(self, rows):
        """Insert rows; return the set of the ids of those inserted."""
        inserted = set()
        for start in range(0, len(rows), ROWS_PER_INSERT):
            batch = rows[start : start + ROWS_PER_INSERT]
            inserted.update(
                row_id
                for (row_id,) in self.env.execute_query(
                    SQL(
                        "INSERT INTO tochka_transaction (account_id, company_id,"
                        " currency_id, state, review, create_uid, create_date,"
                        " write_uid, write_date, %s) VALUES %s"
                        " ON CONFLICT (account_id, transaction_key) DO NOTHING"
                        " RETURNING id",
                        SQL(", ").join(map(SQL.identifier, bank_row.columns())),
                        SQL(", ").join(map(self._values, batch)),
                    )
                )
            )
        if inserted:
            self.Row.invalidate_model()
        return inserted

    def _values(self, row):
        state = self.Row._state_at(self.account, row["date"])
        # The clock that days are checked by: see `MovedBack`.
        now = fields.Datetime.now()
        return SQL(
            "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            self.account.id,
            self.account.company_id.id,
            self.account.currency_id.id,
            state,
            "waiting" if state == "new" else state,
            self.env.uid,
            now,
            self.env.uid,
            now,
            SQL(", ").join(
                SQL("%s", _for_sql(row.get(name))) for name in bank_row.columns()
            ),
        )

    # === KNOWN ROWS === #

    def _known(self, period):
        """Return the rows of some days, and those taken back around them.

        :param period: (first day, last day)
        :return list[Known]: without the fields that identify them
        """
        self.Row.flush_model()
        around = timedelta(days=DAYS_AROUND)
        return [
            Known(*row)
            for row in self.env.execute_query(
                SQL(
                    "SELECT id, transaction_id, date, row_digest, state,"
                    " taken_back_on IS NOT NULL, COALESCE(taken_back_kept, FALSE)"
                    " FROM tochka_transaction WHERE account_id = %s"
                    " AND (date BETWEEN %s AND %s OR"
                    " (taken_back_on IS NOT NULL AND date BETWEEN %s AND %s))"
                    " ORDER BY id",
                    self.account.id,
                    *period,
                    period[0] - around,
                    period[1] + around,
                )
            )
        ]

    def _read_candidates(self, matching):
        """Read what identifies the known rows that are not matched yet."""
        free = {one.id: one for one in matching.candidates}
        if not free:
            return
        names = ["id", "transaction_id", "payment_id", *bank_row.identifying()]
        for row in self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM tochka_transaction WHERE id = ANY(%s)",
                SQL(", ").join(map(SQL.identifier, names)),
                list(free),
            )
        ):
            free[row["id"]].row = row

    def _complete(self, outdated):
        """Write what former versions of the register did not keep of unchanged rows.

        :param dict outdated: {row id: row} of rows whose digest is of an older version
        """
        if not outdated:
            return
        # Which columns a digest of its version lacks differs by row; as the rows are
        # unchanged, all of them may be written.
        fields = [field.name for field in bank_row.FIELDS if field.since > 1]
        names = ["row_digest", *fields]
        types = [self.Row._fields[name].column_type[0] for name in names]
        self.env.cr.execute(
            SQL(
                "UPDATE tochka_transaction SET %s FROM (VALUES %s) AS told (id, %s)"
                " WHERE tochka_transaction.id = told.id",
                SQL(", ").join(
                    SQL("%s = told.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in names
                ),
                SQL(", ").join(
                    SQL(
                        "(%s, %s)",
                        row_id,
                        SQL(", ").join(
                            SQL("%s::%s", _for_sql(row[name]), SQL.identifier(of_type))
                            for name, of_type in zip(names, types, strict=True)
                        ),
                    )
                    for row_id, row in outdated.items()
                ),
                SQL(", ").join(map(SQL.identifier, names)),
            )
        )
        self.Row.invalidate_model(names)


def first_state(account, date):
    """Return the first state of a row of this day."""
    before = account.opening_date and date < account.opening_date
    return "before_opening" if before else "new"


def _sums_by_day(told):
    """Return {day: sum of the rows}."""
    sums = Counter()
    for one in told:
        sums[one.date] += one.row["amount"]
    return dict(sums)


def _for_sql(value):
    return compact_json(value) if isinstance(value, dict) else value
