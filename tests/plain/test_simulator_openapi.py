"""The simulator against the bank's own OpenAPI: answers and requests, both ways."""

from __future__ import annotations

import copy
import http.server
import threading
import unittest

from simulator_support import ALL, BankCase, Spec, escaped

OB = "/open-banking/v1.0"


class Listener(http.server.BaseHTTPRequestHandler):
    """Answers 200 to whatever is posted."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Print nothing."""


class OpenApiCase(BankCase):
    @classmethod
    def setUpClass(cls):
        cls.spec = Spec()
        super().setUpClass()

    def check(self, method, path, status=200, value=None, schema=None, **rest):
        """Send a request and check the answer against the schema of that status."""
        answer = self.bank.api(method, path, value, **rest)
        self.assertEqual(answer.status, status, answer.body)
        bare = path.partition("?")[0].replace("%2F", "/")
        schema = schema or self.spec.answer_schema(method, bare, status)
        self.assertEqual(self.spec.errors(schema, answer.json), [])
        return answer


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
        flat = self.spec.spec["components"]["schemas"]["ConsentResponse"]
        order = {"permissions": ALL, "expirationDateTime": "2030-10-03T00:00:00+00:00"}
        path, value = "/consent/v1.0/consents", {"Data": order}
        # The OpenAPI declares a list here; the bank's prose and clients have it flat.
        made = self.check("POST", path, value=value, schema=flat, token=client)
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
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
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
        for path, operations in self.spec.spec["paths"].items():
            for method in operations:
                answer = self.bank.api(method.upper(), path.format(**names))
                with self.subTest(f"{method} {path}"):
                    self.assertNotIn(answer.status, (405, 500, 501))


class TestRequests(OpenApiCase):
    """The simulator accepts requests that fit the schema and refuses others."""

    def _good(self):
        order = {"accountId": self.main, "startDateTime": "2026-11-01"}
        order["endDateTime"] = "2026-11-02"
        client = self.bank.token_for("client_credentials").json["access_token"]
        consent = {
            "permissions": ALL,
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
            schema = self.spec.request_schema(method, path)
            self.assertEqual(self.spec.errors(schema, value), [])
            first = self.bank.api(method, path, value, token)
            self.assertEqual(first.status, 200, first.body)
            for what, spoiled in self._spoiled(value):
                answer = self.bank.api(method, path, spoiled, token)
                fits = not self.spec.errors(schema, spoiled)
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

    def test_a_body_that_is_no_json(self):
        for body in (b"", b"{", b"[]", b"null", b"\xff"):
            answer = self.bank.api("POST", f"{OB}/statements", body)
            self.assertRefused(answer, 400)


if __name__ == "__main__":
    unittest.main()
