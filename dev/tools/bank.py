"""Run the simulated bank as a child process, and fill in its pages as a person does."""

import json
import subprocess
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from .environment import DevEnvironment
from .paths import CHECKOUT


class SimulatedBank:
    """A running simulator; it ends with the `with` block."""

    def __init__(self, dev: DevEnvironment, seed: int = 1):
        """Start the bank and wait until it is ready."""
        self.process = subprocess.Popen(
            [str(dev.python), "-m", "simulator", "--port", "0", "--seed", str(seed)]
            + ["--until-stdin-closes"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.info = json.loads(self.process.stdout.readline())

    def __enter__(self) -> "SimulatedBank":
        """Return the running bank."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End the bank, which stops when its standard input closes."""
        self.process.stdin.close()
        self.process.wait(timeout=10)

    def control(self, path: str, **query: str) -> dict:
        """Return the JSON that a GET of the control API answers."""
        url = self.info["control_url"] + path
        return requests.get(url, params=query, timeout=30).json()

    def set(self, **settings: object) -> None:
        """Change settings of the bank; `simulator/README.md` lists them."""
        url = self.info["control_url"] + "/settings"
        requests.post(url, json=settings, timeout=30).raise_for_status()


class _Forms(HTMLParser):
    """The first form of a page: its address, its fields, its buttons by id."""

    def __init__(self, page: str):
        super().__init__()
        self.action, self.fields, self.buttons = "", [], {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        seen = dict(attrs)
        if tag == "form":
            self.action = seen["action"]
        elif tag == "input" and seen.get("name"):
            self.fields.append((seen["name"], seen.get("value") or ""))
        elif tag == "button" and seen.get("id"):
            pressed = seen.get("name"), seen.get("value")
            self.buttons[seen["id"]] = [pressed] if pressed[0] else []


def allow_access(session: requests.Session, url: str, term: str) -> requests.Response:
    """Sign in on the bank's page, give consent for `term` days; return the last page.

    `session` stands for the browser: the redirect to Odoo needs its cookies.
    """
    page = session.get(url, timeout=30)
    for button, more in (("login", []), ("allow", [("term", term)])):
        form = _Forms(page.text)
        data = [*form.fields, *more, *form.buttons[button]]
        page = session.post(urljoin(page.url, form.action), data=data, timeout=120)
    return page
