"""The simulator's schema: sound, of what the simulator serves, and the bank's own."""

from __future__ import annotations

import copy
import unittest

import jsonschema
from openapi import IN_PROSE, OURS, OpenApi, differences, documents
from simulator_support import escaped

from simulator import routes

# Pages for a person, which no schema describes.
PAGES = {"/connect/authorize", "/connect/login"}
NAMES = {
    "accountId": escaped("40702810401500012345/044525104"),
    "statementId": "x",
    "consentId": "x",
    "customerCode": "x",
    "client_id": "x",
}


def nodes(value):
    """Yield every object of a document."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


class TestSchema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = OpenApi.read(OURS)

    def test_every_schema_is_one(self):
        for name, schema in self.ours.document["components"]["schemas"].items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)
                for node in nodes(schema):
                    if node.get("type") == "object":
                        required = set(node.get("required", ()))
                        self.assertLessEqual(required, set(node.get("properties", ())))

    def test_every_component_is_used_and_every_reference_leads_somewhere(self):
        used = {node["$ref"] for node in nodes(self.ours.document) if "$ref" in node}
        for name in used:
            self.assertTrue(self.ours.resolved({"$ref": name}))
        components = self.ours.document["components"]
        known = {
            f"#/components/{kind}/{name}"
            for kind in ("schemas", "responses", "parameters")
            for name in components[kind]
        }
        self.assertEqual(used, known)

    def test_it_describes_the_operations_of_the_simulator(self):
        served = set()
        for method, path, operation in self.ours.operations():
            if path.startswith(IN_PROSE):
                self.assertIn((method, path), routes.PLAIN)
                served.add((method, path))
                continue
            found = [
                route
                for route in routes.API
                if route.method == method
                and route.path.fullmatch("/uapi" + path.format(**NAMES))
            ]
            self.assertEqual(len(found), 1, path)
            served.add(found[0])
            ((_scheme, permissions),) = operation["security"][0].items()
            self.assertEqual(permissions, list(found[0].permissions))
        pages = {(method, path) for method, path in routes.PLAIN if path in PAGES}
        self.assertEqual(served | pages, {*routes.API, *routes.PLAIN})

    def test_it_agrees_with_the_documents_at_hand(self):
        for name, document in documents().items():
            with self.subTest(name):
                self.assertEqual(differences(self.ours, document), [])

    def spoiled(self, *steps, value=None):
        """Return what differs when one place of the document holds another value."""
        document = copy.deepcopy(self.ours.document)
        place = document
        for step in steps[:-1]:
            place = place[step]
        if value is None:
            del place[steps[-1]]
        else:
            place[steps[-1]] = value
        return differences(self.ours, OpenApi(document))

    def test_a_disagreement_is_found(self):
        parts = ("components", "schemas")
        direction = self.ours.document["components"]["schemas"]["Direction"]
        direction = {**direction, "description": "Words, which do not count"}
        self.assertEqual(self.spoiled(*parts, "Direction", value=direction), [])
        party = (*parts, "Party", "properties")
        row = (*parts, "Transaction", "properties")
        lists = (*parts, "Accounts", "properties", "Data")
        accounts, statements = (
            ("paths", f"/open-banking/v1.0/{name}")
            for name in ("accounts", "statements")
        )
        for steps, value in (
            ((*party, "owner"), {"type": "string"}),
            ((*party, "inn"), None),
            ((*party, "inn", "maxLength"), 10),
            ((*party, "inn", "type"), "integer"),
            ((*row, "documentProcessDate", "format"), None),
            ((*parts, "Account", "required"), ["accountId"]),
            ((*parts, "Direction", "enum"), ["Credit", "Debit", "None"]),
            ((*parts, "WebhookRequest", "required"), ["url"]),
            ((*parts, "Error", "required"), ["code"]),
            ((*parts, "Consent", "required"), ["consentId"]),
            (lists, {"$ref": "#/components/schemas/Account"}),
            ((*statements, "get", "parameters"), []),
            ((*accounts, "get", "security"), [{"consent": ["ReadEverything"]}]),
            (accounts, None),
        ):
            with self.subTest(steps):
                self.assertTrue(self.spoiled(*steps, value=value))


if __name__ == "__main__":
    unittest.main()
