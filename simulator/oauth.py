"""Consents, codes, tokens and the JWT key, and what each permits."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from .clock import Clock
from .people import ORGANISATIONS
from .settings import Settings
from .signing import keyed
from .validation import PERMISSIONS
from .web import FORBIDDEN, BankError, Request

CODE_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(hours=24)
REFRESH_LIFE = timedelta(days=30)
AWAITING, AUTHORISED = "AwaitingAuthorisation", "Authorised"
REJECTED, REVOKED = "Rejected", "Revoked"


@dataclass
class Consent:
    """What a client asked to read, and what the person allowed."""

    client_id: str
    permissions: list[str]
    created: datetime
    updated: datetime
    expires: datetime | None = None
    status: str = AWAITING
    customers: list[str] = field(default_factory=list)
    children: dict[str, str] = field(default_factory=dict)
    consent_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def is_valid(self, now: datetime) -> bool:
        """Return whether it permits to read data now."""
        return self.status == AUTHORISED and not (self.expires and self.expires <= now)


@dataclass
class Token:
    """A code or token that is valid until a moment; ``kind`` says what it is for."""

    kind: str
    client_id: str
    expires: datetime
    consent: Consent | None = None
    redirect_uri: str = ""
    state: str | None = None


@dataclass(frozen=True)
class Grant:
    """What the bearer of a request may do."""

    client_id: str
    permissions: frozenset[str]
    customers: frozenset[str]
    kind: str
    consent: Consent | None = None

    def require(self, permissions: tuple[str, ...]) -> None:
        """Check that every one of these permissions is given.

        :raise BankError: 403
        """
        if not self.permissions.issuperset(permissions):
            raise BankError(403, FORBIDDEN)


class Oauth:
    """The bank's register of clients, consents and tokens.

    :param seed: chooses the client's id and secret and the JWT key
    """

    def __init__(self, seed: int, clock: Clock, settings: Settings):
        self._seed = seed
        self._clock = clock
        self._settings = settings
        self.client_id = self.derived("client_id", 32)
        self.client_secret = self.derived("client_secret", 40)
        self.jwt = keyed(
            {
                "iss": self.client_id,
                "sub": ORGANISATIONS[0].code,
                "jti": self.derived("jti", 24),
                "scope": "public",
            },
            self.derived("jwt", 64),
        )
        self.jwt_deleted = False
        self.offered = [who.code for who in ORGANISATIONS]
        self.consents: dict[str, Consent] = {}
        self._tokens: dict[str, Token] = {}
        now = self.now()
        self._own = Consent(
            self.client_id, list(PERMISSIONS), now, now, None, AUTHORISED, self.offered
        )

    def derived(self, what: str, length: int) -> str:
        """Return a hexadecimal text that is always the same for the seed."""
        text = f"{self._seed}|{what}".encode()
        return hashlib.sha512(text).hexdigest()[:length]

    def now(self) -> datetime:
        """Return the bank's present moment."""
        return self._clock.now()

    def issue(
        self,
        kind: str,
        life: timedelta,
        consent: Consent | None = None,
        redirect_uri: str = "",
        state: str | None = None,
    ) -> str:
        """Return a new token (or code) that is valid for ``life`` from now."""
        text = secrets.token_urlsafe(32)
        self._tokens[text] = Token(
            kind, self.client_id, self.now() + life, consent, redirect_uri, state
        )
        return text

    def redeem(self, text: str, kind: str) -> Token | None:
        """Use up and return a code or refresh token; None: unknown, used, too old."""
        token = self._tokens.get(text)
        if token is None or token.kind != kind:
            return None
        del self._tokens[text]
        return token if token.expires > self.now() else None

    def peek(self, text: str) -> Token | None:
        """Return a valid token without using it up; None: unknown, used or too old."""
        token = self._tokens.get(text)
        return token if token and token.expires > self.now() else None

    def pair(self, consent: Consent) -> dict:
        """Return the token endpoint's answer with a new access and refresh token."""
        access = self.issue("access", ACCESS_LIFE, consent)
        refresh = self.issue("refresh", REFRESH_LIFE, consent)
        return {
            "access_token": access,
            "refresh_token": refresh,
            "token_type": "bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
        }

    def grant(self, request: Request) -> Grant:
        """Return what the bearer of a request may do.

        :raise BankError: 401, the token is unknown or old; 403, it was deleted,
            its consent is not valid, or the company is not covered by it
        """
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        text = text.strip()
        if scheme.lower() != "bearer" or not text:
            raise BankError(401, "Not authenticated")
        if text == self.jwt:
            if self.jwt_deleted:
                raise BankError(403, FORBIDDEN)
            everybody = frozenset(who.code for who in ORGANISATIONS)
            rights = frozenset(PERMISSIONS)
            grant = Grant(self.client_id, rights, everybody, "jwt", self._own)
        else:
            grant = self._token_grant(text)
        wanted = request.headers.get("customercode")
        if wanted and grant.customers and wanted not in grant.customers:
            raise BankError(403, FORBIDDEN)
        return grant

    def _token_grant(self, text: str) -> Grant:
        token = self.peek(text)
        if token is None or token.kind not in ("access", "client"):
            raise BankError(401, "Invalid or expired token")
        if token.kind == "client":
            return Grant(token.client_id, frozenset(), frozenset(), "client")
        consent = token.consent
        if not consent.is_valid(self.now()):
            raise BankError(403, FORBIDDEN)
        return Grant(
            token.client_id,
            frozenset(consent.permissions),
            frozenset(consent.customers),
            "access",
            consent,
        )

    def ask(self, permissions: list[str], expires: datetime | None) -> Consent:
        """Register and return a consent that waits for a person's decision."""
        now = self.now()
        consent = Consent(self.client_id, permissions, now, now, expires)
        self.consents[consent.consent_id] = consent
        return consent

    def allow(self, consent: Consent, customers: list[str], days: int | None) -> None:
        """Return a consent for some organisations.

        :param days: its term; 0: without end; None: as it was asked for
        """
        now = self.now()
        consent.status, consent.updated = AUTHORISED, now
        consent.customers = customers
        consent.children = {code: str(uuid.uuid4()) for code in customers}
        if days is not None:
            consent.expires = now + timedelta(days=days) if days else None

    def close(self, consent: Consent, status: str) -> None:
        """Reject or revoke a consent."""
        consent.status, consent.updated = status, self.now()

    def expire(self, kind: str) -> int:
        """Make all tokens of a kind (``all``: every kind) expire; return how many."""
        old = datetime.min.replace(tzinfo=timezone.utc)
        found = [
            token
            for token in self._tokens.values()
            if kind in (token.kind, "all") and token.expires > old
        ]
        for token in found:
            token.expires = old
        if kind in ("jwt", "all"):
            self.jwt_deleted = True
        return len(found) + (kind in ("jwt", "all"))

    def redirect_allowed(self, uri: str) -> bool:
        """Return whether a return address is registered for the client."""
        pinned = self._settings.redirect_uri
        if not uri.isprintable() or " " in uri:
            return False
        if pinned:
            return uri == pinned
        local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
        rest = next((uri[len(p) :] for p in local if uri.startswith(p)), None)
        if rest is not None:
            return rest[:1] in ("", ":", "/", "?")
        return uri.startswith("https://") and len(uri) > 8
