"""An answer of the bank: its data, or the error it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from .errors import (
    AccessDenied,
    AccessExpired,
    BadRequest,
    BankUnavailable,
    MalformedAnswer,
    RateLimited,
    TochkaError,
)
from .jsontext import load_json
from .parsing import Reader
from .redaction import redact

# What may be gone after a pause (docs/bank_api.md §5). 501 is not among them:
# the sandbox says so of methods it does not have (§1.6).
TEMPORARY = frozenset({424, 429, 500, 502, 503, 504})
# A longer pause is left to the caller, who need not sleep through it.
LONGEST_WAIT = 60.0

_MESSAGE_LENGTH = 300
_PREVIEW_SOURCE = 4000
# A 403 comes for missing rights and for a withdrawn consent alike; only words differ.
_ENDED = re.compile(r"(?i)expire|revoke|отозван|ист[её]к")


class Fault(NamedTuple):
    """What the bank says of an error, empty where the body says nothing (§5)."""

    message: str = ""
    code: str | None = None
    error_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: any status, body read to its end.

    ``url`` is masked already. ``secrets`` went out with the request and are masked in
    whatever is quoted from the body; ``is_secret`` bodies are never quoted at all.
    ``sent_at`` is the server's own time (an aware instant), None when it does not tell.
    """

    status: int
    content: bytes = field(repr=False)
    url: str
    retry_after: float | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    is_secret: bool = False
    sent_at: datetime | None = None

    @property
    def is_temporary(self) -> bool:
        """Return whether the request may succeed after a pause of up to a minute."""
        return self.status in TEMPORARY and (self.retry_after or 0) <= LONGEST_WAIT

    @property
    def preview(self) -> str:
        """Return the beginning of the body for debugging, with secrets masked."""
        if self.is_secret:
            return ""
        head = self.content[:_PREVIEW_SOURCE].decode("utf-8", "replace")
        return redact(head, self.secrets)

    def json(self) -> Any:
        """Return the parsed body, or None when it is not JSON."""
        try:
            return load_json(self.content)
        except ValueError:
            return None

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Yield the reader of a successful JSON object.

        A `MalformedAnswer` of the block gets the status, address and preview.

        :raise TochkaError: The one that fits the status.
        :raise MalformedAnswer: If the body is no JSON object, or as the block says.
        """
        if not 200 <= self.status < 300:
            raise self.error()
        try:
            body = self.json()
            if body is None:
                raise MalformedAnswer("the bank's answer is not JSON")
            yield Reader(body, "")
        except MalformedAnswer as error:
            fault = self.fault()
            error.preview = self.preview[:500]
            error.status, error.url = self.status, self.url
            error.code, error.error_id = fault.code, fault.error_id
            raise

    def fault(self) -> Fault:
        """Return what the error envelope says, empty where there is none.

        The real reason stands in ``Errors[0]``; the token endpoint has ``error`` and
        ``error_description`` instead (§1.4, §5).
        """
        body = self.json()
        if not isinstance(body, dict):
            return Fault()
        errors = body.get("Errors")
        first = errors[0] if isinstance(errors, list) and errors else {}
        first = first if isinstance(first, dict) else {}
        words = (first.get("message"), body.get("error_description"))
        codes = (first.get("errorCode"), body.get("error"))
        message = _first_text(*words, body.get("message"), *codes)
        return Fault(
            redact(message, self.secrets)[:_MESSAGE_LENGTH],
            redact(_first_text(*codes), self.secrets)[:_MESSAGE_LENGTH] or None,
            _first_text(body.get("id"))[:_MESSAGE_LENGTH] or None,
        )

    def error(self, kind: type[TochkaError] | None = None) -> TochkaError:
        """Return the error this answer stands for: by status, then by its words."""
        fault = self.fault()
        kind = kind or self._kind(fault)
        message = f"HTTP {self.status}"
        words = fault.code if self.is_secret else fault.message
        if words:
            message = f"{message}: {words}"
        elif 300 <= self.status < 400:
            message = f"{message}: a redirect, so the bank's address is not right"
        return kind(
            message,
            status=self.status,
            error_id=fault.error_id,
            code=fault.code,
            retry_after=self.retry_after,
            url=self.url,
        )

    def _kind(self, fault: Fault) -> type[TochkaError]:
        status = self.status
        too_long = status in TEMPORARY and (self.retry_after or 0) > LONGEST_WAIT
        if status == 429 or too_long:
            return RateLimited
        if status in (408, 424) or (status >= 500 and status != 501):
            return BankUnavailable
        if status == 401:
            return AccessExpired
        if status == 403:
            ended = _ENDED.search(f"{fault.code} {fault.message}")
            return AccessExpired if ended else AccessDenied
        return BadRequest


def _first_text(*values: Any) -> str:
    return next((value for value in values if value and isinstance(value, str)), "")


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    """Return the instant in the header ``Date``, if it is readable."""
    try:
        moment = parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
