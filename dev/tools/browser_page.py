"""A page in Chromium, driven by Playwright, that takes screenshots."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from .browser import ensure_browser, executable
from .errors import DevError
from .install import build_once
from .paths import REQUIREMENTS, cache, digest
from .progress import step

LIBRARIES = REQUIREMENTS.with_name("requirements-screenshots.txt")
SIZE = {"width": 1366, "height": 820}
SETTLED_MILLISECONDS = 600
# Chromium refuses to run its sandbox as root.
ARGUMENTS = [] if os.geteuid() else ["--no-sandbox"]


class BrowserPage:
    """The page of the browser: clicks, input, waiting, and numbered screenshots."""

    def __init__(self, page, folder: Path):
        """Use Playwright's `page`; screenshots go to `folder`."""
        self.page, self.folder = page, folder
        self.taken: list[Path] = []
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, message) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def screenshot(self, name: str, *, whole: bool = False) -> None:
        """Take the next screenshot: of the window, or with `whole` of the full page."""
        self.page.mouse.move(5, SIZE["height"] - 5)
        self.page.wait_for_timeout(SETTLED_MILLISECONDS)
        path = self.folder / f"{len(self.taken) + 1:02}-{name}.png"
        self.page.screenshot(path=str(path), full_page=whole)
        self.taken.append(path)

    def wait_for(self, selector: str, number: int | None = None):
        """Wait until the first match, or the match `number`, is visible; return it."""
        found = self.page.locator(selector)
        found = found.first if number is None else found.nth(number)
        found.wait_for()
        return found

    def wait_until_gone(self, selector: str) -> None:
        """Wait until nothing matches."""
        self.page.locator(selector).first.wait_for(state="detached")

    def click(self, selector: str, number: int | None = None) -> None:
        """Click the first match, or the match `number`."""
        self.wait_for(selector, number).click()

    def press(self, name: str, within: str = "") -> None:
        """Click the button with the technical name `name`."""
        self.click(f"{within} button[name='{name}']:visible")

    def write(self, field: str, text: str, within: str = ".o_form_view") -> None:
        """Type into a field of a form."""
        self.wait_for(f"{within} .o_field_widget[name='{field}'] input").fill(text)

    def write_day(self, field: str, day: date) -> None:
        """Type a date (DD.MM.YYYY) into a field of the open dialog."""
        self.click(f".modal .o_field_widget[name='{field}']")
        place = self.wait_for(f".modal .o_field_widget[name='{field}'] input")
        place.fill(f"{day:%d.%m.%Y}")
        place.press("Tab")

    def close_notifications(self) -> None:
        """Close all notifications, so that they do not cover the next screenshot."""
        for button in self.page.locator(".o_notification_close").all():
            button.click()
        self.wait_until_gone(".o_notification")


@contextlib.contextmanager
def open_page(folder: Path) -> Iterator[BrowserPage]:
    """Open a page in the browser; it closes with the `with` block."""
    ensure_browser()
    sys.path.append(str(build_once(cache() / "screenshots" / _key(), _install)))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=ARGUMENTS
        )
        page = browser.new_page(
            viewport=SIZE, locale="ru-RU", timezone_id="Europe/Moscow"
        )
        page.set_default_timeout(30_000)
        yield BrowserPage(page, folder)
        browser.close()


def _key() -> str:
    return digest(sys.version, LIBRARIES.read_text())


def _install(folder: Path) -> None:
    with step("Playwright (51 MB)"):
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps"]
        pip += ["--disable-pip-version-check", "--target", str(folder)]
        done = subprocess.run([*pip, "-r", str(LIBRARIES)], stdout=2)
        if done.returncode:
            raise DevError(f"The libraries of {LIBRARIES.name} could not be installed.")
