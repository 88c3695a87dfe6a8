"""Find or install the Chromium that tours need; Odoo's tests take it from the PATH."""

import shutil

from .debian import install_as_root
from .install import locked
from .progress import step

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def ensure_browser() -> None:
    """Install Chromium where it is missing; raise `DevError` without root."""
    if not executable():
        with locked("chromium"):
            if not executable():
                with step("Chromium"):
                    install_as_root("chromium", "fonts-liberation")


def executable() -> str | None:
    """Return the path of the browser, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)
