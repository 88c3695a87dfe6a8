"""What the bank tells of a payment: one list of fields, all else is derived from it.

A further field of a row needs its declaration in `tochka.transaction` and one entry at
the end of FIELDS, with `since` one more than the highest version there is. The order of
the list is a part of the digests.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Computed of the row here; the bank does not tell them.
KEYS = ("transaction_key", "content_digest", "row_digest")


@dataclass(frozen=True)
class BankField:
    """One field of tochka.transaction that holds what the bank tells."""

    name: str
    # Reads it from a tochka_api.Transaction; None where the bank tells nothing.
    read: Callable[[Any], Any]
    # Its place among what identifies a payment apart from the bank's ids; 0: it does
    # not. Never change these places: the content digest is a part of stored keys.
    identity: int = 0
    # A person sees it: what the bank changes of it after loading is taken into the
    # books, or shown to be decided on.
    seen: bool = False
    # The journal entry depends on it: it is never changed without a person.
    in_entry: bool = False
    # The field of account.bank.statement.line that shows it in the bank's words.
    on_line: str = ""
    # The version of the row digest that first held it; 0: no digest holds it.
    since: int = 1


FIELDS = (
    BankField("transaction_id", lambda one: one.transaction_id),
    BankField("payment_id", lambda one: one.payment_id),
    BankField("date", lambda one: one.date, identity=1, seen=True, in_entry=True),
    BankField("amount", lambda one: one.amount, identity=2, seen=True, in_entry=True),
    BankField("amount_company", lambda one: one.amount_nat),
    BankField(
        "purpose",
        lambda one: one.purpose,
        identity=4,
        seen=True,
        on_line="payment_ref",
    ),
    BankField(
        "document_number",
        lambda one: one.document_number,
        identity=3,
        seen=True,
        on_line="ref",
    ),
    BankField(
        "type_code",
        lambda one: one.type_code,
        seen=True,
        on_line="transaction_type",
    ),
    BankField(
        "partner_name",
        lambda one: one.counterparty.name,
        seen=True,
        on_line="partner_name",
    ),
    BankField("inn", lambda one: one.counterparty.inn, identity=6, seen=True),
    BankField("kpp", lambda one: one.counterparty.kpp, seen=True),
    BankField(
        "account_number",
        lambda one: one.counterparty.account,
        identity=5,
        seen=True,
        on_line="account_number",
    ),
    BankField("partner_bic", lambda one: one.counterparty.bic),
    BankField("bank_name", lambda one: one.counterparty.bank_name),
    BankField(
        "correspondent_account", lambda one: one.counterparty.correspondent_account
    ),
    BankField("tax_fields", lambda one: one.tax_fields),
    # A part of `tax_fields`.
    BankField("kbk", lambda one: _kbk(one.tax_fields or {}), since=0),
    # All of it, in the bank's own form.
    BankField("raw", lambda one: one.raw, since=0),
    BankField("bank_currency", lambda one: one.currency, since=2),
)


def _kbk(tax_fields):
    """Return the budget code, which the bank may write as a number."""
    code = tax_fields.get("kbk")
    plain = isinstance(code, str | int) and not isinstance(code, bool)
    return str(code) if plain else None


def columns():
    """Return the names of the register's columns that hold a row of the bank."""
    return (*KEYS, *(field.name for field in FIELDS))


def seen():
    """Return the names of what a person sees of a row."""
    return [field.name for field in FIELDS if field.seen]


def in_entry():
    """Return the names of what the journal entry depends on."""
    return {field.name for field in FIELDS if field.in_entry}


def on_line():
    """Return {name: field of the statement line that shows it}."""
    return {field.name: field.on_line for field in FIELDS if field.on_line}


# === READING === #


def read_row(transaction):
    """Return {name of a field: value} of a transaction; None is what is not told.

    :param tochka_api.Transaction transaction: one row of a statement
    """
    return {field.name: _told(field.read(transaction)) for field in FIELDS}


def note_digests(row):
    """Note in a row what identifies it and what it says, once its day is known."""
    row["content_digest"] = content_digest(row)
    row["row_digest"] = row_digest(row)


def key_label(row):
    """Return what the keys of a row begin with; a number makes one unique.

    A key is only a name for the database: which payment a row is, `matching` decides.
    """
    identity = row["transaction_id"]
    content = row["content_digest"]
    return f"{identity}#{content}" if identity else f"content:{content}"


def _told(value):
    """Return None for an empty text or dict; numbers stay, zero too."""
    return None if value in ("", {}) else value


# === DIGESTS === #


def content_digest(row):
    """Return the digest of what identifies a payment apart from the bank's ids."""
    return _digest(_identifying(row, identifying()))


def content_without_day(row):
    """Return the digest of what identifies a payment apart from its ids and its day."""
    return _digest(_identifying(row, (n for n in identifying() if n != "date")))


def identifying():
    """Return the names of what identifies a payment apart from the bank's ids."""
    fields = sorted(
        (field for field in FIELDS if field.identity), key=lambda one: one.identity
    )
    return [field.name for field in fields]


def _identifying(row, names):
    return (f"{row[n]:.2f}" if n == "amount" else row[n] for n in names)


def newest_version():
    """Return the version of the row digests that are written today."""
    return max(field.since for field in FIELDS)


def row_digest(row, version=None):
    """Return the digest of all the bank tells of a row, with its version in front.

    :param dict row: of `columns()`
    :param int version: which fields to take; the newest ones by default
    """
    version = version or newest_version()
    digest = _digest(row[field.name] for field in FIELDS if 0 < field.since <= version)
    # Digests of the first version were stored without saying so.
    return digest if version == 1 else f"{version}:{digest}"


def version_of(digest):
    """Return the version of a stored row digest."""
    version, colon, _rest = (digest or "").partition(":")
    return int(version) if colon else 1


def is_changed(row, digest):
    """Whether a row tells something else than when its digest was stored.

    Only what the digest held is compared: a field that was added to the list later is
    no change by the bank.
    """
    return row_digest(row, version_of(digest)) != digest


def _digest(values):
    """Return a digest of values of any type; equal values have equal digests."""
    text = "\x1f".join("" if value is None else str(value) for value in values)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
