from datetime import date

from odoo.tests import tagged

from .booked import DAY, BookedCase


@tagged("post_install", "-at_install")
class TestInvoices(BookedCase):
    """Which open invoices are proposed to a payment."""

    def assertProposed(self, line, *parts, source="named"):
        """Assert the parts of a payment: (invoice, amount) in their order."""
        self.assertEqual(
            [(part.invoice_id, part.amount, part.source) for part in line.part_ids],
            [(invoice, amount, source) for invoice, amount in parts],
        )

    def number(self, invoice):
        """Return the digits at the end of an invoice's number."""
        return str(invoice.sequence_number)

    # === NAMED === #

    def test_named_in_full(self):
        invoice, _other = self.invoice(1000), self.invoice(1000)
        line = self.pay(1000, partner=self.customer, purpose=f"счет №{invoice.name}")
        self.assertProposed(line, (invoice, 1000))
        self.assertEqual(line.part_ids.label, invoice.name)
        self.assertEqual(line.part_ids.company_id, self.company)
        self.assertEqual(line.tochka_rest, 0)
        self.confirm(line)
        self.assertEqual(invoice.payment_state, "paid")

    def test_named_by_the_digits_at_the_end(self):
        invoice, _other = self.invoice(1000), self.invoice(500)
        line = self.pay(
            600,
            partner=self.customer,
            purpose=f"Оплата по счету № {self.number(invoice)} от 14.10.2026 за доски",
        )
        self.assertProposed(line, (invoice, 600))

    def test_a_bill_is_named_by_the_number_of_the_supplier(self):
        bill = self.invoice(1000, "in_invoice", ref="УПД-а 17")
        line = self.pay(-1000, partner=self.supplier, purpose="по УПД № упд-A17")
        self.assertProposed(line, (bill, -1000))

    def test_the_payment_reference_is_a_number_too(self):
        invoice = self.invoice(1000, payment_reference="СЧ-77")
        line = self.pay(900, partner=self.customer, purpose="по счету сч-77")
        self.assertProposed(line, (invoice, 900))

    def test_the_date_chooses_among_several(self):
        early = self.invoice(10, "in_invoice", ref="5", invoice_date=date(2026, 9, 1))
        late = self.invoice(20, "in_invoice", ref="5", invoice_date=DAY)
        purpose = "по счету № 5"
        dated, undated, wrong = (
            self.pay(-7, partner=self.supplier, purpose=purpose + when)
            for when in (" от 01.09.2026", "", " от 02.09.2026")
        )
        self.assertProposed(dated, (early, -7))
        self.assertProposed(undated)
        self.assertProposed(wrong)
        self.assertEqual(late.amount_residual, 20)

    def test_digits_do_not_reach_into_another_year(self):
        invoice = self.invoice(1000)
        purpose = f"по счету № {self.number(invoice)} от 14.10.2025"
        self.assertProposed(self.pay(1000, partner=self.customer, purpose=purpose))

    def test_several_in_the_order_of_the_purpose(self):
        first, second, third = (self.invoice(amount) for amount in (100, 200.5, 300))
        names = " и ".join(one.name for one in (second, first, third))
        line, over = (
            self.pay(amount, partner=self.customer, purpose=f"по счетам №№ {names}")
            for amount in (310.5, 700)
        )
        self.assertProposed(line, (second, 200.5), (first, 100), (third, 10))
        self.assertProposed(over, (third, 290))
        self.assertEqual(over.tochka_rest, 410)

    def test_contracts_are_no_invoices(self):
        invoice = self.invoice(1000)
        purpose = f"по договору № {invoice.name}"
        self.assertProposed(self.pay(500, partner=self.customer, purpose=purpose))

    def test_what_is_named_but_not_open_leaves_the_others_alone(self):
        self.invoice(1000)
        line = self.pay(1000, partner=self.customer, purpose="по счету № 987654")
        self.assertProposed(line)

    def test_drafts_paid_ones_and_the_other_direction_are_not_proposed(self):
        draft = self.invoice(1000)
        draft.button_draft()
        refund = self.invoice(1000, "out_refund")
        purpose = f"по счетам {draft.name}, {refund.name}"
        self.assertProposed(self.pay(1000, partner=self.customer, purpose=purpose))
        paid = self.invoice(1000)
        line = self.pay(1000, partner=self.customer, purpose=f"счет {paid.name}")
        self.confirm(line)
        self.assertProposed(
            self.pay(1000, partner=self.customer, purpose=f"счет {paid.name}")
        )

    def test_a_contact_stands_for_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Бухгалтерия", "parent_id": self.customer.id}
        )
        invoice = self.invoice(1000, partner=contact)
        line = self.pay(1000, partner=self.customer, purpose=f"счет {invoice.name}")
        self.assertProposed(line, (invoice, 1000))

    # === THE ONLY ONE WITH THIS AMOUNT === #

    def test_the_only_residual_that_equals_the_payment(self):
        invoice, _other = self.invoice(1000.01), self.invoice(1000)
        line = self.pay(1000.01, partner=self.customer)
        self.assertProposed(line, (invoice, 1000.01), source="residual")

    def test_two_with_the_same_amount_are_none(self):
        self.invoice(1000)
        self.invoice(1000)
        self.assertProposed(self.pay(1000, partner=self.customer))

    def test_an_amount_that_differs_is_none(self):
        self.invoice(1000)
        self.assertProposed(self.pay(999.99, partner=self.customer))

    def test_an_invoice_is_not_proposed_in_full_twice(self):
        invoice = self.invoice(1000)
        first, second = self.pay(1000, 1000, partner=self.customer)
        third = self.pay(1000, partner=self.customer)
        self.assertProposed(first, (invoice, 1000), source="residual")
        self.assertProposed(second)
        self.assertProposed(third)
        first.part_ids.unlink()
        third.tochka_transaction_id._propose_invoices()
        self.assertProposed(third, (invoice, 1000), source="residual")

    # === WITHOUT A COUNTERPARTY === #

    def test_a_full_name_is_enough_when_the_amount_fits(self):
        invoice = self.invoice(1000)
        tail = self.number(invoice)
        full, part, digits = (
            self.pay(amount, purpose=purpose)
            for amount, purpose in (
                (1000, f"счет {invoice.name.lower()}"),
                (999, f"счет {invoice.name}"),
                (1000, f"счет {tail}"),
            )
        )
        self.assertProposed(full, (invoice, 1000))
        self.assertFalse(full.partner_id)
        self.assertProposed(part)
        self.assertProposed(digits)
        self.confirm(full)
        self.assertEntry(
            full, ("bank", 1000, 0, ""), ("receivable", 0, 1000, "ООО Покупатель")
        )
        self.assertEqual(invoice.payment_state, "paid")

    # === WALLS, TRANSFERS, TWICE === #

    def test_other_companies_and_currencies_are_left_out(self):
        other = self._make_company("Чужие книги")
        self.env.user.company_ids += other
        account = self.env["account.account"].search(
            [("company_ids", "in", other.ids), ("account_type", "=", "income")],
            limit=1,
        )
        foreign = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": other.id,
                    "partner_id": self.customer.id,
                    "invoice_date": DAY,
                    "invoice_line_ids": [
                        (
                            0,
                            0,
                            {"name": "x", "price_unit": 77, "account_id": account.id},
                        )
                    ],
                }
            )
        )
        foreign.action_post()
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.invoice(55, currency_id=dollar.id)
        named = self.pay(
            foreign.amount_residual,
            partner=self.customer,
            purpose=f"счет {foreign.name}",
        )
        self.assertProposed(named)
        same = self.pay(foreign.amount_residual, 55, partner=self.customer)
        self.assertFalse(same.part_ids)

    def test_transfers_get_none(self):
        invoice = self.invoice(1000)
        line = self.pay(1000, partner=self.customer, purpose="x")
        line.part_ids.unlink()
        line.tochka_is_transfer = True
        line.tochka_transaction_id._propose_invoices()
        self.assertFalse(line.part_ids)
        self.assertEqual(invoice.amount_residual, 1000)

    def test_an_invoice_that_appears_later_is_proposed_once(self):
        line, split = self.pay(1000, 1000, partner=self.customer)
        confirmed = self.pay(1000, partner=self.customer)
        confirmed.action_tochka_confirm()
        self.split(split, (500, self.rent))
        invoice = self.invoice(1000)
        rows = (line | split | confirmed).tochka_transaction_id
        rows._propose_invoices()
        rows._propose_invoices()
        self.assertProposed(line, (invoice, 1000), source="residual")
        self.assertEqual(split.part_ids.cash_flow_item_id, self.rent)
        self.assertFalse(confirmed.part_ids)

    def test_the_number_of_queries_does_not_grow(self):
        counts = []
        for payments in (10, 150):
            self.customer.parent_id = False
            invoices = [self.invoice(100 + payments + n) for n in range(payments // 5)]
            before = {one.name: one for one in invoices}
            self.assertEqual(len(before), payments // 5)
            self.patch(
                type(self.env["tochka.transaction"]),
                "_recognise_in_books",
                lambda rows: None,
            )
            lines = self.pay(
                *(100 + payments + n for n in range(payments)), partner=self.customer
            )
            rows = lines.tochka_transaction_id
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            rows._propose_invoices()
            counts.append(self.env.cr.sql_log_count - start)
            self.assertEqual(len(lines.part_ids), payments // 5)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 10)
