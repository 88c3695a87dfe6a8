from odoo.tests import tagged

from ..models.recognition.items import remembered
from ..models.register import bank_row
from .rows import BUSINESS_ACCOUNT, RowsCase


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
        first._write_recognised(
            {"partner_id": False, "tochka_payee": "STROYDVOR, Na Gorke"}
        )
        first.cash_flow_item_id = self.office
        self.assertEqual(
            self._memory(),
            [(self.env["res.partner"], "stroydvor na gorke", "out", self.office, 1)],
        )
        row = self.row(payee="Stroydvor  NA GORKE", **bank)
        self.assertEqual(remembered(self.env, set(row.ids)), {row.id: self.office})

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
        line._write_recognised({"cash_flow_item_id": self.rent.id})
        self.assertFalse(line.tochka_item_source)
        other = self.env["res.partner"].create({"name": "Другой"})
        source = line.tochka_partner_source
        line.with_context(skip_account_move_synchronization=True).partner_id = other
        self.assertEqual(line.partner_id, other)
        self.assertEqual(line.tochka_partner_source, source)
        self.assertEqual(self._memory(), [])

    def test_a_context_sent_over_rpc_hides_no_person(self):
        other = self.env["res.partner"].create({"name": "Другой"})
        line = self._pay().with_context(
            tochka_recognising=True, tochka_parts_together=True
        )
        line.write(
            {
                "partner_id": other.id,
                "cash_flow_item_id": self.rent.id,
                "payment_ref": "Mine",
            }
        )
        self.assertEqual(
            (line.tochka_partner_source, line.tochka_item_source, line.tochka_by_hand),
            ("hand", "hand", ["payment_ref"]),
        )
        self.assertEqual(line.sudo().tochka_transaction_id.partner_id, other)
        self.assertEqual(self._memory(), [(other, False, "out", self.rent, 1)])

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
        # Nobody answered, for example because the dialog was lost.
        self.assertEqual(second.tochka_always_offer(), offer)
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
        self.assertFalse(second.tochka_always_offer())
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
        lines._write_recognised({"partner_id": False, "tochka_payee": "STROYDVOR"})
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

    def _analytics(self):
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        accounts = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("One", "Two")]
        )
        return [{str(account.id): 100} for account in accounts]

    def test_analytics_and_labels_set_by_hand_stay(self):
        ours, theirs = self._analytics()
        rule = self.rule(
            direction="out",
            cash_flow_item_id=self.rent.id,
            label="By the rule",
            analytic_distribution=theirs,
        )
        line, plain = self._pay(), self._pay()
        line.write({"tochka_analytic_distribution": ours, "payment_ref": "Mine"})
        rule.analytic_distribution = False
        rule.label = "Anew"
        (line | plain).action_tochka_recognise()
        self.assertEqual(
            [
                (one.tochka_analytic_distribution, one.payment_ref)
                for one in line | plain
            ],
            [(ours, "Mine"), (False, "Anew")],
        )
        rule.write({"analytic_distribution": theirs, "label": "At last"})
        rule.with_user(self.accountant).action_apply()
        self.assertEqual(
            [
                (one.tochka_analytic_distribution, one.payment_ref)
                for one in line | plain
            ],
            [(ours, "Mine"), (theirs, "At last")],
        )

    def _book_elsewhere(self, line):
        _liquidity, suspense, _others = line._seek_for_lines()
        suspense.sudo().account_id = self.env["account.account"].search(
            [
                ("company_ids", "in", self.company.ids),
                ("account_type", "=", "expense"),
            ],
            limit=1,
        )

    def test_a_payment_another_tool_booked_stops_nobody(self):
        booked, plain = self._pay(), self._pay()
        self._book_elsewhere(booked)
        rule = self.rule(
            direction="out", cash_flow_item_id=self.rent.id, label="By the rule"
        )
        before = booked.payment_ref
        message = (booked | plain).action_tochka_recognise()["params"]["message"]
        told = "Left alone: 1 (booked by another tool)."
        self.assertEqual(message, f"Payments changed: 1. {told}")
        self.assertEqual(
            [(one.payment_ref, one.cash_flow_rule_id) for one in booked | plain],
            [(before, self.env["cash.flow.rule"]), ("By the rule", rule)],
        )
        message = rule.with_user(self.accountant).action_apply()["params"]["message"]
        self.assertEqual(message, f"Payments changed: 0. {told}")

    def test_a_payment_that_must_stay_keeps_its_counterparty_everywhere(self):
        other = self.env["res.partner"].create({"name": "Другой"})
        line = self._pay()
        row = line.sudo().tochka_transaction_id
        self.partner.vat, other.vat = False, self.partner.vat
        row.inn = other.vat
        self.env["res.partner.bank"].search(
            [("acc_number", "=", BUSINESS_ACCOUNT)]
        ).unlink()
        self._book_elsewhere(line)
        message = line.action_tochka_recognise()["params"]["message"]
        self.assertEqual(
            message, "Payments changed: 0. Left alone: 1 (booked by another tool)."
        )
        self.assertEqual((line.partner_id, row.partner_id), (self.partner,) * 2)

    # === WHAT THE BANK CORRECTS === #

    def _correct(self, line, **more):
        """Load a payment again with what the bank corrected."""
        row = line.sudo().tochka_transaction_id
        told = {name: row[name] for name in bank_row.columns()}
        row._bank_changed({**told, "raw": "{}", **more})
        self.assertFalse(row.bank_change)

    def test_what_the_bank_corrects_is_recognised_again(self):
        other = self.env["res.partner"].create({"name": "Другой", "vat": "7736050003"})
        rule = self.rule(
            purpose_words="аренд", cash_flow_item_id=self.rent.id, label="Rent"
        )
        line, by_hand = self._pay(account_number=None), self._pay(account_number=None)
        by_hand.write({"cash_flow_item_id": self.office.id, "payment_ref": "Mine"})
        for one in (line, by_hand):
            self._correct(one, purpose="За аренду", inn=other.vat)
        self.assertEqual(
            [
                (one.partner_id, one.cash_flow_item_id, one.payment_ref)
                for one in (line, by_hand)
            ],
            [(other, self.rent, "Rent"), (other, self.office, "Mine")],
        )
        self.assertEqual(line.cash_flow_rule_id, rule)
        self._correct(line, purpose="За доску")
        self.assertEqual(
            (line.payment_ref, line.cash_flow_item_id),
            ("За доску", self.env["cash.flow.item"]),
        )
