"""Apply transport faults to answers."""

from __future__ import annotations

import time
from email.utils import formatdate

from .bank import Bank
from .faults import Fault
from .web import BankError, Response, error_answer

_MESSAGES = {
    400: "Field accountId : Value error, invalid",
    401: "Invalid or expired token",
    403: "Forbidden by consent",
    404: "Not Found",
    424: "Fail dependent service",
    429: "Too many requests",
}
_HTML = "<!doctype html><html><head><title>Точка</title></head><body></body></html>"


def instead(fault: Fault, bank: Bank) -> Response | None:
    """Return the answer a fault gives in place of the bank's; None if it only waits."""
    if fault.name == "slow":
        bank.pause(float(fault.params["seconds"]))
        return None
    if fault.name == "timeout":
        bank.pause(float(fault.params["seconds"]))
        return Response(cut="reset")
    if fault.name == "reset":
        return Response(cut="reset")
    if fault.name == "bare_string":
        return Response(500, b"internal server error", "text/plain; charset=utf-8")
    if fault.name == "html_200":
        return Response(200, _HTML.encode(), "text/html; charset=utf-8")
    if fault.name == "empty_200":
        return Response(200, b"")
    return _refusal(fault)


def _refusal(fault: Fault) -> Response:
    status = int(fault.name.removeprefix("http_"))
    params = fault.params
    message = str(params["message"] or _MESSAGES.get(status, "Something going wrong"))
    error = BankError(status, message, params["error_code"] or None)
    response = error_answer(error)
    wait = params.get("retry_after")
    if wait is not None:
        if params["as_date"]:
            wait = formatdate(time.time() + float(wait), usegmt=True)
        response.headers["Retry-After"] = str(wait)
    return response


def spoiled(fault: Fault, made: Response) -> Response:
    """Return a right answer as a fault spoils it."""
    if fault.name in ("answer_lost", "refresh_answer_lost"):
        made.cut = "reset"
    elif fault.name == "reset_mid_body":
        made.cut = "half"
    elif fault.name == "truncated_json":
        made.body = made.body[: len(made.body) // 2]
    elif fault.name == "odd_json":
        find, put = str(fault.params["find"]), str(fault.params["put"])
        made.body = made.body.replace(find.encode(), put.encode())
    return made
