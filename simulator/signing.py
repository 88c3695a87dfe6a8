"""Compact JWTs: HS256 for access, RS256 for webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .jsonbytes import json_bytes


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _part(value: dict) -> str:
    return _text(json_bytes(value))


def keyed(payload: dict, secret: str) -> str:
    """Return a JWT signed with a shared secret (HS256)."""
    body = _part({"alg": "HS256", "typ": "JWT"}) + "." + _part(payload)
    mark = hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{_text(mark)}"


class SigningKey:
    """The bank's RSA key, made when it is first needed, because that takes long."""

    def __init__(self, bits: int = 3072):
        self._bits = bits
        self._lock = threading.Lock()
        self._key: rsa.RSAPrivateKey | None = None

    def _private(self) -> rsa.RSAPrivateKey:
        with self._lock:
            if self._key is None:
                self._key = rsa.generate_private_key(65537, self._bits)
            return self._key

    def rotate(self) -> None:
        """Take another key, so that signatures of the old one no longer verify."""
        with self._lock:
            self._key = None

    def jwk(self) -> dict:
        """Return the public half as the bank publishes it: one bare JWK."""
        numbers = self._private().public_key().public_numbers()
        modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
        return {"kty": "RSA", "e": "AQAB", "n": _text(modulus)}

    def sign(self, payload: dict) -> str:
        """Return a JWT signed by RS256; like the bank's, its header has no key id."""
        body = _part({"typ": "JWT", "alg": "RS256"}) + "." + _part(payload)
        mark = self._private().sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{body}.{_text(mark)}"


SIGNING_KEY = SigningKey()
