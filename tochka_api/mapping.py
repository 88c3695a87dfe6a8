"""Turn the bank's JSON objects into records (docs/bank_api.md §2 and §3.2)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from .errors import MalformedAnswer
from .parsing import Reader
from .records import (
    Account,
    Consent,
    Customer,
    Party,
    PaymentEvent,
    Statement,
    Transaction,
    Webhook,
    account_number,
)

T = TypeVar("T")

# The counterparty is the side other than ours, often the only one sent (§3.3).
_SIGNS = {"Credit": 1, "Debit": -1}
_OTHER_SIDE = {"Credit": "Debtor", "Debit": "Creditor"}
_TAX_FIELDS = (
    "originatorStatus",
    "kbk",
    "oktmo",
    "base",
    "documentNumber",
    "documentDate",
    "type",
    "field107",
)


def customer(row: Reader) -> Customer:
    """Read one element of ``Data.Customer``."""
    return Customer(
        customer_code=row.identifier("customerCode"),
        inn=row.optional_text("taxCode"),
        full_name=row.text("fullName"),
        short_name=row.optional_text("shortName"),
        kpp=_kpp(row),
        ogrn=row.optional_text("customerOgrn"),
    )


def account(row: Reader) -> Account:
    """Read one element of ``Data.Account``."""
    return Account(
        account_id=row.identifier("accountId"),
        customer_code=row.identifier("customerCode"),
        status=row.text("status"),
        currency=row.identifier("currency"),
        registration_date=row.day("registrationDate"),
    )


def consent(row: Reader) -> Consent:
    """Read a consent as it stands in ``Data`` (§1.4)."""
    return Consent(
        consent_id=row.identifier("consentId"),
        expires_at=row.optional_instant("expirationDateTime"),
    )


def statement(row: Reader, account_id: str, statement_id: str | None) -> Statement:
    """Read a statement of the account ``account_id``, rows only once it is ready.

    The record bears the account id that was asked for, since some answers carry the
    bare number (§2). ``statement_id`` None demands the id from the bank.

    :raise MalformedAnswer: Also when it is the statement of another account.
    """
    sent_number = account_number(row.identifier("accountId"))
    if sent_number != account_number(account_id):
        raise row.wrong("accountId", "the account that was asked for")
    status = row.text("status")
    ready = status == "Ready"
    if statement_id is None:
        statement_id = row.identifier("statementId")
    rows = row.optional_children("Transaction") if ready else []
    return Statement(
        account_id=account_id,
        statement_id=row.optional_identifier("statementId") or statement_id,
        status=status,
        date_from=row.day("startDateTime"),
        date_to=row.day("endDateTime"),
        opening_balance=row.optional_money("startDateBalance"),
        closing_balance=row.optional_money("endDateBalance"),
        transactions=tuple(transaction(line) for line in rows),
        created_at=_lenient(row.optional_instant, "creationDateTime"),
    )


def transaction(row: Reader) -> Transaction:
    """Read one element of ``Transaction``; direction, status and amount are required.

    The bank's amounts have no sign of their own: a credit is added, a debit taken off.
    """
    direction = row.one_of("creditDebitIndicator", tuple(_SIGNS))
    sign, amount = _SIGNS[direction], row.child("Amount")
    amount_nat = amount.optional_money("amountNat")
    return Transaction(
        transaction_id=row.optional_identifier("transactionId"),
        payment_id=row.optional_identifier("paymentId"),
        status=row.text("status"),
        amount=_signed(sign, amount.money("amount")),
        amount_nat=None if amount_nat is None else _signed(sign, amount_nat),
        currency=amount.identifier("currency"),
        date=row.optional_day("documentProcessDate"),
        document_number=row.optional_text("documentNumber"),
        type_code=row.optional_text("transactionTypeCode"),
        purpose=row.optional_text("description").rstrip(),
        counterparty=_party(row, _OTHER_SIDE[direction]),
        tax_fields=_tax_fields(row),
        raw=row.raw(),
    )


def webhook(row: Reader) -> Webhook:
    """Read ``Data`` of the webhook methods (§4.1)."""
    return Webhook(url=row.text("url"), events=row.texts("webhooksList"))


def public_key(row: Reader) -> dict[str, Any]:
    """Read the bank's JWK: the public fields of one RSA key (§4.2)."""
    kind = row.one_of("kty", ("RSA",))
    return {"kty": kind, "n": row.identifier("n"), "e": row.identifier("e")}


def payment_event(row: Reader) -> PaymentEvent:
    """Read the claims of a verified webhook (§4.3); odd values are taken as absent.

    The bank adds types and fields without notice, and an event that is refused comes
    30 times more, so no field is required.
    """
    payer = _lenient(row.optional_child, "SidePayer") or Reader({}, "")
    recipient = _lenient(row.optional_child, "SideRecipient") or Reader({}, "")
    return PaymentEvent(
        webhook_type=_lenient(row.optional_text, "webhookType") or "",
        customer_code=_lenient(row.optional_text, "customerCode") or "",
        payer=account_number(_lenient(payer.optional_text, "account") or ""),
        recipient=account_number(_lenient(recipient.optional_text, "account") or ""),
        payment_id=_lenient(row.optional_text, "paymentId") or "",
        date=_lenient(row.optional_day, "date"),
    )


def _lenient(read: Callable[[str], T], key: str) -> T | None:
    try:
        return read(key)
    except MalformedAnswer:
        return None


def _signed(sign: int, amount: Decimal) -> Decimal:
    # Not a multiplication: that would round to the decimal context's precision.
    return amount if sign > 0 or not amount else amount.copy_negate()


def _party(row: Reader, side: str) -> Party:
    owner = row.optional_child(f"{side}Party")
    account = row.optional_child(f"{side}Account")
    bank = row.optional_child(f"{side}Agent")
    return Party(
        name=owner.optional_text("name") if owner else "",
        inn=owner.optional_text("inn") if owner else "",
        kpp=_kpp(owner) if owner else "",
        # schemeName says «card» of plain accounts too, so it is not looked at (§3.3).
        account=account.optional_text("identification") if account else "",
        bic=bank.optional_text("identification") if bank else "",
        bank_name=bank.optional_text("name") if bank else "",
        correspondent_account=(
            bank.optional_text("accountIdentification") if bank else ""
        ),
    )


def _kpp(row: Reader) -> str:
    """Return the KPP; the bank writes "0" for persons, who have none (§3.3)."""
    kpp = row.optional_text("kpp")
    return "" if kpp == "0" else kpp


def _tax_fields(row: Reader) -> dict[str, Any] | None:
    fields = row.optional_child("TaxFields")
    return fields.mapping(scalars=_TAX_FIELDS) if fields else None
