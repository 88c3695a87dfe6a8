"""Read JSON fields: every value is checked, and every error names its path.

The bank promises types and does not always keep to them. A value of another type is
taken where its meaning is sure: a sum written as a text, an INN written as a number.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from .errors import MalformedAnswer
from .jsontext import compact_json
from .values import (
    Unexpected,
    as_day,
    as_identifier,
    as_instant,
    as_number,
    as_text,
    as_texts,
    bare,
)

T = TypeVar("T")


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
        """Return the object in a required field; of a list of one, its element."""
        value = self._demand(key)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        return Reader(value, self._path(key))

    def child_or(self, key: str, name: str) -> Reader:
        """Return the object in a field; what is no object is taken as its ``name``.

        An absent field gives a reader without fields.
        """
        value = self._fields.get(key)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            value = {name: value}
        return Reader(value, self._path(key))

    def optional_child(self, key: str) -> Reader | None:
        """Return the object in a field, None when absent."""
        return None if self._fields.get(key) is None else self.child(key)

    def items(self, key: str) -> list[tuple[Any, str]]:
        """Return the elements of a required array, whatever they are, and their paths.

        :raise MalformedAnswer: If it is not an array.
        """
        items, path = self._demand(key), self._path(key)
        if not isinstance(items, list):
            raise _malformed(path, "an array", items)
        return [(item, f"{path}[{place}]") for place, item in enumerate(items)]

    def children(self, key: str) -> list[Reader]:
        """Return the objects of a required array."""
        return [Reader(item, path) for item, path in self.items(key)]

    def optional_items(self, key: str) -> list[tuple[Any, str]]:
        """Return the elements of an array, none when absent; an object is one."""
        value = self._fields.get(key)
        if isinstance(value, dict):
            return [(value, self._path(key))]
        return [] if value is None else self.items(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a required array."""
        return self._read(key, as_texts)

    def text(self, key: str) -> str:
        """Return a required text, which may be empty."""
        return self._read(key, as_text)

    def optional_text(self, key: str) -> str:
        """Return a text, ``''`` when absent.

        Anything else is written out: a number as its digits, an object as JSON.
        """
        return self._optional(key, as_text) or ""

    def digits(self, key: str, *lengths: int) -> str:
        """Return a text of digits, ``''`` when absent.

        A number has lost its leading zeros: one digit less than one of the lengths
        means that a zero is missing.
        """
        value, text = bare(self._fields.get(key)), self.optional_text(key)
        if isinstance(value, int) and len(text) + 1 in lengths:
            return f"0{text}"
        return text

    def kpp(self) -> str:
        """Return the KPP; the bank writes "0" for persons, who have none (§3.3)."""
        kpp = self.digits("kpp", 9)
        return "" if kpp == "0" else kpp

    def identifier(self, key: str) -> str:
        """Return a required text or number that may not be empty."""
        return self._read(key, as_identifier)

    def secret(self, key: str) -> str:
        """Return a required text, as it is, that may not be empty."""
        value = self._demand(key)
        if not isinstance(value, str) or not value:
            raise _malformed(self._path(key), "a text that is not empty", value)
        return value

    def optional_identifier(self, key: str) -> str | None:
        """Return a text or a number as text, None for anything else."""
        with contextlib.suppress(MalformedAnswer):
            return self._optional(key, as_identifier)
        return None

    def money(self, key: str) -> Decimal:
        """Return a required sum exactly as written."""
        return self._read(key, as_number)

    def optional_money(self, key: str) -> Decimal | None:
        """Return a sum exactly as written, None when absent or unreadable."""
        with contextlib.suppress(MalformedAnswer):
            return self._optional(key, as_number)
        return None

    def day(self, key: str) -> date:
        """Return a required day."""
        return self._read(key, as_day)

    def optional_day(self, key: str) -> date | None:
        """Return a day, None when absent or unreadable."""
        with contextlib.suppress(MalformedAnswer):
            return self._optional(key, as_day)
        return None

    def optional_instant(self, key: str) -> datetime | None:
        """Return an ISO 8601 instant, None when absent or empty.

        One without an offset is UTC (§3.5).
        """
        return None if self._fields.get(key) == "" else self._optional(key, as_instant)

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

    def mapping(self) -> dict[str, Any]:
        """Return all fields."""
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
        except Unexpected as error:
            raise _malformed(self._path(key), str(error), value) from None

    def _optional(self, key: str, convert: Callable[[Any], T]) -> T | None:
        return None if self._fields.get(key) is None else self._read(key, convert)


def _malformed(path: str, expected: str, value: Any) -> MalformedAnswer:
    # Only the type is named: the value may be personal data.
    found = type(value).__name__
    return MalformedAnswer(f"{path}: expected {expected}, got {found}", path=path)
