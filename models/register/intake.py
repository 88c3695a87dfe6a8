"""From the bank to the register: identity, so that nothing is lost or doubled."""

from collections import defaultdict

from odoo.tools import SQL

from ...tochka_api import compact_json
from . import bank_row

ROWS_PER_INSERT = 1000


class Intake:
    """Takes what the bank tells of one account into the register."""

    def __init__(self, account):
        """Take the tochka.account."""
        self.account, self.env = account, account.env
        self.Row = self.env["tochka.transaction"]

    def store(self, statement):
        """Put the rows of a statement into the register.

        A fixed number of queries, however many rows are known. Rows that are not
        booked yet wait for a later run.

        :param tochka_api.Statement statement: Ready
        :return: (set of the keys seen, counts `inserted`, `changed`, `rejected`,
            `skipped`)
        """
        booked = [one for one in statement.transactions if one.status == "Booked"]
        told = bank_row.read_rows(booked, statement.date_to)
        rows = {row["transaction_key"]: row for row in told}
        known = self._known(list(rows))
        fresh = {key: row for key, row in rows.items() if key not in known}
        if fresh:
            known |= self._claim(statement, fresh, list(rows))
        changed, outdated = {}, {}
        for key, (row_id, digest, _state) in known.items():
            if bank_row.is_changed(rows[key], digest):
                changed[row_id] = rows[key]
            elif digest != rows[key]["row_digest"]:
                outdated[row_id] = rows[key]
        inserted = self.insert([row for key, row in fresh.items() if key not in known])
        self._complete(outdated)
        for row_id, row in changed.items():
            self.Row.browse(row_id)._bank_changed(row)
        return set(rows), {
            "inserted": inserted,
            "changed": len(changed),
            "rejected": [state for *_, state in known.values()].count("rejected"),
            "skipped": len(statement.transactions) - len(booked),
        }

    def insert(self, rows):
        """Insert rows; those another process inserted meanwhile stay as they are.

        :param list[dict] rows: of `bank_row.columns()`
        :return int: how many were inserted
        """
        inserted = 0
        for start in range(0, len(rows), ROWS_PER_INSERT):
            batch = rows[start : start + ROWS_PER_INSERT]
            inserted += len(
                self.env.execute_query(
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
        return SQL(
            "(%s, %s, %s, %s, %s, %s, NOW() AT TIME ZONE 'UTC', %s,"
            " NOW() AT TIME ZONE 'UTC', %s)",
            self.account.id,
            self.account.company_id.id,
            self.account.currency_id.id,
            state,
            "waiting" if state == "new" else state,
            self.env.uid,
            self.env.uid,
            SQL(", ").join(
                SQL("%s", _for_sql(row.get(name))) for name in bank_row.columns()
            ),
        )

    # === KNOWN ROWS === #

    def _known(self, keys):
        """Return {key: (id, row digest, state)} of the rows the register holds."""
        self.Row.flush_model()
        return {
            key: (row_id, digest, state)
            for row_id, key, digest, state in self.env.execute_query(
                SQL(
                    "SELECT id, transaction_key, row_digest, state"
                    " FROM tochka_transaction"
                    " WHERE account_id = %s AND transaction_key = ANY(%s)",
                    self.account.id,
                    keys,
                )
            )
        }

    def _claim(self, statement, fresh, keys):
        """Recognise rows whose id the bank issued anew (docs/bank_api.md §3.3).

        A register row of the statement's period whose key the statement lacks is the
        same payment when its payment id and amount, or its whole content, are the same.
        Each row is claimed once, so two truly identical payments stay two.

        :param dict fresh: {key: row} of rows with an unknown key
        :param list keys: of all rows of the statement
        :return dict: {new key: (id, row digest, state)} of what was claimed
        """
        by_payment, by_content = defaultdict(list), defaultdict(list)
        for candidate in self.env.execute_query_dict(
            SQL(
                "SELECT id, payment_id, amount, content_digest, row_digest, state"
                " FROM tochka_transaction"
                " WHERE account_id = %s AND date BETWEEN %s AND %s"
                " AND transaction_key <> ALL(%s) ORDER BY id",
                self.account.id,
                statement.date_from,
                statement.date_to,
                keys,
            )
        ):
            if candidate["payment_id"]:
                identity = candidate["payment_id"], f"{candidate['amount']:.2f}"
                by_payment[identity].append(candidate)
            by_content[candidate["content_digest"]].append(candidate)
        claimed, taken = {}, set()
        for key, row in fresh.items():
            same = [
                *by_payment[row["payment_id"], f"{row['amount']:.2f}"],
                *by_content[row["content_digest"]],
            ]
            match = next((one for one in same if one["id"] not in taken), None)
            if match:
                taken.add(match["id"])
                claimed[key] = match["id"], match["row_digest"], match["state"]
        self._rekey(claimed)
        return claimed

    def _rekey(self, claimed):
        """Write the key the bank uses now into claimed rows.

        :param dict claimed: {new key: (id, row digest, state)}
        """
        if not claimed:
            return
        values = SQL(", ").join(
            SQL("(%s, %s)", row_id, key) for key, (row_id, *_rest) in claimed.items()
        )
        self.env.cr.execute(
            SQL(
                "UPDATE tochka_transaction SET transaction_key = claimed.key"
                " FROM (VALUES %s) AS claimed (id, key)"
                " WHERE tochka_transaction.id = claimed.id",
                values,
            )
        )
        self.Row.invalidate_model(["transaction_key"])

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
        types = [self.Row._fields[name].column_type[1] for name in names]
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
                            SQL("%s::%s", _for_sql(row[name]), SQL(of_type))
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


def _for_sql(value):
    return compact_json(value) if isinstance(value, dict) else value
