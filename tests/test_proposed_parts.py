"""Proposed invoices after the counterparty of their payment is changed."""

from odoo.fields import Command
from odoo.tests import tagged

from .booked import BookedCase


@tagged("post_install", "-at_install")
class TestProposedParts(BookedCase):
    def setUp(self):
        super().setUp()
        self.other = self.customer.copy({"name": "ООО Другой", "vat": False})
        self.its = self.invoice(1000, partner=self.other)

    def _proposed(self):
        theirs = self.invoice(1000)
        line = self.pay(1000, partner=self.customer)
        self.assertEqual(line.part_ids.invoice_id, theirs)
        return line.with_user(self.accountant)

    def test_another_counterparty_has_invoices_of_its_own(self):
        line = self._proposed()
        line.partner_id = self.other
        self.assertEqual(
            [(part.invoice_id, part.source) for part in line.part_ids],
            [(self.its, "residual")],
        )
        line.partner_id = False
        self.assertFalse(line.part_ids)

    def test_an_own_transfer_pays_no_invoice(self):
        line = self._proposed()
        line.tochka_is_transfer = True
        self.assertFalse(line.part_ids)

    def test_what_a_person_split_stays(self):
        line = self.pay(-700)
        self.split(line, (-700, self.rent))
        line.with_user(self.accountant).partner_id = self.other
        self.assertEqual(line.part_ids.cash_flow_item_id, self.rent)

    def test_what_is_arranged_in_the_same_saving_stays(self):
        line = self._proposed()
        change = Command.update(line.part_ids.id, {"invoice_id": self.its.id})
        line.write({"partner_id": self.other.id, "part_ids": [change]})
        self.assertEqual(line.part_ids.invoice_id, self.its)

    def test_a_context_sent_over_rpc_changes_no_proposal(self):
        line = self._proposed().with_context(tochka_recognising=True)
        line.partner_id = self.other
        self.assertEqual(line.part_ids.invoice_id, self.its)

    def test_recognised_again_as_another_one(self):
        line = self._proposed()
        self.customer.vat, self.other.vat = False, self.customer.vat
        line.action_tochka_recognise()
        self.assertEqual(
            (line.partner_id, line.part_ids.invoice_id), (self.other, self.its)
        )

    def test_by_a_rule(self):
        invoice = self.invoice(300, partner=self.other, payment_reference="X-77")
        line = self.pay(300, purpose="Оплата")
        self.assertFalse(line.part_ids)
        rule = self.env["cash.flow.rule"].create(
            {
                "name": "R",
                "sequence": 1,
                "direction": "in",
                "partner_id": self.other.id,
                "company_id": self.company.id,
            }
        )
        rule.with_user(self.accountant).action_apply()
        self.assertEqual(
            (line.partner_id, line.part_ids.invoice_id), (self.other, invoice)
        )
