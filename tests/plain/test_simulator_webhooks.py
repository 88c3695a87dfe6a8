"""Webhooks: subscribing, signatures, repeats, events of payments."""

from __future__ import annotations

import base64
import http.server
import json
import threading
import time
import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from simulator_support import BankCase


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what it was sent; answers with the statuses it was given, then 200."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Inbox)
        self.got, self.statuses = [], []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def wait(self, count: int) -> list:
        for _ in range(300):
            if len(self.got) >= count:
                break
            time.sleep(0.01)
        return self.got


class Inbox(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        statuses = self.server.statuses
        self.server.got.append((self.headers["Content-Type"], body))
        self.send_response(statuses.pop(0) if statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Print nothing."""


class TestWebhooks(BankCase):
    def setUp(self):
        super().setUp()
        self.bank.control("POST", "settings", webhook_retry_seconds=0.01)
        self.receiver = Receiver()
        self.addCleanup(self.receiver.server_close)
        self.addCleanup(self.receiver.shutdown)
        self.path = f"/webhook/v1.0/{self.bank.info['client_id']}"

    def put(self, *wanted, method="PUT", url=None):
        value = {"webhooksList": list(wanted), "url": url or self.receiver.url}
        return self.bank.api(method, self.path, value)

    def pay(self, direction="credit", **values):
        return self.bank.control(
            "POST",
            "payments",
            account="busy",
            direction=direction,
            amount=10.5,
            description="за доски",
            **values,
        )["transactions"][0]

    def verified(self, token: str) -> dict:
        """Check a token against the published key, as a subscriber does."""
        key = self.bank.call("GET", "/doc/openapi/static/keys/public").json
        self.assertEqual(set(key), {"kty", "e", "n"})
        public = rsa.RSAPublicNumbers(
            int.from_bytes(decoded(key["e"]), "big"),
            int.from_bytes(decoded(key["n"]), "big"),
        ).public_key()
        head, body, mark = token.split(".")
        public.verify(
            decoded(mark),
            f"{head}.{body}".encode(),
            padding.PKCS1v15(),
            hashes.SHA256(),
        )
        self.assertEqual(json.loads(decoded(head)), {"typ": "JWT", "alg": "RS256"})
        self.assertEqual(len(decoded(mark)), 384)
        return json.loads(decoded(body))

    def test_a_test_of_each_event_comes_first(self):
        events = ["incomingPayment", "outgoingPayment", "incomingSbpPayment"]
        events += ["acquiringInternetPayment", "incomingSbpB2BPayment"]
        answer = self.put(*events)
        self.assertEqual(answer.data["webhooksList"], events)
        claims = [self.verified(body) for _kind, body in self.receiver.got]
        self.assertEqual([claim["webhookType"] for claim in claims], events)
        self.assertEqual(claims[0]["paymentId"], "0000000000")
        self.assertEqual({kind for kind, _body in self.receiver.got}, {"text/plain"})

    def test_an_address_that_does_not_answer(self):
        self.receiver.statuses = [200, 500]
        answer = self.put("incomingPayment", "outgoingPayment")
        self.assertRefused(answer, 400)
        self.assertRefused(self.bank.api("GET", self.path), 404)
        self.put("incomingPayment")
        self.receiver.statuses = [404]
        self.assertRefused(self.put("outgoingPayment", method="POST"), 400)
        kept = self.bank.api("GET", self.path).data
        self.assertEqual(kept["webhooksList"], ["incomingPayment"])
        self.assertRefused(self.put("incomingPayment", url="http://127.0.0.1:9/"), 400)

    def test_https_on_443_only(self):
        self.bank.control("POST", "settings", webhook_any_url=False)
        for url in ("http://books.example/", "https://books.example:8443/"):
            self.assertRefused(self.put("incomingPayment", url=url), 400, "443")

    def test_edit_and_delete_need_one(self):
        self.assertRefused(self.put("incomingPayment", method="POST"), 404)
        self.assertRefused(self.bank.api("DELETE", self.path), 404)
        self.put("incomingPayment")
        answer = self.put("outgoingPayment", method="POST")
        self.assertEqual(answer.data["webhooksList"], ["outgoingPayment"])
        self.assertEqual(self.bank.api("DELETE", self.path).data, {"result": True})
        self.assertRefused(self.bank.api("GET", self.path), 404)

    def test_another_client(self):
        answer = self.bank.api("GET", "/webhook/v1.0/somebody")
        self.assertRefused(answer, 403)

    def test_test_send(self):
        value = {"webhookType": "incomingPayment"}
        answer = self.bank.api("POST", f"{self.path}/test_send", value)
        self.assertRefused(answer, 404)
        self.put("incomingPayment")
        answer = self.bank.api("POST", f"{self.path}/test_send", value)
        self.assertEqual(answer.data, {"result": True})
        self.assertEqual(len(self.receiver.got), 2)

    def test_a_payment_is_told_of(self):
        self.put("incomingPayment")
        self.receiver.got.clear()
        self.pay("debit")
        row = self.pay()
        ((_kind, body),) = self.receiver.wait(1)
        claim = self.verified(body)
        self.assertEqual(claim["paymentId"], row["paymentId"])
        self.assertEqual(claim["webhookType"], "incomingPayment")
        self.assertEqual(claim["customerCode"], "300870011")
        self.assertEqual(claim["SidePayer"]["amount"], "10.50")
        own = claim["SideRecipient"]
        self.assertEqual(f"{own['account']}/{own['bankCode']}", self.main)
        self.assertEqual(claim["SidePayer"]["name"], row["DebtorParty"]["name"])

    def test_a_payment_yet_to_come_is_not(self):
        self.put("incomingPayment")
        self.pay(date="2026-11-30")
        self.assertEqual(self.bank.control("GET", "webhooks")["deliveries"], [])

    def test_repeats(self):
        self.put("outgoingPayment")
        self.receiver.got.clear()
        self.receiver.statuses = [500, 302, 204]
        self.pay("debit")
        self.assertEqual(len(self.receiver.wait(4)), 4)
        time.sleep(0.1)
        (delivery,) = self.bank.control("GET", "webhooks")["deliveries"]
        self.assertEqual(delivery["statuses"], [500, 302, 204, 200])
        self.assertTrue(delivery["done"])
        self.assertEqual(len({body for _kind, body in self.receiver.got}), 1)

    def test_repeats_end(self):
        self.put("outgoingPayment")
        self.bank.control("POST", "settings", webhook_retries=3)
        self.receiver.got.clear()
        self.receiver.statuses = [500] * 99
        self.pay("debit")
        self.receiver.wait(4)
        time.sleep(0.15)
        self.assertEqual(len(self.receiver.got), 4)

    def test_pushed_by_control(self):
        row = self.bank.statement(self.main, "2026-11-20", "2026-11-23")["Transaction"][
            0
        ]
        values = {"account": "busy", "row": row["paymentId"], "url": self.receiver.url}
        self.bank.control("POST", "webhooks/push", **values)
        body = self.receiver.wait(1)[-1][1]
        self.assertEqual(self.verified(body)["purpose"], row["description"])
        self.bank.control("POST", "webhooks/push", forged=True, **values)
        with self.assertRaises((InvalidSignature, ValueError)):
            self.verified(self.receiver.wait(2)[-1][1])
        self.bank.control("POST", "webhooks/push", text="a.b.c", **values)
        self.assertEqual(self.receiver.wait(3)[-1][1], "a.b.c")
        with self.assertRaises(ValueError):
            self.bank.control("POST", "webhooks/push", account="busy", row="none")

    def test_signed_and_not_sent(self):
        self.bank.control("POST", "bulk", account="busy", date="2026-11-23", count=3)
        texts = self.bank.control("POST", "webhooks/sign", account="busy")["texts"]
        self.assertGreaterEqual(len(texts), 3)
        self.assertEqual(self.bank.control("GET", "webhooks")["deliveries"], [])
        self.put("incomingPayment")
        for text in texts:
            self.assertEqual(self.verified(text)["date"], "2026-11-23")

    def test_another_key(self):
        self.put("incomingPayment")
        old = self.receiver.got[-1][1]
        self.bank.control("POST", "webhooks/rotate_key")
        with self.assertRaises(InvalidSignature):
            self.verified(old)
        self.put("incomingPayment", method="POST")
        self.verified(self.receiver.got[-1][1])


if __name__ == "__main__":
    unittest.main()
