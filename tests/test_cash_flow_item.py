from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.cash_flow.conditions import way
from .rows import RowsCase


@tagged("post_install", "-at_install")
class TestCashFlowItem(RowsCase):
    def _refused(self, item):
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            item.with_user(self.accountant).unlink()
        self.assertTrue(item.exists())

    def _fresh(self, **values):
        return self.env["cash.flow.item"].create({"name": "Fresh", **values})

    def test_an_item_in_use_is_kept(self):
        line = self.line()
        in_payment, in_part, in_rule, parent = (self._fresh() for _ in range(4))
        line.cash_flow_item_id = in_payment
        self.env["cash.flow.part"].create(
            {"line_id": line.id, "amount": -1, "cash_flow_item_id": in_part.id}
        )
        self.rule(direction="out", cash_flow_item_id=in_rule.id).active = False
        self._fresh(parent_id=parent.id)
        for item in (in_payment, in_part, in_rule, parent):
            self._refused(item)

    def test_an_unused_item_goes_with_what_was_learnt(self):
        item = self._fresh()
        memory = self.env["cash.flow.memory"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.partner.id,
                "direction": "out",
                "cash_flow_item_id": item.id,
            }
        )
        item.unlink()
        self.assertFalse(memory.exists())

    def test_an_item_is_no_part_of_itself(self):
        item = self._fresh()
        child = self._fresh(parent_id=item.id)
        with self.assertRaises(UserError):
            item.parent_id = child

    def test_a_part_shows_its_parent(self):
        self.assertEqual(self.item("out_rent").display_name, "Premises / Rent")

    def test_every_default_rule_has_an_item_of_its_direction(self):
        rules = self.env["cash.flow.rule"].search([("company_id", "=", False)])
        self.assertGreater(len(rules), 60)
        self.assertEqual(
            [(rule.name, way(rule)) for rule in rules],
            [(rule.name, rule.cash_flow_item_id.direction) for rule in rules],
        )
