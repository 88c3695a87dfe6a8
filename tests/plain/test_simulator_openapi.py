"""The simulator against its schema, and the bank's where at hand: both ways."""

from __future__ import annotations

import base64
import copy
import http.server
import json
import threading
import time
import unittest
from urllib.parse import parse_qsl, urlsplit

from openapi import documents
from simulator_support import ALL, RETURN, BankCase, escaped

from simulator import sandbox

OB = "/open-banking/v1.0"


class Listener(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted and answers 200 to it."""

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append(text)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Print nothing."""


class OpenApiCase(BankCase):
    @classmethod
    def setUpClass(cls):
        cls.documents = documents()
        cls.ours = cls.documents["ours"]
        super().setUpClass()

    def check(self, method, path, status=200, value=None, forms=None, **rest):
        """Call, and hold the answer against every document's schema of that status.

        :param forms: {document: component} of an answer that has another schema there
        """
        answer = self.bank.api(method, path, value, **rest)
        self.assertEqual(answer.status, status, answer.body)
        self.assertFits(answer.json, method, path, status, forms)
        return answer

    def assertFits(self, value, method, path, status=200, forms=None):
        bare = path.partition("?")[0].replace("%2F", "/")
        for name, document in self.documents.items():
            schema = document.answer_schema(method, bare, status)
            if forms and name in forms:
                schema = {"$ref": f"#/components/schemas/{forms[name]}"}
            self.assertEqual(document.errors(schema, value), [], name)

    def listener(self):
        """Start a listener, return it; its texts are in `got`."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        server.got = []
        server.url = f"http://127.0.0.1:{server.server_address[1]}/"
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server


class TestAnswers(OpenApiCase):
    def test_reading(self):
        paths = ["/customers", "/accounts", "/balances", "/statements"]
        paths += ["/customers/300870011", "/customers/300870029"]
        for account in self.ids.values():
            one = f"/accounts/{account}"
            paths += [one, f"{one}/balances", f"{one}/authorized-card-transactions"]
            paths.append(f"/accounts/{escaped(account)}/balances")
        for path in paths:
            with self.subTest(path):
                answer = self.check("GET", OB + path)
                self.assertEqual(answer.headers["content-type"], "application/json")
                self.assertEqual(answer.json["Meta"], {"totalPages": 1})

    def test_card_holds_are_not_always_empty(self):
        path = f"{OB}/accounts/{self.main}/authorized-card-transactions"
        self.assertTrue(self.check("GET", path).data["Transactions"])

    def test_statements(self):
        for account in self.ids.values():
            with self.subTest(account):
                order = {"accountId": account, "startDateTime": "2025-09-01"}
                order["endDateTime"] = "2026-11-23"
                value = {"Data": {"Statement": order}}
                made = self.check("POST", f"{OB}/statements", value=value)
                self.assertEqual(made.data["Statement"]["status"], "Created")
                number = made.data["Statement"]["statementId"]
                path = f"{OB}/accounts/{account}/statements/{number}"
                shown = self.check("GET", path).data["Statement"][0]
                self.assertEqual(shown["status"], "Ready")
                self.assertGreater(len(shown["Transaction"]), 30)
        self.check("GET", f"{OB}/statements?limit=2")

    def test_unready_statement(self):
        self.bank.control("POST", "settings", statement_seconds=60)
        made = self.bank.init(self.main, "2026-11-01", "2026-11-02").data["Statement"]
        path = f"{OB}/accounts/{self.main}/statements/{made['statementId']}"
        shown = self.check("GET", path).data["Statement"][0]
        self.assertEqual(shown["status"], "Processing")

    def test_statements_bent_by_faults(self):
        for name in ("pending_row", "missing_ids", "reissued_ids", "no_balances"):
            self.bank.control("POST", "faults", name=name)
            made = self.bank.init(self.main, "2026-11-20", "2026-11-23").data
            number = made["Statement"]["statementId"]
            with self.subTest(name):
                self.check("GET", f"{OB}/accounts/{self.main}/statements/{number}")

    def test_consents(self):
        client = self.bank.token_for("client_credentials").json["access_token"]
        order = {
            "permissions": list(ALL),
            "expirationDateTime": "2030-10-03T00:00:00+00:00",
        }
        path, value = "/consent/v1.0/consents", {"Data": order}
        # The bank's document declares a list here, its prose and clients a flat one.
        flat = {"the bank's": "ConsentResponse"}
        made = self.check("POST", path, value=value, forms=flat, token=client)
        self.bank.control("POST", "settings", consent_answer="list")
        self.check("POST", path, value=value, token=client)
        self.bank.control("POST", "settings", consent_answer="flat")
        url = self.bank.authorize_url()
        self.bank.control("POST", "approve", authorize_url=url)
        for consent in self.bank.control("GET", "consents"):
            one = f"{path}/{consent['consent_id']}"
            self.check("GET", one, token=client)
            self.check("GET", f"{one}/child", token=client)
        self.check("GET", path, token=client)
        self.check("GET", path)
        self.assertEqual(made.data["status"], "AwaitingAuthorisation")

    def test_webhooks(self):
        url = self.listener().url
        path = f"/webhook/v1.0/{self.bank.info['client_id']}"
        value = {"webhooksList": ["incomingPayment"], "url": url}
        self.check("GET", path, 404)
        self.check("PUT", path, value=value)
        self.check("POST", path, value=value)
        self.check("GET", path)
        test = {"webhookType": "incomingPayment"}
        self.check("POST", f"{path}/test_send", value=test)
        self.check("DELETE", path)

    def test_refusals(self):
        foreign = "40702810401500012345/044525104"
        absent = f"{OB}/accounts/{self.main}/statements/no-such"
        self.check("GET", f"{OB}/accounts/{foreign}", 403)
        self.check("GET", absent, 404)
        self.check("GET", f"{OB}/statements?limit=0", 400)
        self.check("POST", f"{OB}/statements", 400, value={})
        for status in (400, 403, 404, 424, 500):
            self.bank.control("POST", "faults", name=f"http_{status}")
            with self.subTest(status):
                self.check("GET", f"{OB}/accounts", status)

    def test_every_operation_is_there(self):
        names = {"accountId": self.main, "statementId": "x", "consentId": "x"}
        names |= {"customerCode": "300870011", "client_id": "x"}
        for document in self.documents.values():
            for method, path, _operation in document.operations():
                if "servers" in document.document["paths"][path]:
                    continue  # beside the API
                answer = self.bank.api(method, path.format(**names))
                with self.subTest(f"{method} {path}"):
                    self.assertNotIn(answer.status, (405, 500, 501))

    def test_the_sandbox(self):
        headers = {"Authorization": f"Bearer {sandbox.TOKEN}"}
        for method, path in sandbox.CANNED:
            with self.subTest(f"{method} {path}"):
                answer = self.bank.call(method, f"/sandbox/v2{OB}{path}", None, headers)
                self.assertFits(answer.json, method, OB + path)


class TestBesideTheApi(OpenApiCase):
    """What the bank describes in prose: our document alone has it."""

    def assertAnswer(self, answer, path, component=None, status=200):
        self.assertEqual(answer.status, status, answer.body)
        method = "GET" if path.startswith("/doc") else "POST"
        schema = self.ours.answer_schema(method, path, status)
        self.assertEqual(self.ours.errors(schema, answer.json), [])
        if component:
            schema = {"$ref": f"#/components/schemas/{component}"}
            self.assertEqual(self.ours.errors(schema, answer.json), [])

    def test_tokens(self):
        path = "/connect/token"
        self.assertAnswer(
            self.bank.token_for("client_credentials"), path, "ClientToken"
        )
        url = self.bank.authorize_url()
        place = self.bank.control("POST", "approve", authorize_url=url)["location"]
        code = dict(parse_qsl(urlsplit(place).query))["code"]
        first = self.bank.token_for(
            "authorization_code", code=code, redirect_uri=RETURN, scope="accounts"
        )
        self.assertAnswer(first, path, "FirstTokens")
        old = first.json["refresh_token"]
        pair = self.bank.token_for("refresh_token", refresh_token=old)
        self.assertAnswer(pair, path, "NextTokens")
        refused = self.bank.token_for("refresh_token", refresh_token=old)
        self.assertAnswer(refused, path, "OAuthError", 400)
        for change in ({"client_secret": "x"}, {"scope": "x"}, {"grant_type": "x"}):
            answer = self.bank.token_for(
                **{"grant_type": "client_credentials", **change}
            )
            self.assertAnswer(answer, path, "OAuthError", answer.status)
            self.assertIn(answer.status, (400, 401))
        path = "/connect/introspect"
        text = pair.json["access_token"]
        self.assertAnswer(self.bank.form(path, access_token=text), path, "SignedText")
        self.assertAnswer(self.bank.form(path, access_token="x"), path, None, 401)

    def test_what_a_token_request_needs(self):
        """Without any of the required fields there are no tokens."""
        schema = self.ours.request_schema("POST", "/connect/token")
        for name in self.ours.resolved(schema)["required"]:
            fields = {
                "client_id": self.bank.info["client_id"],
                "client_secret": self.bank.info["client_secret"],
                "grant_type": "client_credentials",
            }
            self.assertEqual(self.ours.errors(schema, fields), [])
            del fields[name]
            answer = self.bank.form("/connect/token", **fields)
            self.assertIn(answer.status, (400, 401), name)

    def test_the_key(self):
        path = "/doc/openapi/static/keys/public"
        self.assertAnswer(self.bank.call("GET", path), path, "PublicKey")

    def test_events(self):
        known = list(self.ours.document["webhooks"])
        schema = {"$ref": "#/components/schemas/EventType"}
        self.assertEqual(sorted(known), sorted(self.ours.resolved(schema)["enum"]))
        server = self.listener()
        path = f"/webhook/v1.0/{self.bank.info['client_id']}"
        self.check("PUT", path, value={"webhooksList": known, "url": server.url})
        for direction in ("credit", "debit"):
            self.bank.control(
                "POST",
                "payments",
                account="busy",
                direction=direction,
                amount=10.5,
                description="за доски",
            )
        for _ in range(300):
            if len(server.got) == len(known) + 2:
                break
            time.sleep(0.01)
        seen = []
        for text in server.got:
            body = text.split(".")[1]
            event = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            seen.append(event["webhookType"])
            schema = self.ours.event_schema(event["webhookType"])
            self.assertEqual(self.ours.errors(schema, event), [])
        self.assertEqual(seen[: len(known)], known)
        self.assertEqual(
            sorted(seen[len(known) :]), ["incomingPayment", "outgoingPayment"]
        )


class TestRequests(OpenApiCase):
    """The simulator accepts requests that fit the schema and refuses others."""

    def _good(self):
        order = {"accountId": self.main, "startDateTime": "2026-11-01"}
        order["endDateTime"] = "2026-11-02"
        client = self.bank.token_for("client_credentials").json["access_token"]
        consent = {
            "permissions": list(ALL),
            "expirationDateTime": "2030-10-03T00:00:00+00:00",
            "status": "AwaitingAuthorisation",
            "creationDateTime": "2026-11-23T00:00:00+00:00",
        }
        hook = {"webhooksList": [], "url": "http://127.0.0.1:9/"}
        path = f"/webhook/v1.0/{self.bank.info['client_id']}"
        self.bank.api("PUT", path, hook)
        test = {"webhookType": "incomingPayment"}
        return (
            ("POST", f"{OB}/statements", {"Data": {"Statement": order}}, None),
            ("POST", "/consent/v1.0/consents", {"Data": consent, "Risks": {}}, client),
            ("PUT", path, hook, None),
            ("POST", path, hook, None),
            ("POST", f"{path}/test_send", test, None),
        )

    def _spoiled(self, value, path=()):
        """Yield copies of a request with one place made wrong."""
        here = value
        for step in path:
            here = here[step]
        if path:
            for wrong in (None, 7, "x", [], {}, [7], ["x"], True, "", "2026-02-30"):
                spoiled = copy.deepcopy(value)
                self._set(spoiled, path, wrong)
                yield f"{path}={wrong!r}", spoiled
        if isinstance(here, dict):
            for key in here:
                spoiled = copy.deepcopy(value)
                inner = spoiled
                for step in path:
                    inner = inner[step]
                del inner[key]
                yield f"{(*path, key)} absent", spoiled
                yield from self._spoiled(value, (*path, key))

    @staticmethod
    def _set(value, path, wrong):
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = wrong

    def test_both_ways(self):
        tried = refused = 0
        for method, path, value, token in self._good():
            schemas = [
                (document, document.request_schema(method, path))
                for document in self.documents.values()
            ]
            for document, schema in schemas:
                self.assertEqual(document.errors(schema, value), [])
            first = self.bank.api(method, path, value, token)
            self.assertEqual(first.status, 200, first.body)
            for what, spoiled in self._spoiled(value):
                answer = self.bank.api(method, path, spoiled, token)
                fits = all(not spec.errors(schema, spoiled) for spec, schema in schemas)
                tried += 1
                refused += answer.status == 400
                with self.subTest(f"{method} {path} {what}"):
                    self.assertIn(answer.status, (200, 400), answer.body)
                    if not fits:
                        self.assertEqual(answer.status, 400)
                    if answer.status == 200:
                        self.assertTrue(fits)
        self.assertGreater(tried, 100)
        self.assertGreater(refused, 80)

    def test_a_refusal_names_the_field(self):
        path = f"{OB}/statements"
        good = {"accountId": self.main, "startDateTime": "2026-11-01"}
        for wrong, reason in (
            ({"accountId": "x"}, "Field accountId : Value error, invalid"),
            ({}, "Field endDateTime : Field required"),
            (
                {"endDateTime": "20261102"},
                "Field endDateTime : Input should be a valid",
            ),
        ):
            answer = self.bank.api("POST", path, {"Data": {"Statement": good | wrong}})
            self.assertRefused(answer, 400, reason)

    def test_a_body_that_is_no_json(self):
        for body in (b"", b"{", b"[]", b"null", b"\xff"):
            answer = self.bank.api("POST", f"{OB}/statements", body)
            self.assertRefused(answer, 400)


if __name__ == "__main__":
    unittest.main()
