"""What is known of the bank: cited sections are there, examples fit the schema."""

import json
import re
import unittest
from decimal import Decimal
from pathlib import Path

from openapi import documents

ADDON = Path(__file__).resolve().parents[2]
TEXT = (ADDON / "docs" / "bank_api.md").read_text(encoding="utf-8")
CITED = re.compile(r"§(\d+(?:\.\d+)?)")
EXAMPLE = re.compile(r"<!-- schema: (\w+) -->\n *```json\n(.*?)```", re.DOTALL)


class TestBankApi(unittest.TestCase):
    def test_cited_sections_are_there(self):
        there = set(re.findall(r"^##+ (\d+(?:\.\d+)?) ", TEXT, re.MULTILINE))
        files = [*ADDON.rglob("*.py"), *ADDON.glob("simulator/*.json")]
        files.append(ADDON / "docs" / "bank_api.md")
        cited = 0
        for path in files:
            for section in CITED.findall(path.read_text(encoding="utf-8")):
                with self.subTest(path.relative_to(ADDON)):
                    self.assertIn(section, there)
                cited += 1
        self.assertGreater(cited, 100)

    def test_examples_fit_the_schema(self):
        ours = documents()["ours"]
        examples = EXAMPLE.findall(TEXT)
        self.assertEqual(len(examples), TEXT.count("```json"))
        for name, example in examples:
            schema = {"$ref": f"#/components/schemas/{name}"}
            with self.subTest(name):
                self.assertEqual(ours.errors(schema, json.loads(example)), [])

    def test_the_example_of_a_statement_is_whole(self):
        example = dict(EXAMPLE.findall(TEXT))["Statements"]
        answer = json.loads(example, parse_float=Decimal)
        (statement,) = answer["Data"]["Statement"]
        balance = statement["startDateBalance"]
        for row in statement["Transaction"]:
            sign = 1 if row["creditDebitIndicator"] == "Credit" else -1
            balance += sign * row["Amount"]["amount"]
        self.assertEqual(balance, statement["endDateBalance"])


if __name__ == "__main__":
    unittest.main()
