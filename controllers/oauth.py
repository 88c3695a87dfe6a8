from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request


class TochkaOAuth(http.Controller):
    """The address to which the bank's page returns the browser."""

    @http.route(
        "/account_tochka/oauth/callback",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def oauth_callback(self, code=None, state=None, error=None, **_other):
        """Finish connecting, and redirect to a page of the connection.

        When the access was given, that is the choice of organisations and accounts;
        otherwise the connection itself, which says why.
        """
        try:
            connections = request.env["tochka.connection"]
            connections.check_access("write")
            connection, nonce = connections._connection_of_state(state)
            connection.check_access("write")
        except AccessError:
            connection = None
        if not connection:
            return request.render("account_tochka.foreign_return", status=400)
        message = connection._return_from_bank(nonce, code, error)
        home = f"/odoo/tochka-connections/{connection.id}"
        return request.redirect(home if message else f"{home}/tochka-choice")
