"""The OAuth endpoints: tokens for clients, pages for people."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from . import pages
from .bank import Bank
from .oauth import ACCESS_LIFE, AUTHORISED, AWAITING, CODE_LIFE, REJECTED, Consent
from .people import ORGANISATIONS
from .signing import keyed
from .web import Request, Response, html_answer, json_answer, redirect

SCOPES = frozenset(
    "accounts balances customers statements cards sbp payments acquiring invoice "
    "webhooks special openid email profile offline_access".split()
)
TERMS = {"30": 30, "90": 90, "180": 180, "365": 365, "perpetual": 0}
COOKIE = "bank_person"


class Refusal(Exception):
    """A request of a person that the bank cannot serve; the page shows the text."""


def _failure(error: str, status: int = 400, words: str = "") -> Response:
    return json_answer({"error": error, "error_description": words or error}, status)


def token(bank: Bank, request: Request) -> Response:
    """Exchange credentials, a code or a refresh token for tokens."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return _failure("invalid_request", words="a form is expected")
    form = request.form()
    oauth = bank.oauth
    if form.get("client_id") != oauth.client_id:
        return _failure("invalid_client", 401)
    if form.get("client_secret") != oauth.client_secret:
        return _failure("invalid_client", 401)
    if not set(form.get("scope", "").split()) <= SCOPES:
        return _failure("invalid_scope")
    exchange = {
        "client_credentials": _for_client,
        "authorization_code": _for_code,
        "refresh_token": _for_refresh,
    }.get(form.get("grant_type", ""))
    if exchange is None:
        return _failure("unsupported_grant_type")
    return exchange(bank, form)


def _for_client(bank: Bank, form: dict[str, str]) -> Response:
    text = bank.oauth.issue("client", ACCESS_LIFE)
    life = int(ACCESS_LIFE.total_seconds())
    return json_answer(
        {"token_type": "bearer", "access_token": text, "expires_in": life}
    )


def _for_code(bank: Bank, form: dict[str, str]) -> Response:
    code = bank.oauth.redeem(form.get("code", ""), "code")
    if code is None or form.get("redirect_uri") != code.redirect_uri:
        return _failure("invalid_grant", words="the code is unknown, used or expired")
    user = bank.oauth.derived("user", 32)
    user = "-".join((user[:8], user[8:12], user[12:16], user[16:20], user[20:]))
    pair = bank.oauth.pair(code.consent)
    return json_answer({**pair, "state": code.state, "user_id": user})


def _for_refresh(bank: Bank, form: dict[str, str]) -> Response:
    old = bank.oauth.redeem(form.get("refresh_token", ""), "refresh")
    if old is None or not old.consent.is_valid(bank.clock.now()):
        return _failure("invalid_grant", words="the refresh token is no longer valid")
    return json_answer({**bank.oauth.pair(old.consent), "state": None})


def introspect(bank: Bank, request: Request) -> Response:
    """Describe an access token: the answer is a JSON string that is a JWT."""
    found = bank.oauth.peek(request.form().get("access_token", ""))
    if found is None:
        return _failure("invalid_token", 401)
    customers = found.consent.customers if found.consent else []
    claims = {
        "iss": "enter.tochka.com",
        "aud": found.client_id,
        "sub": next(iter(customers), ""),
        "exp": int(found.expires.timestamp()),
    }
    return json_answer(keyed(claims, bank.oauth.derived("jwt", 64)))


def _asked(bank: Bank, query: dict[str, str]) -> Consent:
    """Check the address a client sends a person to; return the consent to decide on.

    :raise Refusal: the client, the return address or the consent is not known
    """
    if query.get("client_id") != bank.oauth.client_id:
        raise Refusal("Приложение не зарегистрировано в банке.")
    if not bank.oauth.redirect_allowed(query.get("redirect_uri", "")):
        raise Refusal("Адрес возврата не зарегистрирован для этого приложения.")
    if "code" not in query.get("response_type", "").split():
        raise Refusal("Неизвестный тип ответа.")
    if not set(query.get("scope", "").split()) <= SCOPES:
        raise Refusal("Запрошена неизвестная область доступа.")
    consent = bank.oauth.consents.get(query.get("consent_id", ""))
    if consent is None or consent.status not in (AWAITING, AUTHORISED):
        raise Refusal("Запрос на доступ не найден или уже отклонён.")
    return consent


def _refused(error: Refusal) -> Response:
    return html_answer(pages.refused(str(error)), 400)


def authorize(bank: Bank, request: Request) -> Response:
    """Show the sign-in page, then the page with the permissions asked for."""
    try:
        consent = _asked(bank, request.query)
    except Refusal as error:
        return _refused(error)
    if f"{COOKIE}=1" not in request.headers.get("cookie", ""):
        return html_answer(pages.login(bank.settings.application_name, request.query))
    offered = [who for who in ORGANISATIONS if who.code in bank.oauth.offered]
    page = pages.consent(
        bank.settings.application_name, consent.permissions, offered, request.query
    )
    return html_answer(page)


def login(bank: Bank, request: Request) -> Response:
    """Sign the person in and go on to the permissions."""
    query = urlencode(request.form())
    cookie = f"{COOKIE}=1; Path=/connect; HttpOnly; SameSite=Lax"
    return redirect(f"/connect/authorize?{query}", 303, cookie)


def decide(bank: Bank, request: Request) -> Response:
    """Take the person's answer and go back to the client."""
    form = request.form()
    chosen = [value for key, value in request.form_pairs() if key == "customer"]
    try:
        return redirect(answer(bank, form, form.get("decision", ""), chosen))
    except Refusal as error:
        return _refused(error)


def answer(bank: Bank, query: dict, decision: str, chosen: list[str]) -> str:
    """Do what a person decided; return the address the browser goes back to.

    :param query: what the client sent, ``term`` added by the person
    :raise Refusal: the request is not known, or no organisation is chosen
    """
    consent = _asked(bank, query)
    if decision == "allow":
        term = query.get("term", "365")
        customers = [code for code in bank.oauth.offered if code in chosen]
        if term not in TERMS or not customers:
            raise Refusal("Выберите срок доступа и хотя бы одну организацию.")
        bank.oauth.allow(consent, customers, TERMS[term])
        uri, state = query["redirect_uri"], query.get("state")
        code = bank.oauth.issue("code", CODE_LIFE, consent, uri, state)
        result = {"code": code}
    else:
        if consent.status == AWAITING:
            bank.oauth.close(consent, REJECTED)
        result = {"error": "access_denied", "error_description": "Access denied"}
    if "state" in query:
        result["state"] = query["state"]
    joint = "&" if urlsplit(query["redirect_uri"]).query else "?"
    return query["redirect_uri"] + joint + urlencode(result)
