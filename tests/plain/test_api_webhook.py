"""Events: which are accepted as the bank's, what is read from them, where they go."""

import base64
import hashlib
import hmac
import json
import unittest
from datetime import date
from functools import cache

import jwt
from api_case import ApiCase, changed
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fake_http import Reply, data, envelope

import tochka_api

EVENT = {
    "SidePayer": {
        "bankCode": "044525999",
        "account": "40702810200000054321",
        "name": "Ромашка",
        "amount": "42345.67",
        "currency": "RUB",
    },
    "SideRecipient": {
        "bankCode": "044525104",
        "account": "40702810401500012345",
        "name": "Мы-Пример",
        "amount": "42345.67",
        "currency": "RUB",
    },
    "purpose": "Оплата по счету № 42",
    "documentNumber": "417",
    "paymentId": "cbs-tb-92-9000000101",
    "date": "2026-10-14",
    "webhookType": "incomingPayment",
    "customerCode": "300000001",
}
TEST_SIDE = {"account": "0" * 20, "amount": "0.33", "currency": "RUB"}
HOOK = "/uapi/webhook/v1.0/app-1"
URL = "https://odoo.example/account_tochka/webhook/secret-part"
EVENTS = ["incomingPayment", "outgoingPayment"]


@cache
def key(name="bank"):
    """Return an RSA key, made once per name."""
    return rsa.generate_private_key(65537, 1024 if name == "short" else 3072)


