"""Values the bank's documents do not promise, in the rows of a statement."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

# A blank that does not break the line, as Russian programs put between thousands.
NBSP = "\N{NO-BREAK SPACE}"


def _spaced(value: Any) -> str:
    """Return 1234.5 as «1 234,50», the way people write sums."""
    whole, _dot, part = f"{Decimal(str(value)):,.2f}".partition(".")
    return f"{whole.replace(',', NBSP)},{part}"


FORMS = {
    "text": str,
    "spaced": _spaced,
    "number": lambda value: int("".join(filter(str.isdigit, str(value))) or 0),
    "moment": lambda value: f"{value}T00:00:00+03:00",
    "object": lambda value: {"value": value},
    "list": lambda value: [value],
    "absent": None,
}


def bend(rows: list[dict], params: dict) -> list[dict]:
    """Return rows with one field changed, in all rows or in that of one place.

    :param params: ``field`` (names with dots between), ``row`` (place or None), and
        the ``value`` to put there, or the ``form`` to bring the right value into
    """
    place = params["row"]
    rows = copy.deepcopy(rows)
    chosen = rows if place is None else rows[int(place) :][:1]
    for row in chosen:
        *path, name = str(params["field"]).split(".")
        at = row
        for step in path:
            at = at.setdefault(step, {})
        if params["form"] == "absent":
            at.pop(name, None)
        elif params["form"]:
            if name in at:
                at[name] = FORMS[params["form"]](at[name])
        else:
            at[name] = params["value"]
    return rows
