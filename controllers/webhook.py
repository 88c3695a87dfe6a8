from odoo import http
from odoo.http import Response, request

from ..tochka_api import MAX_BODY


class TochkaWebhook(http.Controller):
    """The address to which the bank sends events of payments."""

    @http.route(
        "/account_tochka/webhook/<string:key>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY,
    )
    def webhook(self, key, **_other):
        """Receive an event.

        The answer is 200 for anything the bank has signed: it repeats other answers 30
        times, and registers no address that refuses its test. It is 403 for other
        bodies, 404 for an unknown key and 413 for a body too long for an event.
        Nothing more is said to a caller who may be a stranger.
        """
        connection = request.env["tochka.connection"]._of_push_key(key)
        if not connection:
            return Response(status=404)
        body = request.httprequest.get_data(cache=False)
        if len(body) > MAX_BODY:
            return Response(status=413)
        return Response(status=200 if connection._receive_event(body) else 403)
