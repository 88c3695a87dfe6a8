"""A client of Odoo's JSON-RPC: sign in and call public methods."""

import itertools
from typing import Any

import requests


class OdooError(Exception):
    """Odoo answered with an error; the text is the message a user sees."""


class OdooSession:
    """A session of one user of a running Odoo, over HTTP as in a browser."""

    def __init__(self, url: str, database: str, login: str, password: str):
        """Sign in; raise OdooError when Odoo refuses."""
        self.url = url
        self.http = requests.Session()
        self._numbers = itertools.count(1)
        self.uid = self._post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )["uid"]

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a public method of a model with a Russian context; return its result."""
        kwargs.setdefault("context", {})
        kwargs["context"] = {
            "lang": "ru_RU",
            "tz": "Europe/Moscow",
            **kwargs["context"],
        }
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def create(self, model: str, **values: Any) -> int:
        """Create one record; return its id."""
        return self.call(model, "create", [values])[0]

    def read(self, model: str, record_id: int, *names: str) -> dict[str, Any]:
        """Return the named fields of one record."""
        return self.call(model, "read", [record_id], list(names))[0]

    def search(self, model: str, domain: list, *names: str, **more: Any) -> list[dict]:
        """Return the named fields of the records that match `domain`."""
        return self.call(model, "search_read", domain, list(names), **more)

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "params": params}
        answer = self.http.post(self.url + path, json=body, timeout=120).json()
        if "error" in answer:
            raise OdooError(answer["error"]["data"]["message"])
        return answer.get("result")
