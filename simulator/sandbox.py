"""The bank's sandbox: one token, and answers that never change."""

from __future__ import annotations

from .web import FORBIDDEN, BankError, Request, Response, envelope

TOKEN = "sandbox.jwt.token"
CUSTOMER = "1234567ab"
ACCOUNT = "12345810901234567890/044525104"
STATEMENT = "23489"
_DAY = "2019-01-01"
_MOMENT = "2019-01-01T06:06:06.364000+00:00"
_CUSTOMER = {
    "customerCode": CUSTOMER,
    "customerType": "Business",
    "isResident": True,
    "taxCode": "660000000000",
    "fullName": "Индивидуальный Предприниматель Тест",
    "shortName": "ИП Тест",
    "customerOgrn": "319665800211661",
}
_ACCOUNT = {
    "customerCode": CUSTOMER,
    "accountId": ACCOUNT,
    "status": "Enabled",
    "statusUpdateDateTime": _MOMENT,
    "currency": "RUB",
    "accountType": "Business",
    "accountSubType": "CurrentAccount",
    "registrationDate": _DAY,
    "accountDetails": [
        {
            "schemeName": "RU.CBR.AccountNumber",
            "identification": ACCOUNT.partition("/")[0],
            "name": "Счёт",
        }
    ],
}
_BALANCES = [
    {
        "accountId": ACCOUNT,
        "creditDebitIndicator": "Credit",
        "type": kind,
        "dateTime": _MOMENT,
        "Amount": {"amount": 1234.56, "currency": "RUB"},
    }
    for kind in ("OpeningAvailable", "ClosingAvailable", "Expected")
]
_HEAD = {
    "accountId": ACCOUNT,
    "statementId": STATEMENT,
    "status": "Created",
    "startDateTime": _DAY,
    "endDateTime": _DAY,
    "creationDateTime": _MOMENT,
}
_READY = {
    **_HEAD,
    "status": "Ready",
    "startDateBalance": 1000,
    "endDateBalance": 1234.56,
    "Transaction": [
        {
            "transactionId": "23489;1",
            "paymentId": "abcd-11234",
            "creditDebitIndicator": "Credit",
            "status": "Booked",
            "documentNumber": "123456",
            "transactionTypeCode": "Платежный ордер",
            "documentProcessDate": _DAY,
            "description": "string",
            "Amount": {"amount": 234.56, "amountNat": 234.56, "currency": "RUB"},
        }
    ],
}
_ONE = f"/accounts/{ACCOUNT}"
CANNED: dict[tuple[str, str], dict] = {
    ("GET", "/customers"): {"Customer": [_CUSTOMER]},
    ("GET", f"/customers/{CUSTOMER}"): _CUSTOMER,
    ("GET", "/accounts"): {"Account": [_ACCOUNT]},
    ("GET", "/balances"): {"Balance": _BALANCES},
    ("GET", _ONE): _ACCOUNT,
    ("GET", f"{_ONE}/balances"): {"Balance": _BALANCES},
    ("GET", f"{_ONE}/authorized-card-transactions"): {"Transactions": []},
    ("GET", f"{_ONE}/statements/{STATEMENT}"): {"Statement": [_READY]},
    ("GET", "/statements"): {"Statement": [_READY]},
    ("POST", "/statements"): {"Statement": _HEAD},
}


def answer(request: Request) -> Response:
    """Answer a request to the sandbox.

    :raise BankError: 403, another token; 501, an operation it does not have
    """
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        raise BankError(403, FORBIDDEN)
    path = request.path.removeprefix("/sandbox/v2").rstrip("/")
    canned = CANNED.get((request.method, path.removeprefix("/open-banking/v1.0")))
    if canned is None or not path.startswith("/open-banking/v1.0"):
        raise BankError(501, "Not Implemented")
    return envelope(request, canned)
