"""The endpoints the addon reads, as methods that return records."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from types import TracebackType
from typing import Any
from urllib.parse import quote

from . import mapping
from .answers import Answer
from .errors import (
    AccessExpired,
    ClockAhead,
    StatementFailed,
    StatementNotReady,
    WrongPeriod,
)
from .moscow import today
from .oauth import CONSENT_PATH
from .polling import DEADLINE, is_hiccup, poll_pauses, statement_rows
from .records import Account, Consent, Customer, Statement
from .tokens import TokenSource
from .transport import Timeout, Transport
from .webhook_methods import WebhookMethods

PRODUCTION_URL = "https://enter.tochka.com/uapi"
SANDBOX_URL = "https://enter.tochka.com/sandbox/v2"

_OPEN_BANKING = "/open-banking/v1.0"


class TochkaClient(WebhookMethods):
    """A client of one access to the bank; a context manager closes its connections.

    Any method may raise the three branches of :mod:`.errors`.
    """

    def __init__(
        self,
        base_url: str,
        token_source: TokenSource,
        *,
        ca_bundle_pem: str | None = None,
        timeout: Timeout = (5, 30),
        retries: int = 4,
        sleep: Callable[[float], object] = time.sleep,
        consent_path: str = CONSENT_PATH,
    ) -> None:
        """Prepare a client; nothing is sent yet.

        ``timeout`` is (connect, read) in seconds.

        :raise UnknownCertificate: If ``ca_bundle_pem`` holds no readable certificate.
        """
        self._base_url = base_url.rstrip("/")
        self._token_source = token_source
        self._consent_path = consent_path
        self._sleep = sleep
        self._transport = Transport(
            ca_bundle_pem=ca_bundle_pem, timeout=timeout, retries=retries, sleep=sleep
        )

    def __repr__(self) -> str:
        return f"TochkaClient({self._base_url!r})"

    def __enter__(self) -> TochkaClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    @property
    def requests_made(self) -> int:
        """Return how many HTTP requests were sent so far, repeated ones included."""
        return self._transport.requests_made

    def customers(self) -> list[Customer]:
        """Return the organisations and persons the access covers (§2).

        An element of the list that cannot be read does not stop the others.
        """
        with self._get(f"{_OPEN_BANKING}/customers").reading() as body:
            return mapping.each(body.child("Data").items("Customer"), mapping.customer)

    def accounts(self) -> list[Account]:
        """Return all accounts the access covers, closed ones too (§2).

        An element of the list that cannot be read does not stop the others.
        """
        with self._get(f"{_OPEN_BANKING}/accounts").reading() as body:
            return mapping.each(body.child("Data").items("Account"), mapping.account)

    def init_statement(
        self, account_id: str, date_from: date, date_to: date
    ) -> Statement:
        """Order a statement for whole days, both inclusive (§3.1).

        Safe to send twice: the bank only makes one more temporary statement.

        :raise ClockAhead: If the last day has not begun by the bank's own clock.
        """
        order = {
            "accountId": account_id,
            "startDateTime": date_from.isoformat(),
            "endDateTime": date_to.isoformat(),
        }
        body = {"Data": {"Statement": order}}
        answer = self._call("POST", f"{_OPEN_BANKING}/statements", json=body)
        sent_at = answer.sent_at
        if answer.status == 400 and sent_at and today(sent_at) < date_to:
            raise answer.error(ClockAhead)
        with answer.reading() as answered:
            rows = statement_rows(answered.child("Data"))
            if not rows:
                raise answered.child("Data").wrong("Statement", "a statement")
            ordered = mapping.statement(rows[0], account_id, None)
            _check_period(ordered, (date_from, date_to))
            return ordered

    def get_statement(
        self,
        account_id: str,
        statement_id: str,
        period: tuple[date, date] | None = None,
    ) -> Statement:
        """Look once at an ordered statement, ready or not.

        :param period: The days that were asked for; None takes any.
        :raise WrongPeriod: If the statement is of other days.
        :raise StatementNotReady: If the bank momentarily answers with an error in
            place of the statement (§3.5).
        """
        path = f"{_account_path(account_id)}/statements/{quote(statement_id, safe='')}"
        answer = self._get(path)
        if answer.status == 200 and is_hiccup(answer):
            raise answer.error(StatementNotReady)
        with answer.reading() as body:
            rows = statement_rows(body.child("Data"))
            if len(rows) > 1:
                rows = [
                    r for r in rows if r.optional_text("statementId") == statement_id
                ]
            if not rows:
                raise answer.error(StatementNotReady)
            looked = mapping.statement(rows[0], account_id, statement_id)
            _check_period(looked, period)
            return looked

    def statement(
        self,
        account_id: str,
        date_from: date,
        date_to: date,
        *,
        deadline_seconds: float = DEADLINE,
    ) -> Statement:
        """Order a statement and wait for its rows.

        :raise StatementFailed: If the bank gives up on it.
        :raise StatementNotReady: If the deadline passes first.
        """
        ordered = self.init_statement(account_id, date_from, date_to)
        return self.wait_statement(ordered, deadline_seconds=deadline_seconds)

    def wait_statement(
        self, statement: Statement, *, deadline_seconds: float = DEADLINE
    ) -> Statement:
        """Wait for the rows of an ordered statement.

        Polls at growing intervals. The deadline is looked at between polls, so a slow
        last answer may overrun it.

        :raise StatementFailed: If the bank gives up on it.
        :raise StatementNotReady: If the deadline passes first.
        """
        started, waited = time.monotonic(), 0.0
        account_id, statement_id = statement.account_id, statement.statement_id
        period = statement.date_from, statement.date_to
        for pause in poll_pauses():
            if statement.is_failed:
                raise StatementFailed("the bank could not prepare the statement")
            # Pauses are added up as well, because an injected sleep may take no time.
            spent = max(waited, time.monotonic() - started)
            if spent + pause > deadline_seconds:
                break
            self._sleep(pause)
            waited += pause
            try:
                statement = self.get_statement(account_id, statement_id, period)
            except StatementNotReady:
                continue
            if statement.is_ready:
                return statement
        raise StatementNotReady("the bank is still preparing the statement")

    def consent(self, consent_id: str) -> Consent:
        """Return one consent (§1.4)."""
        path = f"{self._consent_path}/{quote(consent_id, safe='')}"
        with self._get(path).reading() as body:
            return mapping.consent(body.child("Data"))

    def _get(self, path: str) -> Answer:
        return self._call("GET", path)

    def _call(
        self, method: str, path: str, *, repeatable: bool = True, **content: Any
    ) -> Answer:
        """Send with the current token; on 401 once more with a renewed one (§5)."""
        url = self._base_url + path
        token = self._token_source.access_token()
        answer = self._transport.send(
            method, url, token=token, repeatable=repeatable, **content
        )
        if answer.status != 401:
            return answer
        try:
            token = self._token_source.renew(token)
        except AccessExpired as error:
            bank = answer.error()
            error.status, error.url = error.status or bank.status, bank.url
            error.error_id = error.error_id or bank.error_id
            error.code = error.code or bank.code
            raise
        return self._transport.send(
            method, url, token=token, repeatable=repeatable, **content
        )


def _check_period(statement: Statement, period: tuple[date, date] | None) -> None:
    """Refuse a statement of other days: its balances are of other moments.

    :raise WrongPeriod: Also when it only holds more days than were asked for.
    """
    told = statement.date_from, statement.date_to
    if period is None or told == period:
        return
    raise WrongPeriod(
        f"asked for {period[0]} – {period[1]}, the statement is of"
        f" {told[0]} – {told[1]}",
        path="startDateTime" if told[0] != period[0] else "endDateTime",
    )


def _account_path(account_id: str) -> str:
    """Return an account's path; its slash stays, as in the bank's own examples (§2)."""
    return f"{_OPEN_BANKING}/accounts/{quote(account_id, safe='/')}"
