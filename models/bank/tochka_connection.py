from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ... import tochka_api
from ...exceptions import bank_errors
from . import addresses, consent, ending, events, push, removing, watch
from .secrets_at_rest import seal, unseal
from .tokens import ConnectionTokens

ENVIRONMENT_URLS = {
    "production": tochka_api.PRODUCTION_URL,
    "sandbox": tochka_api.SANDBOX_URL,
}
# Fields that say where the secrets are sent.
_WHERE_TO = {"base_url", "environment", "consent_path", "ca_certificate"}
CALLBACK_PATH = "/account_tochka/oauth/callback"


class TochkaConnection(models.Model):
    """One permission to read from the bank: a consent (OAuth) or a JWT key."""

    _name = "tochka.connection"
    _inherit = ["tochka.walled", "mail.thread", "mail.activity.mixin"]
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
        check_company=True,
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
    secrets = fields.Text(
        readonly=True, copy=False, groups="base.group_system", exportable=False
    )
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
        "tochka.organization", "connection_id", string="Organisations", readonly=True
    )
    account_ids = fields.One2many(
        "tochka.account", "connection_id", string="Accounts", readonly=True
    )
    chosen_account_count = fields.Integer(compute="_compute_chosen_account_count")
    reminded_days = fields.Integer(
        readonly=True, copy=False, help="The reminder that was given last, in days."
    )

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
    push_jwk = fields.Json(
        string="Key of the Bank", readonly=True, copy=False, groups="base.group_system"
    )
    push_jwk_asked_on = fields.Datetime(
        readonly=True, copy=False, groups="base.group_system"
    )

    _push_key_unique = models.UniqueIndex("(push_key) WHERE push_key IS NOT NULL")

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

    @api.constrains("base_url", "environment")
    def _check_base_url(self):
        for connection in self:
            problem = connection._address_problem()
            if problem:
                raise ValidationError(problem)

    def _address_problem(self):
        """Return why the bank cannot be asked at the address, None when it can."""
        self.ensure_one()
        fixed = ENVIRONMENT_URLS.get(self.environment, self.base_url)
        if self.base_url != fixed:
            return self.env._(
                "The API address of this environment is %s. Choose “Another address”"
                " as the environment to use a different one.",
                fixed,
            )
        return addresses.problem(self.env, self.base_url)

    def write(self, vals):
        """Override of `mail.thread` to see to the secrets before, to push after."""
        self._forget_secrets_before_moving(vals)
        result = super().write(vals)
        if push.SWITCHES & vals.keys():
            self._push_later()
        return result

    def _forget_secrets_before_moving(self, vals):
        """Keep secrets from going to another server than the one they are for.

        :param dict vals: what is about to be written
        """
        told = _WHERE_TO & vals.keys()
        if not told or self.env.user.has_group("base.group_system"):
            return
        for connection in self:
            if any(connection[name] != vals[name] for name in told):
                connection.sudo().write({"secrets": False, "state": "draft"})

    @api.ondelete(at_uninstall=False)
    def _unlink_without_payments(self):
        accounts = self.with_context(active_test=False).account_ids
        removing.check_no_payments(self, accounts)
        self._push_end()
        # The database would not remove what hangs on them by id.
        accounts.sudo().unlink()

    # === SECRETS === #

    def _read_secrets(self):
        """Return the decrypted secrets of one connection (dict)."""
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
        self._check_where_it_leads()
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
        self._check_where_it_leads()
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

    def _check_where_it_leads(self):
        """Refuse an address that has come to lead into the server's own network.

        :raise UserError: with what to do next
        """
        self.ensure_one()
        if self.environment == "custom":
            problem = addresses.problem_now(self.env, self.base_url)
            if problem:
                raise UserError(problem)

    def _key_expiry(self):
        """Return the end of the JWT key's life (naive UTC datetime or False)."""
        key = self._read_secrets().get("jwt_key")
        expires_at = key and tochka_api.jwt_expires_at(key)
        return expires_at.replace(tzinfo=None) if expires_at else False

    def _connected(self, organizations, accounts, expires_on):
        """Store that the access works and what it shows; ask for events with it.

        :param list[tochka_api.Customer] organizations: those it may name
        :param list[tochka_api.Account] accounts:
        :param datetime expires_on: naive UTC, False for an access without an end
        """
        self.ensure_one()
        self.env["tochka.organization"]._store(self, organizations)
        self.env["tochka.organization"]._store_unnamed(
            self, [account.customer_code for account in accounts]
        )
        codes = [organization.customer_code for organization in organizations]
        self.env["tochka.account"]._store(self, accounts, codes)
        self._works_again()
        if expires_on != self.consent_expires_on:
            watch.forget_reminder(self)
        self.sudo().write(
            {
                "state": "connected",
                "state_message": False,
                "consent_expires_on": expires_on,
            }
        )
        self._push_later()

    def _look_at_list(self, client):
        """Read the bank's list of accounts: some may be new, closed or gone.

        :param tochka_api.TochkaClient client: of this connection
        :raise tochka_api.TochkaError: as the bank says
        """
        self.ensure_one()
        ending.look_at_list(self, client)

    # === THE ROUND TRIP TO THE BANK'S PAGE === #

    @api.model
    def _connection_of_state(self, state):
        """Return the connection whose round trip this `state` belongs to.

        :param str state: the `state` of the redirect
        :return: (connection, nonce); (empty connection, None) for a state that is
            forged or another user's
        """
        return consent.connection_of_state(self, state)

    def _return_from_bank(self, nonce, code, error):
        """Finish the round trip.

        :param str nonce: of the `state` that came back; works once, for an hour
        :param str code: what the bank issues after «Allow»
        :param str error: what the bank says instead, `access_denied` after «Refuse»
        :return: a sentence about what went wrong, or None; the connection keeps it
        """
        self.ensure_one()
        return consent.return_from_bank(self, nonce, code, error)

    # === WATCH === #

    @api.model
    def _cron_watch(self):
        """Remind of accesses that end, renew tokens nobody used; once a day."""
        self.search([("state", "!=", "draft")])._one_by_one(watch.look_after)

    def _needs_attention(self, error):
        """Keep a bank error a person has to see to; make one activity when it starts.

        :param tochka_api.AskHuman error:
        """
        self.ensure_one()
        watch.raise_alarm(self, error)

    def _works_again(self):
        """Take back the alarm."""
        self.ensure_one()
        watch.take_back_alarm(self)

    def _one_by_one(self, work):
        """Do the work of a cron for each connection while its time lasts, committing.

        :param work: callable of one connection, in its responsible person's language
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(self))
        for connection in self:
            work(connection.with_context(lang=connection.user_id.lang))
            if not cron._commit_progress(1):
                break

    # === PUSH === #

    def _push_wanted(self):
        """Return whether events should come to this connection."""
        self.ensure_one()
        return self.push_enabled and self.active and self.state != "draft"

    def _push_later(self):
        """Bring the bank in line with what is wanted, once this is committed."""
        push.sync_later(self)

    @api.model
    def _cron_push(self):
        """Ask the bank where something changed, and everywhere once a day."""
        push.find_due(self)._one_by_one(push.sync)

    def _push_register(self):
        """Have events sent here, unless they are already.

        :return dict: values that say what came of it
        :raise tochka_api.TochkaError: as the bank says
        """
        self.ensure_one()
        return push.register(self)

    def _push_end(self):
        """Have events sent here no more, now; a refusal of the bank is only logged."""
        push.end(self)

    @api.model
    def _of_push_key(self, key):
        """Find the connection an event was sent to.

        :param str key: the last part of the address, whatever was sent
        :return: the connection, ready to work; empty when it wants no events
        """
        return events.connection_of_key(self, key)

    def _receive_event(self, body):
        """Take what was posted to the address of this connection.

        :param bytes body: untrusted
        :return bool: whether it came from the bank
        """
        self.ensure_one()
        return events.receive(self, body)

    # === ACTIONS === #

    def action_connect(self):
        """Connect: go to the bank's page (OAuth), or check the JWT key."""
        self.ensure_one()
        self.check_access("write")
        if self.auth_method == "oauth" and self.environment != "sandbox":
            return consent.open_page(self)
        with bank_errors(self.env), self._client() as client:
            organizations, accounts = consent.what_it_shows(client)
        self._connected(organizations, accounts, self._key_expiry())
        return self.action_choose()

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
            organizations, accounts = consent.what_it_shows(client)
        self._connected(organizations, accounts, self.consent_expires_on)

    def action_choose(self):
        """Open the choice of organisations and accounts."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_tochka.action_choose"
        )
        action["context"] = {"active_id": self.id, "active_model": self._name}
        return action

    def action_disconnect(self):
        """Forget the access. Accounts, payments and history stay."""
        self.ensure_one()
        self.check_access("write")
        # While the access still works.
        self._push_end()
        self._write_secrets(jwt_key=None, tokens=None, pending=None)
        self.sudo().write(
            {
                "state": "draft",
                "state_message": False,
                "consent_id": False,
                "consent_expires_on": False,
            }
        )

    def action_archive_instead(self):
        """Archive connections that cannot be deleted; nothing is loaded any more."""
        self.check_access("write")
        self.action_archive()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_push_replace(self):
        """Receive the events here instead of in the program that has them now."""
        self.ensure_one()
        self.check_access("write")
        self.sudo().push_replace = True
        self._push_later()

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