def b64(content):
    """Return bytes as a part of a JWT."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def jwk(name="bank", **changes):
    """Return the public half as the bank publishes it."""
    modulus = key(name).public_key().public_numbers().n
    size = (modulus.bit_length() + 7) // 8
    return {"kty": "RSA", "e": "AQAB", "n": b64(modulus.to_bytes(size, "big"))} | (
        changes
    )


def signed(claims=None, name="bank", algorithm="RS256", **more):
    """Sign as the bank does; `EVENT` where there are no `claims`."""
    return jwt.encode(
        EVENT if claims is None else claims, key(name), algorithm, **more
    ).encode()


def by_hand(header, claims, sign):
    """Return a JWT that libraries refuse to make."""
    parts = [b64(json.dumps(part).encode()) for part in (header, claims)]
    text = ".".join(parts)
    return f"{text}.{b64(sign(text.encode()))}".encode()


def with_secret(secret):
    """Return a JWT signed by HS256."""
    return by_hand(
        {"typ": "JWT", "alg": "HS256"},
        EVENT,
        lambda text: hmac.new(secret, text, hashlib.sha256).digest(),
    )


class TestVerify(unittest.TestCase):
    def refused(self, body, the_key=None):
        with self.assertRaises(tochka_api.WebhookRefused) as caught:
            tochka_api.verify(body, the_key or jwk())
        return caught.exception

    def test_a_genuine_event_becomes_a_record(self):
        event = tochka_api.verify(signed(), jwk())
        self.assertEqual(event.webhook_type, "incomingPayment")
        self.assertEqual(event.customer_code, "300000001")
        self.assertEqual(event.payer, "40702810200000054321")
        self.assertEqual(event.recipient, "40702810401500012345")
        self.assertEqual(event.payment_id, "cbs-tb-92-9000000101")
        self.assertEqual(event.date, date(2026, 10, 14))

    def test_our_side_is_where_the_direction_points(self):
        incoming = tochka_api.verify(signed(), jwk())
        self.assertEqual(
            (incoming.direction, incoming.account[-4:]), ("Credit", "2345")
        )
        outgoing = tochka_api.verify(
            signed(changed(EVENT, webhookType="outgoingPayment")), jwk()
        )
        self.assertEqual((outgoing.direction, outgoing.account[-4:]), ("Debit", "4321"))

    def test_white_space_around_and_fields_of_the_key_are_harmless(self):
        published = jwk(kid="1", use="sig", alg="RS256")
        event = tochka_api.verify(b"\n" + signed() + b"\r\n", published)
        self.assertEqual(event.customer_code, "300000001")

    def test_an_unsigned_event_is_refused(self):
        for spelling in ("none", "None", "NONE", "nOnE"):
            for mark in (b"", b"x"):
                body = by_hand({"alg": spelling}, EVENT, lambda _text, m=mark: m)
                self.refused(body)

    def test_the_public_key_is_no_shared_secret(self):
        public = key().public_key()
        forms = [
            public.public_bytes(encoding, form)
            for encoding in (serialization.Encoding.PEM, serialization.Encoding.DER)
            for form in (
                serialization.PublicFormat.SubjectPublicKeyInfo,
                serialization.PublicFormat.PKCS1,
            )
        ]
        forms += [forms[0].strip(), jwk()["n"].encode(), json.dumps(jwk()).encode()]
        for secret in forms:
            refusal = self.refused(with_secret(secret))
            self.assertFalse(refusal.may_be_new_key)

    def test_no_other_algorithm_will_do(self):
        for algorithm in ("RS384", "RS512", "PS256"):
            refusal = self.refused(signed(algorithm=algorithm))
            self.assertFalse(refusal.may_be_new_key, algorithm)
        curve = ec.generate_private_key(ec.SECP256R1())
        self.refused(jwt.encode(EVENT, curve, "ES256").encode())

    def test_the_key_inside_the_text_is_not_used(self):
        headers = {"jwk": jwk("foreign"), "jku": "https://evil.example/k", "kid": "x"}
        refusal = self.refused(signed(name="foreign", headers=headers))
        self.assertTrue(refusal.may_be_new_key)

    def test_another_key_or_a_changed_text_is_a_wrong_signature(self):
        self.assertTrue(self.refused(signed(name="foreign")).may_be_new_key)
        head, claims, mark = signed().split(b".")
        other = signed(changed(EVENT, paymentId="other")).split(b".")[1]
        self.assertTrue(self.refused(b".".join((head, other, mark))).may_be_new_key)
        self.assertTrue(self.refused(b".".join((head, claims, b"AAAA"))).may_be_new_key)

    def test_garbage_is_refused_and_is_no_reason_to_ask_for_a_key(self):
        bodies = (
            b"",
            b"  ",
            b"{}",
            b"a.b",
            b"a.b.c",
            b"..",
            b"\x00\xff" * 50,
            b'"' + signed() + b'"',
            signed() + b".x",
            signed().replace(b".", b"\n."),
            json.dumps(EVENT).encode(),
            "ф.ы.в".encode(),
        )
        for body in bodies:
            with self.subTest(body[:20]):
                self.assertFalse(self.refused(body).may_be_new_key)

    def test_a_long_body_is_refused_unread(self):
        long = signed(changed(EVENT, purpose="x" * tochka_api.MAX_BODY))
        self.assertRegex(str(self.refused(long)), "too long")
        self.refused(b"a" * (tochka_api.MAX_BODY + 1), the_key={"kty": "no key"})

    def test_a_key_that_is_none_is_worth_another(self):
        keys = (
            {"kty": "EC", "n": "x", "e": "y"},
            {"kty": "RSA"},
            {"kty": "RSA", "n": "", "e": "AQAB"},
            {"kty": "RSA", "n": 5, "e": None},
            jwk("short"),
        )
        for wrong in keys:
            with self.subTest(str(wrong)[:30]):
                self.assertTrue(self.refused(signed(), wrong).may_be_new_key)

    def test_a_refusal_quotes_nothing(self):
        self.assertNotIn("eyJ", str(self.refused(signed(name="foreign"))))


class TestReading(unittest.TestCase):
    def read(self, **changes):
        return tochka_api.verify(signed(changed(EVENT, **changes)), jwk())

    def test_the_test_of_the_bank_is_an_event_of_nobody(self):
        event = self.read(
            SidePayer=TEST_SIDE,
            SideRecipient=TEST_SIDE,
            paymentId="0000000000",
            date="2018-10-01",
            customerCode="300123123",
        )
        self.assertEqual(event.account, "0" * 20)

    def test_an_unknown_type_is_an_event_without_an_account(self):
        event = self.read(webhookType="customWebhook", SidePayer=..., SideRecipient=...)
        self.assertEqual(event.webhook_type, "customWebhook")
        self.assertEqual((event.direction, event.account), ("", ""))

    def test_unknown_fields_and_registered_claims_pass(self):
        event = self.read(newField=[1], aud="someone", exp=1, nbf=9**11, iat="x", sub=7)
        self.assertEqual(event.payment_id, "cbs-tb-92-9000000101")

    def test_strange_values_are_absent_ones(self):
        event = self.read(
            SidePayer="a text",
            SideRecipient={"account": {"a": 12345}},
            paymentId=[],
            date="yesterday",
            customerCode=None,
        )
        found = (event.payer, event.recipient, event.payment_id, event.customer_code)
        self.assertEqual(found, ("", "", "", ""))
        self.assertIsNone(event.date)

    def test_numbers_and_odd_texts_are_read(self):
        event = self.read(paymentId="до\0после\ud800", customerCode=300000001)
        self.assertEqual(event.payment_id, "до\ufffdпосле\ufffd")
        self.assertEqual(event.customer_code, "300000001")

    def test_an_account_with_its_bic_is_still_the_account(self):
        side = {"account": "40702810401500012345/044525104"}
        self.assertEqual(self.read(SideRecipient=side).account, "40702810401500012345")

    def test_a_signed_text_that_is_no_object_is_refused(self):
        for text in (b"[]", b"17", b"null", b"{", b"\xff", b"[" * 9999):
            body = jwt.PyJWS().encode(text, key(), "RS256").encode()
            with self.subTest(text[:10]), self.assertRaises(tochka_api.WebhookRefused):
                tochka_api.verify(body, jwk())

    def test_the_repr_holds_no_account_and_no_amount(self):
        text = repr(self.read())
        for private in ("40702810", "42345.67", "Ромашка"):
            self.assertNotIn(private, text)


class TestMethods(ApiCase):
    def last(self):
        seen = self.bank.seen[-1]
        return seen.method, seen.path, json.loads(seen.body or "null")

    def test_it_is_made_and_edited_without_an_envelope(self):
        self.bank.on(HOOK, data({"webhooksList": EVENTS, "url": URL}))
        wish = {"webhooksList": EVENTS, "url": URL}
        made = self.client.put_webhook("app-1", URL, tuple(EVENTS))
        self.assertEqual(self.last(), ("PUT", HOOK, wish))
        self.assertEqual((made.url, made.events), (URL, tuple(EVENTS)))
        self.client.edit_webhook("app-1", URL, EVENTS)
        self.assertEqual(self.last(), ("POST", HOOK, wish))

    def test_making_it_is_not_repeated(self):
        self.bank.on(HOOK, envelope(503))
        for method in (self.client.put_webhook, self.client.edit_webhook):
            self.bank.seen.clear()
            with self.assertRaises(tochka_api.TryLater):
                method("app-1", URL, EVENTS)
            self.assertEqual(len(self.bank.seen), 1)

    def test_it_is_found_or_there_is_none(self):
        missing = (envelope(404), envelope(400))
        self.bank.on(HOOK, *missing, data({"webhooksList": EVENTS, "url": URL}))
        self.assertIsNone(self.client.get_webhook("app-1"))
        self.assertIsNone(self.client.get_webhook("app-1"))
        self.assertEqual(self.client.get_webhook("app-1").url, URL)
        self.assertEqual(self.bank.seen[0].body, b"")

    def test_a_missing_right_is_an_access_denied(self):
        self.bank.on(HOOK, envelope(403, "Forbidden by consent"))
        for call in (
            lambda: self.client.get_webhook("app-1"),
            lambda: self.client.put_webhook("app-1", URL, EVENTS),
            lambda: self.client.delete_webhook("app-1"),
        ):
            with self.assertRaises(tochka_api.AccessDenied):
                call()

    def test_it_is_deleted_if_there_is_one(self):
        self.bank.on(HOOK, data({"result": True}), envelope(404))
        self.client.delete_webhook("app-1")
        self.assertEqual(self.last()[:2], ("DELETE", HOOK))
        self.client.delete_webhook("app-1")

    def test_the_client_id_is_one_part_of_the_path(self):
        self.bank.on("/uapi/webhook/v1.0/a%2Fb", envelope(404))
        self.assertIsNone(self.client.get_webhook("a/b"))
        self.assertEqual(self.bank.seen[0].path, "/uapi/webhook/v1.0/a%2Fb")

    def test_the_key_stands_beside_the_api_and_needs_no_token(self):
        path = "/doc/openapi/static/keys/public"
        self.bank.on(path, jwk(kid="new"))
        self.assertEqual(self.client.webhook_key(), jwk())
        self.assertEqual(self.bank.seen[0].path, path)
        self.assertNotIn("Authorization", self.bank.seen[0].headers)
        self.assertEqual(
            tochka_api.public_key_url("https://bank.example/x/uapi/"),
            "https://bank.example/x/doc/openapi/static/keys/public",
        )

    def test_a_key_that_is_no_key_is_malformed(self):
        path = "/doc/openapi/static/keys/public"
        self.bank.on(path, {"keys": [jwk()]}, jwk(kty="EC"), Reply(200, "<html>"))
        for _answer in range(3):
            with self.assertRaises(tochka_api.MalformedAnswer):
                self.client.webhook_key()


if __name__ == "__main__":
    unittest.main()
