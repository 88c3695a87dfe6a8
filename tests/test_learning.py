from odoo.tests import tagged

from .rows import RowsCase


@tagged("post_install", "-at_install")
class TestLearning(RowsCase):
    def setUp(self):
        super().setUp()
        self.env["cash.flow.rule"].search([]).active = False
        self.rent, self.office = self.item("out_rent"), self.item("out_office")
        self.partner.vat = "7700004010"
        self.Memory = self.env["cash.flow.memory"]

    def _pay(self, amount=-100.0, **values):
        line = self.line(amount, partner=self.partner, **values)
        self.assertEqual(line.partner_id, self.partner)
        return line.with_user(self.accountant)

    def _memory(self):
        return [
            (one.partner_id, one.payee, one.direction, one.cash_flow_item_id, one.times)
            for one in self.Memory.search([("company_id", "=", self.company.id)])
        ]

    def test_what_a_person_sets_is_noted_and_proposed_next_time(self):
        line = self._pay()
        self.assertFalse(line.cash_flow_item_id)
        line.cash_flow_item_id = self.rent
        self.assertEqual(line.tochka_item_source, "hand")
        self.assertEqual(self._memory(), [(self.partner, False, "out", self.rent, 1)])
        following, other_way = self._pay(), self._pay(100.0)
        self.assertEqual(
            (following.cash_flow_item_id, following.tochka_item_source),
            (self.rent, "memory"),
        )
        self.assertFalse(other_way.cash_flow_item_id)

    def test_a_payee_is_remembered_where_there_is_no_partner(self):
        bank = {"partner_name": "ООО «Банк Точка»", "account_number": "30232810"}
        first = self.line(**bank)
        first.with_context(tochka_recognising=True).write(
            {"partner_id": False, "tochka_payee": "STROYDVOR, Na Gorke"}
        )
        first.cash_flow_item_id = self.office
        self.assertEqual(
            self._memory(),
            [(self.env["res.partner"], "stroydvor na gorke", "out", self.office, 1)],
        )
        row = self.row(payee="Stroydvor  NA GORKE", **bank)
        self.assertEqual(row._remembered(set(row.ids)), {row.id: self.office})

    def test_payments_to_the_budget_are_not_remembered(self):
        line = self._pay(kbk="18201061201010000510")
        line.cash_flow_item_id = self.rent
        self.assertEqual(self._memory(), [])
        self._pay().cash_flow_item_id = self.rent
        self.assertFalse(self._pay(kbk="39310202050").cash_flow_item_id)

    def test_another_item_begins_anew(self):
        for item, times in (
            (self.rent, 1),
            (self.rent, 2),
            (self.office, 1),
            (self.rent, 1),
        ):
            line = self._pay()
            line.cash_flow_item_id = False
            line.cash_flow_item_id = item
            self.assertEqual(
                self._memory(), [(self.partner, False, "out", item, times)]
            )

    def test_recognition_and_core_are_no_persons(self):
        line = self._pay()
        line.with_context(tochka_recognising=True).cash_flow_item_id = self.rent
        self.assertFalse(line.tochka_item_source)
        other = self.env["res.partner"].create({"name": "Другой"})
        source = line.tochka_partner_source
        line.with_context(skip_account_move_synchronization=True).partner_id = other
        self.assertEqual(line.partner_id, other)
        self.assertEqual(line.tochka_partner_source, source)
        self.assertEqual(self._memory(), [])

    def test_a_partner_set_by_hand_reaches_the_register(self):
        line = self._pay()
        other = self.env["res.partner"].create({"name": "Другой"})
        line.partner_id = other
        self.assertEqual(line.tochka_partner_source, "hand")
        self.assertEqual(line.sudo().tochka_transaction_id.partner_id, other)

    def test_a_confirmed_payment_teaches_nothing(self):
        line = self._pay()
        line.action_tochka_confirm()
        line.cash_flow_item_id = self.rent
        self.assertFalse(line.tochka_item_source)
        self.assertEqual(self._memory(), [])

    def test_setting_an_item_takes_the_rule_off(self):
        self.rule(direction="out", cash_flow_item_id=self.rent.id)
        line = self._pay()
        self.assertTrue(line.cash_flow_rule_id)
        line.cash_flow_item_id = self.office
        self.assertFalse(line.cash_flow_rule_id)

    # === ALWAYS DO SO? === #

    def _correct_twice(self):
        self.confirmed = self._pay()
        self.confirmed.action_tochka_confirm()
        self.waiting = self._pay()
        first, second = self._pay(), self._pay()
        first.cash_flow_item_id = self.rent
        self.assertFalse(first.tochka_always_offer())
        second.cash_flow_item_id = self.rent
        return second

    def test_the_second_correction_offers_a_rule_once(self):
        second = self._correct_twice()
        offer = second.tochka_always_offer()
        memory = self.Memory.search([("company_id", "=", self.company.id)])
        self.assertEqual(
            offer,
            {
                "memory_id": memory.id,
                "title": "Always do so?",
                "message": "You have set “Premises / Rent” for Старый элеватор again."
                " Make it a rule? New payments it would touch: 1.",
                "count": 1,
            },
        )
        self.assertFalse(second.tochka_always_offer())
        message = memory.with_user(self.accountant).action_always()["params"]["message"]
        self.assertEqual(message, "Payments changed: 1.")
        rule = memory.rule_id
        self.assertEqual(
            (rule.partner_ids, rule.direction, rule.cash_flow_item_id, rule.general),
            (self.partner, "out", self.rent, False),
        )
        self.assertEqual(
            (self.waiting.cash_flow_item_id, self.waiting.cash_flow_rule_id),
            (self.rent, rule),
        )
        self.assertFalse(self.confirmed.cash_flow_item_id)
        again = memory.action_always()["params"]["message"]
        self.assertEqual(again, "Payments changed: 0.")
        self.assertEqual(memory.rule_id, rule)
        self.assertEqual(memory.offer, "accepted")
        self.assertEqual(self._pay().cash_flow_rule_id, rule)

    def test_a_declined_offer_comes_back_for_another_item_only(self):
        second = self._correct_twice()
        memory = self.Memory.browse(second.tochka_always_offer()["memory_id"])
        memory.with_user(self.accountant).action_not_always()
        third = self._pay()
        third.cash_flow_item_id = False
        third.cash_flow_item_id = self.rent
        self.assertFalse(third.tochka_always_offer())
        for line in (self._pay(), self._pay()):
            line.cash_flow_item_id = self.office
        self.assertEqual(line.tochka_always_offer()["memory_id"], memory.id)

    def test_a_payees_rule(self):
        lines = self.book(self.row(partner_name="Банк") | self.row(partner_name="Банк"))
        lines.with_context(tochka_recognising=True).write(
            {"partner_id": False, "tochka_payee": "STROYDVOR"}
        )
        lines.cash_flow_item_id = self.office
        offer = lines.tochka_always_offer()
        self.Memory.browse(offer["memory_id"]).action_always()
        memory = self.Memory.browse(offer["memory_id"])
        row = self.row(payee="Stroydvor") | self.row(payee="Stroydvorik")
        self.assertEqual(memory.rule_id._first_of(row.ids), {row[0].id: memory.rule_id})

    # === RECOGNISE AGAIN === #

    def test_recognising_again_leaves_what_was_set_by_hand(self):
        by_hand, plain, confirmed = self._pay(), self._pay(), self._pay()
        by_hand.cash_flow_item_id = self.office
        other = self.env["res.partner"].create({"name": "Другой"})
        by_hand.partner_id = other
        confirmed.action_tochka_confirm()
        self.rule(direction="out", cash_flow_item_id=self.rent.id)
        lines = by_hand | plain | confirmed
        message = lines.action_tochka_recognise()["params"]["message"]
        self.assertEqual(message, "Payments changed: 1.")
        self.assertEqual(
            [(one.cash_flow_item_id, one.partner_id) for one in lines],
            [
                (self.office, other),
                (self.rent, self.partner),
                (self.env["cash.flow.item"], self.partner),
            ],
        )
        self.assertEqual(by_hand.tochka_partner_source, "hand")
        row = by_hand.sudo().tochka_transaction_id
        self.assertEqual(row.partner_id, other)
        again = lines.action_tochka_recognise()["params"]["message"]
        self.assertEqual(again, "Payments changed: 0.")
