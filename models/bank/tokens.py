"""The tokens of a connection, as `tochka_api` wants them."""

import time
from datetime import datetime, timedelta, timezone

from odoo.exceptions import LockError, UserError

from ... import tochka_api

_RENEW_AHEAD = timedelta(minutes=2)
_LOCK_TRIES = 50  # of 0.2 s


class ConnectionTokens:
    """The `TokenSource` of `tochka_api` for one connection."""

    def __init__(self, connection):
        self.connection = connection

    def source(self):
        """Return the source of tokens that fits the connection.

        :raise UserError: when the connection has no access yet
        """
        connection = self.connection
        if connection.environment == "sandbox":
            return tochka_api.StaticToken(tochka_api.SANDBOX_TOKEN)
        known = connection._read_secrets()
        if connection.auth_method == "oauth" and known.get("tokens"):
            return self
        if connection.auth_method == "token" and known.get("jwt_key"):
            return tochka_api.StaticToken(known["jwt_key"])
        raise UserError(
            connection.env._(
                "There is no access to Tochka Bank yet. Open the connection and press"
                " “Connect to Tochka Bank”."
            )
        )

    def access_token(self):
        """Return an access token that lasts, renewed where it is about to end."""
        tokens = self.connection._read_secrets()["tokens"]
        expires_at = datetime.fromisoformat(tokens["expires_at"])
        if expires_at - datetime.now(timezone.utc) < _RENEW_AHEAD:
            return self.renew(tokens["access_token"])
        return tokens["access_token"]

    def renew(self, stale):
        """Renew once, however many processes ask.

        The bank rotates the refresh token (docs/bank_api.md §1.4), so the new pair
        is stored under a row lock and committed in a transaction of its own, before
        anything else can fail.

        :param str stale: the access token that no longer works
        :return str: an access token that is not `stale`
        """
        connection = self.connection
        for _attempt in range(_LOCK_TRIES):
            try:
                return self._renew_locked(stale)
            except LockError:
                time.sleep(0.2)
            finally:
                connection.invalidate_recordset(["secrets"])
        raise tochka_api.BankUnavailable("the access is being renewed elsewhere")

    def _renew_locked(self, stale):
        env = self.connection.env
        with env.registry.cursor() as cr:
            connection = self.connection.with_env(env(cr=cr, su=True))
            connection.lock_for_update(allow_referencing=True)
            known = connection._read_secrets()
            tokens = known.get("tokens") or {}
            if tokens.get("access_token") not in (None, stale):
                return tokens["access_token"]
            if not tokens.get("refresh_token"):
                raise tochka_api.AccessExpired("the connection has no refresh token")
            pair = connection._oauth_app(known).refresh(tokens["refresh_token"])
            connection._write_secrets(tokens=pack(pair))
            return pair.access_token


def pack(pair):
    """Return the JSON form (dict) of a `tochka_api.TokenPair` for the secrets."""
    return {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "expires_at": pair.expires_at.isoformat(),
    }
