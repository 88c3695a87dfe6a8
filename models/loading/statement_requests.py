"""Statements requested from the bank before the first of them is waited for.

The bank prepares them at the same time, so a pass over many accounts waits for the
slowest statement, not for the sum of all.
"""

from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime, timezone

from ... import tochka_api


class StatementRequests:
    """The requests of one pass over accounts; a context manager that closes clients."""

    def __init__(self):
        self._clients = {}
        self._placed = {}
        self._refused = set()
        self._closing = ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._closing.close()

    def client(self, account):
        """Return the client of the account's connection, one for the whole pass."""
        connection = account.connection_id
        if connection.id not in self._clients:
            self._clients[connection.id] = self._closing.enter_context(
                connection._client()
            )
        return self._clients[connection.id]

    def place(self, account, windows):
        """Request the statements of an account.

        An error is kept for `take`, so that it meets only its own account.

        :param windows: list of (first day, last day)
        """
        placed = self._placed[account.id] = []
        for window in windows:
            try:
                ordered = self.client(account).init_statement(
                    account.bank_account_id, *window
                )
                placed.append((ordered, _now()))
            except Exception as error:
                placed.append(error)
                return

    def take(self, account):
        """Yield the requested statements of an account, each Ready, in order.

        :raise tochka_api.TochkaError: what kept the bank from giving one
        """
        for requested in self._placed.get(account.id, []):
            if isinstance(requested, Exception):
                raise requested
            ordered, asked_at = requested
            yield _dated(self._ready(account, ordered), asked_at)

    def _ready(self, account, requested):
        """Return a requested statement, Ready; wait only where the bank is not done."""
        client = self.client(account)
        with suppress(tochka_api.StatementNotReady):
            looked = client.get_statement(
                requested.account_id,
                requested.statement_id,
                (requested.date_from, requested.date_to),
            )
            if looked.is_ready:
                return looked
        return client.wait_statement(requested)

    def ask(self, account, date_from, date_to):
        """Request one more statement and wait for it.

        :return tochka_api.Statement: Ready
        """
        asked_at = _now()
        return _dated(
            self.client(account).statement(account.bank_account_id, date_from, date_to),
            asked_at,
        )

    def is_first_refusal(self, account):
        """Return whether no account of this connection was refused before it."""
        connection = account.connection_id
        first = connection.id not in self._refused
        self._refused.add(connection.id)
        return first

    def requests_made(self, account):
        """Return how many HTTP requests the account's client has made so far."""
        client = self._clients.get(account.connection_id.id)
        return client.requests_made if client else 0


def _now():
    return datetime.now(timezone.utc)


def _dated(statement, asked_at):
    """Return a statement that says when it was made: not before it was asked for.

    :param datetime asked_at: aware
    """
    return replace(statement, created_at=statement.created_at or asked_at)
