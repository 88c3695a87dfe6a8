"""What requests must look like, checked as the bank checks them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime

from .clock import parse_moment
from .web import BankError

PERMISSIONS = (
    "ReadAccountsBasic", "ReadAccountsDetail", "ReadBalances", "ReadStatements",
    "ReadTransactionsBasic", "ReadTransactionsCredits", "ReadTransactionsDebits",
    "ReadTransactionsDetail", "ReadCustomerData", "ReadSBPData", "EditSBPData",
    "CreatePaymentForSign", "CreatePaymentOrder", "ReadAcquiringData",
    "MakeAcquiringOperation", "ManageInvoiceData", "ManageWebhookData",
    "MakeCustomer", "ManageGuarantee",
)  # fmt: skip
WEBHOOKS = (
    "incomingPayment", "outgoingPayment", "incomingSbpPayment",
    "acquiringInternetPayment", "incomingSbpB2BPayment",
)  # fmt: skip
_ACCOUNT = re.compile(r"\d{20}/\d{9}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_URL = re.compile(r"https?://[^\s/?#]+\S*")


def _refuse(field: str, reason: str) -> BankError:
    return BankError(400, f"Field {field} : {reason}")


def mapping(value: object, field: str) -> dict:
    """Take a JSON object.

    :raise BankError: 400, it is something else
    """
    if not isinstance(value, dict):
        raise _refuse(field, "Input should be a valid dictionary")
    return value


def member(value: dict, name: str) -> object:
    """Take a required key of an object.

    :raise BankError: 400, the key is absent
    """
    if name not in value:
        raise _refuse(name, "Field required")
    return value[name]


def account_id(value: object) -> str:
    """Take an account id: 20 digits, a slash, 9 digits of the BIC.

    :raise BankError: 400, it is something else
    """
    if not isinstance(value, str) or not _ACCOUNT.fullmatch(value):
        raise _refuse("accountId", "Value error, invalid")
    return value


def day(value: object, field: str) -> date:
    """Take a calendar day, YYYY-MM-DD and nothing after it.

    :raise BankError: 400, it is something else
    """
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise _refuse(field, "Input should be a valid date in the format YYYY-MM-DD")


def statement_order(body: object, today: date) -> tuple[str, date, date]:
    """Take an order for a statement: account, first and last day.

    :raise BankError: 400, something is missing or wrong, the last day is before
        the first, or it has not come yet
    """
    data = mapping(member(mapping(body, "body"), "Data"), "Data")
    order = mapping(member(data, "Statement"), "Statement")
    account = account_id(member(order, "accountId"))
    start = day(member(order, "startDateTime"), "startDateTime")
    end = day(member(order, "endDateTime"), "endDateTime")
    if start > end:
        raise _refuse("endDateTime", "Value error, earlier than startDateTime")
    if end > today:
        raise _refuse("endDateTime", "Value error, date in the future")
    return account, start, end


def limit(value: str | None) -> int:
    """Take the length of a list; 5 when it is not given.

    :raise BankError: 400, it is not a positive whole number
    """
    if value is None:
        return 5
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise _refuse("limit", "Input should be a valid integer")
    return int(value)


def consent_order(body: object, now: datetime) -> tuple[list[str], datetime | None]:
    """Take an order for a consent: permissions and the end of its term, if any.

    :raise BankError: 400, a permission is unknown or the term has ended already
    """
    data = mapping(member(mapping(body, "body"), "Data"), "Data")
    mapping(body.get("Risks", {}), "Risks")
    wanted = member(data, "permissions")
    if not isinstance(wanted, list):
        raise _refuse("permissions", "Input should be a valid list")
    if data.get("status", "AwaitingAuthorisation") != "AwaitingAuthorisation":
        raise _refuse("status", "Input should be 'AwaitingAuthorisation'")
    for permission in wanted:
        if permission not in PERMISSIONS:
            raise _refuse("permissions", "Input should be a known permission")
    for name in ("creationDateTime", "statusUpdateDateTime"):
        if name in data:
            moment(data[name], name)
    expires = None
    if "expirationDateTime" in data:
        expires = moment(data["expirationDateTime"], "expirationDateTime")
        if expires <= now:
            raise _refuse("expirationDateTime", "Value error, date in the past")
    return list(dict.fromkeys(wanted)), expires


def moment(value: object, field: str) -> datetime:
    """Take a moment of ISO 8601, its zone included.

    :raise BankError: 400, it is something else
    """
    if isinstance(value, str) and "T" in value:
        with suppress(ValueError):
            return parse_moment(value)
    raise _refuse(field, "Input should be a valid datetime")


def webhook_order(body: object) -> tuple[list[str], str]:
    """Take a webhook: the list of events and the address.

    :raise BankError: 400, an event is unknown or the address is not one
    """
    wanted = member(mapping(body, "body"), "webhooksList")
    if not isinstance(wanted, list):
        raise _refuse("webhooksList", "Input should be a valid list")
    for event in wanted:
        webhook_type(event, "webhooksList")
    url = member(mapping(body, "body"), "url")
    if not isinstance(url, str) or len(url) > 2083 or not _URL.fullmatch(url):
        raise _refuse("url", "Input should be a valid URL")
    return list(dict.fromkeys(wanted)), url


def webhook_type(value: object, field: str) -> str:
    """Take the name of an event.

    :raise BankError: 400, the bank has no such event
    """
    if value not in WEBHOOKS:
        raise _refuse(field, "Input should be a known webhook type")
    return str(value)
