"""A small client of the simulated bank, and checks against the bank's OpenAPI."""

from __future__ import annotations

import http.client
import json
import pathlib
import re
import sys
import time
import unittest
from urllib.parse import quote, urlencode, urlsplit

ROOT = pathlib.Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import simulator  # noqa: E402
from simulator.clock import parse_moment  # noqa: E402

OPENAPI = ROOT.parent / "shared" / "facts" / "tochka_openapi.json"
NOW = parse_moment("2026-11-23T12:00:00+03:00")
RETURN = "http://127.0.0.1:9/return?from=bank"
ALL = ["ReadAccountsBasic", "ReadAccountsDetail", "ReadBalances", "ReadStatements"]
ALL += ["ReadCustomerData", "ManageWebhookData"]


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


class Spec:
    """The bank's OpenAPI, with methods that check one request or answer against it."""

    def __init__(self):
        try:
            import jsonschema
        except ImportError:
            raise unittest.SkipTest("jsonschema is not installed") from None
        if not OPENAPI.exists():
            raise unittest.SkipTest("the bank's OpenAPI is not beside the checkout")
        self._tool = jsonschema
        self.spec = json.loads(OPENAPI.read_text(encoding="utf-8"))
        self.paths = [
            (self._pattern(path), path, operations)
            for path, operations in self.spec["paths"].items()
        ]

    @staticmethod
    def _pattern(path: str) -> re.Pattern:
        text = re.escape(path).replace(r"\{accountId\}", r"[^/]+/\d+")
        return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", text))

    def operation(self, method: str, path: str) -> dict:
        """Return the operation a request belongs to (path without its query)."""
        for pattern, _name, operations in self.paths:
            if pattern.fullmatch(path) and method.lower() in operations:
                return operations[method.lower()]
        raise LookupError(f"{method} {path}")

    def errors(self, schema: dict, value) -> list[str]:
        """Return what is wrong with a value; unknown keys are wrong too."""
        whole = {**schema, "components": self.spec["components"]}
        checker = self._tool.Draft202012Validator(
            whole, format_checker=self._tool.FormatChecker()
        )
        found = [f"{e.json_path}: {e.message}" for e in checker.iter_errors(value)]
        return found + self._strange(schema, value, "$")

    def _strange(self, schema: dict, value, where: str) -> list[str]:
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self.spec["components"]["schemas"][name]
        found = []
        if isinstance(value, dict) and "properties" in schema:
            for key, inner in value.items():
                if key not in schema["properties"]:
                    found.append(f"{where}: unknown key {key}")
                    continue
                inside = schema["properties"][key]
                found += self._strange(inside, inner, f"{where}.{key}")
        if isinstance(value, list):
            for place, inner in enumerate(value):
                inside = schema.get("items", {})
                found += self._strange(inside, inner, f"{where}[{place}]")
        return found

    def answer_schema(self, method: str, path: str, status: int) -> dict:
        """Return the schema of an answer."""
        operation = self.operation(method, path)
        return operation["responses"][str(status)]["content"]["application/json"][
            "schema"
        ]

    def request_schema(self, method: str, path: str) -> dict:
        """Return the schema of a request's body."""
        content = self.operation(method, path)["requestBody"]["content"]
        return content["application/json"]["schema"]


def escaped(account_id: str) -> str:
    """Return an account id with its slash escaped."""
    return quote(account_id, safe="")
