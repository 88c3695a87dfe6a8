"""Read the rows of a statement (docs/bank_api.md §3.2 and §3.3)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .errors import MalformedAnswer
from .jsontext import compact_json
from .parsing import Reader
from .records import Party, Statement, Transaction, UnreadableRow
from .written import read_currency

# Beside the bank's own words those of ISO 20022 and of accountants, in any case.
_SIGNS = {
    **dict.fromkeys(("credit", "crdt", "cr", "кредит", "приход"), 1),
    **dict.fromkeys(("debit", "dbit", "dr", "дебет", "расход"), -1),
}
_STATUSES = {"booked": "Booked", "book": "Booked", "pending": "Pending"}
_STATUSES["pdng"] = "Pending"
# The bank's own have some 20 signs.
_LONGEST_ID = 120
# The counterparty is the side other than ours, often the only one sent (§3.3).
_OTHER_SIDE = {1: "Debtor", -1: "Creditor"}


def with_rows(bare: Statement, items: list[tuple[Any, str]]) -> Statement:
    """Return a statement with its rows, the unreadable ones apart."""
    rows: list[Transaction] = []
    unreadable: list[UnreadableRow] = []
    for value, path in items:
        try:
            rows.append(transaction(Reader(value, path)))
        except MalformedAnswer:
            unreadable.append(_unreadable(value))
    whole = replace(bare, transactions=tuple(rows), unreadable=tuple(unreadable))
    return _settled(whole)


def _settled(statement: Statement) -> Statement:
    """Return a statement without rows of a status nobody knows.

    The balances tell whether the bank has booked them: all of them, or none. Where
    they do not tell, these rows cannot be read.
    """
    known = set(_STATUSES.values())
    unknown = [row for row in statement.transactions if row.status not in known]
    if not unknown:
        return statement
    lacks, opening = None, statement.opening_balance
    if opening is not None and statement.closing_balance is not None:
        booked = (r.amount for r in statement.transactions if r.status == "Booked")
        lacks = statement.closing_balance - opening - sum(booked)
    total = sum(row.amount for row in unknown)
    certain = not statement.unreadable and total and lacks in (total, 0)
    status = "Booked" if lacks else "Pending"
    rows = [
        row if row.status in known else replace(row, status=status)
        for row in statement.transactions
        if row.status in known or certain
    ]
    unreadable = () if certain else unknown
    return replace(
        statement,
        transactions=tuple(rows),
        unreadable=(
            *statement.unreadable,
            *(UnreadableRow(row.raw, ("status",), row.date) for row in unreadable),
        ),
    )


def transaction(row: Reader) -> Transaction:
    """Read one element of ``Transaction``; direction and amount are required.

    The bank's amounts have no sign of their own: a credit is added, a debit taken off.
    """
    sign = _sign(row)
    amount, amount_nat, currency = _amounts(row)
    status = row.optional_text("status").strip()
    taxes = row.child_or("TaxFields", "value").mapping()
    return Transaction(
        transaction_id=_short(row.optional_identifier("transactionId")),
        payment_id=_short(row.optional_identifier("paymentId")),
        status=_STATUSES.get(status.casefold(), status),
        amount=_signed(sign, amount),
        amount_nat=None if amount_nat is None else _signed(sign, amount_nat),
        currency=currency,
        date=row.optional_day("documentProcessDate"),
        document_number=row.optional_text("documentNumber"),
        type_code=row.optional_text("transactionTypeCode"),
        purpose=row.optional_text("description").rstrip(),
        counterparty=_party(row, _OTHER_SIDE[sign]),
        tax_fields=None if taxes == {"value": None} else taxes,
        raw=row.raw(),
    )


def _short(identifier: str | None) -> str | None:
    """Return an identifier that fits into an index: a digest stands for a long tail."""
    if identifier is None or len(identifier) <= _LONGEST_ID:
        return identifier
    digest = hashlib.sha256(identifier.encode()).hexdigest()
    return f"{identifier[:_LONGEST_ID]}#{digest[:32]}"


def _sign(row: Reader) -> int:
    """Return 1 for money in, -1 for money out."""
    sign = _SIGNS.get(row.text("creditDebitIndicator").strip().casefold())
    if sign is None:
        raise row.wrong("creditDebitIndicator", "Credit or Debit")
    return sign


def _amounts(row: Reader) -> tuple[Decimal, Decimal | None, str]:
    """Return the amount, its worth in roubles, if told, and its currency, if told.

    The worth is optional. Zero, or the same figure in another currency, is what a
    program puts in its place.
    """
    amounts = row.child_or("Amount", "amount")
    amount, worth = amounts.money("amount"), amounts.optional_money("amountNat")
    currency = read_currency(amounts.optional_text("currency"))
    if worth is not None and amount:
        foreign = currency not in ("", "RUB")
        if not worth or (foreign and worth == amount):
            worth = None
    return amount, worth, currency


def _unreadable(value: Any) -> UnreadableRow:
    """Return an element of ``Transaction`` that is no payment, and what it lacks."""
    if not isinstance(value, dict):
        return UnreadableRow(compact_json(value), ("fields",), None)
    row, lacks = Reader(value, ""), []
    for name, read in (("amount", _amounts), ("direction", _sign)):
        try:
            read(row)
        except MalformedAnswer:
            lacks.append(name)
    day = row.optional_day("documentProcessDate")
    return UnreadableRow(row.raw(), tuple(lacks), day)


def _signed(sign: int, amount: Decimal) -> Decimal:
    # Not a multiplication: that would round to the decimal context's precision.
    return amount if sign > 0 or not amount else amount.copy_negate()


def _party(row: Reader, side: str) -> Party:
    owner = row.child_or(f"{side}Party", "name")
    account = row.child_or(f"{side}Account", "identification")
    bank = row.child_or(f"{side}Agent", "name")
    return Party(
        name=owner.optional_text("name"),
        inn=owner.digits("inn", 10, 12),
        kpp=owner.kpp(),
        # schemeName says «card» of plain accounts too, so it is not looked at (§3.3).
        account=account.digits("identification", 20),
        bic=bank.digits("identification", 9),
        bank_name=bank.optional_text("name"),
        correspondent_account=bank.digits("accountIdentification", 20),
    )
