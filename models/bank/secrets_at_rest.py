"""Encryption of the connection's secrets at rest.

The key never lives in the database: it comes from `tochka_encryption_key` of the
server's configuration (any Fernet key), else from a file beside the filestore that is
made on first use. A copied database alone therefore opens nothing.
"""

import json
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from odoo.tools import config

_KEY_FILE = "account_tochka.key"


def _read_or_make_key():
    """Return the Fernet key (bytes); make its file (mode 0600) when there is none."""
    configured = config.get("tochka_encryption_key")
    if configured:
        return configured.encode()
    path = Path(config["data_dir"]) / _KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key())
    return path.read_bytes()


def seal(values):
    """Encrypt a dict of JSON values.

    :return str: the text to store
    """
    text = json.dumps(values, separators=(",", ":"))
    return Fernet(_read_or_make_key()).encrypt(text.encode()).decode()


def unseal(text):
    """Decrypt what `seal` made.

    :return dict: empty for an empty text and for one sealed with another key (a copied
        database): its connection then has no access and says so.
    """
    if not text:
        return {}
    try:
        return json.loads(Fernet(_read_or_make_key()).decrypt(text.encode()))
    except InvalidToken:
        return {}
