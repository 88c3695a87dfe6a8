"""Turn parsed JSON values into Python's, where their meaning is sure.

Every function raises `Unexpected` for anything else.
"""

from __future__ import annotations

import contextlib
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .jsontext import compact_json
from .written import read_day, read_sum

_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-][\d:]+)?"
)
# Names under which programs wrap a plain value into an object.
_WRAPPED = ("value", "text", "amount", "name", "#text", "$")


class Unexpected(Exception):
    """Says what was expected; the reader adds where."""


def bare(value: Any) -> Any:
    """Return the plain value that was wrapped into a list of one or an object."""
    if isinstance(value, list) and len(value) == 1:
        return bare(value[0])
    if isinstance(value, dict):
        name = next((name for name in _WRAPPED if value.get(name) is not None), None)
        return value if name is None else bare(value[name])
    return value


def as_text(value: Any) -> str:
    """Return a text; what is none is written out."""
    value = bare(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return f"{value:f}".partition(".")[0]
    if isinstance(value, list) and not any(isinstance(v, (list, dict)) for v in value):
        return ", ".join(map(as_text, value))
    return "" if value is None else compact_json(value)


def as_identifier(value: Any) -> str:
    """Return the text of a text or number that is not empty."""
    value = bare(value)
    scalar = isinstance(value, (str, int, Decimal)) and not isinstance(value, bool)
    text = as_text(value) if scalar else ""
    if not text:
        raise Unexpected("a text that is not empty")
    return text


def as_texts(value: Any) -> tuple[str, ...]:
    """Return the texts of an array."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Unexpected("an array of texts")
    return tuple(value)


def as_number(value: Any) -> Decimal:
    """Return a sum, exactly as written."""
    value = bare(value)
    if isinstance(value, str):
        value = read_sum(value)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise Unexpected("a number")
    return Decimal(value)


def as_day(value: Any) -> date:
    """Return a day in one of the usual forms."""
    day = read_day(as_text(value))
    if day is None:
        raise Unexpected("a date YYYY-MM-DD")
    return day


def as_instant(value: Any) -> datetime:
    """Return an ISO 8601 instant."""
    match = _INSTANT.fullmatch(as_text(value))
    if match:
        seconds, fraction, offset = match.groups()
        # Python 3.10 reads neither «Z» nor other than 3 or 6 digits of a second.
        fraction = (fraction or ".0")[:7].ljust(7, "0")
        offset = "+00:00" if offset in (None, "Z") else offset
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(seconds + fraction + offset)
    raise Unexpected("an ISO 8601 date and time")
