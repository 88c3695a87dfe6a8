"""OAuth: client token, consent, the page, codes, rotation, permissions."""

from __future__ import annotations

import base64
import json
import unittest
from urllib.parse import parse_qs, urlsplit

from simulator_support import ALL, RETURN, BankCase, Caller

PATHS = ("/consent/v1.0/consents", "/open-banking/v1.0/consents", "/v1.0/consents")


class OauthCase(BankCase):
    def code(self, url=None, **choice) -> str:
        url = url or self.bank.authorize_url()
        location = self.bank.control("POST", "approve", authorize_url=url, **choice)
        return parse_qs(urlsplit(location["location"]).query)["code"][0]

    def pair(self, permissions=ALL, **choice) -> dict:
        code = self.code(self.bank.authorize_url(permissions), **choice)
        return self.exchange(code).json

    def exchange(self, code, redirect_uri=RETURN):
        return self.bank.token_for(
            "authorization_code", code=code, redirect_uri=redirect_uri
        )

    def refresh(self, token):
        return self.bank.token_for("refresh_token", refresh_token=token)

    def reads(self, token, path="/accounts"):
        return self.bank.get(path, token=token).status


class TestTokens(OauthCase):
    def test_client_credentials(self):
        answer = self.bank.token_for("client_credentials", scope="accounts balances")
        self.assertEqual(answer.json["token_type"], "bearer")
        self.assertEqual(answer.json["expires_in"], 86400)
        self.assertEqual(self.reads(answer.json["access_token"]), 403)

    def test_what_is_refused(self):
        for fields, status, error in (
            ({"client_secret": "x"}, 401, "invalid_client"),
            ({"client_id": "x"}, 401, "invalid_client"),
            ({"grant_type": "password"}, 400, "unsupported_grant_type"),
            ({"scope": "everything"}, 400, "invalid_scope"),
        ):
            values = {
                "client_id": self.bank.info["client_id"],
                "client_secret": self.bank.info["client_secret"],
                "grant_type": "client_credentials",
                **fields,
            }
            answer = self.bank.form("/connect/token", **values)
            self.assertEqual((answer.status, answer.json["error"]), (status, error))
        body = json.dumps({"grant_type": "client_credentials"})
        kind = {"Content-Type": "application/json"}
        answer = self.bank.call("POST", "/connect/token", body, kind)
        self.assertEqual(answer.json["error"], "invalid_request")

    def test_code_for_a_pair(self):
        answer = self.exchange(self.code()).json
        self.assertEqual(answer["state"], "стейт&1")
        self.assertEqual(self.reads(answer["access_token"]), 200)
        self.assertIn("user_id", answer)

    def test_code_is_used_once(self):
        code = self.code()
        self.assertEqual(self.exchange(code).status, 200)
        answer = self.exchange(code)
        self.assertEqual((answer.status, answer.json["error"]), (400, "invalid_grant"))

    def test_code_lives_five_minutes(self):
        for seconds, status in ((299, 200), (300, 400)):
            code = self.code()
            self.bank.control("POST", "time", advance=seconds)
            self.assertEqual(self.exchange(code).status, status)

    def test_code_belongs_to_its_return_address(self):
        self.assertEqual(self.exchange(self.code(), RETURN + "&x=1").status, 400)

    def test_rotation(self):
        first = self.pair()
        second = self.refresh(first["refresh_token"]).json
        self.assertNotEqual(first["refresh_token"], second["refresh_token"])
        self.assertNotEqual(first["access_token"], second["access_token"])
        self.assertIsNone(second["state"])
        answer = self.refresh(first["refresh_token"])
        self.assertEqual((answer.status, answer.json["error"]), (400, "invalid_grant"))
        self.assertEqual(self.refresh(second["refresh_token"]).status, 200)

    def test_lives_of_a_pair(self):
        pair = self.pair()
        self.bank.control("POST", "time", advance=86399)
        self.assertEqual(self.reads(pair["access_token"]), 200)
        self.bank.control("POST", "time", advance=1)
        self.assertEqual(self.reads(pair["access_token"]), 401)
        pair = self.refresh(pair["refresh_token"]).json
        self.bank.control("POST", "time", advance=30 * 86400 - 1)
        pair = self.refresh(pair["refresh_token"]).json
        self.bank.control("POST", "time", advance=30 * 86400)
        self.assertEqual(self.refresh(pair["refresh_token"]).status, 400)

    def test_expired_by_control(self):
        pair = self.pair()
        self.bank.control("POST", "tokens/expire", which="access")
        self.assertEqual(self.reads(pair["access_token"]), 401)
        pair = self.refresh(pair["refresh_token"]).json
        self.bank.control("POST", "tokens/expire", which="refresh")
        self.assertEqual(self.refresh(pair["refresh_token"]).status, 400)

    def test_jwt_key(self):
        middle = self.bank.token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        self.assertEqual(claims["iss"], self.bank.info["client_id"])
        self.assertEqual(self.reads(self.bank.token), 200)
        self.bank.control("POST", "tokens/expire", which="jwt")
        self.assertEqual(self.reads(self.bank.token), 403)

    def test_strangers(self):
        self.assertRefused(self.bank.get("/accounts", token="x"), 401)
        answer = self.bank.call("GET", "/uapi/open-banking/v1.0/accounts")
        self.assertRefused(answer, 401)
        code = self.code()
        self.assertEqual(self.reads(code), 401)

    def test_introspection(self):
        pair = self.pair(customer_codes=["300870029"])
        answer = self.bank.form(
            "/connect/introspect", access_token=pair["access_token"]
        )
        middle = answer.json.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        self.assertEqual(claims["sub"], "300870029")


