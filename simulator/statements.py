"""Statements: ordered, processing, ready, and forgotten after 24 hours."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

from .clock import Clock
from .faults import POLL, ROWS, Fault, Faults
from .ledger import Ledger
from .settings import Settings
from .statement import Statement, body, head
from .web import BankError, Request, error_body

KEPT = timedelta(hours=24)


class Statements:
    """All statements of the bank."""

    def __init__(
        self, clock: Clock, settings: Settings, ledger: Ledger, faults: Faults
    ):
        self._clock = clock
        self._settings = settings
        self._ledger = ledger
        self._faults = faults
        self._made: dict[str, Statement] = {}

    def order(self, account_id: str, start: date, end: date, client: str) -> dict:
        """Order a statement; return its head with the status Created."""
        self._forget()
        now = self._clock.now()
        statement = Statement(account_id, start, end, now, client)
        self._made[statement.statement_id] = statement
        return head(statement, "Created")

    def find(self, account_id: str, statement_id: str) -> Statement:
        """Return a statement.

        :raise BankError: 404, there is none, or it is older than 24 hours
        """
        self._forget()
        statement = self._made.get(statement_id)
        if statement is None or statement.account_id != account_id:
            raise BankError(404, "Statement not found")
        return statement

    def latest(self, client: str, accounts: set[str], limit: int) -> list[Statement]:
        """Return a client's statements on these accounts, the newest first."""
        self._forget()
        found = [
            statement
            for statement in self._made.values()
            if statement.client_id == client and statement.account_id in accounts
        ]
        return found[::-1][:limit]

    def _forget(self) -> None:
        now = self._clock.now()
        old = [key for key, item in self._made.items() if now - item.created >= KEPT]
        for key in old:
            del self._made[key]

    def show(self, statement: Statement, request: Request) -> dict:
        """Return a statement as it is now: Processing, or Ready with its rows."""
        for fault in self._faults.take(POLL, request):
            if fault.name == "error_in_poll":
                # The real bank sometimes answers 200 with an error inside.
                return {"Errors": error_body(500, "Statement is not ready yet")}
            if fault.name == "unknown_status":
                return head(statement, str(fault.params["status"]))
            statement.stuck = (
                "Error" if fault.name == "statement_error" else "Processing"
            )
        if statement.stuck:
            return head(statement, statement.stuck)
        passed = time.monotonic() - statement.started
        if passed < self._settings.statement_seconds:
            return head(statement, "Processing")
        return self._ready(statement, self._faults.take(ROWS, request))

    def _ready(self, statement: Statement, struck: list[Fault]) -> dict:
        for fault in struck:
            if fault.name == "longer_period":
                start = statement.start - timedelta(days=int(fault.params["days"]))
                statement = replace(statement, start=start)
            elif fault.name == "made_early":
                hours = timedelta(hours=float(fault.params["hours"]))
                statement = replace(statement, created=statement.created - hours)
        answer = head(statement, "Ready")
        answer.update(body(self._ledger, statement, struck))
        return answer
