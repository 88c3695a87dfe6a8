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
    "number": lambda value: int(value) if str(value).isdecimal() else value,
    "moment": lambda value: f"{value}T00:00:00+03:00",
    "object": lambda value: {"value": value},
    "list": lambda value: [value],
    "absent": None,
}


def bend(rows: list[dict], params: dict) -> list[dict]:
    """Return rows with one field changed, in all rows or in a single one.

    :param params: ``field`` (names with dots between), ``row`` (place, transactionId or
        None), and the ``value`` to put there, or the ``form`` to bring the right value
        into
    """
    place = params["row"]
    rows = chosen = copy.deepcopy(rows)
    if isinstance(place, str):
        chosen = [row for row in rows if row.get("transactionId") == place]
    elif place is not None:
        chosen = rows[place:][:1]
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
