"""Events of the bank, taken for what they are: a hint to look at the statement.

Whoever can post to the address can be anybody, so an event is worth nothing until the
bank's signature proves it, and then no more than a question asked a little earlier:
the run it queues loads what the statement says. Nothing of the event is kept.
"""

import logging
import re
from contextlib import contextmanager
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ... import tochka_api

_logger = logging.getLogger(__name__)

# A new key of the bank is looked for at most so often, however much is forged.
KEY_ASKED_EVERY = timedelta(minutes=1)

_PUSH_KEY = re.compile(r"[\w-]{43}", re.ASCII)
# A worker of the web server waits.
_QUICK = {"timeout": (3, 5), "retries": 0}


class TochkaConnection(models.Model):
    _inherit = "tochka.connection"

    push_jwk = fields.Json(
        string="Key of the Bank", readonly=True, copy=False, groups="base.group_system"
    )
    push_jwk_asked_on = fields.Datetime(
        readonly=True, copy=False, groups="base.group_system"
    )

    @api.model
    def _of_push_key(self, key):
        """Find the connection an event was sent to.

        :param str key: the last part of the address, whatever was sent
        :return: the connection, ready to work; empty when it wants no events
        """
        if not _PUSH_KEY.fullmatch(key):
            return self.browse()
        connections = self.with_user(SUPERUSER_ID)
        found = connections.search([("push_key", "=", key)], limit=1)
        return found.filtered(lambda one: one._push_wanted())

    def _receive_event(self, body):
        """Take what was posted to the address of this connection.

        :param bytes body: untrusted
        :return bool: whether it came from the bank
        """
        self.ensure_one()
        try:
            event = self._verified(body)
        except tochka_api.WebhookRefused as refusal:
            _logger.info("Connection %s, event refused: %s", self.id, refusal)
            return False
        self._load_for(event)
        return True

    def _verified(self, body):
        """Check an event with the bank's key, with a fresh one if the bank has one.

        :return tochka_api.PaymentEvent:
        :raise tochka_api.WebhookRefused: when it is not the bank's
        """
        known = self.push_jwk or {}
        try:
            return tochka_api.verify(body, known)
        except tochka_api.WebhookRefused as refusal:
            fresh = refusal.may_be_new_key and self._another_jwk(known)
            if not fresh:
                raise
            return tochka_api.verify(body, fresh)

    def _another_jwk(self, known):
        """Give a key of the bank other than the known one, or None.

        Asking the bank is claimed and committed first, so any number of forged events
        at one moment makes one request, and no lock is held while it lasts.

        :param dict known: the key that did not fit
        """
        with self._apart() as connection:
            if not connection.try_lock_for_update(allow_referencing=True):
                return None
            if connection.push_jwk and connection.push_jwk != known:
                return connection.push_jwk
            asked, now = connection.push_jwk_asked_on, fields.Datetime.now()
            if asked and now - asked < KEY_ASKED_EVERY:
                return None
            connection.push_jwk_asked_on = now
        try:
            with self._client(**_QUICK) as client:
                fresh = client.webhook_key()
        except (tochka_api.TochkaError, UserError) as error:
            name = type(error).__name__
            _logger.info("Connection %s, key of the bank: %s", self.id, name)
            return None
        if fresh == known:
            return None
        with self._apart() as connection:
            connection.push_jwk = fresh
        return fresh

    @contextmanager
    def _apart(self):
        """Give this connection in a transaction of its own, committed at the end."""
        self.ensure_one()
        with self.env.registry.cursor() as cr:
            yield self.with_env(self.env(cr=cr, su=True))

    def _load_for(self, event):
        """Ask for the load of the account an event speaks of.

        :param tochka_api.PaymentEvent event: verified
        :return: the queued `tochka.import`; None when there is nothing to do: a test of
            the bank, another kind of event, an account that is not loaded by itself, a
            payment that is here already
        """
        self.ensure_one()
        account = self.account_ids.filtered(
            lambda one: (
                one.number == event.account
                and one.organization_id.customer_code == event.customer_code
                and one.auto_import
                and one.journal_id
                and one.is_open
            )
        )[:1]
        if not account or account._knows_payment(event.payment_id, event.date):
            return None
        period = account._push_period(event.date)
        return period and self.env["tochka.import"]._queue(account, *period, "webhook")


class TochkaAccount(models.Model):
    _inherit = "tochka.account"

    def _knows_payment(self, payment_id, day):
        """Whether the register has this payment: its event was sent again."""
        self.ensure_one()
        domain = [
            ("account_id", "=", self.id),
            ("date", "=", day),
            ("payment_id", "=", payment_id),
        ]
        known = self.env["tochka.transaction"].search_count(domain, limit=1)
        return bool(payment_id and day and known)

    def _push_period(self, day):
        """Give the days to load for an event: the usual overlap, and the event's day.

        :param date day: of the payment, None when the event does not say
        :return: (first day, last day); None when automatic loading began later
        """
        self.ensure_one()
        since, today = self.auto_import_since, self._today()
        if day and since and day < since:
            return None
        start = self._scheduled_start()
        return min(start, day or start), today
