"""OAuth 2.0 with a consent: from an application to a token pair (§1.4)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from . import mapping
from .answers import Answer
from .errors import AccessDenied, AccessExpired, TochkaError
from .records import Consent
from .tokens import TokenPair
from .transport import Timeout, Transport

# Of three known addresses of consents, the one in the specification.
CONSENT_PATH = "/consent/v1.0/consents"
SCOPE = "accounts balances customers statements sbp payments"
# All that reading statements needs (§1.5).
PERMISSIONS = (
    "ReadAccountsBasic",
    "ReadAccountsDetail",
    "ReadBalances",
    "ReadStatements",
    "ReadCustomerData",
)

# The documented life of an access token, for an answer without ``expires_in``.
_USUAL_LIFETIME = 24 * 60 * 60
# These refuse the application itself, not the code or the token it sent.
_WRONG_APPLICATION = frozenset({"invalid_client", "unauthorized_client"})


class OAuthApp:
    """An application registered with the bank.

    No call of this class is ever repeated by itself: a code and a refresh token work
    once, so after a lost answer only the caller can judge what is left.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        *,
        base_url: str,
        consent_path: str = CONSENT_PATH,
        scope: str = SCOPE,
        ca_bundle_pem: str | None = None,
        timeout: Timeout = (5, 30),
    ) -> None:
        """Prepare the application; nothing is sent yet.

        ``base_url`` ends in ``/uapi``; the OAuth pages are beside it, at ``/connect``.
        """
        self.client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._base_url = base_url.rstrip("/")
        self._connect_url = connect_url_for(base_url)
        self._consent_path = consent_path
        self._scope = scope
        self._ca_bundle_pem = ca_bundle_pem
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"OAuthApp(client_id={self.client_id!r}, client_secret=***)"

    def create_consent(
        self, permissions: Iterable[str], expires_at: datetime | None
    ) -> Consent:
        """Order a consent, which the account owner then grants on the bank's page.

        ``expires_at`` is an aware instant in the future, None for no end.

        :raise ValueError: If ``expires_at`` is naive.
        :raise TochkaError: As the bank's answer says.
        """
        wish: dict[str, Any] = {"permissions": list(permissions)}
        if expires_at is not None:
            if expires_at.utcoffset() is None:
                raise ValueError("expires_at must be aware")
            end = expires_at.astimezone(timezone.utc)
            wish["expirationDateTime"] = end.isoformat(timespec="seconds")
        token = self._client_token()
        with self._transport() as transport:
            answer = transport.send(
                "POST",
                self._base_url + self._consent_path,
                token=token,
                secrets=(self._client_secret,),
                json={"Data": wish},
            )
        with answer.reading() as body:
            return mapping.consent(body.child("Data"))

    def authorize_url(self, consent_id: str, state: str) -> str:
        """Return the bank's page where the owner grants the consent.

        The browser comes back to the redirect address with ``code`` and ``state``, or
        with ``error=access_denied``.
        """
        query = {
            "client_id": self.client_id,
            "response_type": "code",
            "state": state,
            "redirect_uri": self._redirect_uri,
            "scope": self._scope,
            "consent_id": consent_id,
        }
        return f"{self._connect_url}/authorize?{urlencode(query, quote_via=quote)}"

    def exchange(self, code: str) -> TokenPair:
        """Turn the code of the redirect (5 minutes, one use) into tokens.

        :raise AccessExpired: If the code is refused; the owner has to grant anew.
        :raise TryLater: If the bank gave no answer; the code may be used up.
        """
        return self._pair(
            grant_type="authorization_code",
            scope=self._scope,
            code=code,
            redirect_uri=self._redirect_uri,
        )

    def refresh(self, refresh_token: str) -> TokenPair:
        """Turn a refresh token (30 days, one use) into the next pair.

        The new pair must be stored before anything else: the old one is void.

        :raise AccessExpired: If it is refused; the owner has to connect anew.
        :raise TryLater: If the bank gave no answer; the token may be used up.
        """
        return self._pair(grant_type="refresh_token", refresh_token=refresh_token)

    def _pair(self, **grant: str) -> TokenPair:
        asked_at = datetime.now(timezone.utc)
        old = grant.get("refresh_token")
        with self._token_answer(**grant).reading() as body:
            # Without a new refresh token the old one is kept: it may still work.
            new = body.optional_identifier("refresh_token") or old
            lifetime = body.optional_seconds("expires_in") or _USUAL_LIFETIME
            return TokenPair(
                access_token=body.secret("access_token"),
                refresh_token=new or body.secret("refresh_token"),
                expires_at=asked_at + timedelta(seconds=lifetime),
            )

    def _client_token(self) -> str:
        answer = self._token_answer(grant_type="client_credentials", scope=self._scope)
        with answer.reading() as body:
            return body.secret("access_token")

    def _token_answer(self, **grant: str) -> Answer:
        """Return the answer of the token endpoint.

        :raise TochkaError: If it refuses: then it has ``error``, whatever its status.
        """
        form = {"client_id": self.client_id, "client_secret": self._client_secret}
        one_time = (grant.get("code", ""), grant.get("refresh_token", ""))
        with self._transport() as transport:
            answer = transport.send(
                "POST",
                f"{self._connect_url}/token",
                is_secret=True,
                secrets=(self._client_secret, *one_time),
                data=form | grant,
            )
        refusal = self._refusal(answer, any(one_time))
        if refusal:
            raise answer.error(refusal)
        return answer

    @staticmethod
    def _refusal(answer: Answer, is_grant: bool) -> type[TochkaError] | None:
        """Return the error class of a refusal, None for success and other errors."""
        code = answer.fault().code
        if answer.status == 429 or answer.status >= 500:
            return None
        if code in _WRONG_APPLICATION or (code and not is_grant):
            return AccessDenied
        refused = code or answer.status in (400, 401, 403)
        return (AccessExpired if is_grant else AccessDenied) if refused else None

    @contextlib.contextmanager
    def _transport(self) -> Iterator[Transport]:
        transport = Transport(ca_bundle_pem=self._ca_bundle_pem, timeout=self._timeout)
        with contextlib.closing(transport):
            yield transport


def connect_url_for(base_url: str) -> str:
    """Return the OAuth address beside an API address: ``…/uapi`` → ``…/connect``."""
    parts = urlsplit(base_url.rstrip("/"))
    prefix = parts.path.removesuffix("/uapi") if parts.path.endswith("/uapi") else ""
    return urlunsplit((parts.scheme, parts.netloc, f"{prefix}/connect", "", ""))
