"""Errors of the bank, sorted by what a program should do next.

There are three branches: :class:`TryLater` (ask again by yourself),
:class:`AskHuman` (a person has to do something first) and
:class:`MalformedAnswer` (the answer has a shape this client does not know).
No message carries a token, a secret or a one-time code.
"""

from __future__ import annotations

PREVIEW_LENGTH = 500


class TochkaError(Exception):
    """Base of everything this package raises about the bank.

    ``status`` is the HTTP status, ``error_id`` the id that the bank's support asks
    for, ``code`` the bank's low-level error code, ``retry_after`` seconds to wait,
    ``url`` the address without its query and with account numbers masked.
    Each is None when unknown (docs/bank_api.md §5).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        error_id: str | None = None,
        code: str | None = None,
        retry_after: float | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_id = error_id
        self.code = code
        self.retry_after = retry_after
        self.url = url


class TryLater(TochkaError):
    """Nothing is wrong on our side; the same request may succeed later."""


class BankUnavailable(TryLater):
    """No usable answer: no connection, a broken one, a timeout, 424 or 5xx."""


class RateLimited(TryLater):
    """The bank asks for a pause: 429, or a ``Retry-After`` too long to sit out."""


class StatementNotReady(TryLater):
    """The bank has not finished preparing the statement yet."""


class AskHuman(TochkaError):
    """Repeating will not help until a person changes something."""


class AccessExpired(AskHuman):
    """The key, the consent or the refresh token is no longer valid: connect anew."""


class AccessDenied(AskHuman):
    """The access is valid but does not cover this: 403, «Forbidden by consent»."""


class BadRequest(AskHuman):
    """The bank refused what was asked: 400, 404, 501 and the like."""


class ClockAhead(BadRequest):
    """The bank refuses a day that has begun by this machine's clock, not by its own."""


class UnknownCertificate(AskHuman):
    """The host's certificate cannot be verified, or the added CA cannot be read.

    The usual cause is the Russian Trusted Root CA, which certifi does not hold
    (docs/bank_api.md §1.2).
    """


class StatementFailed(AskHuman):
    """The bank gave the statement the final status ``Error``."""


class MalformedAnswer(TochkaError):
    """The answer is not what the bank's specification promises.

    ``path`` names the offending field, for example
    ``Data.Statement[0].Transaction[3].Amount.amount``; ``preview`` holds the first
    500 characters of the body. The preview may hold personal data, so it is not
    part of ``str()``.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        preview: str = "",
        status: int | None = None,
        error_id: str | None = None,
        code: str | None = None,
        retry_after: float | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(
            message,
            status=status,
            error_id=error_id,
            code=code,
            retry_after=retry_after,
            url=url,
        )
        self.path = path
        self.preview = preview[:PREVIEW_LENGTH]


class WrongPeriod(MalformedAnswer):
    """The statement is of another period than the one that was asked for."""
