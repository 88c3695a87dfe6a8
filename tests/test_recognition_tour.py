"""Recognition in a real browser, and the books after it, entry by entry."""

from odoo.fields import Command
from odoo.tests import tagged

from .tour_case import TourCase

LANDLORD = {"partner_name": 'ООО "Лодка"', "inn": "7707083893", "kpp": "770701001"}
CUSTOMER = {"partner_name": 'ООО "Парус"', "inn": "7736050003", "kpp": "773601001"}


@tagged("post_install", "-at_install")
class TestRecognitionTour(TourCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose()
        self.day = self.first_of_last_month(self.account)
        self.rent = self._expense("629901", "Tour Rent")
        self.office = self._expense("629902", "Tour Office")

    def _expense(self, code, name):
        """Return an account for expenses that an item of the same name books on."""
        account = self.env["account.account"].create(
            {
                "code": code,
                "name": name,
                "account_type": "expense",
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        item = self.env["cash.flow.item"].create({"name": name, "direction": "out"})
        item.with_company(self.company).account_id = account
        return account

    def _pay(self, key, amount, purpose, **more):
        """Create a row of the register and its statement line."""
        Transaction = self.env["tochka.transaction"]
        row = {
            "transaction_key": key,
            "date": self.day,
            "amount": amount,
            "purpose": purpose,
            "type_code": "Платежное поручение",
            "raw": "{}",
            **more,
        }
        Transaction._insert(self.account, [row])
        Transaction.search([("state", "=", "new")])._create_lines()
        return Transaction.search([("transaction_key", "=", key)])

    def _invoice(self, partner, amount):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "company_id": self.company.id,
                "invoice_date": self.day,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Парус", "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    def assertEntry(self, line, *items):
        """Compare the other sides of a payment's entry: (account, balance)."""
        _liquidity, suspense, others = line._seek_for_lines()
        got = [(item.account_id, item.balance) for item in suspense | others]
        self.assertEqual(sorted(got, key=str), sorted(items, key=str))
        self.assertEqual(sum(line.line_ids.mapped("balance")), 0)

    def test_recognition(self):
        rents = [
            self._pay(f"rent-{n}", -1000 - n, f"tour-rent-{n}", **LANDLORD)
            for n in (1, 2, 3)
        ]
        typed = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.account.journal_id.id,
                "date": self.day,
                "amount": -555,
                "payment_ref": "tour-by-hand",
                "ref": "77",
            }
        )
        typed.move_id.checked = True
        entry = typed.line_ids.read()
        twin = self._pay("typed", -555, "tour-typed", document_number="77")
        twin_line = twin.line_id
        self.assertEqual(twin_line.tochka_duplicate_id, typed)
        split = self._pay("split", -100, "tour-split")
        customer = self.env["res.partner"].create(
            {
                "name": "Парус",
                "is_company": True,
                "vat": CUSTOMER["inn"],
                "kpp": CUSTOMER["kpp"],
            }
        )
        invoice = self._invoice(customer, 1200)
        words = f"tour-invoice: оплата по счету № {invoice.name}"
        paid = self._pay("paid", 1200, words, **CUSTOMER)
        self.assertEqual(paid.line_id.part_ids.invoice_id, invoice)

        self.start_tour(
            "/odoo/tochka-payments",
            "account_tochka_recognition",
            login="tochka_accountant",
        )

        for row, source in zip(rents, ("hand", "hand", "rule"), strict=True):
            line = row.line_id
            self.assertEqual(line.tochka_item_source, source)
            self.assertEntry(line, (self.rent, -line.amount))
        memory = self.env["cash.flow.memory"].search([])
        self.assertEqual((memory.times, memory.offer), (2, "accepted"))
        self.assertFalse(twin_line.exists())
        self.assertEqual((twin.line_id, twin.state), (typed, "duplicate"))
        self.assertEqual(typed.line_ids.read(), entry)
        self.assertEntry(split.line_id, (self.rent, 60), (self.office, 40))
        receivable = invoice.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        self.assertEntry(paid.line_id, (receivable.account_id, -1200))
        self.assertTrue(receivable.reconciled)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        payments = self.lines(self.account)
        self.assertEqual(set(payments.mapped("tochka_review")), {"confirmed"})
        self.assertEqual(len(payments), 6)
