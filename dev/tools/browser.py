"""The browser of the tours: Odoo's tests look for it on the PATH themselves."""

import shutil

from .debian import install_as_root
from .install import locked
from .progress import step

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def ensure_browser() -> None:
    """Make sure a Chromium is there: install it when root, else raise `DevError`."""
    if not executable():
        with locked("chromium"):
            if not executable():
                with step("Chromium"):
                    install_as_root("chromium", "fonts-liberation")


def executable() -> str | None:
    """Return the path of the browser, None when there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)
