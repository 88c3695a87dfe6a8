"""A small caller of the simulated bank."""

from __future__ import annotations

import http.client
import json
import pathlib
import sys
import time
import unittest
from urllib.parse import quote, urlencode, urlsplit

ROOT = pathlib.Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import simulator  # noqa: E402
from simulator.clock import parse_moment  # noqa: E402

NOW = parse_moment("2026-11-23T12:00:00+03:00")
RETURN = "http://127.0.0.1:9/return?from=bank"
ALL = (
    "ReadAccountsBasic",
    "ReadAccountsDetail",
    "ReadBalances",
    "ReadStatements",
    "ReadCustomerData",
    "ManageWebhookData",
)


class Answer:
    """Status, headers and body of an answer."""

    def __init__(self, status: int, headers: dict, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def data(self):
        return self.json["Data"]

    @property
    def reason(self) -> str:
        return self.json["Errors"][0]["message"]


class Caller:
    """Calls one bank; every call is a connection of its own."""

    def __init__(self, info: dict, token: str | None = None):
        self.info = info
        self.token = info["token"] if token is None else token
        self.host = urlsplit(info["base_url"]).netloc

    def call(self, method, path, body=None, headers=None, timeout=10) -> Answer:
        link = http.client.HTTPConnection(self.host, timeout=timeout)
        try:
            link.request(method, path, body, headers or {})
            got = link.getresponse()
            names = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, names, got.read())
        finally:
            link.close()

    def api(self, method, path, value=None, token=None, headers=None, **rest):
        headers = {"Authorization": f"Bearer {token or self.token}", **(headers or {})}
        body = None
        if value is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(value) if not isinstance(value, bytes) else value
        return self.call(method, "/uapi" + path, body, headers, **rest)

    def get(self, path, **rest) -> Answer:
        return self.api("GET", "/open-banking/v1.0" + path, **rest)

    def control(self, method, path, /, **value):
        query = ""
        body = json.dumps(value)
        if method in ("GET", "DELETE"):
            query, body = "?" + urlencode(value), None
        got = self.call(method, f"/control/{path}{query}", body)
        if got.status != 200:
            raise ValueError(got.json["error"])
        return got.json

    def form(self, path, headers=None, **fields) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.call("POST", path, urlencode(fields, True), kind | (headers or {}))

    def token_for(self, grant_type, **fields) -> Answer:
        values = {
            "client_id": self.info["client_id"],
            "client_secret": self.info["client_secret"],
            "grant_type": grant_type,
            **fields,
        }
        return self.form("/connect/token", **values)

    def init(self, account, first, last, **rest) -> Answer:
        order = {"accountId": account, "startDateTime": first, "endDateTime": last}
        value = {"Data": {"Statement": order}}
        return self.api("POST", "/open-banking/v1.0/statements", value, **rest)

    def poll(self, account, statement_id, **rest) -> Answer:
        return self.get(f"/accounts/{account}/statements/{statement_id}", **rest)

    def statement(self, account, first, last, **rest) -> dict:
        """Order a statement, wait until it is ready and return it."""
        made = self.init(account, first, last, **rest).data["Statement"]
        for _ in range(200):
            shown = self.poll(account, made["statementId"], **rest).data["Statement"][0]
            if shown["status"] in ("Ready", "Error"):
                return shown
            time.sleep(0.01)
        raise AssertionError("the statement is never ready")

    def authorize_url(self, permissions=ALL, expires=None, **changes) -> str:
        """Register a consent and return the address to send a person to."""
        token = self.token_for("client_credentials").json["access_token"]
        data = {"permissions": list(permissions)}
        if expires:
            data["expirationDateTime"] = expires
        made = self.api("POST", "/consent/v1.0/consents", {"Data": data}, token)
        query = {
            "client_id": self.info["client_id"],
            "response_type": "code",
            "state": "стейт&1",
            "redirect_uri": RETURN,
            "scope": "accounts",
            "consent_id": made.data["consentId"],
            **changes,
        }
        return f"{self.info['authorize_url']}?{urlencode(query)}"


class BankCase(unittest.TestCase):
    """One bank for a class, reset before each test, with a clock that stands still."""

    @classmethod
    def setUpClass(cls):
        cls.running = simulator.start(1, now=NOW, running=False)
        cls.addClassCleanup(cls.running.close)
        cls.bank = Caller(cls.running.info)
        ids = cls.bank.control("GET", "accounts")
        cls.ids = {item["profile"]: item["account_id"] for item in ids}
        cls.main, cls.yuan = cls.ids["busy"], cls.ids["yuan"]
        cls.sole, cls.closed = cls.ids["sole"], cls.ids["closing"]

    def setUp(self):
        self.bank.control("POST", "reset")
        self.bank.control("POST", "settings", statement_seconds=0)

    def assertRefused(self, answer, status, part=""):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.json["code"], str(status))
        self.assertIn(part, answer.reason)


def kopecks(value) -> int:
    """Return kopecks of the bank's JSON number."""
    return round(value * 100)


def total(rows) -> int:
    """Return the sum of rows of a statement in kopecks: credit is positive."""
    signs = {"Credit": 1, "Debit": -1}
    return sum(
        signs[row["creditDebitIndicator"]] * kopecks(row["Amount"]["amount"])
        for row in rows
    )


def closes(statement: dict) -> bool:
    """Return whether opening + credits − debits = closing."""
    opening = kopecks(statement["startDateBalance"])
    closing = kopecks(statement["endDateBalance"])
    return opening + total(statement.get("Transaction", [])) == closing


def escaped(account_id: str) -> str:
    """Return an account id with its slash escaped."""
    return quote(account_id, safe="")
