"""A self-made certificate authority and a certificate for this machine."""

from __future__ import annotations

import ipaddress
import os
import ssl
import tempfile
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CA_USES = {"key_cert_sign", "crl_sign"}
_HOST_USES = {"digital_signature"}
_ALL_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _usage(uses: set[str]) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in uses for name in _ALL_USES})


def _builder(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, uses: set[str]
) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc)
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(_usage(uses), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(public), critical=False
        )
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make() -> tuple[ssl.SSLContext, str]:
    """Return a server context for localhost and the PEM of the CA that signed it."""
    authority = ec.generate_private_key(ec.SECP256R1())
    title = "Simulated bank root CA"
    root = (
        _builder(title, title, authority, _CA_USES)
        .add_extension(x509.BasicConstraints(True, 0), critical=True)
        .sign(authority, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(ip)) for ip in ("127.0.0.1", "::1")]
    vouched = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    host = (
        _builder("localhost", title, key, _HOST_USES)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .add_extension(vouched, critical=False)
        .sign(authority, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(
        pem,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(context, host.public_bytes(pem) + secret)
    return context, root.public_bytes(pem).decode()


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    """Load a chain by a temporary file, because the ssl module takes only files."""
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
        context.load_cert_chain(path)
    finally:
        os.unlink(path)
