from odoo import http
from odoo.http import Response, request

from ..tochka_api import MAX_BODY


class TochkaWebhook(http.Controller):
    """Where the bank tells of payments."""

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
        """Take an event.

        200 for whatever the bank has signed (it repeats 30 times what is answered
        otherwise, and registers no address that refuses its test), 403 for the rest,
        404 for an address that is nobody's, 413 for a body no event has. No answer
        says more.
        """
        connection = request.env["tochka.connection"]._of_push_key(key)
        if not connection:
            return Response(status=404)
        body = request.httprequest.get_data(cache=False)
        if len(body) > MAX_BODY:
            return Response(status=413)
        return Response(status=200 if connection._receive_event(body) else 403)
