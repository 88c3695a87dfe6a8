"""Push: where the bank sends the events of a connection.

Registering is the work of a job, not of the button that connects. Before the bank
answers, it calls the address with a test of each event and wants 200. So the address
has to be committed before the bank is asked, and a worker has to be free to answer: in
a web request the only worker of a small server would wait for itself. The job starts
after the commit, runs in the cron's process, and holds no lock while it waits. Once a
day it also looks whether the bank still has the address. The jobs of a copied database
are off, so it never takes the events from the real one.
"""

import logging
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.exceptions import UserError

from ... import tochka_api
from ...exceptions import explain
from .addresses import is_local, takes_events

_logger = logging.getLogger(__name__)

EVENT_PATH = "/account_tochka/webhook/"
# Fields that switch push on or off.
SWITCHES = {"push_enabled", "active"}

_LOOK_AGAIN_AFTER = timedelta(hours=20)
# The bank answers after its tests of our address.
_PATIENT = {"timeout": (5, 60), "retries": 1}
# Somebody who disconnects waits, and what still comes is answered 404.
_IMPATIENT = {"timeout": (3, 10), "retries": 0}


def _url(connection):
    """Return the secret address for events of this connection."""
    return connection.get_base_url() + EVENT_PATH + connection.sudo().push_key


def _client_id(connection):
    """Return the client id the bank keeps the address under, or None.

    A JWT key says it itself; a key issued anew has another one
    (docs/bank_api.md §1.3).
    """
    if connection.auth_method == "oauth":
        return connection.client_id or None
    key = connection._read_secrets().get("jwt_key")
    return tochka_api.jwt_client_id(key) if key else None


def _obstacle(connection):
    """Return why the bank cannot be asked at all, or None.

    :return str: translated sentences with what to do next
    """
    env = connection.env
    if connection.environment == "sandbox":
        return env._(
            "The sandbox of the bank sends no events. Payments load by the schedule."
        )
    if not _client_id(connection):
        return env._(
            "The JWT key does not say whose it is, so the bank cannot be asked for"
            " events. Copy the whole key from the internet bank and connect again."
            " Payments load by the schedule meanwhile."
        )
    address = connection.get_base_url()
    # A simulated bank on this machine is not so strict.
    if takes_events(address) or is_local(connection.base_url):
        return None
    return env._(
        "Push needs an https address on port 443, and the address of this database"
        " is %s. Open Odoo by https and correct the system parameter"
        " “web.base.url”, then press “Check”. Payments load by the schedule"
        " meanwhile.",
        address,
    )


def _is_ours(connection, url):
    """Return whether an address the bank knows leads to this connection.

    One that leads to a connection deleted from this database is free to take.
    """
    home, _slash, key = url.rpartition("/")
    if not f"{home}/".endswith(EVENT_PATH):
        return False
    if key == connection.sudo().push_key:
        return True
    everybody = connection.sudo().with_context(active_test=False)
    known = everybody.search_count([("push_key", "=", key)], limit=1)
    return f"{home}/" == connection.get_base_url() + EVENT_PATH and not known


def sync_later(connections):
    """Bring the bank in line with what is wanted, once this is committed."""
    connections = connections.sudo()
    waiting = False
    for connection in connections:
        wanted = connection._push_wanted()
        if not wanted and not connection.push_client_id:
            vals = {"push_state": "off", "push_message": False}
        elif wanted and (words := _obstacle(connection)):
            vals = {"push_state": "problem", "push_message": words}
        else:
            vals = {"push_state": "pending", "push_message": False}
            waiting = True
        if not connection.push_key:
            vals["push_key"] = secrets.token_urlsafe(32)
        connection.write(vals)
    cron = connections.env.ref("account_tochka.ir_cron_push", raise_if_not_found=False)
    if waiting and cron:
        cron._trigger()


