"""The protocol of Точка Банк in plain Python: ask the bank, get records.

    with TochkaClient(PRODUCTION_URL, StaticToken(key)) as client:
        for account in client.accounts():
            statement = client.statement(account.account_id, date_from, date_to)

It never imports Odoo. Facts about the bank are cited as §n of docs/bank_api.md.
"""

from .client import PRODUCTION_URL, SANDBOX_URL, TochkaClient
from .errors import (
    AccessDenied,
    AccessExpired,
    AskHuman,
    BadRequest,
    BankUnavailable,
    ClockAhead,
    MalformedAnswer,
    RateLimited,
    StatementFailed,
    StatementNotReady,
    TochkaError,
    TryLater,
    UnknownCertificate,
    WrongPeriod,
)
from .jsontext import compact_json
from .moscow import month_windows, today
from .oauth import CONSENT_PATH, PERMISSIONS, SCOPE, OAuthApp
from .records import (
    Account,
    Consent,
    Customer,
    Party,
    PaymentEvent,
    Statement,
    Transaction,
    UnreadableRow,
    Webhook,
    account_number,
)
from .tokens import (
    SANDBOX_TOKEN,
    StaticToken,
    TokenPair,
    TokenSource,
    jwt_client_id,
    jwt_expires_at,
)
from .webhook import MAX_BODY, PAYMENT_EVENTS, WebhookRefused, public_key_url, verify

__all__ = [
    "CONSENT_PATH",
    "MAX_BODY",
    "PAYMENT_EVENTS",
    "PERMISSIONS",
    "PRODUCTION_URL",
    "SANDBOX_TOKEN",
    "SANDBOX_URL",
    "SCOPE",
    "AccessDenied",
    "AccessExpired",
    "Account",
    "AskHuman",
    "BadRequest",
    "BankUnavailable",
    "ClockAhead",
    "Consent",
    "Customer",
    "MalformedAnswer",
    "OAuthApp",
    "Party",
    "PaymentEvent",
    "RateLimited",
    "Statement",
    "StatementFailed",
    "StatementNotReady",
    "StaticToken",
    "TochkaClient",
    "TochkaError",
    "TokenPair",
    "TokenSource",
    "Transaction",
    "TryLater",
    "UnknownCertificate",
    "UnreadableRow",
    "Webhook",
    "WebhookRefused",
    "WrongPeriod",
    "account_number",
    "compact_json",
    "jwt_client_id",
    "jwt_expires_at",
    "month_windows",
    "public_key_url",
    "today",
    "verify",
]
