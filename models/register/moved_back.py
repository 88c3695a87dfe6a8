"""Payments found on another day before the bank told that they had left their own.

Statements are read in the order of their days, so a payment that moved back to an
earlier day is first seen as a new one; only then does its former day lack it. The row
that is known longer is the payment, with what people decided about it: it takes over
what the bank says of the newer one, which goes.
"""

from collections import defaultdict
from datetime import timedelta

from odoo.tools import SQL

from . import bank_row
from .closing import is_older
from .matching import DAYS_AROUND
from .taken_back import is_untouched


class MovedBack:
    """The rows a statement lacks: which of them stand elsewhere already."""

    def __init__(self, account, matching, statement):
        """
        :param account: tochka.account, whose lock is held
        :param Matching matching: of a statement that closes
        """
        self.account, self.env = account, account.env
        self.Row = self.env["tochka.transaction"]
        self.statement = statement
        self.days = self._days()
        self.lacking = [one for one in matching.lacking if self._is_told(one)]
        # Ids of the rows that stand nowhere else.
        self.left = [one.id for one in self.lacking]

    def _days(self):
        """Return {day: (when its statement was made, when it was checked)}."""
        return {
            day: times
            for day, *times in self.env.execute_query(
                SQL(
                    "SELECT date, made_on, checked_on FROM tochka_day"
                    " WHERE account_id = %s AND date BETWEEN %s AND %s",
                    self.account.id,
                    self.statement.date_from,
                    self.statement.date_to,
                )
            )
        }

    def _is_told(self, one):
        """Whether the bank did show a row and this statement is the newest of its day.

        A statement that waited while another process read a newer one says nothing
        about what came in between, and today's number of a moved account may not show
        what came under its former one.
        """
        made_on, _checked_on = self.days.get(one.date, (None, None))
        created = self.statement.created_at
        if self.account._had_former_number_on(one.date):
            return False
        return bool(one.row_digest) and not is_older(created, made_on)

    def merge(self):
        """Let lacking rows take over what the bank says of the same payment elsewhere.

        :return dict: {id of a newer row, which is gone: id of the one that took over}
        """
        newer, merged = self._newer(), {}
        for one in self.lacking:
            other = next(
                (row for row in newer[_content(one.row)] if self._is_same(one, row)),
                None,
            )
            if other:
                newer[_content(one.row)].remove(other)
                self.left.remove(one.id)
                merged[other["id"]] = one.id
                self._take_over(self.Row.browse(one.id), other)
        return merged

    def _newer(self):
        """Return {content: rows} of what came in since the lacking rows were seen."""
        newer = defaultdict(list)
        if not self.lacking:
            return newer
        self.Row.flush_model()
        around = timedelta(days=DAYS_AROUND)
        names = ["transaction_id", "payment_id", *bank_row.identifying()]
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT id, create_date, %s FROM tochka_transaction"
                " WHERE account_id = %s AND date BETWEEN %s AND %s"
                " AND amount = ANY(%s::numeric[]) AND id > %s"
                " AND id <> ALL(%s) AND taken_back_on IS NULL"
                " AND state IN ('new', 'loaded', 'before_opening') ORDER BY id",
                SQL(", ").join(map(SQL.identifier, names)),
                self.account.id,
                self.statement.date_from - around,
                self.statement.date_to + around,
                [f"{one.row['amount']:.2f}" for one in self.lacking],
                min(one.id for one in self.lacking),
                [one.id for one in self.lacking],
            )
        )
        for row in rows:
            newer[_content(row)].append(row)
        return newer

    def _is_same(self, one, row):
        """Whether a row with the same content is the payment that left its day."""
        if row["id"] < one.id or not self._may_go(row["id"]):
            return False
        for name in ("transaction_id", "payment_id"):
            if row[name] and row[name] == one.row[name]:
                return True
        _made_on, checked_on = self.days.get(one.date, (None, None))
        # When the day was last whole with it, the other row was not there yet.
        return bool(checked_on) and row["create_date"] >= checked_on

    def _may_go(self, row_id):
        row = self.Row.browse(row_id)
        return not row.line_id or is_untouched(row)

    def _take_over(self, row, other):
        """Let a row take over what the bank says of a newer one, which goes."""
        # A key is only a name, and the newer row's was taken from its content.
        names = [name for name in bank_row.columns() if name != "transaction_key"]
        columns = [
            SQL("raw::text AS raw") if name == "raw" else SQL.identifier(name)
            for name in names
        ]
        newer = self.Row.browse(other["id"])
        [told] = self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM tochka_transaction WHERE id = %s",
                SQL(", ").join(columns),
                newer.id,
            )
        )
        if newer.line_id:
            newer._leave_books("new")
        newer.unlink()
        row._bank_changed(told)


def _content(row):
    return bank_row.content_without_day(row)
