"""Watch over an access: remind before it ends, keep it alive, raise one alarm."""

from datetime import datetime, timedelta, timezone

from odoo import fields

from ... import tochka_api
from ...exceptions import explain
from . import ending
from .tokens import ConnectionTokens

# Days before the end at which the responsible person is reminded.
REMIND_DAYS = (14, 3)
# A refresh token dies unused after 30 days (docs/bank_api.md §1.4).
_RENEW_IDLE_AFTER = timedelta(days=7)
_ALARM = "account_tochka.mail_activity_attention"
_REMINDER = "account_tochka.mail_activity_access_ends"


def look_after(connection):
    """Do what a connection needs once a day."""
    _remind_of_end(connection)
    _keep_alive(connection)
    ending.look_once_a_day(connection)


def _remind_of_end(connection):
    """Make one reminder at each of REMIND_DAYS before the access ends."""
    ends = connection.consent_expires_on
    if not ends:
        return
    left = (ends - fields.Datetime.now()).days
    due = [days for days in REMIND_DAYS if left < days]
    reminded = connection.reminded_days
    if not due or (reminded and min(due) >= reminded):
        return
    connection.activity_unlink([_REMINDER])
    connection.activity_schedule(
        _REMINDER,
        date_deadline=ends.date(),
        summary=connection.env._("The access to Tochka Bank ends: renew it"),
        note=connection.env._(
            "Open the connection and press “Renew access”. Accounts, payments and"
            " history stay as they are."
        ),
        user_id=connection.user_id.id,
    )
    connection.reminded_days = min(due)


def forget_reminder(connection):
    """Take the reminder back: the access ends on another day now."""
    connection.activity_unlink([_REMINDER])
    connection.sudo().reminded_days = 0


def _keep_alive(connection):
    """Renew a token pair that no loading has renewed for a week."""
    tokens = connection._read_secrets().get("tokens")
    if connection.auth_method != "oauth" or not tokens:
        return
    idle = datetime.now(timezone.utc) - datetime.fromisoformat(tokens["expires_at"])
    if idle < _RENEW_IDLE_AFTER:
        return
    try:
        ConnectionTokens(connection).renew(tokens["access_token"])
    except tochka_api.AskHuman as error:
        connection._needs_attention(error)
    except tochka_api.TochkaError:
        # Tomorrow is early enough: three weeks are left.
        return


def raise_alarm(connection, error):
    """Keep an error a person has to see to; make one activity when it starts.

    :param tochka_api.AskHuman error:
    """
    words = explain(connection.env, error)
    if connection.state != "attention":
        connection.activity_schedule(
            _ALARM,
            summary=connection.env._(
                "Tochka Bank needs your attention: %s", connection.name
            ),
            note=words,
            user_id=connection.user_id.id,
        )
    connection.sudo().write({"state": "attention", "state_message": words})


def take_back_alarm(connection):
    """Note that the access works again."""
    if connection.state == "attention":
        connection.activity_unlink([_ALARM])
        connection.sudo().write({"state": "connected", "state_message": False})
