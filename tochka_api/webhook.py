"""Check and read the events the bank sends, signed texts.

A body is one bare compact JWT (§4.2). It has no date of issue and no number of its
own, so a copy of an old one verifies for ever: an event is only a hint to look at the
statement, and never the source of a payment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import jwt
from jwt.algorithms import RSAAlgorithm

from . import mapping
from .errors import MalformedAnswer
from .jsontext import load_json
from .parsing import Reader
from .records import PaymentEvent

# An event takes about 2 KB; with the longest texts it stays below a tenth of this.
MAX_BODY = 64 * 1024
PAYMENT_EVENTS = ("incomingPayment", "outgoingPayment")

# Not read from the text: a forger would write `none`, or HS256 with the public key.
_ALGORITHM = "RS256"
_SMALLEST_KEY = 2048
_COMPACT = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class WebhookRefused(Exception):
    """The body is not an event signed with the given key.

    ``may_be_new_key`` tells that it looks like one and only the signature does not
    fit, so the bank may have changed its key: only then is it asked for its key.
    """

    def __init__(self, message: str, *, may_be_new_key: bool = False) -> None:
        super().__init__(message)
        self.may_be_new_key = may_be_new_key


def verify(body: bytes, jwk: Mapping[str, Any]) -> PaymentEvent:
    """Check the signature of an event and read it.

    ``body`` is what was posted, ``jwk`` the bank's key as it publishes it: one RSA key
    (§4.2). Types and fields not known here are no reason to refuse: such an event has
    its ``webhook_type`` and little else.

    :raise WebhookRefused: For anything but an event signed with this key by RS256.
    """
    if len(body) > MAX_BODY:
        raise WebhookRefused("the body is too long for an event")
    token = body.strip()
    if not _COMPACT.fullmatch(token):
        raise WebhookRefused("the body is not a compact JWT")
    # Only the signature is checked: the bank sends no times, and an audience that it
    # may add one day says nothing about the payment.
    verifier = jwt.PyJWS(algorithms=[_ALGORITHM])
    try:
        payload = verifier.decode(token, _public_key(jwk), algorithms=[_ALGORITHM])
    except jwt.InvalidSignatureError:
        raise WebhookRefused("the signature is wrong", may_be_new_key=True) from None
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise WebhookRefused("the body is not an RS256 JWT") from None
    try:
        claims = Reader(load_json(payload), "")
    except (ValueError, MalformedAnswer):
        raise WebhookRefused("the signed text is not a JSON object") from None
    return mapping.payment_event(claims)


def public_key_url(base_url: str) -> str:
    """Return where the bank publishes its key, beside the API: ``…/uapi`` (§1.1)."""
    parts = urlsplit(base_url.rstrip("/"))
    prefix = parts.path.removesuffix("/uapi") if parts.path.endswith("/uapi") else ""
    path = f"{prefix}/doc/openapi/static/keys/public"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _public_key(jwk: Mapping[str, Any]) -> Any:
    """Return the RSA key of the JWK; its other fields are ignored.

    :raise WebhookRefused: If it is no RSA key of at least 2048 bits.
    """
    try:
        if jwk["kty"] != "RSA":
            raise ValueError
        key = RSAAlgorithm.from_jwk({name: jwk[name] for name in ("kty", "n", "e")})
        if key.key_size < _SMALLEST_KEY:
            raise ValueError
    except (jwt.InvalidKeyError, LookupError, TypeError, ValueError, AttributeError):
        # The bank may have a better key than the stored one.
        message = "the key of the bank is not usable"
        raise WebhookRefused(message, may_be_new_key=True) from None
    return key
