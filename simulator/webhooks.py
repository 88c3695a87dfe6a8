"""Webhooks: subscriptions, and the delivery of events."""

from __future__ import annotations

import heapq
import http.client
import itertools
import ssl
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from . import events
from .clock import Clock
from .entry import Entry
from .ledger import Ledger
from .settings import Settings
from .signing import SIGNING_KEY
from .web import BankError


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: to the bank it is an answer other than 200."""

    def redirect_request(self, *args: object) -> None:
        """Follow nothing."""


@dataclass
class Subscription:
    """One address and the events it wants; a client has at most one."""

    url: str
    events: list[str]


@dataclass
class Delivery:
    """One event on its way; ``statuses`` are the answers it got (0: none)."""

    url: str
    event: str
    payment_id: str
    text: str
    statuses: list[int] = field(default_factory=list)
    done: bool = False

    def as_dict(self) -> dict:
        """Return it as control shows it."""
        return {name: value for name, value in vars(self).items() if name != "text"}


class Webhooks:
    """Subscriptions of the bank's clients and the deliveries to them."""

    def __init__(self, clock: Clock, settings: Settings, ledger: Ledger):
        self._clock = clock
        self._settings = settings
        self._ledger = ledger
        self.subscriptions: dict[str, Subscription] = {}
        self.deliveries: list[Delivery] = []
        self._queue: list[tuple[float, int, Delivery]] = []
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        self._closed = False
        self._worker: threading.Thread | None = None

    def subscribe(self, client_id: str, wanted: list[str], url: str) -> None:
        """Send a test of every event; when all are answered 200, subscribe.

        :raise BankError: 400, the address is not https on 443 (when that is
            insisted on) or does not answer 200
        """
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            raise BankError(400, "Field url : Value error, invalid port") from None
        if not self._settings.webhook_any_url:
            if parts.scheme != "https" or port not in (None, 443):
                raise BankError(400, "Field url : Value error, HTTPS on port 443 only")
        for event in wanted:
            if self.post(url, SIGNING_KEY.sign(events.sample(event))) != 200:
                raise BankError(400, "Webhook url did not answer 200 to a test")
        self.subscriptions[client_id] = Subscription(url, wanted)

    def find(self, client_id: str) -> Subscription:
        """Return a client's subscription.

        :raise BankError: 404, there is none
        """
        found = self.subscriptions.get(client_id)
        if found is None:
            raise BankError(404, "Webhook not found")
        return found

    def paid(self, entries: list[Entry]) -> None:
        """Send subscribers the events of payments that have happened by now."""
        now = self._clock.now()
        for entry in entries:
            event = "incomingPayment" if entry.credit else "outgoingPayment"
            for subscription in self.subscriptions.values():
                if event in subscription.events and entry.moment <= now:
                    self.push(subscription.url, entry)

    def push(self, url: str, entry: Entry, text: str = "") -> Delivery:
        """Send the event of a payment to an address, repeated until it answers 200.

        :param text: what to send instead of the signed event
        """
        account = self._ledger.account(entry.account_id)
        payload = events.payment(account, entry)
        delivery = Delivery(
            url,
            payload["webhookType"],
            entry.payment_id,
            text or SIGNING_KEY.sign(payload),
        )
        self.deliveries.append(delivery)
        self._put(delivery, 0.0)
        return delivery

    def _put(self, delivery: Delivery, wait: float) -> None:
        with self._wake:
            due = time.monotonic() + wait
            heapq.heappush(self._queue, (due, next(self._numbers), delivery))
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()
            self._wake.notify()

    def _next(self) -> Delivery | None:
        """Wait for a delivery that is due and return it; None once closed."""
        with self._wake:
            while not self._closed:
                wait = self._queue[0][0] - time.monotonic() if self._queue else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._queue)[2]
                self._wake.wait(wait)
        return None

    def _work(self) -> None:
        while (delivery := self._next()) is not None:
            settings = self._settings
            status = self.post(delivery.url, delivery.text)
            delivery.statuses.append(status)
            # The first attempt is not one of the repeats.
            if status == 200 or len(delivery.statuses) > settings.webhook_retries:
                delivery.done = True
            else:
                self._put(delivery, settings.webhook_retry_seconds)

    def post(self, url: str, text: str) -> int:
        """Post a bare JWT as plain text; return the status, 0 when none came."""
        request = urllib.request.Request(
            url, text.encode(), {"Content-Type": "text/plain"}, method="POST"
        )
        handlers = [urllib.request.ProxyHandler({}), _NoRedirect()]
        if self._settings.webhook_any_url:
            # Addresses on this machine have self-made certificates.
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            handlers.append(urllib.request.HTTPSHandler(context=context))
        opener = urllib.request.build_opener(*handlers)
        wait = self._settings.webhook_timeout
        try:
            with opener.open(request, timeout=wait) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except (OSError, ValueError, http.client.HTTPException):
            return 0

    def close(self) -> None:
        """Stop deliveries."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
