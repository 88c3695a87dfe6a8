"""Route requests to operations, and check the permissions they need."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import connect, consents, effects, sandbox
from . import hooks as webhook
from . import openbanking as ob
from .bank import Bank
from .faults import AFTER, BEFORE
from .signing import SIGNING_KEY
from .web import BankError, Request, Response, error_answer, json_answer

_ACCOUNT = r"/accounts/(?P<account_id>[^/]+(?:/\d+)?)"
_CONSENTS = r"/uapi/(?:consent/v1\.0|open-banking/v1\.0|v1\.0)/consents"
_HOOK = r"/uapi/webhook/v1\.0/(?P<client_id>[^/]+)"
_OB = r"/uapi/open-banking/v1\.0"
READ_ACCOUNTS = ("ReadAccountsBasic", "ReadAccountsDetail")
READ_BALANCES = ("ReadBalances",)
READ_STATEMENTS = ("ReadStatements",)
READ_CUSTOMERS = ("ReadCustomerData",)
MANAGE_WEBHOOKS = ("ManageWebhookData",)


@dataclass(frozen=True)
class Route:
    """One operation of the bank.

    ``alone`` ones run without the bank's lock, because they wait for other hosts.
    """

    method: str
    path: re.Pattern
    work: Callable[..., Response]
    permissions: tuple[str, ...] = ()
    alone: bool = False


def _route(method: str, path: str, work: Callable, *rest, alone: bool = False) -> Route:
    return Route(method, re.compile(path), work, *rest, alone=alone)


API = (
    _route("GET", _OB + "/customers", ob.customers, READ_CUSTOMERS),
    _route("GET", _OB + r"/customers/(?P<code>[^/]+)", ob.customer, READ_CUSTOMERS),
    _route("GET", _OB + "/accounts", ob.accounts, READ_ACCOUNTS),
    _route("GET", _OB + "/balances", ob.balances, READ_BALANCES),
    _route("GET", _OB + "/statements", ob.statements, READ_STATEMENTS),
    _route("POST", _OB + "/statements", ob.init_statement, READ_STATEMENTS),
    _route("GET", _OB + _ACCOUNT + "/balances", ob.balance, READ_BALANCES),
    _route(
        "GET",
        _OB + _ACCOUNT + "/authorized-card-transactions",
        ob.card_transactions,
        READ_BALANCES,
    ),
    _route(
        "GET",
        _OB + _ACCOUNT + r"/statements/(?P<statement_id>[^/]+)",
        ob.statement,
        READ_STATEMENTS,
    ),
    _route("GET", _OB + _ACCOUNT, ob.account, READ_ACCOUNTS),
    _route("POST", _CONSENTS, consents.create),
    _route("GET", _CONSENTS, consents.list_all),
    _route("GET", _CONSENTS + r"/(?P<consent_id>[^/]+)", consents.info),
    _route("GET", _CONSENTS + r"/(?P<consent_id>[^/]+)/child", consents.children),
    _route("GET", _HOOK, webhook.show, MANAGE_WEBHOOKS),
    _route("PUT", _HOOK, webhook.create, MANAGE_WEBHOOKS, alone=True),
    _route("POST", _HOOK, webhook.edit, MANAGE_WEBHOOKS, alone=True),
    _route("DELETE", _HOOK, webhook.delete, MANAGE_WEBHOOKS),
    _route(
        "POST", _HOOK + "/test_send", webhook.test_send, MANAGE_WEBHOOKS, alone=True
    ),
)
# Products of the bank that the simulator lacks.
ABSENT = re.compile(r"/uapi/(?:payment|sbp|acquiring|invoice|open-banking)/v1\.0/.*")


def _public_key(bank: Bank, request: Request) -> Response:
    return json_answer(SIGNING_KEY.jwk())


PLAIN: dict[tuple[str, str], Callable[[Bank, Request], Response]] = {
    ("POST", "/connect/token"): connect.token,
    ("POST", "/connect/introspect"): connect.introspect,
    ("GET", "/connect/authorize"): connect.authorize,
    ("POST", "/connect/authorize"): connect.decide,
    ("POST", "/connect/login"): connect.login,
    ("GET", "/doc/openapi/static/keys/public"): _public_key,
}


def answer(bank: Bank, request: Request) -> Response:
    """Answer a request of a client, with the faults in force."""
    with bank.lock:
        struck = bank.faults.take(BEFORE, request)
    for fault in struck:
        made = effects.instead(fault, bank)
        if made is not None:
            return made
    made = _honest(bank, request)
    with bank.lock:
        struck = bank.faults.take(AFTER, request)
    for fault in struck:
        made = effects.spoiled(fault, made)
    return made


def _honest(bank: Bank, request: Request) -> Response:
    try:
        plain = PLAIN.get((request.method, request.path))
        if plain:
            with bank.lock:
                return plain(bank, request)
        if request.path.startswith("/sandbox/v2"):
            return sandbox.answer(request)
        return _operation(bank, request)
    except BankError as error:
        return error_answer(error)


def _operation(bank: Bank, request: Request) -> Response:
    path = request.path.rstrip("/")
    known = [
        (route, found)
        for route in API
        if (found := route.path.fullmatch(path)) is not None
    ]
    for route, found in known:
        if route.method == request.method:
            return _work(bank, request, route, found.groupdict())
    if known:
        raise BankError(405, "Method Not Allowed")
    if ABSENT.fullmatch(path):
        raise BankError(501, "Not Implemented")
    raise BankError(404, "Not Found")


def _work(bank: Bank, request: Request, route: Route, names: dict) -> Response:
    with bank.lock:
        grant = bank.oauth.grant(request)
        grant.require(route.permissions)
        if not route.alone:
            return route.work(bank, request, grant, **names)
    return route.work(bank, request, grant, **names)
