"""HTTP for this bank: timeouts, retries, its CA, and logs without secrets."""

from __future__ import annotations

import logging
import random
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests
from requests.auth import AuthBase
from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

from .answers import Answer, sent_at
from .certificates import CertificateAdapter, context_with
from .errors import (
    AccessExpired,
    BadRequest,
    BankUnavailable,
    TochkaError,
    UnknownCertificate,
)
from .redaction import safe_path, safe_url

_logger = logging.getLogger(__name__)

Timeout = tuple[float, float]

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 20.0

_TOKEN = re.compile(r"[!-~]+")
_BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    ConnectionError,
    TimeoutError,
    ssl.SSLError,
)


class Transport:
    """One session with the bank.

    ``timeout`` is (connect, read) in seconds. ``retries`` is how often a repeatable
    request is sent again. ``ca_bundle_pem`` adds certificates to certifi's; it never
    replaces the verification (docs/bank_api.md §1.2).
    """

    def __init__(
        self,
        *,
        ca_bundle_pem: str | None = None,
        timeout: Timeout = (5, 30),
        retries: int = 4,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Prepare a session; nothing is sent yet.

        :raise UnknownCertificate: If the PEM text holds no readable certificate.
        """
        self.requests_made = 0
        self._timeout = timeout
        self._retries = retries
        self._sleep = sleep
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        self._session.headers["User-Agent"] = "account_tochka"
        if ca_bundle_pem and ca_bundle_pem.strip():
            context = context_with(ca_bundle_pem)
            self._session.mount("https://", CertificateAdapter(context))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        token: str | None = None,
        repeatable: bool = False,
        is_secret: bool = False,
        secrets: tuple[str, ...] = (),
        **content: Any,
    ) -> Answer:
        """Send a request and return the answer, whatever its status.

        Only a ``repeatable`` request is sent again, after a broken connection or a
        temporary status; ``Retry-After`` is obeyed up to a minute, and a longer one
        is returned with the answer. ``content`` is json or data for requests.

        :raise BankUnavailable: If no whole answer came.
        :raise UnknownCertificate: If the host could not be verified.
        :raise BadRequest: If the address cannot be one.
        """
        secrets = (*secrets, token) if token else secrets
        for pause in self._pauses(repeatable):
            asked, outcome = 0.0, "no answer"
            try:
                response = self._once(method, url, token, content)
            except BankUnavailable:
                if pause is None:
                    raise
            else:
                answer = Answer(
                    status=response.status_code,
                    content=response.content,
                    url=safe_url(url),
                    retry_after=_retry_after(response.headers),
                    secrets=secrets,
                    is_secret=is_secret,
                    sent_at=sent_at(response.headers),
                )
                if pause is None or not answer.is_temporary:
                    return answer
                asked, outcome = answer.retry_after or 0.0, str(answer.status)
            wait = max(pause, asked)
            _logger.info(
                "%s %s: %s, again in %.1f s", method, safe_path(url), outcome, wait
            )
            self._sleep(wait)
        raise AssertionError("the last turn returns or raises")

    def _pauses(self, repeatable: bool) -> Iterator[float | None]:
        """Yield the pause after each attempt, and None for the last attempt.

        The pause doubles; half of it is random, so that many clients do not return
        to a recovering bank at one moment.
        """
        for attempt in range(self._retries if repeatable else 0):
            pause = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
            yield pause * random.uniform(0.5, 1.0)
        yield None

    def _once(
        self, method: str, url: str, token: str | None, content: Mapping[str, Any]
    ) -> requests.Response:
        auth = _Bearer(token)
        started = time.monotonic()
        self.requests_made += 1
        outcome: object = "failed"
        try:
            # The bank never redirects, and a redirect would send the token elsewhere.
            response = self._session.request(
                method,
                url,
                auth=auth,
                timeout=self._timeout,
                allow_redirects=False,
                **content,
            )
            outcome = response.status_code
            _check_whole(response)
            return response
        except (requests.RequestException, OSError) as error:
            # `from None`, because the text of the library's error has URLs and headers.
            raise _network_error(error, url) from None
        finally:
            spent = time.monotonic() - started
            _logger.debug("%s %s: %s, %.3f s", method, safe_path(url), outcome, spent)


class _Bearer(AuthBase):
    """Put the token into the header; without a token, keep .netrc from adding one."""

    def __init__(self, token: str | None) -> None:
        if token is not None and not _TOKEN.fullmatch(token):
            raise AccessExpired(
                "the access token is empty or not a token; enter it anew"
            )
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "_Bearer(***)"


def _check_whole(response: requests.Response) -> None:
    """Refuse a body cut short, which urllib3 1.x passes off as complete.

    :raise requests.ConnectionError: If fewer bytes came than were announced.
    """
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and response.raw.tell() < int(announced):
        raise requests.ConnectionError("incomplete body")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of ``Retry-After`` (a number or an HTTP date), if readable."""
    value = headers.get("Retry-After")
    if not value:
        return None
    try:
        return float(Retry().parse_retry_after(value))
    except (InvalidHeader, ValueError, OverflowError):
        return None


def _network_error(error: Exception, url: str) -> TochkaError:
    """Return our error for one of `requests`, whose text may hold secrets."""
    causes = list(_causes(error))
    where = safe_url(url)
    distrust = next(filter(_is_distrust, causes), None)
    if distrust:
        reason = getattr(distrust, "verify_message", "") or "not of this host"
        return UnknownCertificate(
            f"the certificate of the bank's host is not trusted: {reason}", url=where
        )
    name = type(causes[-1]).__name__
    if isinstance(error, _BROKEN):
        return BankUnavailable(f"no answer from the bank ({name})", url=where)
    if isinstance(error, requests.RequestException):
        return BadRequest(f"the request cannot be sent ({name})", url=where)
    return UnknownCertificate(f"the system's CA file is unreadable ({name})", url=where)


def _is_distrust(cause: BaseException) -> bool:
    # urllib3 1.x has an error of its own for a certificate of another host.
    known = isinstance(cause, ssl.SSLCertVerificationError)
    return known or type(cause).__name__ == "CertificateError"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what is wrapped in it, outermost first."""
    current: BaseException | None = error
    for _depth in range(10):
        if current is None:
            return
        yield current
        linked = (current.__cause__, current.__context__)
        inside = (getattr(current, "reason", None), *current.args, *linked)
        current = next((e for e in inside if isinstance(e, BaseException)), None)
