from urllib.parse import parse_qs, urlsplit

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import NOW_MOSCOW, Bank, TochkaCase


class OAuthCase(TochkaCase):
    """A connection by OAuth; the control API gives the consent."""

    def setUp(self):
        super().setUp()
        self.connection.write(
            {
                "auth_method": "oauth",
                "client_id": self.bank.client_id,
                "client_secret": self.bank.client_secret,
            }
        )

    def _go_to_bank(self, connection=None):
        """Press «Connect»; return the address of the bank's page."""
        action = (connection or self.connection).action_connect()
        self.assertEqual(action["type"], "ir.actions.act_url")
        return action["url"]

    def _decide(self, url, allow=True, **more):
        """Press a button on the bank's page; return the parameters of the return."""
        answer = self.bank.control(
            "/approve", authorize_url=url, allow=allow, term="90", **more
        )
        query = parse_qs(urlsplit(answer["location"]).query)
        return {name: values[0] for name, values in query.items()}

    def _return(self, back):
        connection, nonce = self.connection._connection_of_state(back.get("state"))
        self.assertEqual(connection, self.connection)
        return connection._return_from_bank(nonce, back.get("code"), back.get("error"))


@tagged("post_install", "-at_install")
class TestOAuth(OAuthCase):
    def test_the_round_trip_ends_connected_with_a_term(self):
        back = self._decide(self._go_to_bank())
        self.assertIsNone(self._return(back))
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(len(self.connection.account_ids), 4)
        days = (self.connection.consent_expires_on - fields.Datetime.now()).days
        self.assertAlmostEqual(days, 90, delta=2)

    def test_a_refusal_is_told_and_changes_nothing(self):
        back = self._decide(self._go_to_bank(), allow=False)
        message = self._return(back)
        self.assertIn("refused on the bank's page", message)
        self.assertEqual(self.connection.state_message, message)
        self.assertEqual(self.connection.state, "draft")
        self.assertFalse(self.connection._read_secrets().get("tokens"))

    def test_a_state_works_once(self):
        back = self._decide(self._go_to_bank())
        self.assertIsNone(self._return(back))
        self.assertIn("used already", self._return(back))
        self.assertEqual(self.connection.state, "connected")

    def test_a_state_expires(self):
        back = self._decide(self._go_to_bank())
        with freeze_time("2026-11-20 13:30:00"):
            self.assertIn("too late", self._return(back))

    def test_a_forged_or_foreign_state_is_nobodys(self):
        back = self._decide(self._go_to_bank())
        connections = self.env["tochka.connection"]
        for state in ("", "rubbish", back["state"][:-4] + "AAAA", None):
            self.assertFalse(connections._connection_of_state(state)[0], state)
        stranger = connections.with_user(self.administrator)
        self.assertFalse(stranger._connection_of_state(back["state"])[0])

    def test_an_unknown_code_is_told(self):
        back = self._decide(self._go_to_bank())
        message = self._return({**back, "code": "wrong"})
        self.assertIn("Connect to Tochka Bank", message)
        self.assertEqual(self.connection.state, "draft")

    def test_a_consent_for_other_organisations_is_refused(self):
        self.assertIsNone(self._return(self._decide(self._go_to_bank())))
        organization = self.connection.organization_ids[0]
        organization.company_id = self.company
        old = self.connection._read_secrets()["tokens"]
        others = self.connection.organization_ids - organization
        url = self._go_to_bank()
        back = self._decide(url, customer_codes=others.mapped("customer_code"))
        message = self._return(back)
        self.assertIn(organization.name, message)
        self.assertEqual(self.connection._read_secrets()["tokens"], old)
        self.connection.action_check()
        self.assertEqual(self.connection.state, "connected")

    def test_an_expired_token_is_renewed_once_and_kept(self):
        self.assertIsNone(self._return(self._decide(self._go_to_bank())))
        old = self.connection._read_secrets()["tokens"]
        self.bank.control("/tokens/expire", which="access")
        with self.enter_registry_test_mode():
            self.connection.action_check()
        new = self.connection._read_secrets()["tokens"]
        self.assertNotEqual(new["access_token"], old["access_token"])
        self.assertNotEqual(new["refresh_token"], old["refresh_token"])

    def test_an_ended_access_is_told_with_the_next_step(self):
        self.assertIsNone(self._return(self._decide(self._go_to_bank())))
        account = self.connection.account_ids.filtered("is_open")[0]
        account.organization_id.company_id = self.company
        account._bind(
            self.company,
            self.env["account.journal"],
            auto_import=True,
            interval="hourly",
        )
        self.bank.control("/tokens/expire", which="all")
        run = self.load(account)
        self.assertEqual(run.state, "failed")
        self.assertIn("press “Connect to Tochka Bank”", account.last_error)
        self.assertEqual(self.connection.state, "attention")

    def test_missing_client_is_told(self):
        self.connection.client_id = False
        with self.assertRaisesRegex(UserError, "Client ID"):
            self.connection.action_connect()

    def test_a_wrong_secret_is_told(self):
        self.connection.client_secret = "wrong"
        with self.assertRaises(UserError):
            self.connection.action_connect()


