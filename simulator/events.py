"""The contents of webhooks: real payments, and the samples sent as a test."""

from __future__ import annotations

from .entry import Entry
from .parties import TOCHKA, Agent, Party
from .people import Account

_NOBODY = {
    "bankCode": "000000000",
    "bankName": "",
    "bankCorrespondentAccount": "00000000000000000000",
    "account": "00000000000000000000",
    "name": "Тест",
    "amount": "0.33",
    "currency": "RUB",
    "inn": "0000000000",
    "kpp": "000000000",
}
_CUSTOMER = "300123123"


def _sum(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02d}"


def _side(party: Party | None, entry: Entry) -> dict:
    party = party or Party("")
    agent = party.agent or Agent("", "")
    return {
        "bankCode": agent.bic,
        "bankName": agent.name,
        "bankCorrespondentAccount": agent.correspondent,
        "account": party.account,
        "name": party.name,
        "amount": _sum(entry.kopecks),
        "currency": entry.currency,
        "inn": party.inn,
        "kpp": party.kpp,
    }


def payment(account: Account, entry: Entry) -> dict:
    """Return the event of a payment: both sides, amounts as texts."""
    own, other = _side(account.owner, entry), _side(entry.party, entry)
    own["bankCode"] = TOCHKA.bic
    return {
        "SidePayer": other if entry.credit else own,
        "SideRecipient": own if entry.credit else other,
        "purpose": entry.purpose,
        "documentNumber": entry.number,
        "paymentId": entry.payment_id,
        "date": entry.day.isoformat(),
        "webhookType": "incomingPayment" if entry.credit else "outgoingPayment",
        "customerCode": account.customer.code,
    }


def sample(event: str) -> dict:
    """Return the sample of an event: an old day, zeros for accounts, a made-up code."""
    common = {"webhookType": event, "customerCode": _CUSTOMER}
    if event in ("incomingPayment", "outgoingPayment"):
        return {
            "SidePayer": _NOBODY,
            "SideRecipient": _NOBODY,
            "purpose": "Тестовое назначение платежа",
            "documentNumber": "1",
            "paymentId": "0000000000",
            "date": "2018-10-01",
            **common,
        }
    common.update({"amount": "0.33", "purpose": "Тестовое назначение платежа"})
    if event == "acquiringInternetPayment":
        return {
            **common,
            "paymentType": "card",
            "operationId": "00000000-0000-0000-0000-000000000000",
            "merchantId": "200000000001097",
            "status": "APPROVED",
            "paymentLinkId": "",
            "consumerId": "00000000-0000-0000-0000-000000000000",
        }
    common["qrcId"] = "AD00000000000000000000000000TEST"
    if event == "incomingSbpPayment":
        common.update(
            operationId="A0000000000000000000000000000000",
            payerMobileNumber="0079000000000",
            payerName="Тест Т.",
            brandName="Тест",
            merchantId="MA0000000001",
            refTransactionId="",
        )
    return common
