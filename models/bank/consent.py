"""The OAuth round trip of a connection: to the bank's page and back."""

import logging
import secrets
from datetime import datetime, timedelta, timezone

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import consteq, hash_sign, verify_hash_signed

from ... import tochka_api
from ...exceptions import bank_errors
from .tokens import pack

_logger = logging.getLogger(__name__)

EVENTS_PERMISSION = "ManageWebhookData"
_STATE_SCOPE = "account_tochka.oauth"
_STATE_LIFE = timedelta(hours=1)


class TochkaConnection(models.Model):
    _inherit = "tochka.connection"

    def _action_open_consent_page(self):
        """Create a consent and send the browser to the bank's page.

        The `state` that comes back is signed, expires, belongs to this user and works
        once: its nonce is kept among the secrets until then.
        """
        self.ensure_one()
        with bank_errors(self.env):
            app = self._oauth_app()
            consent = self._create_consent(app)
            nonce = secrets.token_urlsafe(16)
            state = hash_sign(
                self.sudo().env, _STATE_SCOPE, [self.id, self.env.uid, nonce]
            )
            self._write_secrets(
                pending={
                    "nonce": nonce,
                    "consent_id": consent.consent_id,
                    "until": (fields.Datetime.now() + _STATE_LIFE).isoformat(),
                }
            )
            url = app.authorize_url(consent.consent_id, state)
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _create_consent(self, app):
        """Order a consent, with the right to events where the application has it.

        :param tochka_api.OAuthApp app:
        :return tochka_api.Consent:
        """
        self.ensure_one()
        if self.push_enabled:
            wanted = (*tochka_api.PERMISSIONS, EVENTS_PERMISSION)
            try:
                return app.create_consent(wanted, None)
            except (tochka_api.BadRequest, tochka_api.AccessDenied):
                _logger.info("Connection %s: no consent with events", self.id)
        return app.create_consent(tochka_api.PERMISSIONS, None)

    def _connection_of_state(self, state):
        """Give the connection whose round trip this `state` belongs to.

        :param str state: the `state` of the redirect
        :return: (connection, nonce); (empty connection, None) for a state that is
            forged or another user's
        """
        try:
            values = verify_hash_signed(self.sudo().env, _STATE_SCOPE, state or "")
        except ValueError:
            values = None
        if not values or values[1] != self.env.uid:
            return self.browse(), None
        return self.browse(values[0]).exists(), values[2]

    def _return_from_bank(self, nonce, code, error):
        """Finish the round trip.

        :param str nonce: of the `state` that came back; works once, for an hour
        :param str code: what the bank issues after «Allow»
        :param str error: what the bank says instead, `access_denied` after «Refuse»
        :return: a sentence about what went wrong, or None; the connection keeps it
        """
        self.ensure_one()
        pending = self._read_secrets().get("pending")
        usable = (
            pending
            and consteq(pending["nonce"], nonce)
            and fields.Datetime.now() < datetime.fromisoformat(pending["until"])
        )
        late = pending and not usable and consteq(pending["nonce"], nonce)
        if usable or late:
            self._write_secrets(pending=None)
        message = None
        if not usable:
            message = self.env._(
                "This return from the bank was used already or came too late. Press"
                " “%s” again.",
                self._connect_button(),
            )
        elif error == "access_denied":
            message = self.env._(
                "The access was refused on the bank's page, so nothing was changed."
                " Press “%s” again and allow “Receive statements”.",
                self._connect_button(),
            )
        elif error or not code:
            message = self.env._(
                "The bank returned without an access (%(reason)s). Press “%(button)s”"
                " again.",
                reason=error or self.env._("no code"),
                button=self._connect_button(),
            )
        else:
            try:
                with self.env.cr.savepoint():
                    self._finish_consent(code, pending["consent_id"])
            except UserError as refusal:
                message = str(refusal)
        self.sudo().state_message = message
        return message

    def _connect_button(self):
        """Name the button by which the connection's form leads to the bank now."""
        if self.state == "connected":
            return self.env._("Renew access")
        return self.env._("Connect to Tochka Bank")

    def _finish_consent(self, code, consent_id):
        """Exchange the code and take the new access into use.

        The new access must show every organisation that is chosen already; otherwise
        it is refused and the old one keeps working.

        :raise UserError: when the bank or this check refuses
        """
        self.ensure_one()
        with bank_errors(self.env):
            pair = self._oauth_app().exchange(code)
            with tochka_api.TochkaClient(
                self.base_url,
                tochka_api.StaticToken(pair.access_token),
                ca_bundle_pem=self.ca_certificate or None,
            ) as client:
                organizations, accounts = client.customers(), client.accounts()
                consent = client.consent(consent_id)
        self._check_same_organizations(organizations)
        self._write_secrets(tokens=pack(pair))
        self.sudo().consent_id = consent_id
        self._connected(organizations, accounts, _naive(consent.expires_at))

    def _check_same_organizations(self, organizations):
        chosen = self.sudo().organization_ids.filtered("company_id")
        seen = {organization.customer_code for organization in organizations}
        missing = chosen.filtered(lambda known: known.customer_code not in seen)
        if missing:
            raise UserError(
                self.env._(
                    "The new access does not show %(names)s. The former access stays in"
                    " use. Press “Renew access” and allow the same organisations, or"
                    " make a separate connection for the other ones.",
                    names=", ".join(missing.mapped("name")),
                )
            )


def _naive(moment):
    """Turn an aware datetime (or None) into Odoo's naive UTC (or False)."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else False
