"""Read and write JSON with every number kept exactly as it was written.

This is the one place where what cannot be stored is mended, so that records, raw JSON
and digests of an answer always agree.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from decimal import Decimal
from typing import Any

# What XML does not admit, NUL and halves of surrogate pairs among it: PostgreSQL
# refuses those two, and exports and lxml the rest.
_UNSTORABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MENDED = "\N{REPLACEMENT CHARACTER}"
# No amount has more digits. Longer numbers break PostgreSQL, Python or the browser.
_MOST_DIGITS = 60
# No answer of the bank nests so deeply. PostgreSQL, Python and browsers have limits.
_MOST_LEVELS = 60
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.S)


def load_json(content: bytes | str) -> Any:
    """Parse JSON into what every later step can hold.

    A fraction becomes ``Decimal``, never float. What would harm is mended and stays
    readable: a character that cannot be stored becomes U+FFFD, a number beyond all
    bounds and NaN become texts, and so does what nests too deeply.

    :raise ValueError: If the text is not JSON.
    """
    text = content
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace").removeprefix("\ufeff")
    for attempt in (lambda: text, lambda: _flattened(text)):
        with suppress(RecursionError):
            return _loaded(attempt())
    raise ValueError("JSON nested without end")


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


def _loaded(text: str) -> Any:
    # Not strict: a line break inside a text is no reason to lose a statement.
    value = json.loads(
        text,
        strict=False,
        parse_float=_fraction,
        parse_int=_integer,
        parse_constant=str,
    )
    return _mended(value, _MOST_LEVELS)


def _mended(value: Any, levels: int) -> Any:
    """Return a parsed value whose texts can be stored.

    :raise RecursionError: If it nests more than ``levels`` deep.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub(_MENDED, value)
    if not isinstance(value, (dict, list)):
        return value
    if not levels:
        raise RecursionError
    if isinstance(value, list):
        return [_mended(item, levels - 1) for item in value]
    return {
        _UNSTORABLE.sub(_MENDED, key): _mended(item, levels - 1)
        for key, item in value.items()
    }


def _flattened(text: str) -> str:
    """Return JSON with whatever nests too deeply as a text of its own."""
    kept, done, start, depth = [], 0, 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth == _MOST_LEVELS + 1:
                start = token.start()
        elif token[0] in ("]", "}"):
            depth -= 1
            if depth == _MOST_LEVELS:
                kept += text[done:start], json.dumps(text[start : token.end()])
                done = token.end()
    return "".join((*kept, text[done:]))


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= _MOST_DIGITS else text


def _fraction(text: str) -> Decimal | str:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    _sign, digits, exponent = number.as_tuple()
    within = len(digits) <= _MOST_DIGITS and abs(int(exponent)) <= _MOST_DIGITS
    return number if within else text


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