@tagged("post_install", "-at_install")
class TestJwtKey(TochkaCase):
    def test_a_wrong_key_is_told_and_changes_nothing(self):
        self.connection.jwt_key = "wrong"
        with self.assertRaisesRegex(UserError, "paste a new"):
            self.connection.action_connect()
        self.assertEqual(self.connection.state, "draft")
        self.assertFalse(self.connection.account_ids)

    def test_no_key_is_told(self):
        self.connection._write_secrets(jwt_key=None)
        with self.assertRaisesRegex(UserError, "no access"):
            self.connection.action_connect()

    def test_secrets_are_encrypted_and_never_read_back(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT secrets FROM tochka_connection WHERE id = %s", [self.connection.id]
        )
        [(stored,)] = self.env.cr.fetchall()
        self.assertNotIn(self.bank.token, stored)
        self.assertFalse(self.connection.jwt_key)
        self.assertTrue(self.connection.has_jwt_key)
        copied = self.connection.copy()
        self.assertFalse(copied.has_jwt_key)

    def test_disconnect_forgets_the_access_and_keeps_the_accounts(self):
        self.connection.action_connect()
        self.connection.action_disconnect()
        self.assertEqual(self.connection.state, "draft")
        self.assertFalse(self.connection.has_jwt_key)
        self.assertEqual(len(self.connection.account_ids), 4)

    def test_the_sandbox_needs_no_key(self):
        self.connection.write(
            {
                "environment": "custom",
                "base_url": self.bank.base_url.replace("/uapi", "/sandbox/v2"),
                "jwt_key": "sandbox.jwt.token",
            }
        )
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "connected")


@tagged("post_install", "-at_install")
class TestCertificate(TochkaCase):
    def test_an_unknown_certificate_is_told_and_can_be_trusted(self):
        bank = Bank("--tls")
        self.addCleanup(bank.stop)
        self.connection.write({"base_url": bank.base_url, "jwt_key": bank.token})
        with self.assertRaisesRegex(UserError, "Additional root certificate"):
            self.connection.action_connect()
        self.assertEqual(self.connection.state, "draft")
        self.connection.ca_certificate = "not a certificate"
        with self.assertRaisesRegex(UserError, "Additional root certificate"):
            self.connection.action_connect()
        self.connection.ca_certificate = bank.ca_pem
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "connected")


@tagged("post_install", "-at_install")
class TestCallback(HttpCase, OAuthCase):
    # The browser uses the real time, so Odoo has to use it here as well.
    freeze_time = None

    def setUp(self):
        super().setUp()
        self.bank.control("/reset")
        self.administrator.password = "tochka_admin"
        self.authenticate("tochka_admin", "tochka_admin")
        self.connection = self.connection.with_user(self.administrator)

    def tearDown(self):
        self.bank.reset(NOW_MOSCOW)
        super().tearDown()

    def _get(self, query):
        return self.url_open(
            "/account_tochka/oauth/callback?" + query, allow_redirects=False
        )

    def _landing(self, answer):
        return urlsplit(answer.headers["Location"]).path

    def test_with_the_access_the_user_lands_on_the_choice(self):
        answer = self.bank.control(
            "/approve", authorize_url=self._go_to_bank(), allow=True, term="30"
        )
        back = self._get(urlsplit(answer["location"]).query)
        self.assertEqual(
            self._landing(back),
            f"/odoo/tochka-connections/{self.connection.id}/tochka-choice",
        )
        self.assertEqual(self.connection.state, "connected")

    def test_without_it_the_user_lands_on_the_connection(self):
        answer = self.bank.control(
            "/approve", authorize_url=self._go_to_bank(), allow=False
        )
        back = self._get(urlsplit(answer["location"]).query)
        self.assertEqual(
            self._landing(back), f"/odoo/tochka-connections/{self.connection.id}"
        )
        self.assertTrue(self.connection.state_message)
        self.assertEqual(self.connection.state, "draft")

    def test_a_broken_return_is_a_sentence_not_a_traceback(self):
        for query in ("", "code=x", "state=rubbish&code=x", "state=%00&error=e"):
            answer = self._get(query)
            self.assertEqual(answer.status_code, 400, query)
            self.assertIn("/odoo/tochka-connections", answer.text)
            self.assertNotIn("Traceback", answer.text)

    def test_a_stranger_is_sent_to_the_login(self):
        self.logout()
        answer = self._get("code=x&state=y")
        self.assertIn("/web/login", answer.headers["Location"])
