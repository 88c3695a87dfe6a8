"""Rules and items of all companies: the system administrator changes them alone."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .rows import RowsCase


@tagged("post_install", "-at_install")
class TestShared(RowsCase):
    def _kinds(self):
        item = self.item("out_rent")
        return (
            (
                self.env["cash.flow.rule"],
                {"name": "R", "direction": "out", "cash_flow_item_id": item.id},
            ),
            (self.env["cash.flow.item"], {"name": "I"}),
        )

    def test_an_accountant_changes_only_what_is_of_the_company(self):
        for model, values in self._kinds():
            shared = model.create({**values, "company_id": False})
            mine = model.with_user(self.accountant).create(values)
            self.assertEqual(mine.company_id, self.company)
            mine.name = "Mine"
            seen = shared.with_user(self.accountant)
            self.assertEqual(seen.name, values["name"])
            for change in (
                lambda seen=seen: seen.write({"name": "X"}),
                lambda seen=seen: seen.write({"company_id": self.company.id}),
                seen.unlink,
                lambda m=mine, v=values: m.create({**v, "company_id": False}),
                lambda mine=mine: mine.write({"company_id": False}),
            ):
                with self.assertRaises(AccessError):
                    change()
            self.assertEqual((mine.company_id, seen.name), (self.company, shared.name))
            mine.unlink()

    def test_a_system_administrator_changes_what_is_shared(self):
        system = self._make_user("tochka_system", "group_tochka_manager")
        system.group_ids += self.env.ref("base.group_system")
        for model, values in self._kinds():
            shared = model.with_user(system).create({**values, "company_id": False})
            shared.name = "Everybody's"
            self.assertFalse(shared.company_id)
            shared.unlink()

    def test_an_administrator_of_one_company_does_not(self):
        for model, values in self._kinds():
            mine = model.with_user(self.administrator)
            shared = model.create({**values, "company_id": False})
            with self.assertRaises(AccessError):
                mine.create({**values, "company_id": False})
            with self.assertRaises(AccessError):
                shared.with_user(self.administrator).name = "X"

    def test_another_company_is_behind_its_wall_for_all(self):
        other = self._make_company("Другие книги")
        for model, values in self._kinds():
            its = model.create({**values, "company_id": other.id})
            for user in (self.accountant, self.administrator):
                self.assertNotIn(its, model.with_user(user).search([]))
                with self.assertRaises(AccessError):
                    its.with_user(user).name = "X"
                with self.assertRaises(AccessError):
                    model.with_user(user).create({**values, "company_id": other.id})

    def test_the_default_ones_are_shared(self):
        for model, _values in self._kinds():
            given = self.env["ir.model.data"].search(
                [("module", "=", "account_tochka"), ("model", "=", model._name)]
            )
            records = model.browse(given.mapped("res_id"))
            self.assertTrue(records)
            self.assertFalse(records.company_id)

    def test_an_accountant_applies_a_shared_rule(self):
        line = self.line(purpose="Нечто")
        item = self.item("out_rent")
        rule = self.rule(
            company_id=False,
            sequence=1,
            purpose_words="нечто",
            cash_flow_item_id=item.id,
            auto_confirm=True,
        )
        action = rule.with_user(self.accountant).action_apply()
        self.assertEqual(action["params"]["message"], "Payments changed: 1.")
        self.assertEqual(
            (line.cash_flow_rule_id, line.tochka_review), (rule, "confirmed")
        )
