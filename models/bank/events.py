"""Events of the bank: verified, and answered by reading the statement.

Anybody can post to the address, so an event is ignored until the bank's signature
proves it. Even then nothing of it is kept: it only makes the account load a little
earlier, and what is loaded is what the statement says.
"""

import logging
import re
from contextlib import contextmanager
from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError

from ... import tochka_api

_logger = logging.getLogger(__name__)

# A new key of the bank is looked for at most so often, however much is forged.
KEY_ASKED_EVERY = timedelta(minutes=1)

_PUSH_KEY = re.compile(r"[\w-]{43}", re.ASCII)
# A worker of the web server waits.
_QUICK = {"timeout": (3, 5), "retries": 0}


def connection_of_key(connections, key):
    """Find the connection an event was sent to (see `_of_push_key`)."""
    if not _PUSH_KEY.fullmatch(key):
        return connections.browse()
    found = connections.with_user(SUPERUSER_ID).search(
        [("push_key", "=", key)], limit=1
    )
    return found.filtered(lambda one: one._push_wanted())


def receive(connection, body):
    """Verify what was posted and act on it (see `tochka.connection._receive_event`)."""
    try:
        event = _verified(connection, body)
    except tochka_api.WebhookRefused as refusal:
        _logger.info("Connection %s, event refused: %s", connection.id, refusal)
        return False
    _load_for(connection, event)
    return True


def _verified(connection, body):
    """Check an event with the bank's key, with a fresh one if the bank has one.

    :return tochka_api.PaymentEvent:
    :raise tochka_api.WebhookRefused: when it is not the bank's
    """
    known = connection.push_jwk or {}
    try:
        return tochka_api.verify(body, known)
    except tochka_api.WebhookRefused as refusal:
        fresh = refusal.may_be_new_key and another_jwk(connection, known)
        if not fresh:
            raise
        return tochka_api.verify(body, fresh)


def another_jwk(connection, known):
    """Return a key of the bank (dict) other than the known one, or None.

    Asking the bank is claimed and committed first, so any number of forged events
    at one moment makes one request, and no lock is held while it lasts.

    :param dict known: the key that did not fit
    """
    with _apart(connection) as locked:
        if not locked.try_lock_for_update(allow_referencing=True):
            return None
        if locked.push_jwk and locked.push_jwk != known:
            return locked.push_jwk
        asked, now = locked.push_jwk_asked_on, fields.Datetime.now()
        if asked and now - asked < KEY_ASKED_EVERY:
            return None
        locked.push_jwk_asked_on = now
    try:
        with connection._client(**_QUICK) as client:
            fresh = client.webhook_key()
    except (tochka_api.TochkaError, UserError) as error:
        name = type(error).__name__
        _logger.info("Connection %s, key of the bank: %s", connection.id, name)
        return None
    if fresh == known:
        return None
    with _apart(connection) as stored:
        stored.push_jwk = fresh
    return fresh


@contextmanager
def _apart(connection):
    """Yield the connection in a transaction of its own, committed at the end."""
    env = connection.env
    with env.registry.cursor() as cr:
        yield connection.with_env(env(cr=cr, su=True))


def _load_for(connection, event):
    """Ask for the load of the account an event speaks of.

    Nothing is done for a test of the bank, another kind of event, an account that is
    not loaded by itself, or a payment that is here already.

    :param tochka_api.PaymentEvent event: verified
    """
    account = connection.account_ids.filtered(
        lambda one: (
            one.number == event.account
            and one.organization_id.customer_code == event.customer_code
            and one.auto_import
            and one.journal_id
            and not one.read_to_end
        )
    )[:1]
    if not account or account._knows_payment(event.payment_id, event.date):
        return
    period = account._push_period(event.date)
    if period:
        connection.env["tochka.import"]._want(account, *period)
