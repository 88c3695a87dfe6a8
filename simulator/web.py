"""Requests and answers in the bank's envelopes, apart from HTTP."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from .jsonbytes import json_bytes

DOCS = "https://developers.tochka.com/"
ERROR_CODES = {
    400: "HTTPBadRequest",
    401: "HTTPUnauthorized",
    403: "HTTPForbidden",
    404: "HTTPNotFound",
    405: "HTTPMethodNotAllowed",
    424: "HTTPFailedDependency",
    429: "HTTPTooManyRequests",
    500: "HTTPInternalError",
    501: "HTTPNotImplemented",
    502: "HTTPBadGateway",
    503: "HTTPServiceUnavailable",
}
FORBIDDEN = "Forbidden by consent"


class BankError(Exception):
    """A refusal the bank puts into its error envelope.

    :param status: HTTP status
    :param message: the reason, as ``Errors[0].message`` tells it
    """

    def __init__(self, status: int, message: str, error_code: str | None = None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.error_code = error_code or ERROR_CODES.get(status, "HTTPError")


@dataclass
class Request:
    """A request; its path is decoded, with repeated slashes made one."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    base: str
    peer: str = "127.0.0.1"
    target: str = ""

    def json(self) -> Any:
        """Return the body read as JSON.

        :raise BankError: 400, it is not JSON
        """
        try:
            return json.loads(self.body.decode("utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError):
            raise BankError(400, "Field body : JSON decode error") from None

    def form(self) -> dict[str, str]:
        """Return the body read as a form; of a repeated field the last value."""
        return dict(self.form_pairs())

    def form_pairs(self) -> list[tuple[str, str]]:
        """Return the pairs of the body read as a form, in their order."""
        text = self.body.decode("utf-8", "replace")
        return parse_qsl(text, keep_blank_values=True)


@dataclass
class Response:
    """An answer; ``cut`` names how to break the connection, empty for not at all."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: str = ""


def json_answer(
    value: object, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Return a JSON value as an answer."""
    return Response(status, json_bytes(value), headers=headers or {})


def html_answer(
    page: str, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Return a page as an answer."""
    return Response(status, page.encode(), "text/html; charset=utf-8", headers or {})


def redirect(location: str, status: int = 302, cookie: str = "") -> Response:
    """Return an answer that sends a browser to another address."""
    headers = {"Location": location}
    if cookie:
        headers["Set-Cookie"] = cookie
    return Response(status, b"", "text/html; charset=utf-8", headers)


def envelope(request: Request, data: object) -> Response:
    """Return data in the envelope of the API's successful answers."""
    target = request.base + request.path
    return json_answer(
        {"Data": data, "Links": {"self": target}, "Meta": {"totalPages": 1}}
    )


def error_body(status: int, message: str, error_code: str | None = None) -> dict:
    """Return the bank's error envelope."""
    code = error_code or ERROR_CODES.get(status, "HTTPError")
    return {
        "code": str(status),
        "id": str(uuid.uuid4()),
        "message": "Что-то пошло не так",
        "Errors": [{"errorCode": code, "message": message[:603], "url": DOCS}],
    }


def error_answer(error: BankError) -> Response:
    """Return a refusal as an answer."""
    return json_answer(
        error_body(error.status, error.message, error.error_code), error.status
    )
