"""The consent endpoints: ask for a consent, look at consents."""

from __future__ import annotations

from . import validation
from .bank import Bank
from .clock import utc_text
from .oauth import Consent, Grant
from .web import FORBIDDEN, BankError, Request, Response, envelope


def record(bank: Bank, consent: Consent, customer: str = "") -> dict:
    """Return a consent (or its child for one organisation) as the bank writes it."""
    made = {
        "status": consent.status,
        "creationDateTime": utc_text(consent.created),
        "statusUpdateDateTime": utc_text(consent.updated),
        "permissions": consent.permissions,
        "consentId": consent.children.get(customer, consent.consent_id),
        "applicationName": bank.settings.application_name[:60],
        "clientId": consent.client_id,
    }
    if consent.expires:
        made["expirationDateTime"] = utc_text(consent.expires)
    customer = customer or next(iter(consent.customers), "")
    if customer:
        made["customerCode"] = customer
    return made


def _listed(bank: Bank, consent: Consent, customer: str = "") -> dict:
    valid = consent.is_valid(bank.clock.now())
    return {**record(bank, consent, customer), "isValid": valid}


def create(bank: Bank, request: Request, grant: Grant) -> Response:
    """Create New Consent.

    The bank's prose and working clients have the consent flat in ``Data``; its
    OpenAPI declares a list of one. The setting ``consent_answer`` chooses.
    """
    if grant.kind != "client":
        raise BankError(403, FORBIDDEN)
    now = bank.clock.now()
    permissions, expires = validation.consent_order(request.json(), now)
    consent = bank.oauth.ask(permissions, expires)
    if bank.settings.consent_answer == "list":
        return envelope(request, {"Consent": [_listed(bank, consent)]})
    return envelope(request, record(bank, consent))


def _seen(bank: Bank, request: Request, grant: Grant) -> list[Consent]:
    """Return the consents a bearer may see, of one organisation if a header says so."""
    if grant.kind == "client":
        mine = bank.oauth.consents.values()
        found = [item for item in mine if item.client_id == grant.client_id]
    else:
        found = [grant.consent] if grant.consent else []
    code = request.headers.get("customer-code")
    return [item for item in found if not code or code in item.customers]


def list_all(bank: Bank, request: Request, grant: Grant) -> Response:
    """Get All Consents List."""
    found = _seen(bank, request, grant)
    return envelope(request, {"Consent": [_listed(bank, item) for item in found]})


def _one(bank: Bank, request: Request, grant: Grant, consent_id: str) -> Consent:
    for consent in _seen(bank, request, grant):
        if consent.consent_id == consent_id:
            return consent
    raise BankError(404, "Consent not found")


def info(bank: Bank, request: Request, grant: Grant, consent_id: str) -> Response:
    """Get Consent Info."""
    return envelope(request, record(bank, _one(bank, request, grant, consent_id)))


def children(bank: Bank, request: Request, grant: Grant, consent_id: str) -> Response:
    """Get All Child Consents: one for each organisation."""
    consent = _one(bank, request, grant, consent_id)
    found = [_listed(bank, consent, code) for code in consent.customers]
    return envelope(request, {"Consent": found})
