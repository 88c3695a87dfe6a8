"""The control API: what a test or a demo may do to the bank. Loopback only."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import connect, events, fates, payments
from .bank import Bank
from .clock import parse_moment
from .faults import KNOWN, NAMES
from .oauth import REVOKED
from .people import ORGANISATIONS
from .signing import SIGNING_KEY, SigningKey
from .web import BankError, Request, Response, error_body, json_answer

Work = Callable[[Bank, dict[str, Any]], Any]


def access(bank: Bank) -> dict:
    """Return what a client needs to know; the command prints the same at start."""
    return {
        "base_url": f"{bank.base}/uapi",
        "token": bank.oauth.jwt,
        "client_id": bank.oauth.client_id,
        "client_secret": bank.oauth.client_secret,
        "authorize_url": f"{bank.base}/connect/authorize",
        "control_url": f"{bank.base}/control",
        "faults": NAMES,
    }


def _reset(bank: Bank, given: dict) -> dict:
    names = {"seed", "now", "running", "extra_accounts"}
    if strange := set(given) - names:
        raise ValueError(f"reset takes no {', '.join(sorted(strange))}")
    now = parse_moment(given["now"]) if given.get("now") else None
    bank.reset(**{**given, "now": now})
    return access(bank)


def _time(bank: Bank, given: dict) -> dict:
    if given.get("now") is not None:
        bank.clock.set(parse_moment(given["now"]))
    if given.get("advance") is not None:
        bank.clock.advance(float(given["advance"]))
    if given.get("running") is not None:
        bank.clock.run(given["running"])
    return {"now": bank.clock.now().isoformat(), "running": bank.clock.running}


def _settings(bank: Bank, given: dict) -> dict:
    bank.settings.update(given)
    return dict(vars(bank.settings))


def _accounts(bank: Bank, given: dict) -> list[dict]:
    now = bank.clock.now()
    return [
        {
            "account_id": account.account_id,
            "number": account.number,
            "currency": account.currency,
            "customer_code": account.customer.code,
            "profile": account.profile,
            "registered": account.registered.isoformat(),
            "closed": bank.ledger.is_closed(account, now),
        }
        for account in bank.ledger.accounts
    ]


def _truth(bank: Bank, given: dict) -> dict:
    account = payments.account_of(bank, given)
    today = bank.clock.today()
    first = date.fromisoformat(given.get("from") or account.registered.isoformat())
    last = date.fromisoformat(given.get("to") or today.isoformat())
    if last < first - timedelta(days=1):
        raise ValueError("'to' is before 'from'")
    return bank.ledger.truth(account.account_id, first, last, bank.clock.now())


def _add_fault(bank: Bank, given: dict) -> dict:
    return bank.faults.add(given).as_dict()


def _faults(bank: Bank, given: dict) -> dict:
    known = {name: params for name, (_stage, params) in KNOWN.items()}
    return {"faults": bank.faults.list(), "known": known}


def _lift(bank: Bank, given: dict) -> dict:
    number = int(given["id"]) if given.get("id") else None
    return {"lifted": bank.faults.clear(number, given.get("name"))}


def _revoke(bank: Bank, given: dict) -> dict:
    wanted = given.get("consent_id")
    found = [
        consent for key, consent in bank.oauth.consents.items() if wanted in (None, key)
    ]
    for consent in found:
        bank.oauth.close(consent, REVOKED)
    return {"revoked": [consent.consent_id for consent in found]}


def _consents(bank: Bank, given: dict) -> list[dict]:
    return [
        {
            "consent_id": consent.consent_id,
            "status": consent.status,
            "customers": consent.customers,
            "permissions": consent.permissions,
            "expires": consent.expires and consent.expires.isoformat(),
        }
        for consent in bank.oauth.consents.values()
    ]


def _expire(bank: Bank, given: dict) -> dict:
    which = given.get("which", "access")
    if which not in ("access", "refresh", "code", "client", "jwt", "all"):
        raise ValueError("which: access, refresh, code, client, jwt or all")
    return {"expired": bank.oauth.expire(which)}


def _organisations(bank: Bank, given: dict) -> dict:
    known = [who.code for who in ORGANISATIONS]
    wanted = given.get("customer_codes") or known
    if not set(wanted) <= set(known):
        raise ValueError(f"known organisations: {', '.join(known)}")
    bank.oauth.offered = [code for code in known if code in wanted]
    return {"customer_codes": bank.oauth.offered}


def _approve(bank: Bank, given: dict) -> dict:
    query = dict(parse_qsl(urlsplit(given["authorize_url"]).query))
    query["term"] = str(given.get("term") or "365")
    decision = "allow" if given.get("allow", True) else "deny"
    chosen = given.get("customer_codes") or bank.oauth.offered
    return {"location": connect.answer(bank, query, decision, chosen)}


def _log(bank: Bank, given: dict) -> list[dict]:
    return list(bank.log)


def _forget_log(bank: Bank, given: dict) -> dict:
    count = len(bank.log)
    bank.log.clear()
    return {"forgotten": count}


def _push(bank: Bank, given: dict) -> dict:
    """Send the event of a payment the bank has, to the subscriber or to ``url``."""
    account = payments.account_of(bank, given)
    entry = payments.row_of(bank, account, str(given["row"]))
    url = given.get("url") or bank.webhooks.find(bank.oauth.client_id).url
    text = str(given.get("text") or "")
    if given.get("forged"):
        text = SigningKey(2048).sign(events.payment(account, entry))
    return bank.webhooks.push(url, entry, text).as_dict()


def _sign(bank: Bank, given: dict) -> dict:
    """Return the signed events of all rows of ``account`` on ``date``, unsent."""
    account = payments.account_of(bank, given)
    day = date.fromisoformat(given.get("date") or bank.clock.today().isoformat())
    entries = bank.ledger.entries(account.account_id, day, day, bank.clock.now())
    return {
        "texts": [SIGNING_KEY.sign(events.payment(account, one)) for one in entries]
    }


def _webhooks(bank: Bank, given: dict) -> dict:
    return {
        "subscriptions": {
            client: {"url": found.url, "webhooksList": found.events}
            for client, found in bank.webhooks.subscriptions.items()
        },
        "deliveries": [item.as_dict() for item in bank.webhooks.deliveries],
    }


def _rotate(bank: Bank, given: dict) -> dict:
    SIGNING_KEY.rotate()
    return {"key": SIGNING_KEY.jwk()}


WORKS: dict[tuple[str, str], Work] = {
    ("GET", ""): lambda bank, given: access(bank),
    ("POST", "reset"): _reset,
    ("GET", "time"): _time,
    ("POST", "time"): _time,
    ("GET", "settings"): _settings,
    ("POST", "settings"): _settings,
    ("GET", "accounts"): _accounts,
    ("POST", "accounts/close"): fates.close,
    ("POST", "accounts/move"): fates.move,
    ("GET", "truth"): _truth,
    ("POST", "payments"): payments.add,
    ("POST", "payments/change"): payments.change,
    ("POST", "bulk"): payments.bulk,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _lift,
    ("GET", "consents"): _consents,
    ("POST", "consents/revoke"): _revoke,
    ("POST", "consents/organisations"): _organisations,
    ("POST", "tokens/expire"): _expire,
    ("POST", "approve"): _approve,
    ("GET", "log"): _log,
    ("DELETE", "log"): _forget_log,
    ("GET", "webhooks"): _webhooks,
    ("POST", "webhooks/push"): _push,
    ("POST", "webhooks/sign"): _sign,
    ("POST", "webhooks/rotate_key"): _rotate,
}


def answer(bank: Bank, request: Request) -> Response:
    """Do what is asked; the answer to a wrong request is 400 with the reason."""
    if not ipaddress.ip_address(request.peer).is_loopback:
        return json_answer(error_body(403, "control is for this machine alone"), 403)
    name = request.path.removeprefix("/control").strip("/")
    work = WORKS.get((request.method, name))
    if work is None:
        return json_answer({"error": f"no {request.method} {name} here"}, 404)
    try:
        given = request.query
        if request.body and request.method != "GET":
            given = {**given, **request.json()}
        with bank.lock:
            return json_answer(work(bank, given))
    except (ValueError, TypeError, KeyError, BankError, connect.Refusal) as error:
        text = f"missing {error}" if isinstance(error, KeyError) else str(error)
        return json_answer({"error": text}, 400)
