"""The bank's data as frozen records.

Money is ``Decimal`` in units of the account's currency (RUB, never kopecks), credit
positive. Days are ``date`` (the bank's day is Moscow's), instants are aware. An
absent text is ``''``. ``raw`` is the JSON text of a row as the bank sent it.
Enumerations stay plain strings, because the bank adds values without notice
(docs/bank_api.md §0). Fields: §2 and §3.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def account_number(account_id: str) -> str:
    """Return the account number of ``number/BIC`` or of a bare number (§2)."""
    return account_id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Customer:
    """One organisation or person whose data the access covers."""

    customer_code: str
    inn: str
    full_name: str
    short_name: str
    kpp: str
    ogrn: str


@dataclass(frozen=True, slots=True)
class Account:
    """One bank account; ``account_id`` is ``<20 digits>/<BIC>`` as the bank wrote it.

    Statements may be asked for from ``registration_date`` on, None when the bank does
    not tell it. ``currency`` is ``''`` when neither it nor the number tells one.
    ``status_changed_at`` is the moment since which ``status`` is so, None when the bank
    does not tell.
    """

    account_id: str
    customer_code: str
    status: str
    currency: str
    registration_date: date | None
    status_changed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Return whether the bank calls the account ``Enabled``."""
        return self.status == "Enabled"


@dataclass(frozen=True, slots=True)
class Party:
    """The other side of a payment; every field may be ``''`` (§3.3).

    ``bic`` is a BIC or, for foreign banks, a SWIFT code, as the bank sent it.
    """

    name: str = ""
    inn: str = ""
    kpp: str = ""
    account: str = ""
    bic: str = ""
    bank_name: str = ""
    correspondent_account: str = ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One row of a statement.

    ``amount`` is in ``currency``, as a rule the account's and ``''`` when not told;
    ``amount_nat`` is in RUB at the central bank's rate of the day, None when not told;
    both credit positive. ``date`` is the day of posting.
    ``type_code`` of a posted payment may still change, so it identifies nothing
    (§3.1). ``tax_fields`` is the bank's object; its ``documentDate`` is an integer
    (0 too) or a text (§3.2).
    """

    transaction_id: str | None
    payment_id: str | None
    status: str
    amount: Decimal
    amount_nat: Decimal | None
    currency: str
    date: date | None
    document_number: str
    type_code: str
    purpose: str
    counterparty: Party
    tax_fields: dict[str, Any] | None = field(hash=False)
    raw: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """An element of a statement's rows that no payment can be read from.

    ``lacks`` names what is missing or makes no sense: ``fields`` (it is no object at
    all), ``amount``, ``direction``, ``status``. ``date`` is None when not told.
    """

    raw: str = field(repr=False)
    lacks: tuple[str, ...]
    date: date | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement order and, once ready, its rows.

    Balances are those at the start of ``date_from`` and the end of ``date_to``, None
    when the bank left them out. ``transactions`` is empty until ``is_ready``; rows
    that cannot be read stand in ``unreadable``. The bank forgets a statement after 24
    hours (§3.1). ``created_at`` is the moment whose rows and balances it holds, an
    aware instant; None when the bank does not say.
    """

    account_id: str
    statement_id: str
    status: str
    date_from: date
    date_to: date
    opening_balance: Decimal | None
    closing_balance: Decimal | None
    transactions: tuple[Transaction, ...]
    unreadable: tuple[UnreadableRow, ...] = ()
    created_at: datetime | None = None

    @property
    def is_ready(self) -> bool:
        """Return whether the rows are final; any unknown status means «not yet»."""
        return self.status == "Ready"

    @property
    def is_failed(self) -> bool:
        """Return whether the bank gave up on this statement."""
        return self.status == "Error"


@dataclass(frozen=True, slots=True)
class Consent:
    """A permission the account owner gives to an application (§1.4).

    ``expires_at`` None means a consent without a term.
    """

    consent_id: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where the bank sends the events of a client, and which (§4.1)."""

    url: str = field(repr=False)
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """What a verified webhook says: a hint, not a payment for the books (§4.3).

    ``payer`` and ``recipient`` are the two sides' 20-digit account numbers. An absent
    or unreadable text is ``''``, an absent day None. ``customer_code`` is our side's.
    """

    webhook_type: str
    customer_code: str
    payer: str = field(repr=False)
    recipient: str = field(repr=False)
    payment_id: str
    date: date | None

    @property
    def direction(self) -> str:
        """Return Credit, Debit, or ``''`` for an event that is not about a payment."""
        kinds = {"incomingPayment": "Credit", "outgoingPayment": "Debit"}
        return kinds.get(self.webhook_type, "")

    @property
    def account(self) -> str:
        """Return the number of our account, ``''`` when there is no direction."""
        return {"Credit": self.recipient, "Debit": self.payer}.get(self.direction, "")
