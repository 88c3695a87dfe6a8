from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request


class TochkaOAuth(http.Controller):
    """The way back from the bank's page."""

    @http.route(
        "/account_tochka/oauth/callback",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def oauth_callback(self, code=None, state=None, error=None, **_other):
        """Finish the round trip and land on the connection.

        With the access: on the choice of organisations and accounts. Without: on the
        connection, which says why.
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
