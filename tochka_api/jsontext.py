"""Read and write JSON with every number kept exactly as it was written."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

# PostgreSQL stores neither NUL nor half a surrogate pair.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def load_json(text: str) -> Any:
    """Parse JSON with exact numbers: a fraction becomes ``Decimal``, never float.

    :raise ValueError: If the text is not JSON, nests without end, or holds NaN.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
    except ArithmeticError:
        raise ValueError("a number beyond all bounds") from None


def compact_json(value: Any) -> str:
    """Return a parsed value as compact JSON, with its key order and numbers kept."""
    if isinstance(value, dict):
        pairs = (f"{_quoted(key)}:{compact_json(item)}" for key, item in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact_json, value)) + "]"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _quoted(text: str) -> str:
    # A lone surrogate cannot be encoded, so only such a text is written escaped.
    return json.dumps(text, ensure_ascii=bool(UNSTORABLE.search(text)))
