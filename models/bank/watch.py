"""Watching over an access: told before it ends, kept alive, one alarm when it fails."""

from datetime import datetime, timedelta, timezone

from odoo import api, fields, models

from ... import tochka_api
from ...exceptions import explain
from .tokens import ConnectionTokens

# Days before the end at which the responsible person is reminded.
REMIND_DAYS = (14, 3)
# A refresh token dies unused after 30 days (docs/bank_api.md §1.4).
_RENEW_IDLE_AFTER = timedelta(days=7)
_ALARM = "account_tochka.mail_activity_attention"
_REMINDER = "account_tochka.mail_activity_access_ends"


class TochkaConnection(models.Model):
    _inherit = "tochka.connection"

    reminded_days = fields.Integer(
        readonly=True, copy=False, help="The reminder that was given last, in days."
    )

    @api.model
    def _cron_watch(self):
        """Once a day: remind of accesses that end, renew tokens nobody used."""
        connections = self.search([("state", "!=", "draft")])
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            connection = connection.with_context(lang=connection.user_id.lang)
            connection._remind_of_end()
            connection._keep_alive()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _remind_of_end(self):
        """Give one reminder at each of REMIND_DAYS before the access ends."""
        self.ensure_one()
        if not self.consent_expires_on:
            return
        left = (self.consent_expires_on - fields.Datetime.now()).days
        due = [days for days in REMIND_DAYS if left < days]
        if not due or (self.reminded_days and min(due) >= self.reminded_days):
            return
        self.activity_unlink([_REMINDER])
        self.activity_schedule(
            _REMINDER,
            date_deadline=self.consent_expires_on.date(),
            summary=self.env._("The access to Tochka Bank ends: renew it"),
            note=self.env._(
                "Open the connection and press “Renew access”. Accounts, payments and"
                " history stay as they are."
            ),
            user_id=self.user_id.id,
        )
        self.reminded_days = min(due)

    def _keep_alive(self):
        """Renew a token pair that no loading has renewed for a week."""
        self.ensure_one()
        tokens = self._read_secrets().get("tokens")
        if self.auth_method != "oauth" or not tokens:
            return
        idle = datetime.now(timezone.utc) - datetime.fromisoformat(tokens["expires_at"])
        if idle < _RENEW_IDLE_AFTER:
            return
        try:
            ConnectionTokens(self).renew(tokens["access_token"])
        except tochka_api.AskHuman as error:
            self._needs_attention(error)
        except tochka_api.TochkaError:
            # Tomorrow is early enough: three weeks are left.
            return

    def _needs_attention(self, error):
        """Remember a bank error a person has to see to; one activity when it starts.

        :param tochka_api.AskHuman error:
        """
        self.ensure_one()
        words = explain(self.env, error)
        if self.state != "attention":
            self.activity_schedule(
                _ALARM,
                summary=self.env._("Tochka Bank needs your attention: %s", self.name),
                note=words,
                user_id=self.user_id.id,
            )
        self.sudo().write({"state": "attention", "state_message": words})

    def _works_again(self):
        """Take back the alarm."""
        self.ensure_one()
        if self.state == "attention":
            self.activity_unlink([_ALARM])
            self.sudo().write({"state": "connected", "state_message": False})
