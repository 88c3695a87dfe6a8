"""Paths: the checkout, the shared cache, this checkout's folder in the cache."""

import hashlib
import os
from pathlib import Path

ADDON = "account_tochka"
CHECKOUT = Path(__file__).resolve().parents[2]
REQUIREMENTS = CHECKOUT / "dev" / "requirements.txt"
KEPT_LOGS = 10


def cache() -> Path:
    """Return the folder of downloads, shared by all checkouts of one person."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / ADDON
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def workdir() -> Path:
    """Return this checkout's own folder in the cache: links, logs, screenshots."""
    key = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    folder = cache() / "checkouts" / f"{CHECKOUT.name}-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def logs() -> Path:
    """Return the folder of this checkout's logs."""
    folder = workdir() / "logs"
    folder.mkdir(exist_ok=True)
    return folder


def new_log(name: str) -> Path:
    """Return a new log file for the command `name`; delete all but the last few."""
    for old in sorted(logs().glob(f"{name}-*.log"), key=os.path.getmtime)[:-KEPT_LOGS]:
        old.unlink(missing_ok=True)
    return logs() / f"{name}-{os.getpid()}.log"


def digest(*parts: object) -> str:
    """Return a short key that changes whenever one of `parts` does."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]
