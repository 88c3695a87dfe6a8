"""Read JSON strictly: every value is checked, and every error names its path."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from .errors import MalformedAnswer
from .jsontext import UNSTORABLE, compact_json

T = TypeVar("T")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-][\d:]+)?"
)


class Reader:
    """One JSON object of an answer and the path that leads to it.

    Plain methods require the field; ``optional_…`` ones take a missing or null field
    as absent. Other fields are ignored.
    """

    __slots__ = ("_fields", "path")

    def __init__(self, value: Any, path: str) -> None:
        """Wrap a parsed JSON object found at ``path``.

        :raise MalformedAnswer: If it is not an object.
        """
        if not isinstance(value, dict):
            raise _malformed(path, "an object", value)
        self._fields = value
        self.path = path

    def raw(self) -> str:
        """Return the object as the compact JSON text the bank sent."""
        return compact_json(self._fields)

    def is_array(self, key: str) -> bool:
        """Return whether the field is a JSON array."""
        return isinstance(self._fields.get(key), list)

    def child(self, key: str) -> Reader:
        """Return the object in a required field."""
        return Reader(self._demand(key), self._path(key))

    def optional_child(self, key: str) -> Reader | None:
        """Return the object in a field, None when absent."""
        return None if self._fields.get(key) is None else self.child(key)

    def children(self, key: str) -> list[Reader]:
        """Return the objects of a required array."""
        items, path = self._demand(key), self._path(key)
        if not isinstance(items, list):
            raise _malformed(path, "an array", items)
        return [Reader(item, f"{path}[{place}]") for place, item in enumerate(items)]

    def optional_children(self, key: str) -> list[Reader]:
        """Return the objects of an array, none when absent."""
        return [] if self._fields.get(key) is None else self.children(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a required array."""
        return self._read(key, _texts)

    def text(self, key: str) -> str:
        """Return a required text, which may be empty."""
        return self._read(key, _text)

    def optional_text(self, key: str) -> str:
        """Return a text, ``''`` when absent."""
        return self._optional(key, _text) or ""

    def identifier(self, key: str) -> str:
        """Return a required text that may not be empty."""
        return self._read(key, _filled_text)

    def optional_identifier(self, key: str) -> str | None:
        """Return a text, None when absent or empty."""
        return self._optional(key, _text) or None

    def money(self, key: str) -> Decimal:
        """Return a required number exactly as written."""
        return self._read(key, _number)

    def optional_money(self, key: str) -> Decimal | None:
        """Return a number exactly as written, None when absent."""
        return self._optional(key, _number)

    def day(self, key: str) -> date:
        """Return a required ``YYYY-MM-DD``."""
        return self._read(key, _day)

    def optional_day(self, key: str) -> date | None:
        """Return a ``YYYY-MM-DD``, None when absent or empty."""
        return None if self._fields.get(key) == "" else self._optional(key, _day)

    def optional_instant(self, key: str) -> datetime | None:
        """Return an ISO 8601 instant, None when absent or empty.

        One without an offset is UTC (§3.5).
        """
        return None if self._fields.get(key) == "" else self._optional(key, _instant)

    def one_of(self, key: str, values: tuple[str, ...]) -> str:
        """Return a required text that must be one of ``values``."""
        text = self.text(key)
        if text not in values:
            raise _malformed(self._path(key), " or ".join(values), text)
        return text

    def optional_seconds(self, key: str) -> int | None:
        """Return a whole number above zero, None for anything else."""
        value = self._fields.get(key)
        text = value if isinstance(value, str) else str(value)
        return int(text) or None if re.fullmatch("[0-9]{1,9}", text) else None

    def wrong(self, key: str, expected: str) -> MalformedAnswer:
        """Return the error for a field that the caller cannot use."""
        return _malformed(self._path(key), expected, self._fields.get(key))

    def mapping(self, scalars: tuple[str, ...]) -> dict[str, Any]:
        """Return all fields; those named in ``scalars`` must be texts or integers."""
        for key in scalars:
            self._optional(key, _text_or_integer)
        return dict(self._fields)

    def _path(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _demand(self, key: str) -> Any:
        value = self._fields.get(key)
        if value is None:
            path = self._path(key)
            raise MalformedAnswer(f"{path} is missing", path=path)
        return value

    def _read(self, key: str, convert: Callable[[Any], T]) -> T:
        value = self._demand(key)
        try:
            return convert(value)
        except _Unexpected as error:
            raise _malformed(self._path(key), str(error), value) from None

    def _optional(self, key: str, convert: Callable[[Any], T]) -> T | None:
        return None if self._fields.get(key) is None else self._read(key, convert)


class _Unexpected(Exception):
    """Says what was expected; the reader adds where."""


def _malformed(path: str, expected: str, value: Any) -> MalformedAnswer:
    # Only the type is named: the value may be personal data.
    found = type(value).__name__
    return MalformedAnswer(f"{path}: expected {expected}, got {found}", path=path)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unexpected("a text")
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)


def _filled_text(value: Any) -> str:
    text = _text(value)
    if not text:
        raise _Unexpected("a text that is not empty")
    return text


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _Unexpected("an array of texts")
    return tuple(value)


def _text_or_integer(value: Any) -> str | int:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _Unexpected("a text or an integer")
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise _Unexpected("a number")
    return Decimal(value)


def _day(value: Any) -> date:
    if _DAY.fullmatch(_text(value)):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    raise _Unexpected("a date YYYY-MM-DD")


def _instant(value: Any) -> datetime:
    match = _INSTANT.fullmatch(_text(value))
    if match:
        seconds, fraction, offset = match.groups()
        # Python 3.10 reads neither «Z» nor other than 3 or 6 digits of a second.
        fraction = (fraction or ".0")[:7].ljust(7, "0")
        offset = "+00:00" if offset in (None, "Z") else offset
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(seconds + fraction + offset)
    raise _Unexpected("an ISO 8601 date and time")
