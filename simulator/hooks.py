"""The webhook endpoints; their requests have no ``Data`` around them."""

from __future__ import annotations

from . import events, validation
from .bank import Bank
from .oauth import Grant
from .signing import SIGNING_KEY
from .web import FORBIDDEN, BankError, Request, Response, envelope
from .webhooks import Subscription


def _own(grant: Grant, client_id: str) -> None:
    if client_id != grant.client_id:
        raise BankError(403, FORBIDDEN)


def _answer(request: Request, found: Subscription) -> Response:
    return envelope(request, {"webhooksList": found.events, "url": found.url})


def show(bank: Bank, request: Request, grant: Grant, client_id: str) -> Response:
    """Get Webhooks."""
    _own(grant, client_id)
    return _answer(request, bank.webhooks.find(client_id))


def create(bank: Bank, request: Request, grant: Grant, client_id: str) -> Response:
    """Create Webhook: the address must answer a test of each event."""
    _own(grant, client_id)
    wanted, url = validation.webhook_order(request.json())
    bank.webhooks.subscribe(client_id, wanted, url)
    return _answer(request, bank.webhooks.find(client_id))


def edit(bank: Bank, request: Request, grant: Grant, client_id: str) -> Response:
    """Edit Webhook: as Create Webhook, but there must be one."""
    _own(grant, client_id)
    bank.webhooks.find(client_id)
    return create(bank, request, grant, client_id)


def delete(bank: Bank, request: Request, grant: Grant, client_id: str) -> Response:
    """Delete Webhook."""
    _own(grant, client_id)
    bank.webhooks.find(client_id)
    del bank.webhooks.subscriptions[client_id]
    return envelope(request, {"result": True})


def test_send(bank: Bank, request: Request, grant: Grant, client_id: str) -> Response:
    """Send Webhook: one test of one event, to the subscribed address."""
    _own(grant, client_id)
    event = validation.webhook_test(request.json())
    url = bank.webhooks.find(client_id).url
    status = bank.webhooks.post(url, SIGNING_KEY.sign(events.sample(event)))
    return envelope(request, {"result": status == 200})