class TestConsents(OauthCase):
    def test_three_addresses(self):
        client = self.bank.token_for("client_credentials").json["access_token"]
        for path in PATHS:
            value = {"Data": {"permissions": ALL}}
            made = self.bank.api("POST", path, value, client)
            self.assertEqual(made.data["status"], "AwaitingAuthorisation")
            self.assertNotIn("expirationDateTime", made.data)
            one = self.bank.api("GET", f"{path}/{made.data['consentId']}", None, client)
            self.assertEqual(one.data, made.data)

    def test_only_a_client_asks(self):
        value = {"Data": {"permissions": ALL}}
        self.assertRefused(self.bank.api("POST", PATHS[0], value), 403)

    def test_the_past_is_refused(self):
        client = self.bank.token_for("client_credentials").json["access_token"]
        past = {"permissions": ALL, "expirationDateTime": "2026-11-23T08:59:59+00:00"}
        self.assertRefused(self.bank.api("POST", PATHS[0], {"Data": past}, client), 400)

    def test_permissions_are_enforced(self):
        needs = {
            "/accounts": {"ReadAccountsBasic", "ReadAccountsDetail"},
            f"/accounts/{self.main}": {"ReadAccountsBasic", "ReadAccountsDetail"},
            "/balances": {"ReadBalances"},
            f"/accounts/{self.main}/balances": {"ReadBalances"},
            f"/accounts/{self.main}/authorized-card-transactions": {"ReadBalances"},
            "/statements": {"ReadStatements"},
            "/customers": {"ReadCustomerData"},
        }
        for missing in ALL:
            token = self.pair([p for p in ALL if p != missing])["access_token"]
            for path, wanted in needs.items():
                with self.subTest(f"{path} without {missing}"):
                    answer = self.bank.get(path, token=token)
                    if missing in wanted:
                        self.assertRefused(answer, 403, "Forbidden by consent")
                    else:
                        self.assertEqual(answer.status, 200)
            answer = self.bank.init(self.main, "2026-11-01", "2026-11-02", token=token)
            expected = 403 if missing == "ReadStatements" else 200
            self.assertEqual(answer.status, expected)
            hook = f"/webhook/v1.0/{self.bank.info['client_id']}"
            expected = 403 if missing == "ManageWebhookData" else 404
            self.assertEqual(self.bank.api("GET", hook, token=token).status, expected)

    def test_organisations(self):
        token = self.pair(customer_codes=["300870029"])["access_token"]
        found = self.bank.get("/accounts", token=token).data["Account"]
        self.assertEqual({item["customerCode"] for item in found}, {"300870029"})
        path = "/customers/300870011"
        self.assertRefused(self.bank.get(path, token=token), 403)
        answer = self.bank.init(self.main, "2026-11-01", "2026-11-02", token=token)
        self.assertRefused(answer, 403)
        foreign = {"CustomerCode": "300870011"}
        answer = self.bank.get("/accounts", token=token, headers=foreign)
        self.assertRefused(answer, 403)

    def test_control_chooses_organisations(self):
        self.bank.control(
            "POST", "consents/organisations", customer_codes=["300870029"]
        )
        token = self.pair()["access_token"]
        found = self.bank.get("/customers", token=token).data["Customer"]
        self.assertEqual([item["customerCode"] for item in found], ["300870029"])

    def test_revoked(self):
        pair = self.pair()
        self.bank.control("POST", "consents/revoke")
        self.assertEqual(self.reads(pair["access_token"]), 403)
        self.assertEqual(self.refresh(pair["refresh_token"]).status, 400)

    def test_term(self):
        for term, day in (("30", "2026-12-23"), ("365", "2027-11-23")):
            self.pair(term=term)
            last = self.bank.control("GET", "consents")[-1]
            self.assertEqual(last["expires"][:10], day)
        self.pair(term="perpetual")
        self.assertIsNone(self.bank.control("GET", "consents")[-1]["expires"])

    def test_its_end(self):
        pair = self.pair(term="30")
        self.bank.control("POST", "time", advance=29 * 86400)
        pair = self.refresh(pair["refresh_token"]).json
        self.assertEqual(self.reads(pair["access_token"]), 200)
        self.bank.control("POST", "time", advance=86000)
        self.assertEqual(self.reads(pair["access_token"]), 200)
        self.bank.control("POST", "time", advance=400)
        self.assertEqual(self.refresh(pair["refresh_token"]).status, 400)

    def test_children(self):
        pair = self.pair()
        consent = self.bank.control("GET", "consents")[0]["consent_id"]
        path = f"{PATHS[0]}/{consent}/child"
        found = self.bank.api("GET", path, None, pair["access_token"]).data["Consent"]
        self.assertEqual(
            [item["customerCode"] for item in found], ["300870011", "300870029"]
        )
        self.assertEqual(len({item["consentId"] for item in found} - {consent}), 2)


