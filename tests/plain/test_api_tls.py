"""A bank with a certificate of an unknown CA: refused, unless the CA is added."""

import ipaddress
import ssl
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from api_case import ACCOUNTS, TOKEN
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fake_http import FakeBank, Sleeper, data

import tochka_api


def certificate(name, issuer=None, address="127.0.0.1"):
    """Return (certificate, key): a CA, or a host signed by the CA `issuer`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    authority, authority_key = issuer or (None, key)
    signer = authority_key.public_key()
    now = datetime.now(timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(not issuer, None), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False
        )
    )
    if issuer:
        names = [x509.IPAddress(ipaddress.ip_address(address))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
    else:
        usage = dict.fromkeys(
            (
                "digital_signature",
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        usage = x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage)
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(authority_key, hashes.SHA256()), key


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def server_context(certificate, key):
    """Return a server's SSL context; the key touches the disk for a moment only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder, "chain.pem")
        chain.write_text(pem(certificate) + secret.decode())
        context.load_cert_chain(chain)
    return context


class TestCertificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = certificate("Throw-away CA")
        cls.bank = cls.serve(cls.authority)

    @classmethod
    def serve(cls, authority, **options):
        host = certificate("bank.example", authority, **options)
        bank = FakeBank(tls=server_context(*host))
        cls.addClassCleanup(bank.close)
        bank.on(ACCOUNTS, data({"Account": []}))
        return bank

    def accounts(self, ca_bundle_pem=None, bank=None):
        sleep = Sleeper()
        client = tochka_api.TochkaClient(
            (bank or self.bank).url,
            tochka_api.StaticToken(TOKEN),
            ca_bundle_pem=ca_bundle_pem,
            sleep=sleep,
        )
        with client:
            try:
                return client.accounts()
            finally:
                self.assertEqual((client.requests_made, sleep.slept), (1, []))

    def test_an_unknown_ca_is_refused_at_once(self):
        with self.assertRaises(tochka_api.UnknownCertificate) as caught:
            self.accounts()
        self.assertIsInstance(caught.exception, tochka_api.AskHuman)
        self.assertRegex(str(caught.exception), "certificate")

    def test_the_added_ca_is_trusted(self):
        self.assertEqual(self.accounts(pem(self.authority[0])), [])

    def test_a_bundle_with_russian_comments_is_read(self):
        other = pem(certificate("Another CA")[0])
        bundle = f"# Корневой\n{other}\n# Наш\n{pem(self.authority[0])}# конец"
        self.assertEqual(self.accounts(bundle), [])

    def test_a_blank_bundle_adds_nothing(self):
        with self.assertRaises(tochka_api.UnknownCertificate):
            self.accounts(" \n")

    def test_another_ca_does_not_help(self):
        with self.assertRaises(tochka_api.UnknownCertificate):
            self.accounts(pem(certificate("Another CA")[0]))

    def test_a_certificate_for_another_host_is_refused(self):
        bank = self.serve(self.authority, address="127.0.0.2")
        with self.assertRaises(tochka_api.UnknownCertificate):
            self.accounts(pem(self.authority[0]), bank)

    def test_a_pem_text_that_is_none_says_so_before_anything_is_sent(self):
        cut = pem(self.authority[0])
        cut = cut[:80] + cut[140:]
        for text in ("not a certificate", cut, "-----BEGIN CERTIFICATE-----"):
            with self.subTest(text[:30]):
                with self.assertRaisesRegex(tochka_api.UnknownCertificate, "PEM"):
                    tochka_api.TochkaClient(
                        self.bank.url,
                        tochka_api.StaticToken(TOKEN),
                        ca_bundle_pem=text,
                    )

    def test_the_added_ca_serves_oauth_too(self):
        self.bank.on("/connect/token", {"access_token": "a", "refresh_token": "r"})
        app = tochka_api.OAuthApp(
            "app",
            "secret",
            "https://odoo.example",
            base_url=self.bank.url,
            ca_bundle_pem=pem(self.authority[0]),
        )
        self.assertEqual(app.exchange("code").access_token, "a")

    def test_certifis_certificates_stay_trusted_beside_the_added_one(self):
        from tochka_api.certificates import context_with

        context = context_with(pem(self.authority[0]))
        self.assertEqual(context.verify_mode, ssl.CERT_REQUIRED)
        self.assertGreater(len(context.get_ca_certs()), 50)


if __name__ == "__main__":
    unittest.main()
