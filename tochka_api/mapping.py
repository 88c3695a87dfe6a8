"""Turn the bank's JSON objects into records (docs/bank_api.md §2 and §3.2)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .errors import MalformedAnswer
from .parsing import Reader
from .records import (
    Account,
    Consent,
    Customer,
    PaymentEvent,
    Statement,
    Webhook,
    account_number,
)
from .statement_rows import with_rows
from .written import currency_of_number, read_currency

_logger = logging.getLogger(__name__)

T = TypeVar("T")


def each(items: Iterable[tuple[Any, str]], read: Callable[[Reader], T]) -> list[T]:
    """Return the records of the elements of a list that can be read.

    :raise MalformedAnswer: If there are elements and none can.
    """
    records, errors = [], []
    for value, path in items:
        try:
            records.append(read(Reader(value, path)))
        except MalformedAnswer as error:
            errors.append(error)
    if errors and not records:
        raise errors[0]
    for error in errors:
        _logger.info("Left out of a list of the bank: %s", error)
    return records


def customer(row: Reader) -> Customer:
    """Read one element of ``Data.Customer``; only its code is required."""
    code, inn = row.identifier("customerCode"), row.digits("taxCode", 10, 12)
    short_name = row.optional_text("shortName")
    return Customer(
        customer_code=code,
        inn=inn,
        full_name=row.optional_text("fullName") or short_name or inn or code,
        short_name=short_name,
        kpp=row.kpp(),
        ogrn=row.digits("customerOgrn"),
    )


def account(row: Reader) -> Account:
    """Read one element of ``Data.Account``; its id and customer are required."""
    account_id = row.identifier("accountId")
    currency = read_currency(row.optional_text("currency"))
    return Account(
        account_id=account_id,
        customer_code=row.identifier("customerCode"),
        status=row.optional_text("status"),
        currency=currency or currency_of_number(account_number(account_id)),
        registration_date=row.optional_day("registrationDate"),
        status_changed_at=_lenient(row.optional_instant, "statusUpdateDateTime"),
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
    read = Statement(
        account_id=account_id,
        statement_id=row.optional_identifier("statementId") or statement_id,
        status=status,
        date_from=row.day("startDateTime"),
        date_to=row.day("endDateTime"),
        opening_balance=row.optional_money("startDateBalance"),
        closing_balance=row.optional_money("endDateBalance"),
        transactions=(),
        created_at=_lenient(row.optional_instant, "creationDateTime"),
    )
    return with_rows(read, row.optional_items("Transaction")) if ready else read


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
        webhook_type=row.optional_identifier("webhookType") or "",
        customer_code=row.optional_identifier("customerCode") or "",
        payer=account_number(payer.optional_identifier("account") or ""),
        recipient=account_number(recipient.optional_identifier("account") or ""),
        payment_id=row.optional_identifier("paymentId") or "",
        date=row.optional_day("date"),
    )


def _lenient(read: Callable[[str], T], key: str) -> T | None:
    try:
        return read(key)
    except MalformedAnswer:
        return None
