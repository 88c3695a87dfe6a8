"""JSON as the bank writes it."""

from __future__ import annotations

import json


def json_bytes(value: object) -> bytes:
    """Return UTF-8 with letters as they are; half a surrogate pair stays escaped."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()