class TestPage(OauthCase):
    """What a browser does, done by plain requests."""

    def query(self, url) -> dict:
        return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}

    def path(self, url) -> str:
        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}"

    def signed_in(self, url) -> tuple[str, dict]:
        page = self.bank.call("GET", self.path(url))
        self.assertIn('id="login"', page.body.decode())
        answer = self.bank.form("/connect/login", **self.query(url))
        self.assertEqual(answer.status, 303)
        cookie = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
        page = self.bank.call("GET", answer.headers["location"], None, cookie)
        return page.body.decode(), cookie

    def decide(self, url, **choice):
        _page, cookie = self.signed_in(url)
        fields = {**self.query(url), **choice}
        return self.bank.form("/connect/authorize", cookie, **fields)

    def test_what_it_shows(self):
        self.bank.control("POST", "settings", application_name='Учёт <и "Ко">')
        page, _cookie = self.signed_in(self.bank.authorize_url())
        for part in ("Учёт &lt;и", "Получать выписки", "Видеть остатки на счетах"):
            self.assertIn(part, page)
        for part in ('id="allow"', 'id="deny"', 'id="term"', "Бессрочно", "90 дней"):
            self.assertIn(part, page)
        self.assertIn('id="organisation_300870029"', page)
        self.assertNotIn("http", page.replace("http://127.0.0.1:9/return", ""))

    def test_allowed(self):
        url = self.bank.authorize_url()
        answer = self.decide(
            url, decision="allow", term="90", customer=["300870011", "300870029"]
        )
        self.assertEqual(answer.status, 302)
        location = answer.headers["location"]
        self.assertTrue(location.startswith(RETURN + "&"))
        returned = self.query(location)
        self.assertEqual(returned["state"], "стейт&1")
        self.assertEqual(self.exchange(returned["code"]).status, 200)
        consent = self.bank.control("GET", "consents")[0]
        self.assertEqual(consent["expires"][:10], "2027-02-21")
        self.assertEqual(consent["customers"], ["300870011", "300870029"])

    def test_denied(self):
        url = self.bank.authorize_url()
        answer = self.decide(url, decision="deny", term="90")
        returned = self.query(answer.headers["location"])
        self.assertEqual(returned["error"], "access_denied")
        self.assertEqual(returned["state"], "стейт&1")
        self.assertEqual(self.bank.control("GET", "consents")[0]["status"], "Rejected")
        self.assertEqual(self.bank.call("GET", self.path(url)).status, 400)

    def test_no_organisation_chosen(self):
        url = self.bank.authorize_url()
        self.assertEqual(self.decide(url, decision="allow", term="90").status, 400)

    def test_wrong_requests(self):
        self.bank.control("POST", "settings", redirect_uri="https://books.example/back")
        for changes in (
            {},
            {"client_id": "x", "redirect_uri": "https://books.example/back"},
            {"consent_id": "x", "redirect_uri": "https://books.example/back"},
            {"response_type": "token", "redirect_uri": "https://books.example/back"},
        ):
            url = self.bank.authorize_url(**changes)
            answer = self.bank.call("GET", self.path(url))
            self.assertEqual(answer.status, 400)
            self.assertIn('id="reason"', answer.body.decode())
            self.assertNotIn("location", answer.headers)
        url = self.bank.authorize_url(redirect_uri="https://books.example/back")
        self.assertEqual(self.bank.call("GET", self.path(url)).status, 200)

    def test_strange_return_addresses(self):
        for uri in (
            "http://books.example/",
            "http://127.0.0.1.example/",
            "javascript:alert(1)",
            "http://127.0.0.1/\r\nX: y",
            "",
        ):
            url = self.bank.authorize_url(redirect_uri=uri)
            self.assertEqual(self.bank.call("GET", self.path(url)).status, 400, uri)


class TestSeeds(BankCase):
    def test_the_same_seed_is_the_same_client(self):
        again = self.bank.control("POST", "reset", seed=1)
        self.assertEqual(again["token"], self.bank.info["token"])
        other = self.bank.control("POST", "reset", seed=2)
        self.assertNotEqual(other["token"], self.bank.info["token"])
        self.assertNotEqual(other["client_secret"], self.bank.info["client_secret"])
        self.assertRefused(self.bank.get("/accounts"), 401)
        self.assertEqual(Caller(other).get("/accounts").status, 200)


if __name__ == "__main__":
    unittest.main()
