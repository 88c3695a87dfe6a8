"""The proof of days: does the register hold what the bank's balances say?

A day is whole when the register's rows of it lead from the bank's opening balance to
its closing balance, the statement that says so closes and was made after the day had
ended, and the next day begins with the balance this one ended with.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from odoo import fields
from odoo.tools import SQL

from ... import tochka_api
from ..register.closing import in_utc, is_older

ONE_DAY = timedelta(days=1)
# A day that was asked for so often and stays as it is, is asked for once a day.
CHECKS_IN_A_ROW = 10
PATIENCE = timedelta(days=1)
_COLUMNS = (
    "date",
    "state",
    "problem",
    "difference",
    "opening",
    "closing",
    "made_on",
    "checked_on",
    "checks",
)


@dataclass(frozen=True)
class Day:
    """What is known of one day; balances are the bank's."""

    date: date
    state: str | None = None
    problem: str | None = None
    # In the account's currency; what of it depends on `problem`.
    difference: Decimal | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    # When the bank made the statement that told this, in UTC.
    made_on: datetime | None = None
    checked_on: datetime | None = None
    # How often in a row it stayed open in the same way.
    checks: int = 0

    def judged(self, state, problem=None, difference=None):
        """Return the day with another verdict."""
        same = (self.state, self.problem) == (state, problem) and (
            (self.difference or 0) == (difference or 0)
        )
        return replace(
            self,
            state=state,
            problem=problem,
            difference=difference or None,
            checked_on=fields.Datetime.now(),
            checks=self.checks + 1 if same and state == "open" else 0,
        )


class Proof:
    """What one statement proves about its days, and about those beside them."""

    def __init__(self, account, statement, stored):
        """
        :param account: tochka.account
        :param tochka_api.Statement statement: Ready, with the moment it was made
        :param Stored stored: what came of putting it into the register
        """
        self.account, self.env = account, account.env
        self.statement, self.stored = statement, stored
        self.first, self.last = statement.date_from, statement.date_to
        self.today = account._today()
        now = datetime.now(timezone.utc)
        self.made_on = in_utc(statement.created_at or now)
        # The bank's clock may be ahead of ours: no day is over before its end.
        self.made_day = _moscow_day(min(self.made_on, in_utc(now)))
        self.days, self.sums = {}, {}
        # Whether there are days whose balances do not meet those of the next day.
        self.has_borders = False
        # Whether no day between the first one known and the statement was left out.
        self.joins = False

    def record(self):
        """Write the verdict on the days."""
        self._read()
        judged = [
            self._judged(day)
            for day in self._told()
            if not is_older(self.statement.created_at, day.made_on)
            and not self.account._had_former_number_on(day.date)
        ]
        before = self._judged_before(judged[0]) if judged else None
        if before:
            judged.insert(0, before)
        if judged:
            self._write(judged)
        self.has_borders |= any(day.problem == "border" for day in judged)

    def _read(self):
        """Read the days of the statement and those beside them, with their rows."""
        self.env["tochka.day"].flush_model()
        self.env["tochka.transaction"].flush_model()
        found = self.env.execute_query(
            SQL(
                "SELECT day::date, d.state, d.problem, d.difference::text,"
                " d.opening::text, d.closing::text, d.made_on, d.checked_on, d.checks,"
                " r.total::text,"
                " EXISTS(SELECT FROM tochka_day b WHERE b.account_id = %(account)s"
                " AND b.state = 'open' AND b.problem = 'border'),"
                " EXISTS(SELECT FROM tochka_day e WHERE e.account_id = %(account)s"
                " AND e.date < %(first)s)"
                " FROM generate_series(%(first)s::date, %(last)s::date, '1 day') day"
                " LEFT JOIN tochka_day d ON d.account_id = %(account)s"
                " AND d.date = day::date"
                " LEFT JOIN (SELECT date, SUM(amount) AS total FROM tochka_transaction"
                " WHERE account_id = %(account)s AND taken_back_on IS NULL"
                " AND date BETWEEN %(first)s AND %(last)s GROUP BY date) r"
                " ON r.date = day::date",
                account=self.account.id,
                first=self.first - ONE_DAY,
                last=self.last + ONE_DAY,
            )
        )
        for *values, total, self.has_borders, has_earlier in found:
            day = Day(**dict(zip(_COLUMNS, values, strict=True)))
            self.days[day.date] = replace(
                day,
                difference=_decimal(day.difference),
                opening=_decimal(day.opening),
                closing=_decimal(day.closing),
                checks=day.checks or 0,
            )
            self.sums[day.date] = _decimal(total) or Decimal(0)
            if day.date < self.first:
                self.joins = bool(day.state) or not has_earlier

    # === WHAT THE STATEMENT TELLS === #

    def _told(self):
        """Return the days of the statement, with the balances it tells of each."""
        opening, closing = (
            self.statement.opening_balance,
            self.statement.closing_balance,
        )
        closes = self._closes()
        told, balance = [], opening
        for number in range((self.last - self.first).days + 1):
            day = self.days[self.first + number * ONE_DAY]
            start, end = balance, None
            if closes:
                end = balance = start + self.stored.sums.get(day.date, 0)
            else:
                # Only the ends are told: the days between are not known.
                start = opening if day.date == self.first else None
                end = closing if day.date == self.last else None
            told.append(replace(day, opening=start, closing=end))
        return told

    def _closes(self):
        return self.stored.lacks == 0 and not self.stored.undated

    # === VERDICTS === #

    def _judged(self, day):
        """Return a day of the statement with the verdict on it."""
        verdict = self._verdict(day)
        return replace(day.judged(*verdict), made_on=self.made_on)

    def _verdict(self, day):
        """Return (state, problem, difference) of a day of the statement."""
        lacks = self.stored.lacks
        if lacks is None:
            return "open", "balances"
        if self.stored.undated:
            return "open", "undated"
        if lacks:
            return "open", "rows", lacks
        amiss = day.closing - day.opening - self.sums[day.date]
        if amiss:
            return "open", "register", amiss
        if self.made_day <= day.date:
            # It can still get payments.
            return ("open", "early") if day.date < self.today else ("today",)
        after = self.days[day.date + ONE_DAY].opening
        if day.date == self.last and after is not None and after != day.closing:
            return "open", "border", after - day.closing
        return ("proven",)

    def _judged_before(self, first):
        """Return the day before the statement, None where nothing changes for it."""
        before = self.days[self.first - ONE_DAY]
        if first.date != self.first or before.closing is None or first.opening is None:
            return None
        if self.account._had_former_number_on(before.date):
            return None
        was_whole = before.state == "proven" or before.problem == "border"
        if not was_whole:
            return None
        amiss = first.opening - before.closing
        if amiss:
            return before.judged("open", "border", amiss)
        return before.judged("proven") if before.state == "open" else None

    def _write(self, days):
        columns = SQL(", ").join(map(SQL.identifier, _COLUMNS))
        self.env.cr.execute(
            SQL(
                "INSERT INTO tochka_day (account_id, create_uid, create_date,"
                " write_uid, write_date, %s) VALUES %s"
                " ON CONFLICT (account_id, date) DO UPDATE SET write_uid ="
                " EXCLUDED.write_uid, write_date = EXCLUDED.write_date, %s",
                columns,
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s)",
                        self.account.id,
                        self.env.uid,
                        day.checked_on,
                        self.env.uid,
                        day.checked_on,
                        SQL(", ").join(SQL("%s", getattr(day, n)) for n in _COLUMNS),
                    )
                    for day in days
                ),
                SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", SQL.identifier(n), SQL.identifier(n))
                    for n in _COLUMNS[1:]
                ),
            )
        )
        self.env["tochka.day"].invalidate_model()


