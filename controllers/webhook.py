import hashlib
import logging
import re

from odoo import http
from odoo.http import Response, request

from ..tochka_api import MAX_BODY

_KEY_IN_PATH = re.compile(r"(/account_tochka/+webhook/+)([^\s/?#]+)\S*")


class HideKeys(logging.Filter):
    """Writes a digest in the place of the key of events.

    The bank lets us choose an address and no headers, so the key is a part of the path,
    and the server logs the path of every request. The digest still tells connections
    apart. A reverse proxy keeps a log of its own.
    """

    def filter(self, record):
        """Override of `logging` to change the record, never to drop it."""
        if isinstance(record.args, tuple):
            record.args = tuple(map(_without_key, record.args))
        record.msg = _without_key(record.msg)
        return True


def _without_key(text):
    if not isinstance(text, str):
        return text
    return _KEY_IN_PATH.sub(
        lambda found: found[1] + "key-" + digest_of_key(found[2]), text
    )


def digest_of_key(key):
    """Return what stands for a key of events in logs (8 hexadecimal digits)."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


logging.getLogger("werkzeug").addFilter(HideKeys())


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
