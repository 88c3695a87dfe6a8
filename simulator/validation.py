"""What requests must look like, checked as the bank checks them.

Their form is that of ``openapi.json``; what no schema can say (one day is not after
another, a moment has not passed) is checked here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from .clock import parse_moment
from .web import BankError

_DOCUMENT = Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")
_SCHEMAS = json.loads(_DOCUMENT)["components"]["schemas"]
PERMISSIONS = tuple(_SCHEMAS["Permission"]["enum"])
_KINDS = {"object": dict, "array": list, "string": str}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FORMATS: dict[str, Callable[[str], object]] = {
    # Python reads other forms of ISO 8601 as well, the bank does not.
    "date": lambda text: _DAY.fullmatch(text) and date.fromisoformat(text),
    "date-time": lambda text: "T" in text and parse_moment(text),
    "uri": re.compile(r"https?://[^\s/?#]+\S*").fullmatch,
}
_WANTED = {
    "object": "a valid dictionary",
    "array": "a valid list",
    "string": "a valid string",
    "date": "a valid date in the format YYYY-MM-DD",
    "date-time": "a valid datetime",
    "uri": "a valid URL",
}


def _refuse(field: str, reason: str) -> BankError:
    return BankError(400, f"Field {field} : {reason}")


def _reason(schema: dict) -> str:
    """Return what the bank says of a value that this schema does not admit."""
    if "enum" in schema:
        return f"Input should be a known {schema['title']}"
    if "const" in schema:
        return f"Input should be {schema['const']!r}"
    if "pattern" in schema:
        return "Value error, invalid"
    return f"Input should be {_WANTED[schema.get('format') or schema['type']]}"


def _admits(schema: dict, value: object) -> bool:
    """Return whether a schema admits a value, whatever is inside it."""
    if not isinstance(value, _KINDS[schema["type"]]):
        return False
    if "enum" in schema or "const" in schema:
        return value in schema.get("enum", [schema.get("const")])
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        return False
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        return False
    try:
        return "format" not in schema or bool(_FORMATS[schema["format"]](value))
    except ValueError:
        return False


def _check(value: object, schema: dict, field: str) -> None:
    """Check a value against the keywords our schemas of requests use.

    :raise BankError: 400, it names the first field that is missing or wrong
    """
    if "$ref" in schema:
        schema = _SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if not _admits(schema, value):
        raise _refuse(field, _reason(schema))
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            _check(value[name], inner, name)
        elif name in schema.get("required", ()):
            raise _refuse(name, "Field required")
    if "items" in schema:
        for item in value:
            _check(item, schema["items"], field)


def account_id(value: str) -> None:
    """Check an account id: 20 digits, a slash, 9 digits of the BIC.

    :raise BankError: 400, it is something else
    """
    _check(value, _SCHEMAS["AccountId"], "accountId")


def statement_order(body: object, today: date) -> tuple[str, date, date]:
    """Return what an order for a statement asks for: account, first and last day.

    :raise BankError: 400, something is missing or wrong, the last day is before
        the first, or it has not come yet
    """
    _check(body, _SCHEMAS["StatementRequest"], "body")
    order = body["Data"]["Statement"]
    start = date.fromisoformat(order["startDateTime"])
    end = date.fromisoformat(order["endDateTime"])
    if start > end:
        raise _refuse("endDateTime", "Value error, earlier than startDateTime")
    if end > today:
        raise _refuse("endDateTime", "Value error, date in the future")
    return order["accountId"], start, end


def limit(value: str | None) -> int:
    """Return the length of a list; 5 when it is not given.

    :raise BankError: 400, it is not a positive whole number
    """
    if value is None:
        return 5
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise _refuse("limit", "Input should be a valid integer")
    return int(value)


def consent_order(body: object, now: datetime) -> tuple[list[str], datetime | None]:
    """Return what a consent is asked for: permissions and the end of its term, if any.

    :raise BankError: 400, a permission is unknown or the term has ended already
    """
    _check(body, _SCHEMAS["ConsentRequest"], "body")
    data = body["Data"]
    expires = None
    if "expirationDateTime" in data:
        expires = parse_moment(data["expirationDateTime"])
        if expires <= now:
            raise _refuse("expirationDateTime", "Value error, date in the past")
    return list(dict.fromkeys(data["permissions"])), expires


def webhook_order(body: object) -> tuple[list[str], str]:
    """Return the events a webhook is asked for, each once, and its address.

    :raise BankError: 400, an event is unknown or the address is not one
    """
    _check(body, _SCHEMAS["WebhookRequest"], "body")
    return list(dict.fromkeys(body["webhooksList"])), body["url"]


def webhook_test(body: object) -> str:
    """Return the event a test is asked of.

    :raise BankError: 400, the bank has no such event
    """
    _check(body, _SCHEMAS["WebhookTest"], "body")
    return body["webhookType"]