# === WHAT TO ASK FOR AGAIN === #


def worth_asking():
    """Return the domain of open days that may have healed since they were checked."""
    return [
        ("state", "=", "open"),
        "|",
        ("checks", "<", CHECKS_IN_A_ROW),
        ("checked_on", "<", fields.Datetime.now() - PATIENCE),
    ]


def period_of_border(account):
    """Return the days to read again because balances do not meet, None if they do.

    Of the days before and after the border those are read that were read longer ago:
    the others know better. No day is read that was never asked for.

    :return: (first day, last day) within a month
    """
    Days = account.env["tochka.day"]
    ours = ("account_id", "=", account.id)
    day = Days.search(
        [ours, *worth_asking(), ("problem", "=", "border")],
        order="checked_on, date desc",
        limit=1,
    )
    if not day:
        return None
    after = Days.search([ours, ("date", "=", day.date + ONE_DAY)])
    if after.made_on and day.made_on and after.made_on < day.made_on:
        start, step = after.date, ONE_DAY
        border = start.replace(day=monthrange(start.year, start.month)[1])
    else:
        start, step = day.date, -ONE_DAY
        border = start.replace(day=1)
    known = Days.search(
        [
            ours,
            ("state", "!=", "missing"),
            ("date", ">=", min(start, border)),
            ("date", "<=", min(max(start, border), account._today())),
        ]
    )
    dates, end = set(known.mapped("date")), start
    while end + step in dates:
        end += step
    return min(start, end), max(start, end)


def _moscow_day(moment):
    """Return the bank's day of a moment in UTC."""
    return tochka_api.today(moment.replace(tzinfo=timezone.utc))


def _decimal(text):
    return None if text is None else Decimal(text)
