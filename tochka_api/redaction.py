"""Keep secrets and account numbers out of messages, previews and log lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, urlsplit

MASK = "***"
# A shorter string would be masked inside plain words; no secret is so short.
_SHORTEST_SECRET = 4

_BEARER = re.compile(r"(?i)\b(bearer)\s+[^\s\"',;]+")
_JWT = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")
_NAMED = re.compile(
    r"(?i)((?:access_token|refresh_token|id_token|client_secret|authorization)"
    r"[\"']?\s*[:=]\s*[\"']?)(?!bearer\b)[^\s\"'&,;}]+"
)
# Only the form `code=…` is a one-time code; `"code": "403"` is the error envelope.
_CODE = re.compile(r"(?i)\b(code=)[^\s\"'&]+")
_ACCOUNT = re.compile(r"(?<!\d)\d{16}(\d{4})(?!\d)")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return ``text`` with the given secrets and everything token-like masked."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
                text = text.replace(form, MASK)
    text = _BEARER.sub(rf"\1 {MASK}", text)
    text = _JWT.sub(MASK, text)
    text = _NAMED.sub(rf"\1{MASK}", text)
    return _CODE.sub(rf"\1{MASK}", text)


def safe_url(url: str) -> str:
    """Return scheme, host and path: no query, no password, account numbers masked.

    A 20-digit account keeps its last four digits.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return MASK
    path = _ACCOUNT.sub(r"*\1", parts.path)
    return f"{parts.scheme}://{host}{port}{path}"


def safe_path(url: str) -> str:
    """Return only the path of ``url``, account numbers masked."""
    return urlsplit(safe_url(url)).path
