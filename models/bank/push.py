"""Push: where the bank sends the events of a connection.

Registering is the work of a job, not of the button that connects. Before the bank
answers it calls us with a test of each event and wants 200. So the address has to be
committed before we ask, and somebody has to be free to answer: in a web request the
only worker of a small server would wait for itself. The job starts after the commit,
runs in the cron's process, and holds no lock while it waits. It also looks once a day
whether the bank still knows us, and a copied database, whose jobs are off, never
takes the events from the real one.
"""

import logging
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError

from ... import tochka_api
from ...exceptions import explain
from .tochka_connection import LOCAL_HOSTS

_logger = logging.getLogger(__name__)

EVENT_PATH = "/account_tochka/webhook/"

_LOOK_AGAIN_AFTER = timedelta(hours=20)
# The bank answers after its tests of our address.
_PATIENT = {"timeout": (5, 60), "retries": 1}
# Somebody who disconnects waits, and what still comes is answered 404.
_IMPATIENT = {"timeout": (3, 10), "retries": 0}


class TochkaConnection(models.Model):
    _inherit = "tochka.connection"

    push_enabled = fields.Boolean(
        string="Payments at Once (Push)",
        default=True,
        tracking=True,
        help="The bank tells of a payment within seconds and Odoo loads it. Needs an"
        " https address that the bank can reach; the schedule goes on beside it.",
    )
    push_state = fields.Selection(
        [
            ("off", "Off"),
            ("pending", "Being set up"),
            ("on", "On"),
            ("taken", "Taken by another program"),
            ("problem", "Not possible yet"),
        ],
        string="Push",
        required=True,
        readonly=True,
        default="off",
        copy=False,
    )
    push_message = fields.Text(string="About Push", readonly=True, copy=False)
    push_checked_on = fields.Datetime(readonly=True, copy=False)
    push_replace = fields.Boolean(readonly=True, copy=False)
    push_client_id = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The client whose events were asked for last.",
    )
    push_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        exportable=False,
        help="The part of the address for events that nobody can guess.",
    )

    _push_key_unique = models.UniqueIndex("(push_key) WHERE push_key IS NOT NULL")

    def write(self, vals):
        """Override of `mail.thread` to keep the bank in line with the switch."""
        result = super().write(vals)
        if {"push_enabled", "active"} & vals.keys():
            self._push_later()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_end_push(self):
        self._push_end()

    def _connected(self, organizations, accounts, expires_on):
        """Override of `account_tochka` to ask for events with the access."""
        result = super()._connected(organizations, accounts, expires_on)
        self._push_later()
        return result

    def action_disconnect(self):
        """Override of `account_tochka` to end the events while the access works."""
        self.ensure_one()
        self.check_access("write")
        self._push_end()
        return super().action_disconnect()

    def action_push_replace(self):
        """Receive the events here instead of in the program that has them now."""
        self.ensure_one()
        self.check_access("write")
        self.sudo().push_replace = True
        self._push_later()

    # === WHAT IS WANTED === #

    def _push_wanted(self):
        """Whether events should come to this connection."""
        self.ensure_one()
        return self.push_enabled and self.active and self.state != "draft"

    def _push_url(self):
        """Give the address for events of this connection, a secret one."""
        self.ensure_one()
        return self.get_base_url() + EVENT_PATH + self.sudo().push_key

    def _push_client(self):
        """Give the client id the bank keeps the address under, or None.

        A JWT key says it itself; a key issued anew has another one
        (docs/bank_api.md §1.3).
        """
        self.ensure_one()
        if self.auth_method == "oauth":
            return self.client_id or None
        key = self._read_secrets().get("jwt_key")
        return tochka_api.jwt_client_id(key) if key else None

    def _push_obstacle(self):
        """Say why the bank cannot be asked at all, or None.

        :return: translated sentences with what to do next
        """
        self.ensure_one()
        if self.environment == "sandbox":
            return self.env._(
                "The sandbox of the bank sends no events. Payments load by the"
                " schedule."
            )
        if not self._push_client():
            return self.env._(
                "The JWT key does not say whose it is, so the bank cannot be asked for"
                " events. Copy the whole key from the internet bank and connect again."
                " Payments load by the schedule meanwhile."
            )
        address = self.get_base_url()
        # A simulated bank on this machine is not so strict.
        if _is_public(address) or urlsplit(self.base_url).hostname in LOCAL_HOSTS:
            return None
        return self.env._(
            "Push needs an https address on port 443, and the address of this database"
            " is %s. Open Odoo by https and correct the system parameter"
            " “web.base.url”, then press “Check”. Payments load by the schedule"
            " meanwhile.",
            address,
        )

    def _push_is_ours(self, url):
        """Whether an address the bank knows leads to this connection.

        One that leads to a connection deleted from this database is free to take.
        """
        self.ensure_one()
        home, _slash, key = url.rpartition("/")
        if not f"{home}/".endswith(EVENT_PATH):
            return False
        if key == self.sudo().push_key:
            return True
        everybody = self.sudo().with_context(active_test=False)
        known = everybody.search_count([("push_key", "=", key)], limit=1)
        return f"{home}/" == self.get_base_url() + EVENT_PATH and not known

    # === THE JOB === #

    def _push_later(self):
        """Bring the bank in line with what is wanted, once this is committed."""
        waiting = False
        for connection in self.sudo():
            if not connection._push_wanted() and not connection.push_client_id:
                vals = {"push_state": "off", "push_message": False}
            elif connection._push_wanted() and (words := connection._push_obstacle()):
                vals = {"push_state": "problem", "push_message": words}
            else:
                vals = {"push_state": "pending", "push_message": False}
                waiting = True
            if not connection.push_key:
                vals["push_key"] = secrets.token_urlsafe(32)
            connection.write(vals)
        cron = self.env.ref("account_tochka.ir_cron_push", raise_if_not_found=False)
        if waiting and cron:
            cron.sudo()._trigger()

    @api.model
    def _cron_push(self):
        """Ask the bank where something changed, and everywhere once a day."""
        long_ago = fields.Datetime.now() - _LOOK_AGAIN_AFTER
        connections = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    "|",
                    ("push_state", "=", "pending"),
                    "&",
                    ("push_state", "!=", "off"),
                    "|",
                    ("push_checked_on", "=", False),
                    ("push_checked_on", "<", long_ago),
                ]
            )
        )
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            connection.with_context(lang=connection.user_id.lang)._push_sync()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _push_sync(self):
        """Ask the bank for what is wanted and keep what came of it. Commits."""
        self.ensure_one()
        wanted = self._push_wanted()
        try:
            outcome = self._push_register() if wanted else self._push_remove()
        except tochka_api.TochkaError as error:
            _logger.info("Connection %s, push: %s", self.id, type(error).__name__)
            outcome = self._push_failure(error, wanted)
        except UserError as error:
            outcome = {"push_state": "problem", "push_message": str(error)}
        # Waiting took its time: what is written now must not rest on an old snapshot.
        self.env["ir.cron"]._commit_progress()
        self.invalidate_recordset()
        if self.exists() and self._push_wanted() == wanted:
            self.write({**outcome, "push_checked_on": fields.Datetime.now()})

    def _push_register(self):
        """Have events sent here, unless they are already.

        :return dict: values that say what came of it
        :raise tochka_api.TochkaError: as the bank says
        """
        self.ensure_one()
        if words := self._push_obstacle():
            return {"push_state": "problem", "push_message": words}
        client_id, url = self._push_client(), self._push_url()
        with self._client(**_PATIENT) as client:
            jwk, found = client.webhook_key(), client.get_webhook(client_id)
            if found and not (self.push_replace or self._push_is_ours(found.url)):
                return {
                    "push_state": "taken",
                    "push_message": self.env._(
                        "Another program or connection (%s) receives the events of this"
                        " access, and the bank sends them to one address only. Press"
                        " “Receive the events here” to replace it, or issue a JWT key"
                        " for Odoo alone. Payments load by the schedule meanwhile.",
                        urlsplit(found.url).hostname,
                    ),
                }
            self.write({"push_client_id": client_id, "push_jwk": jwk})
            wanted = set(tochka_api.PAYMENT_EVENTS)
            if not found or found.url != url or not wanted <= set(found.events):
                # The bank calls back while it is asked: nothing may wait for us.
                self.env["ir.cron"]._commit_progress()
                register = client.edit_webhook if found else client.put_webhook
                register(client_id, url, tochka_api.PAYMENT_EVENTS)
        return {"push_state": "on", "push_message": False, "push_replace": False}

    def _push_remove(self, **options):
        """Have events sent here no more.

        :param options: of `_client`
        :return dict: values that say what came of it
        :raise tochka_api.TochkaError: as the bank says
        """
        self.ensure_one()
        client_id = self.push_client_id
        # The bank itself forgets what an exchanged JWT key had asked for.
        if client_id and client_id == self._push_client():
            with self._client(**options) as client:
                found = client.get_webhook(client_id)
                if found and self._push_is_ours(found.url):
                    client.delete_webhook(client_id)
        return {"push_state": "off", "push_message": False, "push_client_id": False}

    def _push_end(self):
        """Have events sent here no more, now; never in the way of the caller."""
        for connection in self.sudo().filtered("push_client_id"):
            try:
                connection._push_remove(**_IMPATIENT)
            except (tochka_api.TochkaError, UserError) as error:
                name = type(error).__name__
                _logger.info("Connection %s, push not ended: %s", connection.id, name)
            connection.write(
                {"push_state": "off", "push_message": False, "push_client_id": False}
            )

    def _push_failure(self, error, wanted):
        """Put a bank error into values: what is wrong and what to do next."""
        self.ensure_one()
        if isinstance(error, tochka_api.TryLater):
            words = self.env._(
                "Tochka Bank does not answer now; Odoo tries again by itself within an"
                " hour. Payments load by the schedule meanwhile."
            )
            return {"push_state": "pending", "push_message": words}
        if not wanted:
            words = self.env._(
                "The bank could not be told to stop sending events; Odoo ignores them."
            )
            return {"push_state": "off", "push_message": words}
        if isinstance(error, tochka_api.AccessDenied):
            words = self.env._(
                "The access does not include events of payments. Press “Renew access”"
                " and allow notifications of payments on the bank's page (for a JWT"
                " key: issue one with the right to manage webhooks). Payments load by"
                " the schedule meanwhile."
            )
        elif isinstance(error, tochka_api.BadRequest):
            words = self.env._(
                "Tochka Bank could not deliver a test event to %s. Check that this"
                " address opens from the Internet by https, on port 443, with a valid"
                " certificate, and leads to this database (see “dbfilter”); then press"
                " “Check”. Payments load by the schedule meanwhile.",
                self.get_base_url(),
            )
        else:
            words = explain(self.env, error)
        return {"push_state": "problem", "push_message": words}


def _is_public(address):
    """Whether the bank takes such an address (docs/bank_api.md §4.1)."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and parts.port in (None, 443)
    except ValueError:
        return False
