"""Verify the bank's host by certifi's certificates and those the admin adds."""

from __future__ import annotations

import re
import ssl
from typing import Any

import certifi
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

from .errors import UnknownCertificate

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.S)


class CertificateAdapter(HTTPAdapter):
    """Verify hosts by a given SSL context, through a proxy too."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> Any:
        return super().init_poolmanager(*args, ssl_context=self._context, **options)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        return super().proxy_manager_for(*args, ssl_context=self._context, **options)


def context_with(pem: str) -> ssl.SSLContext:
    """Return a verifying context of certifi's certificates and the given ones.

    :raise UnknownCertificate: If the text holds no readable certificate.
    """
    # ssl reads ASCII only, and a bundle may have comments in any language.
    certificates = "\n".join(_PEM.findall(pem))
    context = create_urllib3_context()
    context.load_verify_locations(certifi.where())
    try:
        context.load_verify_locations(cadata=certificates)
    except (ssl.SSLError, ValueError):
        raise UnknownCertificate(
            "the added CA certificate is not a readable PEM text"
        ) from None
    return context
