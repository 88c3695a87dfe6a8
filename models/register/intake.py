"""From the bank to the register: identity, so that nothing is lost or doubled."""

import hashlib
from collections import Counter, defaultdict

from psycopg2.extras import Json

from odoo import api, models
from odoo.tools import SQL

ROWS_PER_INSERT = 1000
COLUMNS = (
    "transaction_key",
    "content_digest",
    "row_digest",
    "transaction_id",
    "payment_id",
    "date",
    "amount",
    "amount_company",
    "purpose",
    "document_number",
    "type_code",
    "partner_name",
    "inn",
    "kpp",
    "account_number",
    "partner_bic",
    "bank_name",
    "correspondent_account",
    "tax_fields",
    "kbk",
    "raw",
)
# "kbk" is a part of "tax_fields".
_NOT_CONTENT = ("transaction_key", "content_digest", "row_digest", "kbk", "raw")


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    @api.model
    def _store(self, account, statement):
        """Put the rows of a statement into the register.

        A fixed number of queries, however many rows are known. Rows that are not
        booked yet wait for a later run.

        :param account: tochka.account
        :param tochka_api.Statement statement: Ready
        :return: (set of the keys seen, counts `inserted`, `changed`, `rejected`,
            `skipped`)
        """
        booked = [row for row in statement.transactions if row.status == "Booked"]
        rows = {row["transaction_key"]: row for row in _rows(booked, statement)}
        known = self._known(account, list(rows))
        fresh = {key: row for key, row in rows.items() if key not in known}
        if fresh:
            known |= self._claim(account, statement, fresh, list(rows))
        changed = {
            row_id: rows[key]
            for key, (row_id, digest, _state) in known.items()
            if digest != rows[key]["row_digest"]
        }
        new = [row for key, row in fresh.items() if key not in known]
        inserted = self._insert(account, new)
        for row_id, row in changed.items():
            self.browse(row_id)._bank_changed(row)
        return set(rows), {
            "inserted": inserted,
            "changed": len(changed),
            "rejected": [state for *_, state in known.values()].count("rejected"),
            "skipped": len(statement.transactions) - len(booked),
        }

    def _known(self, account, keys):
        """Give {key: (id, row digest, state)} of the rows the register holds."""
        self.flush_model()
        return {
            key: (row_id, digest, state)
            for row_id, key, digest, state in self.env.execute_query(
                SQL(
                    "SELECT id, transaction_key, row_digest, state"
                    " FROM tochka_transaction"
                    " WHERE account_id = %s AND transaction_key = ANY(%s)",
                    account.id,
                    keys,
                )
            )
        }

    def _claim(self, account, statement, fresh, keys):
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
                account.id,
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
        """Give claimed rows the key the bank uses now."""
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
        self.invalidate_model(["transaction_key"])

    def _insert(self, account, rows):
        """Insert rows; those another process inserted meanwhile stay as they are.

        :param list[dict] rows: of COLUMNS
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
                        SQL(", ").join(map(SQL.identifier, COLUMNS)),
                        SQL(", ").join(self._values(account, row) for row in batch),
                    )
                )
            )
        if inserted:
            self.invalidate_model()
        return inserted

    def _values(self, account, row):
        state = self._state_at(account, row["date"])
        return SQL(
            "(%s, %s, %s, %s, %s, %s, NOW() AT TIME ZONE 'UTC', %s,"
            " NOW() AT TIME ZONE 'UTC', %s)",
            account.id,
            account.company_id.id,
            account.currency_id.id,
            state,
            "waiting" if state == "new" else state,
            self.env.uid,
            self.env.uid,
            SQL(", ").join(
                SQL("%s", Json(value) if isinstance(value, dict) else value)
                for value in map(row.get, COLUMNS)
            ),
        )

    @staticmethod
    def _state_at(account, date):
        """Give the first state of a row of this day."""
        before = account.opening_date and date < account.opening_date
        return "before_opening" if before else "new"


def _rows(transactions, statement):
    """Give a dict of COLUMNS for every transaction.

    A row without an id gets a key from its content and the number of its occurrence,
    so two truly identical payments stay two.
    """
    seen, under_id = Counter(), defaultdict(dict)
    for one in transactions:
        party = one.counterparty
        row = {
            "transaction_id": one.transaction_id or None,
            "payment_id": one.payment_id or None,
            "date": one.date or statement.date_to,
            "amount": one.amount,
            "amount_company": one.amount_nat,
            "purpose": one.purpose or None,
            "document_number": one.document_number or None,
            "type_code": one.type_code or None,
            "partner_name": party.name or None,
            "inn": party.inn or None,
            "kpp": party.kpp or None,
            "account_number": party.account or None,
            "partner_bic": party.bic or None,
            "bank_name": party.bank_name or None,
            "correspondent_account": party.correspondent_account or None,
            "tax_fields": one.tax_fields or None,
            "kbk": (one.tax_fields or {}).get("kbk") or None,
            "raw": one.raw,
        }
        row["content_digest"] = _digest(
            row["date"],
            f"{row['amount']:.2f}",
            row["document_number"],
            row["purpose"],
            row["account_number"],
            row["inn"],
        )
        row["row_digest"] = _digest(
            *(row[name] for name in COLUMNS if name not in _NOT_CONTENT)
        )
        if row["transaction_id"]:
            row["transaction_key"] = row["transaction_id"]
            contents = under_id[row["transaction_id"]]
            if contents.setdefault(row["content_digest"], len(contents)):
                # Another payment under the same id: the bank's slip, not a repetition.
                row["transaction_key"] += f"#{row['content_digest']}"
        else:
            seen[row["content_digest"]] += 1
            row["transaction_key"] = (
                f"content:{row['content_digest']}#{seen[row['content_digest']]}"
            )
        yield row


def _digest(*parts):
    """Digest values of any type; equal values give equal digests."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
