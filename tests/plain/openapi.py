"""OpenAPI documents: the simulator's own and, where it is at hand, the bank's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "simulator" / "openapi.json"
# The bank's document is not ours to publish: it may lie beside the checkout.
BANKS = ROOT.parent / "shared" / "facts" / "tochka_openapi.json"
# The bank describes these in prose alone (docs/bank_api.md §1.4, §4.2).
IN_PROSE = ("/connect/", "/doc/")
# What a schema says of a value; the rest are words, or rules of ours that are
# narrower than the bank's (`pattern`).
TELLING = ("type", "const", "format", "minLength", "maxLength")
FORMATS = jsonschema.FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value) -> bool:
    """Check a moment of RFC 3339, which jsonschema leaves to another library."""
    if isinstance(value, str):
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return "T" in value and moment.tzinfo is not None
    return True


@FORMATS.checks("uri", raises=ValueError)
def _is_address(value) -> bool:
    """Check a whole address, which jsonschema leaves to another library."""
    if isinstance(value, str):
        parts = urlsplit(value)
        return bool(parts.scheme and parts.netloc)
    return True


class OpenApi:
    """A document, and what it says of one request or answer."""

    def __init__(self, document: dict):
        self.document = document

    @classmethod
    def read(cls, path: Path) -> OpenApi:
        """Read a document from a JSON file."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def operations(self) -> Iterator[tuple[str, str, dict]]:
        """Yield the method, the path and the description of every operation."""
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method in ("get", "put", "post", "delete"):
                    yield method.upper(), path, operation

    def operation(self, method: str, path: str) -> dict:
        """Return the operation a request belongs to (path without its query).

        :raise LookupError: there is none
        """
        for known, template, operation in self.operations():
            if known == method and _pattern(template).fullmatch(path):
                return operation
        raise LookupError(f"{method} {path}")

    def resolved(self, node: dict) -> dict:
        """Return what a node refers to, or the node itself."""
        while "$ref" in node:
            target = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def parameters(self, method: str, path: str) -> list[dict]:
        """Return the parameters of an operation, those of its path among them."""
        item = self.document["paths"][path]
        found = [
            *item.get("parameters", []),
            *item[method.lower()].get("parameters", []),
        ]
        return [self.resolved(one) for one in found]

    def request_schema(self, method: str, path: str) -> dict | None:
        """Return the schema of a request's body, None where there is no body."""
        body = self.operation(method, path).get("requestBody")
        return body and self._content(body)

    def answer_schema(self, method: str, path: str, status: int | str) -> dict:
        """Return the schema of an answer of this status, or of any other."""
        responses = self.operation(method, path)["responses"]
        return self._content(responses.get(str(status)) or responses["default"])

    def event_schema(self, name: str) -> dict:
        """Return the schema of the payload of an event."""
        return self._content(self.document["webhooks"][name]["post"]["requestBody"])

    def inside(self, schema: dict, *names: str) -> dict:
        """Return the schema of a property inside; of lists, that of their items."""
        for name in names:
            schema = self.resolved(self.resolved(schema)["properties"][name])
            schema = schema.get("items", schema)
        return schema

    def _content(self, node: dict) -> dict:
        (content,) = self.resolved(node)["content"].values()
        return content["schema"]

    def errors(self, schema: dict, value) -> list[str]:
        """List what is wrong with a value, unknown keys among it."""
        schema = self.resolved(schema)
        if "anyOf" in schema:
            found = [self.errors(branch, value) for branch in schema["anyOf"]]
            return min(found, key=len)
        whole = {**schema, "components": self.document["components"]}
        checker = jsonschema.Draft202012Validator(whole, format_checker=FORMATS)
        found = [f"{e.json_path}: {e.message}" for e in checker.iter_errors(value)]
        return found + self._strange(schema, value, "$")

    def _strange(self, schema: dict, value, where: str) -> list[str]:
        schema = self.resolved(schema)
        found = []
        if isinstance(value, dict) and "properties" in schema:
            for key, inner in value.items():
                if key not in schema["properties"]:
                    found.append(f"{where}: unknown key {key}")
                    continue
                inside = schema["properties"][key]
                found += self._strange(inside, inner, f"{where}.{key}")
        if isinstance(value, list):
            for place, inner in enumerate(value):
                inside = schema.get("items", {})
                found += self._strange(inside, inner, f"{where}[{place}]")
        return found

    def bare(self, schema: dict | None) -> dict | None:
        """Return a schema with its references followed and its words left out.

        Two schemas that admit the same values have equal bare forms, whatever
        their parts are called; `pattern` is left out.
        """
        if schema is None:
            return None
        schema = self.resolved(schema)
        made = {key: schema[key] for key in TELLING if key in schema}
        for key in ("required", "enum"):
            if key in schema:
                made[key] = sorted(schema[key])
        if "properties" in schema:
            inside = schema["properties"].items()
            made["properties"] = {name: self.bare(inner) for name, inner in inside}
        if "items" in schema:
            made["items"] = self.bare(schema["items"])
        if "anyOf" in schema:
            made["anyOf"] = [self.bare(branch) for branch in schema["anyOf"]]
        return made


def _pattern(template: str) -> re.Pattern:
    text = re.escape(template).replace(r"\{accountId\}", r"[^/]+/\d+")
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", text))


def documents() -> dict[str, OpenApi]:
    """Return the documents that are there: always ours, perhaps the bank's."""
    paths = {"ours": OURS, "the bank's": BANKS}
    return {name: OpenApi.read(path) for name, path in paths.items() if path.exists()}


def differences(ours: OpenApi, theirs: OpenApi) -> list[str]:
    """List where our document says something else than the bank's.

    Compared are the operations of ours: parameters, permissions (we may demand
    more), bodies, and the answers of every status the bank declares. Where ours
    allows several forms of an answer, the bank's has to be one of them.
    """
    known = {(method, path) for method, path, _operation in theirs.operations()}
    found = []
    for method, path, operation in ours.operations():
        where = f"{method} {path}"
        if (method, path) not in known:
            if not path.startswith(IN_PROSE):
                found.append(f"{where}: the bank has no such operation")
            continue
        other = theirs.document["paths"][path][method.lower()]
        if _parameters(ours, method, path) != _parameters(theirs, method, path):
            found.append(f"{where}: other parameters")
        if not _permissions(other) <= _permissions(operation):
            found.append(f"{where}: other permissions")
        # The path itself, its names in braces, is a path like any other.
        sample = path.replace("{accountId}", "1/1")
        found += _apart(
            ours.bare(ours.request_schema(method, sample)),
            theirs.bare(theirs.request_schema(method, sample)),
            f"{where} body",
        )
        for status in other["responses"]:
            schema = ours.bare(ours.answer_schema(method, sample, status))
            wanted = theirs.bare(theirs.answer_schema(method, sample, status))
            if wanted not in schema.get("anyOf", ()):
                found += _apart(schema, wanted, f"{where} {status}")
    return found


def _parameters(document: OpenApi, method: str, path: str) -> set[tuple]:
    return {
        (one["name"], one["in"], one.get("required", False), one["schema"]["type"])
        for one in document.parameters(method, path)
    }


def _permissions(operation: dict) -> set[str]:
    found = operation.get("security", [])
    return {name for one in found for names in one.values() for name in names}


def _apart(ours, theirs, where: str) -> list[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        keys = [*ours, *(key for key in theirs if key not in ours)]
        return [
            line
            for key in keys
            for line in _apart(ours.get(key), theirs.get(key), f"{where}.{key}")
        ]
    return [] if ours == theirs else [f"{where}: {ours!r} here, {theirs!r} there"]
