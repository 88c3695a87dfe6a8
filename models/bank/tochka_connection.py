from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ... import tochka_api
from ...exceptions import bank_errors
from .secrets_at_rest import seal, unseal
from .tokens import ConnectionTokens

ENVIRONMENT_URLS = {
    "production": tochka_api.PRODUCTION_URL,
    "sandbox": tochka_api.SANDBOX_URL,
}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
# Fields that say where the secrets are sent.
_WHERE_TO = {"base_url", "environment", "consent_path", "ca_certificate"}
CALLBACK_PATH = "/account_tochka/oauth/callback"


class TochkaConnection(models.Model):
    """One permission to read from the bank: a consent (OAuth) or a JWT key."""

    _name = "tochka.connection"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Tochka Bank Connection"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Tochka Bank"))
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        help="Is told when loading fails or the access ends.",
    )
    environment = fields.Selection(
        [
            ("production", "Bank"),
            ("sandbox", "Sandbox of the bank"),
            ("custom", "Another address"),
        ],
        required=True,
        default="production",
        help="The sandbox answers with canned examples and needs no key.",
    )
    base_url = fields.Char(
        string="API Address",
        compute="_compute_base_url",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    auth_method = fields.Selection(
        [("oauth", "Sign in at the bank"), ("token", "JWT key")],
        string="Way to Connect",
        required=True,
        default="oauth",
        help="“Sign in at the bank” needs an application registered in the internet"
        " bank (Integrations and API). A JWT key is issued there too.",
    )
    client_id = fields.Char(string="Client ID", copy=False)
    client_secret = fields.Char(
        compute="_compute_write_only",
        inverse="_inverse_client_secret",
        copy=False,
        groups="account_tochka.group_tochka_manager",
    )
    has_client_secret = fields.Boolean(
        compute="_compute_has_secrets", compute_sudo=True
    )
    jwt_key = fields.Char(
        string="JWT Key",
        compute="_compute_write_only",
        inverse="_inverse_jwt_key",
        copy=False,
        groups="account_tochka.group_tochka_manager",
    )
    has_jwt_key = fields.Boolean(
        string="Has JWT Key", compute="_compute_has_secrets", compute_sudo=True
    )
    secrets = fields.Text(copy=False, groups="base.group_system", exportable=False)
    redirect_uri = fields.Char(
        string="Redirect Address",
        compute="_compute_redirect_uri",
        help="Give this address to the bank when you register the application.",
    )
    consent_path = fields.Char(
        default="/consent/v1.0/consents",
        required=True,
        help="Path of consents below the API address. The bank's documents show three;"
        " change it only on the advice of the bank.",
    )
    scope = fields.Char(
        default="accounts balances customers statements",
        required=True,
        help="OAuth scope asked for. What may be read is governed by the consent.",
    )
    ca_certificate = fields.Text(
        string="Additional Root Certificate",
        help="PEM text of the Russian Trusted Root CA, which signs the bank's server."
        " It is trusted for this connection only, beside the usual ones.",
    )
    consent_id = fields.Char(readonly=True, copy=False)
    consent_expires_on = fields.Datetime(
        string="Access Until", readonly=True, copy=False, tracking=True
    )
    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("connected", "Connected"),
            ("attention", "Needs attention"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    state_message = fields.Text(string="What Happened", readonly=True, copy=False)
    organization_ids = fields.One2many(
        "tochka.organization", "connection_id", string="Organisations"
    )
    account_ids = fields.One2many("tochka.account", "connection_id", string="Accounts")
    chosen_account_count = fields.Integer(compute="_compute_chosen_account_count")

    @api.depends("environment")
    def _compute_base_url(self):
        for connection in self:
            connection.base_url = (
                ENVIRONMENT_URLS.get(connection.environment) or connection.base_url
            )

    def _compute_write_only(self):
        """Secrets can be written, never read back."""
        self.client_secret = False
        self.jwt_key = False

    @api.depends("secrets")
    def _compute_has_secrets(self):
        for connection in self:
            known = connection._read_secrets()
            connection.has_client_secret = bool(known.get("client_secret"))
            connection.has_jwt_key = bool(known.get("jwt_key"))

    def _inverse_client_secret(self):
        for connection in self.filtered("client_secret"):
            connection._write_secrets(client_secret=connection.client_secret.strip())

    def _inverse_jwt_key(self):
        for connection in self.filtered("jwt_key"):
            connection._write_secrets(jwt_key=connection.jwt_key.strip())

    def _compute_redirect_uri(self):
        for connection in self:
            connection.redirect_uri = connection.get_base_url() + CALLBACK_PATH

    @api.depends("account_ids.journal_id")
    def _compute_chosen_account_count(self):
        for connection in self:
            connection.chosen_account_count = len(
                connection.account_ids.filtered("journal_id")
            )

    @api.constrains("base_url")
    def _check_base_url(self):
        for connection in self:
            address = urlsplit(connection.base_url or "")
            if address.scheme != "https" and address.hostname not in LOCAL_HOSTS:
                raise ValidationError(
                    self.env._(
                        "The API address has to begin with https:// so that nobody can"
                        " read the access on its way."
                    )
                )

    def write(self, vals):
        """Override of `mail.thread` to keep secrets from going to another server."""
        told = _WHERE_TO & vals.keys()
        if told and not self.env.user.has_group("base.group_system"):
            for connection in self:
                if any(connection[name] != vals[name] for name in told):
                    connection.sudo().write({"secrets": False, "state": "draft"})
        return super().write(vals)

    # === SECRETS === #

    def _read_secrets(self):
        """Give the decrypted secrets of one connection (dict)."""
        self.ensure_one()
        return unseal(self.sudo().secrets)

    def _write_secrets(self, **changes):
        """Merge `changes` into the secrets; a value of None removes its key."""
        self.ensure_one()
        known = {**self._read_secrets(), **changes}
        self.sudo().secrets = seal({k: v for k, v in known.items() if v is not None})

    # === THE BANK === #

    def _client(self, **options):
        """Build a client for this connection (a context manager).

        :param options: `timeout` and `retries` of `tochka_api.TochkaClient`
        :raise UserError: when the connection has no access yet
        """
        self.ensure_one()
        return tochka_api.TochkaClient(
            self.base_url,
            ConnectionTokens(self).source(),
            ca_bundle_pem=self.ca_certificate or None,
            **options,
        )

    def _oauth_app(self, known=None):
        """Build the OAuth side of the protocol for this connection.

        :param dict known: decrypted secrets, when the caller has read them already
        """
        self.ensure_one()
        known = self._read_secrets() if known is None else known
        if not (self.client_id and known.get("client_secret")):
            raise UserError(
                self.env._(
                    "Fill in Client ID and Client Secret: the bank shows them when you"
                    " register the application in “Integrations and API”."
                )
            )
        return tochka_api.OAuthApp(
            self.client_id,
            known["client_secret"],
            self.redirect_uri,
            base_url=self.base_url,
            consent_path=self.consent_path,
            scope=self.scope,
            ca_bundle_pem=self.ca_certificate or None,
        )

    # === ACTIONS === #

    def action_connect(self):
        """Connect: go to the bank's page (OAuth), or check the JWT key."""
        self.ensure_one()
        self.check_access("write")
        if self.auth_method == "oauth" and self.environment != "sandbox":
            return self._action_open_consent_page()
        with bank_errors(self.env), self._client() as client:
            organizations, accounts = client.customers(), client.accounts()
        self._connected(organizations, accounts, self._key_expiry())
        return self.action_choose()

    def _key_expiry(self):
        """Give the end of the JWT key's life (naive UTC datetime or False)."""
        key = self._read_secrets().get("jwt_key")
        expires_at = key and tochka_api.jwt_expires_at(key)
        return expires_at.replace(tzinfo=None) if expires_at else False

    def _connected(self, organizations, accounts, expires_on):
        """Store that the access works and what it shows."""
        self.ensure_one()
        self.env["tochka.organization"]._store(self, organizations)
        self.env["tochka.account"]._store(self, accounts)
        self._works_again()
        if expires_on != self.consent_expires_on:
            self.activity_unlink(["account_tochka.mail_activity_access_ends"])
            self.reminded_days = 0
        self.sudo().write(
            {
                "state": "connected",
                "state_message": False,
                "consent_expires_on": expires_on,
            }
        )

    def action_check(self):
        """Ask the bank whether the access works; tell the user."""
        self.ensure_one()
        self.check_access("write")
        self.action_fetch_accounts()
        return self._notify(
            "success", self.env._("The connection to Tochka Bank works.")
        )

    def action_fetch_accounts(self):
        """Ask the bank anew for organisations and accounts."""
        self.ensure_one()
        self.check_access("write")
        with bank_errors(self.env), self._client() as client:
            organizations, accounts = client.customers(), client.accounts()
        self._connected(organizations, accounts, self.consent_expires_on)

    def action_choose(self):
        """Open the choice of organisations and accounts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_tochka.action_choose"
        )
        action["context"] = {"active_id": self.id, "active_model": self._name}
        return action

    def action_disconnect(self):
        """Forget the access. Accounts, payments and history stay."""
        self.ensure_one()
        self.check_access("write")
        self._write_secrets(jwt_key=None, tokens=None, pending=None)
        self.sudo().write(
            {
                "state": "draft",
                "state_message": False,
                "consent_id": False,
                "consent_expires_on": False,
            }
        )

    def _notify(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
