"""The default rules, tried on purposes as people and the bank write them."""

import csv
from pathlib import Path

from odoo.tests import tagged

from .rows import BUSINESS_ACCOUNT, PERSON_ACCOUNT, RowsCase

TREASURY = "03100643000000018500"
CARDS = "30232810400000000001"
BANK_INCOME = "70601810400002710102"
OTHER_BANK = "30102810400000000001"
TRADER = "40802810900000012345"
PREFIX = "account_tochka.item_"
SHAPES = {
    "firm": {"account_number": BUSINESS_ACCOUNT},
    "trader": {"account_number": TRADER, "partner_name": "ИП Стрижов Архип Нилович"},
    "person": {"account_number": PERSON_ACCOUNT, "partner_name": "Чижикова Ульяна"},
    "budget": {
        "account_number": TREASURY,
        "partner_name": "Казначейство России (ФНС России)",
    },
    "cards": {
        "account_number": CARDS,
        "partner_name": 'ООО "Банк Точка"',
        "type_code": "Банковский ордер",
    },
    "bank": {
        "account_number": BANK_INCOME,
        "partner_name": 'ООО "Банк Точка"',
        "type_code": "Банковский ордер",
    },
    "otherbank": {
        "account_number": OTHER_BANK,
        "partner_name": "ПАО Банк «Кедр»",
        "type_code": "Банковский ордер",
    },
    "none": {"account_number": False, "partner_name": False},
}


def cases():
    """Return the rows of the table: (item or "", direction, values of the row)."""
    with open(Path(__file__).with_name("default_rules.csv"), newline="") as file:
        for case in csv.DictReader(file):
            values = {**SHAPES[case.pop("from")]}
            item, way = case.pop("item"), case.pop("direction")
            yield item, way, values | {k: v for k, v in case.items() if v}


@tagged("post_install", "-at_install")
class TestDefaultRules(RowsCase):
    def test_each_payment_gets_its_item_or_none(self):
        table = list(cases())
        rows = [
            self.row(5000.0 if way == "in" else -5000.0, **values)
            for _item, way, values in table
        ]
        found = self.env["tochka.transaction"].sudo().union(*rows)._recognise()
        names = {
            item.id: item.get_external_id()[item.id].removeprefix(PREFIX)
            for item in self.env["cash.flow.item"].search([])
        }
        self.assertGreater(len(table), 450)
        self.assertEqual(
            [(names.get(found[r]["cash_flow_item_id"], ""), r.purpose) for r in rows],
            [(item, values["purpose"]) for item, _way, values in table],
        )
