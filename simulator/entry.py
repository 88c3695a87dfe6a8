"""One movement on one account, as the bank keeps it: kopecks and moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .parties import Party

ORDER = "Платежное поручение"
BANK_ORDER = "Банковский ордер"
MEMORIAL = "Мемориальный ордер"
COLLECTION = "Инкассовое поручение"
DEMAND = "Платежное требование"


@dataclass(frozen=True)
class Card:
    """The purchase behind a card write-off, made days before it."""

    pan: str
    moment: datetime
    city: str
    location: str
    owner: str
    hundredths: int
    currency: str


@dataclass(frozen=True)
class Entry:
    """A movement: ``kopecks`` is always positive, ``credit`` tells money in from out.

    ``national`` is the worth in kopecks of RUB; ``shown_at`` is the moment the
    bank begins to show it, when that is later than the moment it happened.
    """

    day: date
    moment: datetime
    credit: bool
    kopecks: int
    kind: str
    purpose: str
    party: Party | None = None
    number: str = ""
    tax: dict | None = None
    card: Card | None = None
    national: int = 0
    account_id: str = ""
    currency: str = "RUB"
    transaction_id: str = ""
    payment_id: str = ""
    shown_at: datetime | None = None

    @property
    def signed(self) -> int:
        """Return the kopecks with their sign: credit is positive."""
        return self.kopecks if self.credit else -self.kopecks

    @property
    def visible_from(self) -> datetime:
        """Return the moment from which statements show this movement."""
        return self.shown_at or self.moment


def number_of(kopecks: int) -> int | float:
    """Return roubles as the bank's JSON number, an integer when they are whole."""
    return kopecks // 100 if kopecks % 100 == 0 else kopecks / 100


def _identifiers(entry: Entry) -> dict:
    pairs = {"transactionId": entry.transaction_id, "paymentId": entry.payment_id}
    return {key: value for key, value in pairs.items() if value}


def _side(party: Party) -> tuple[dict, dict, dict]:
    person = {"inn": party.inn, "name": party.name, "kpp": party.kpp}
    account = {"schemeName": "RU.CBR.PAN"}
    if party.account:
        account["identification"] = party.account
    agent = {}
    if party.agent:
        agent = {
            "schemeName": "RU.CBR.BICFI" if party.agent.swift else "RU.CBR.BIK",
            "identification": party.agent.bic,
            "accountIdentification": party.agent.correspondent,
            "name": party.agent.name,
        }
    return _filled(person), account, _filled(agent)


def _filled(values: dict) -> dict:
    return {key: value for key, value in values.items() if value}


def transaction(entry: Entry) -> dict:
    """Return a movement as the bank's Transaction, which names the other side only."""
    record = {
        **_identifiers(entry),
        "creditDebitIndicator": "Credit" if entry.credit else "Debit",
        "status": "Booked",
        "documentNumber": entry.number,
        "transactionTypeCode": entry.kind,
        "documentProcessDate": entry.day.isoformat(),
        "description": entry.purpose,
        "Amount": {
            "amount": number_of(entry.kopecks),
            "amountNat": number_of(entry.national or entry.kopecks),
            "currency": entry.currency,
        },
    }
    if entry.party:
        name = "Debtor" if entry.credit else "Creditor"
        person, account, agent = _side(entry.party)
        record[f"{name}Party"] = person
        record[f"{name}Account"] = account
        if agent:
            record[f"{name}Agent"] = agent
    if entry.tax:
        record["TaxFields"] = dict(entry.tax)
    return record
