"""Where access tokens come from, and what a JWT key says about itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Protocol

import jwt

from .errors import AccessExpired

# The sandbox permits everything to this token and nothing to others (§1.6).
SANDBOX_TOKEN = "sandbox.jwt.token"


class TokenSource(Protocol):
    """Where a client gets its access token, and a fresh one when it is refused."""

    def access_token(self) -> str:
        """Return the token to send."""

    def renew(self, stale: str) -> str:
        """Return a token other than ``stale``, which the bank has just refused.

        :raise AccessExpired: If only a person can get one.
        """


class StaticToken:
    """A JWT key from the internet bank, or the sandbox token: never renewed (§1.3)."""

    def __init__(self, token: str) -> None:
        self._token = token.strip()

    def access_token(self) -> str:
        """Return the key."""
        return self._token

    def renew(self, stale: str) -> str:
        """Raise: only a person can issue a new key.

        :raise AccessExpired: Always.
        """
        raise AccessExpired("the bank no longer accepts this access key", status=401)

    def __repr__(self) -> str:
        return "StaticToken(***)"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and the refresh token for the next pair (§1.4).

    ``expires_at`` (aware, UTC) is the access token's end; the refresh token lives 30
    days and works once.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime


def jwt_client_id(token: str) -> str | None:
    """Return the client id a JWT key was issued for: its ``iss``, unverified (§1.3).

    None for anything that is not such a key, the sandbox token among them.
    """
    issuer = _claims(token).get("iss")
    return issuer if issuer and isinstance(issuer, str) else None


def jwt_expires_at(token: str) -> datetime | None:
    """Return when a JWT key ends (aware, UTC), None if perpetual or unreadable."""
    seconds = _claims(token).get("exp")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def _claims(token: str) -> dict[str, Any]:
    try:
        return jwt.decode(token.strip(), options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return {}
