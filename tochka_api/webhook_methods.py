"""The endpoints of webhooks (§4.1); their requests have no ``Data`` around them."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from . import mapping
from .answers import Answer
from .records import Webhook
from .transport import Transport
from .webhook import public_key_url


class WebhookMethods:
    """The methods of :class:`.TochkaClient` that decide where events go."""

    _base_url: str
    _transport: Transport

    def _call(
        self, method: str, path: str, *, repeatable: bool = True, **content: Any
    ) -> Answer:
        raise NotImplementedError

    def get_webhook(self, client_id: str) -> Webhook | None:
        """Return where events of this client go, None when nowhere (§4.1)."""
        answer = self._call("GET", _webhook_path(client_id))
        # How the bank answers for a client without a webhook is not documented.
        if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
            return None
        with answer.reading() as body:
            return mapping.webhook(body.child("Data"))

    def put_webhook(self, client_id: str, url: str, events: Iterable[str]) -> Webhook:
        """Ask for events at ``url`` (https, port 443), where there are none yet (§4.1).

        Before it answers, the bank sends a test of each event to ``url``.

        :raise BadRequest: If one of them was not answered 200, or the url is refused.
        """
        return self._set_webhook("PUT", client_id, url, events)

    def edit_webhook(self, client_id: str, url: str, events: Iterable[str]) -> Webhook:
        """Change the address or events of a webhook; see `put_webhook`."""
        return self._set_webhook("POST", client_id, url, events)

    def delete_webhook(self, client_id: str) -> None:
        """End the events of this client; do nothing when there are none."""
        answer = self._call("DELETE", _webhook_path(client_id))
        if answer.status != HTTPStatus.NOT_FOUND:
            with answer.reading():
                pass

    def webhook_key(self) -> dict[str, Any]:
        """Return the JWK that events are signed with (§4.2); it needs no access."""
        url = public_key_url(self._base_url)
        with self._transport.send("GET", url, repeatable=True).reading() as body:
            return mapping.public_key(body)

    def _set_webhook(
        self, method: str, client_id: str, url: str, events: Iterable[str]
    ) -> Webhook:
        wish = {"webhooksList": list(events), "url": url}
        # Not repeated: each attempt makes the bank call us while we wait.
        answer = self._call(
            method, _webhook_path(client_id), repeatable=False, json=wish
        )
        with answer.reading() as body:
            return mapping.webhook(body.child("Data"))


def _webhook_path(client_id: str) -> str:
    return f"/webhook/v1.0/{quote(client_id, safe='')}"