def find_due(connections):
    """Find the connections to ask the bank about: changed ones, and all once a day."""
    long_ago = fields.Datetime.now() - _LOOK_AGAIN_AFTER
    return (
        connections.sudo()
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


def sync(connection):
    """Ask the bank for what is wanted and keep what came of it. Commits."""
    wanted = connection._push_wanted()
    try:
        outcome = connection._push_register() if wanted else _remove(connection)
    except tochka_api.TochkaError as error:
        _logger.info("Connection %s, push: %s", connection.id, type(error).__name__)
        outcome = _failure(connection, error, wanted)
    except UserError as error:
        outcome = {"push_state": "problem", "push_message": str(error)}
    # Waiting took its time: what is written now must not rest on an old snapshot.
    connection.env["ir.cron"]._commit_progress()
    connection.invalidate_recordset()
    if connection.exists() and connection._push_wanted() == wanted:
        connection.write({**outcome, "push_checked_on": fields.Datetime.now()})


def register(connection):
    """Have events sent here, unless they are already.

    :return dict: values that say what came of it
    :raise tochka_api.TochkaError: as the bank says
    """
    if words := _obstacle(connection):
        return {"push_state": "problem", "push_message": words}
    client_id, url = _client_id(connection), _url(connection)
    with connection._client(**_PATIENT) as client:
        jwk, found = client.webhook_key(), client.get_webhook(client_id)
        if found and not (connection.push_replace or _is_ours(connection, found.url)):
            return {
                "push_state": "taken",
                "push_message": connection.env._(
                    "Another program or connection (%s) receives the events of this"
                    " access, and the bank sends them to one address only. Press"
                    " “Receive the events here” to replace it, or issue a JWT key"
                    " for Odoo alone. Payments load by the schedule meanwhile.",
                    urlsplit(found.url).hostname,
                ),
            }
        connection.write({"push_client_id": client_id, "push_jwk": jwk})
        wanted = set(tochka_api.PAYMENT_EVENTS)
        if not found or found.url != url or not wanted <= set(found.events):
            # The bank calls back while it is asked: nothing may wait for us.
            connection.env["ir.cron"]._commit_progress()
            ask = client.edit_webhook if found else client.put_webhook
            ask(client_id, url, tochka_api.PAYMENT_EVENTS)
    return {"push_state": "on", "push_message": False, "push_replace": False}


def _remove(connection, **options):
    """Have events sent here no more.

    :param options: of `_client`
    :return dict: values that say what came of it
    :raise tochka_api.TochkaError: as the bank says
    """
    client_id = connection.push_client_id
    # The bank itself forgets what an exchanged JWT key had asked for.
    if client_id and client_id == _client_id(connection):
        with connection._client(**options) as client:
            found = client.get_webhook(client_id)
            if found and _is_ours(connection, found.url):
                client.delete_webhook(client_id)
    return {"push_state": "off", "push_message": False, "push_client_id": False}


def end(connections):
    """Have events sent here no more, now; a refusal of the bank is only logged."""
    for connection in connections.sudo().filtered("push_client_id"):
        try:
            _remove(connection, **_IMPATIENT)
        except (tochka_api.TochkaError, UserError) as error:
            name = type(error).__name__
            _logger.info("Connection %s, push not ended: %s", connection.id, name)
        connection.write(
            {"push_state": "off", "push_message": False, "push_client_id": False}
        )


def _failure(connection, error, wanted):
    """Put a bank error into values: what is wrong and what to do next.

    :param bool wanted: whether the bank was asked to send events, or to stop
    """
    env = connection.env
    if isinstance(error, tochka_api.TryLater):
        words = env._(
            "Tochka Bank does not answer now; Odoo tries again by itself within an"
            " hour. Payments load by the schedule meanwhile."
        )
        return {"push_state": "pending", "push_message": words}
    if not wanted:
        words = env._(
            "The bank could not be told to stop sending events; Odoo ignores them."
        )
        return {"push_state": "off", "push_message": words}
    if isinstance(error, tochka_api.AccessDenied):
        words = env._(
            "The access does not include events of payments. Press “Renew access”"
            " and allow notifications of payments on the bank's page (for a JWT"
            " key: issue one with the right to manage webhooks). Payments load by"
            " the schedule meanwhile."
        )
    elif isinstance(error, tochka_api.BadRequest):
        words = env._(
            "Tochka Bank could not deliver a test event to %s. Check that this"
            " address opens from the Internet by https, on port 443, with a valid"
            " certificate, and leads to this database (see “dbfilter”); then press"
            " “Check”. Payments load by the schedule meanwhile.",
            connection.get_base_url(),
        )
    else:
        words = explain(env, error)
    return {"push_state": "problem", "push_message": words}
