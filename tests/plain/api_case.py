"""Common base of the `tochka_api` tests: a fake bank, a client, sample rows."""

import copy
import unittest

from fake_http import FakeBank, Sleeper, data

import tochka_api

ACCOUNT = "40702810401500012345/044525104"
STATEMENT = "7d1c0f52-aaaa-4bbb-8ccc-000000000001"
TOKEN = "header.payload.very-secret-signature"

CUSTOMERS = "/uapi/open-banking/v1.0/customers"
ACCOUNTS = "/uapi/open-banking/v1.0/accounts"
STATEMENTS = "/uapi/open-banking/v1.0/statements"
POLL = f"{ACCOUNTS}/{ACCOUNT}/statements/{STATEMENT}"

CUSTOMER = {
    "customerCode": "300000001",
    "customerType": "Business",
    "isResident": True,
    "taxCode": "7800123452",
    "fullName": 'Общество "Мы-Пример"',
    "shortName": "Мы-Пример",
    "kpp": "780001001",
    "customerOgrn": "1027800000000",
}
ACCOUNT_ROW = {
    "customerCode": "300000001",
    "accountId": ACCOUNT,
    "status": "Enabled",
    "statusUpdateDateTime": "2026-01-01T00:00:00+00:00",
    "currency": "RUB",
    "accountType": "Business",
    "accountSubType": "CurrentAccount",
    "registrationDate": "2024-02-29",
}
CREDIT = {
    "transactionId": "cbs-tb;9000000001;1",
    "paymentId": "cbs-tb-92-9000000101",
    "creditDebitIndicator": "Credit",
    "status": "Booked",
    "documentNumber": "417",
    "transactionTypeCode": "Платежное поручение",
    "documentProcessDate": "2026-10-14",
    "description": "Оплата по счету № 42",
    "Amount": {"amount": 42345.67, "amountNat": 42345.67, "currency": "RUB"},
    "DebtorParty": {"inn": "7700000016", "name": "Ромашка", "kpp": "770001001"},
    "DebtorAccount": {
        "schemeName": "RU.CBR.PAN",
        "identification": "40702810200000054321",
    },
    "DebtorAgent": {
        "schemeName": "RU.CBR.BIK",
        "identification": "044525999",
        "accountIdentification": "30101810000000000999",
        "name": "Пример-Банк",
    },
}
DEBIT = {
    "creditDebitIndicator": "Debit",
    "status": "Booked",
    "Amount": {"amount": 10000, "currency": "RUB"},
}
INIT = {
    "accountId": ACCOUNT,
    "statementId": STATEMENT,
    "status": "Created",
    "startDateTime": "2026-10-01",
    "endDateTime": "2026-10-31",
    "creationDateTime": "2026-11-01T06:06:06.364+00:00",
}


def changed(row, **changes):
    """Return a deep copy with fields replaced; `...` removes one."""
    row = copy.deepcopy(row)
    for name, value in changes.items():
        if value is ...:
            row.pop(name, None)
        else:
            row[name] = value
    return row


def ready(*rows, **changes):
    """Return the array form of a ready statement of these rows."""
    return data({"Statement": [changed(READY, Transaction=list(rows), **changes)]})


READY = changed(INIT, status="Ready", startDateBalance=100000.00, endDateBalance=1)


class ApiCase(unittest.TestCase):
    """One fake bank and one client per test; sleeping takes no time."""

    def setUp(self):
        self.bank = FakeBank()
        self.addCleanup(self.bank.close)
        self.sleep = Sleeper()
        self.client = self.new_client()

    def new_client(self, source=None, **options):
        """Return a client of the fake bank that is closed after the test."""
        options.setdefault("sleep", self.sleep)
        options.setdefault("timeout", (2, 2))
        client = tochka_api.TochkaClient(
            self.bank.url, source or tochka_api.StaticToken(TOKEN), **options
        )
        self.addCleanup(client.close)
        return client

    def read(self, *rows, **changes):
        """Return the statement the client reads from a poll of these rows."""
        self.bank.on(POLL, ready(*rows, **changes))
        return self.client.get_statement(ACCOUNT, STATEMENT)

    def paths(self):
        """Return the paths asked for so far."""
        return [seen.path for seen in self.bank.seen]
