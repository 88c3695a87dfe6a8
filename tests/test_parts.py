from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .booked import BookedCase


@tagged("post_install", "-at_install")
class TestParts(BookedCase):
    """One payment split over several items or invoices."""

    # === BOOKING === #

    def test_two_items_and_a_rest_that_waits(self):
        line = self.pay(-1000)
        self.split(line, (-600.5, self.rent), (-100, self.fees))
        self.assertEqual(line.tochka_rest, -299.5)
        self.confirm(line)
        self.assertEntry(
            line,
            ("bank", 0, 1000),
            ("rent", 600.5, 0),
            ("fees", 100, 0),
            ("suspense", 299.5, 0),
        )
        self.assertEqual(line.amount_residual, 299.5)
        self.back(line)
        self.assertEntry(line, ("bank", 0, 1000), ("suspense", 1000, 0))
        self.assertEqual(line.part_ids.mapped("amount"), [-600.5, -100])

    def test_the_rest_goes_by_the_item_of_the_payment(self):
        line = self.pay(-1000)
        line.cash_flow_item_id = self.rent
        self.split(line, (-600, self.fees))
        self.confirm(line)
        self.assertEntry(line, ("bank", 0, 1000), ("fees", 600, 0), ("rent", 400, 0))

    def test_parts_without_an_account_wait_in_one_line(self):
        line = self.pay(-1000)
        self.split(line, (-100, self.waiting), (-600, self.rent), (-200, self.waiting))
        self.confirm(line)
        self.assertEntry(
            line, ("bank", 0, 1000), ("rent", 600, 0), ("suspense", 400, 0)
        )

    def test_parts_that_all_wait_leave_the_entry_alone(self):
        line = self.pay(-1000)
        self.split(line, (-100, self.waiting), (-600, self.waiting))
        items = line.line_ids.ids
        self.confirm(line)
        self.assertEqual(line.line_ids.ids, items)
        self.assertEqual((line.tochka_review, line.tochka_booked), ("confirmed", False))

    def test_the_label_of_a_part_stands_in_the_entry(self):
        line = self.pay(-1000)
        self.split(line, (-600, self.rent), (-400, self.fees))
        line.part_ids[0].label = "Аренда склада"
        self.confirm(line)
        self.assertEqual(
            dict(line.line_ids.mapped(lambda item: (item.balance, item.name))),
            {-1000: "Оплата", 600: "Аренда склада", 400: "Оплата"},
        )

    def test_a_part_on_a_partner_and_one_on_an_account(self):
        line = self.pay(-1000, partner=self.supplier)
        self.split(line, (-600, self.to_suppliers), (-400, self.fees))
        self.confirm(line)
        self.assertEntry(line, ("bank", 0, 1000), ("payable", 600, 0), ("fees", 400, 0))

    # === INVOICES === #

    def test_an_invoice_paid_in_full(self):
        invoice = self.invoice(1000)
        line = self.pay(1000, partner=self.customer)
        self.assertEqual(line.part_ids.invoice_id, invoice)
        self.confirm(line)
        self.assertEntry(line, ("bank", 1000, 0), ("receivable", 0, 1000))
        self.assertEqual(invoice.payment_state, "paid")
        self.back(line)
        self.assertEqual(
            (invoice.payment_state, invoice.amount_residual), ("not_paid", 1000)
        )
        self.assertEntry(line, ("bank", 1000, 0), ("suspense", 0, 1000))
        self.confirm(line)
        self.assertEqual(invoice.payment_state, "paid")

    def test_two_invoices_and_an_overpayment(self):
        first, second = self.invoice(1000), self.invoice(500.5)
        line = self.pay(1700, partner=self.customer)
        line.cash_flow_item_id = self.from_customers
        self.split(line, (1000, first), (500.5, second))
        self.confirm(line)
        self.assertEntry(
            line,
            ("bank", 1700, 0),
            ("receivable", 0, 1000),
            ("receivable", 0, 500.5),
            ("receivable", 0, 199.5),
        )
        self.assertEqual((first | second).mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(line.cash_flow_item_id, self.from_customers)
        opened = self.on(line, "receivable").mapped("amount_residual")
        self.assertEqual(opened, [0, 0, -199.5])

    def test_a_part_of_an_invoice(self):
        bill = self.invoice(1000, "in_invoice")
        line = self.pay(-400, partner=self.supplier)
        self.split(line, (-400, bill))
        self.confirm(line)
        self.assertEntry(line, ("bank", 0, 400), ("payable", 400, 0))
        self.assertEqual((bill.payment_state, bill.amount_residual), ("partial", 600))

    def test_a_part_larger_than_the_invoice_leaves_the_rest_on_the_partner(self):
        invoice = self.invoice(100)
        line = self.pay(150, partner=self.customer)
        self.split(line, (150, invoice))
        self.confirm(line)
        self.assertEntry(line, ("bank", 150, 0), ("receivable", 0, 150))
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.on(line, "receivable").amount_residual, -50)

    def test_an_invoice_and_an_item(self):
        invoice = self.invoice(1000)
        line = self.pay(990, partner=self.customer)
        self.split(line, (900, invoice), (90, self.rent))
        self.confirm(line)
        self.assertEntry(
            line, ("bank", 990, 0), ("receivable", 0, 900), ("rent", 0, 90)
        )
        self.assertEqual(invoice.amount_residual, 100)

    def test_a_refund_of_a_supplier_and_one_to_a_customer(self):
        from_supplier = self.invoice(70, "in_refund")
        to_customer = self.invoice(80, "out_refund")
        came = self.pay(70, partner=self.supplier)
        went = self.pay(-80, partner=self.customer)
        for line, refund in ((came, from_supplier), (went, to_customer)):
            line.part_ids.unlink()
            self.split(line, (line.amount, refund))
        self.confirm(came | went)
        self.assertEntry(came, ("bank", 70, 0), ("payable", 0, 70))
        self.assertEntry(went, ("bank", 0, 80), ("receivable", 80, 0))
        self.assertEqual(
            (from_supplier | to_customer).mapped("payment_state"), ["paid", "paid"]
        )

    def test_an_invoice_paid_meanwhile_is_refused_by_name(self):
        invoice = self.invoice(1000)
        first, second, third = self.pay(1000, 1000, 200, purpose="Без номера")
        for line in (first, second):
            self.split(line, (1000, invoice))
        message = self.confirm(first | second | third)
        self.assertIn("Payments confirmed: 2.", message)
        self.assertIn(f"invoice {invoice.display_name} is already paid", message)
        self.assertEqual(second.tochka_review, "new")
        self.assertIn("is already paid", self.confirm(second))
        self.assertEntry(second, ("bank", 1000, 0, ""), ("suspense", 0, 1000, ""))
        self.assertEntry(
            first, ("bank", 1000, 0, ""), ("receivable", 0, 1000, "ООО Покупатель")
        )

    def test_two_payments_of_one_invoice_in_one_go(self):
        invoice = self.invoice(1000)
        first, second = self.pay(400, 600, partner=self.customer)
        for line in (first, second):
            self.split(line, (line.amount, invoice))
        self.confirm(first | second)
        self.assertEqual(invoice.payment_state, "paid")

    def test_an_invoice_in_instalments(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Пополам",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 30)
                ],
            }
        )
        invoice = self.invoice(1000, invoice_payment_term_id=terms.id)
        line = self.pay(800, partner=self.customer)
        self.split(line, (800, invoice))
        self.confirm(line)
        due = invoice.line_ids.filtered("date_maturity").sorted("date_maturity")
        self.assertEqual(due.mapped("amount_residual"), [0, 200])

    def test_a_refused_payment_takes_nothing_of_an_invoice(self):
        invoice = self.invoice(1000)
        first, second = self.pay(1200, 1000, purpose="Без номера")
        self.split(first, (1000, invoice), (200, self.from_customers))
        self.split(second, (1000, invoice))
        first.partner_id = self.customer
        with patch.object(
            type(first), "_account_of_partner", side_effect=UserError("no account")
        ):
            message = self.confirm(first | second)
        self.assertIn("Payments confirmed: 1. Left alone: 1 (no account).", message)
        self.assertEqual((first | second).mapped("tochka_review"), ["new", "confirmed"])
        self.assertEqual(invoice.payment_state, "paid")

    def test_the_invoice_of_a_part_is_deleted(self):
        invoice = self.invoice(600)
        line = self.pay(1000, partner=self.customer)
        self.split(line, (600, invoice), (400, self.rent))
        invoice.button_draft()
        invoice.unlink()
        self.assertEqual(line.part_ids.mapped("amount"), [600, 400])
        self.assertIn("the invoice of a part was deleted", self.confirm(line))
        self.assertEqual(line.tochka_review, "new")
        line.part_ids[0].cash_flow_item_id = self.fees
        self.confirm(line)
        self.assertEntry(line, ("bank", 1000, 0), ("fees", 0, 600), ("rent", 0, 400))

    def test_parts_of_an_entry_in_draft_may_change(self):
        invoice = self.invoice(1000)
        line = self.pay(1000, partner=self.customer)
        self.confirm(line)
        line.move_id.button_draft()
        line.part_ids = [Command.clear()]
        self.assertEqual(
            (line.tochka_booked, invoice.payment_state), (False, "not_paid")
        )
        self.assertEntry(line, ("bank", 1000, 0), ("suspense", 0, 1000))

    def _rate(self, currency, roubles):
        currency.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": date(2026, 1, 1),
                "inverse_company_rate": roubles,
            }
        )
        return currency

    def test_an_invoice_in_foreign_currency_paid_in_it(self):
        yuan = self.choose(currency="CNY")
        self._rate(yuan.currency_id, 11)
        self.accounts["yuan"] = yuan.journal_id.default_account_id
        invoice = self.invoice(100, currency_id=yuan.currency_id.id)
        self.assertEqual(invoice.amount_residual_signed, 1100)
        line = self.pay(
            100, account=yuan, amount_company=1123.47, partner=self.customer
        )
        self.assertEqual(line.part_ids.source, "residual")
        self.confirm(line)
        self.assertEntry(line, ("yuan", 1123.47, 0), ("receivable", 0, 1123.47))
        self.assertEqual(invoice.payment_state, "paid")
        [partial] = line.line_ids.matched_debit_ids.filtered("exchange_move_id")
        gain = partial.exchange_move_id.line_ids.filtered(
            lambda item: item.account_id == self.accounts["receivable"]
        )
        self.assertEqual(gain.balance, 23.47)
        self.assertEqual(self.on(line, "receivable").amount_residual, 0)
        self.back(line)
        self.assertEqual(
            (invoice.payment_state, invoice.amount_residual), ("not_paid", 100)
        )
        self.assertEntry(line, ("yuan", 1123.47, 0), ("suspense", 0, 1123.47))

    def test_an_invoice_in_foreign_currency_paid_in_roubles(self):
        dollar = self._rate(self.env.ref("base.USD"), 80)
        invoice = self.invoice(100, currency_id=dollar.id)
        line = self.pay(8000, partner=self.customer)
        self.assertFalse(line.part_ids)
        self.split(line, (8000, invoice))
        self.confirm(line)
        self.assertEntry(line, ("bank", 8000, 0), ("receivable", 0, 8000))
        self.assertEqual(invoice.payment_state, "paid")

    # === WHAT IS REFUSED === #

    def test_parts_that_do_not_fit(self):
        line = self.pay(-1000)
        with self.assertRefused("exceed the amount"):
            self.split(line, (-600, self.rent), (-401, self.fees))
        with self.assertRefused("wrong sign"):
            self.split(line, (600, self.rent))
        with self.assertRefused("wrong sign"):
            self.split(line, (0, self.rent))
        with self.assertRefused("needs a cash-flow item or an invoice"):
            line.part_ids = [Command.create({"amount": -1})]
        with self.assertRefused("the money goes the other way"):
            self.split(line, (-1, self.invoice(5)))
        Part = self.env["cash.flow.part"]
        part = Part.create(
            {"line_id": line.id, "amount": -5, "cash_flow_item_id": self.rent.id}
        )
        with self.assertRefused("exceed the amount"):
            part.amount = -1001

    def test_a_context_sent_over_rpc_does_not_leave_out_the_check(self):
        line = self.pay(-1000)
        told = {"tochka_parts_together": True}
        Part = self.env["cash.flow.part"].with_context(**told)
        vals = {"line_id": line.id, "cash_flow_item_id": self.rent.id}
        with self.assertRefused("exceed the amount"):
            Part.create({**vals, "amount": -1001})
        part = Part.create({**vals, "amount": -5})
        with self.assertRefused("exceed the amount"):
            part.amount = -1001
        with self.assertRefused("wrong sign"):
            self.split(line.with_context(**told), (600, self.rent))

    def test_parts_may_change_places(self):
        line = self.pay(-1000)
        self.split(line, (-900, self.rent), (-100, self.fees))
        small, large = line.part_ids.sorted("amount", reverse=True)
        line.part_ids = [
            Command.update(small.id, {"amount": -900}),
            Command.update(large.id, {"amount": -100}),
        ]
        self.assertEqual((small.amount, large.amount), (-900, -100))

    def test_an_amount_that_shrank_is_refused_on_confirmation(self):
        line = self.pay(-1000)
        self.split(line, (-900, self.rent))
        line.amount = -800
        self.assertIn("its parts exceed the amount", self.confirm(line))
        self.assertEqual(line.tochka_review, "new")

    def test_confirmed_payments_keep_their_parts(self):
        line, other = self.pay(-1000, -1000)
        self.split(line, (-90, self.rent))
        self.split(other, (-90, self.rent))
        self.confirm(line)
        part = line.part_ids.with_user(self.accountant)
        for change in (
            lambda: part.write({"amount": -5}),
            part.unlink,
            lambda: part.create(
                {
                    "line_id": line.id,
                    "amount": -1,
                    "cash_flow_item_id": self.rent.id,
                }
            ),
            lambda: line.write({"part_ids": [Command.clear()]}),
            lambda: other.part_ids.write({"line_id": line.id}),
        ):
            with self.assertRefused("Only new payments", UserError):
                change()
        self.back(line)
        part.amount = -5
        self.assertEqual(line.tochka_rest, -995)

    def test_a_line_typed_by_hand_is_not_split(self):
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.roubles.journal_id.id, "amount": 5, "payment_ref": "x"}
        )
        with self.assertRefused("Only new payments", UserError):
            self.split(line, (5, self.rent))

    def test_company_walls(self):
        line = self.pay(-1000)
        other = self._make_company("Чужие книги")
        item = self.env["cash.flow.item"].create(
            {"name": "Чужая", "company_id": other.id}
        )
        with self.assertRefused("no company crossover", UserError):
            self.split(line, (-5, item))
        stranger = self._make_user("stranger", "group_tochka_user")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.split(line, (-5, self.rent))
        with self.assertRaises(AccessError):
            line.part_ids.with_user(stranger).amount = -6
        with self.assertRaises(AccessError):
            self.env["cash.flow.part"].with_user(stranger).create(
                {"line_id": line.id, "amount": -1, "cash_flow_item_id": self.rent.id}
            )

    # === PROPOSED WHILE SPLITTING === #

    def test_choosing_an_invoice_proposes_amount_and_label(self):
        small, large = self.invoice(300), self.invoice(5000)
        line = self.pay(1000, partner=self.customer).with_user(self.accountant)
        Part = self.env["cash.flow.part"].with_user(self.accountant)
        for invoice, amount in ((small, 300), (large, 1000)):
            part = Part.new({"line_id": line.id, "invoice_id": invoice.id})
            part._onchange_invoice_id()
            self.assertEqual((part.amount, part.label), (amount, invoice.name))
        found = self.env["account.move"].search(
            [("id", "in", (small | large).ids), ("amount_residual_signed", ">", 0)]
        )
        self.assertEqual(found, small | large)

    def test_the_view_offers_what_is_left(self):
        view = self.env["ir.ui.view"].create(
            {
                "name": "split",
                "model": "account.bank.statement.line",
                "arch": """<form>
                    <field name="amount"/>
                    <field name="currency_id"/>
                    <field name="tochka_rest"/>
                    <field name="part_ids" context="{'default_amount': tochka_rest}">
                        <list editable="bottom">
                            <field name="company_id" column_invisible="1"/>
                            <field name="currency_id" column_invisible="1"/>
                            <field name="payment_amount" column_invisible="1"/>
                            <field name="commercial_partner_id" column_invisible="1"/>
                            <field name="invoice_id"/>
                            <field name="cash_flow_item_id"/>
                            <field name="label"/>
                            <field name="amount"/>
                        </list>
                    </field>
                </form>""",
            }
        )
        invoice = self.invoice(300)
        line = self.pay(1000, partner=self.customer).with_user(self.accountant)
        with Form(line, view=view) as form:
            with form.part_ids.new() as part:
                self.assertEqual(part.amount, 1000)
                part.invoice_id = invoice
                self.assertEqual((part.amount, part.label), (300, invoice.name))
            self.assertEqual(form.tochka_rest, 700)
            with form.part_ids.new() as part:
                self.assertEqual(part.amount, 700)
                part.cash_flow_item_id = self.rent
        self.assertEqual(line.part_ids.mapped("amount"), [300, 700])
