"""The OAuth round trip of a connection: to the bank's page and back."""

import logging
import secrets
from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools.misc import consteq, hash_sign, verify_hash_signed

from ... import tochka_api
from ...exceptions import bank_errors
from .tokens import pack

_logger = logging.getLogger(__name__)

EVENTS_PERMISSION = "ManageWebhookData"
_STATE_SCOPE = "account_tochka.oauth"
_STATE_LIFE = timedelta(hours=1)


def open_page(connection):
    """Create a consent and send the browser to the bank's page.

    The `state` that comes back is signed, expires, belongs to this user and works
    once: its nonce is kept among the secrets until then.

    :return dict: action that opens the page
    """
    env = connection.env
    with bank_errors(env):
        app = connection._oauth_app()
        consent = _create(connection, app)
        nonce = secrets.token_urlsafe(16)
        state = hash_sign(
            connection.sudo().env, _STATE_SCOPE, [connection.id, env.uid, nonce]
        )
        connection._write_secrets(
            pending={
                "nonce": nonce,
                "consent_id": consent.consent_id,
                "until": (fields.Datetime.now() + _STATE_LIFE).isoformat(),
            }
        )
        url = app.authorize_url(consent.consent_id, state)
    return {"type": "ir.actions.act_url", "url": url, "target": "self"}


def _create(connection, app):
    """Order a consent, with the right to events where the application has it.

    :param tochka_api.OAuthApp app:
    :return tochka_api.Consent:
    """
    if connection.push_enabled:
        wanted = (*tochka_api.PERMISSIONS, EVENTS_PERMISSION)
        try:
            return app.create_consent(wanted, None)
        except (tochka_api.BadRequest, tochka_api.AccessDenied):
            _logger.info("Connection %s: no consent with events", connection.id)
    return app.create_consent(tochka_api.PERMISSIONS, None)


def connection_of_state(connections, state):
    """Find the connection of a round trip (see `_connection_of_state`)."""
    env = connections.env
    try:
        values = verify_hash_signed(connections.sudo().env, _STATE_SCOPE, state or "")
    except ValueError:
        values = None
    if not values or values[1] != env.uid:
        return connections.browse(), None
    return connections.browse(values[0]).exists(), values[2]


def return_from_bank(connection, nonce, code, error):
    """Finish the round trip (see `tochka.connection._return_from_bank`)."""
    env = connection.env
    pending = connection._read_secrets().get("pending")
    ours = pending and consteq(pending["nonce"], nonce)
    if ours:
        connection._write_secrets(pending=None)
    in_time = ours and (
        fields.Datetime.now() < datetime.fromisoformat(pending["until"])
    )
    message = None
    if not in_time:
        message = env._(
            "This return from the bank was used already or came too late. Press"
            " “%s” again.",
            _button(connection),
        )
    elif error == "access_denied":
        message = env._(
            "The access was refused on the bank's page, so nothing was changed."
            " Press “%s” again and allow “Receive statements”.",
            _button(connection),
        )
    elif error or not code:
        message = env._(
            "The bank returned without an access (%(reason)s). Press “%(button)s”"
            " again.",
            reason=error or env._("no code"),
            button=_button(connection),
        )
    else:
        try:
            with env.cr.savepoint():
                _finish(connection, code, pending["consent_id"])
        except UserError as refusal:
            message = str(refusal)
    connection.sudo().state_message = message
    return message


def _button(connection):
    """Return the label of the button that leads from the form to the bank now."""
    if connection.state == "connected":
        return connection.env._("Renew access")
    return connection.env._("Connect to Tochka Bank")


def _finish(connection, code, consent_id):
    """Exchange the code and take the new access into use.

    The new access must show every organisation that is chosen already; otherwise
    it is refused and the old one keeps working.

    :raise UserError: when the bank or this check refuses
    """
    with bank_errors(connection.env):
        pair = connection._oauth_app().exchange(code)
        with tochka_api.TochkaClient(
            connection.base_url,
            tochka_api.StaticToken(pair.access_token),
            ca_bundle_pem=connection.ca_certificate or None,
            consent_path=connection.consent_path,
        ) as client:
            organizations, accounts = what_it_shows(client)
            consent = client.consent(consent_id)
    _check_same_organizations(connection, [*organizations, *accounts])
    connection._write_secrets(tokens=pack(pair))
    connection.sudo().consent_id = consent_id
    connection._connected(organizations, accounts, _naive(consent.expires_at))


def what_it_shows(client):
    """Ask for the organisations and accounts an access shows.

    The right to read organisations is one of its own: without it the accounts alone
    tell whose they are.

    :return: (list of tochka_api.Customer, list of tochka_api.Account)
    :raise tochka_api.TochkaError: when the accounts may not be read either
    """
    try:
        organizations = client.customers()
    except tochka_api.AccessDenied:
        organizations = []
    return organizations, client.accounts()


def _check_same_organizations(connection, organizations):
    """Raise UserError when an organisation chosen for loading is not shown any more.

    :param list organizations: customers and accounts (tochka_api) the new access shows
    """
    chosen = connection.sudo().organization_ids.filtered("company_id")
    seen = {organization.customer_code for organization in organizations}
    missing = chosen.filtered(lambda known: known.customer_code not in seen)
    if missing:
        raise UserError(
            connection.env._(
                "The new access does not show %(names)s. The former access stays in"
                " use. Press “Renew access” and allow the same organisations, or"
                " make a separate connection for the other ones.",
                names=", ".join(missing.mapped("name")),
            )
        )


def _naive(moment):
    """Turn an aware datetime (or None) into Odoo's naive UTC (or False)."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else False
