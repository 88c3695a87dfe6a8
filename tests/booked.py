"""Common base of tests of confirmation: payments, invoices, entries as plain values."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.fields import Command

from .common import TochkaCase

DAY = date(2026, 10, 14)


class BookedCase(TochkaCase):
    """A rouble account, a customer and a supplier, items with accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roubles = cls.choose(cls)
        cls.customer, cls.supplier = cls.env["res.partner"].create(
            [
                {"name": "ООО Покупатель", "is_company": True, "vat": "7707083893"},
                {"name": "ООО Поставщик", "is_company": True, "vat": "7736050003"},
            ]
        )
        cls.accounts = {
            kind: cls._account(kind, account_type)
            for kind, account_type in (
                ("receivable", "asset_receivable"),
                ("payable", "liability_payable"),
            )
        }
        for partner in (cls.customer, cls.supplier):
            partner = partner.with_company(cls.company)
            partner.property_account_receivable_id = cls.accounts["receivable"]
            partner.property_account_payable_id = cls.accounts["payable"]
        for kind, code, account_type in (
            ("rent", "X61000", "expense"),
            ("fees", "X62000", "expense"),
            ("sales", "X40000", "income"),
        ):
            cls.accounts[kind] = cls.env["account.account"].create(
                {
                    "name": kind,
                    "code": code,
                    "account_type": account_type,
                    "company_ids": [Command.set(cls.company.ids)],
                }
            )
        cls.accounts["transfer"] = cls.company.transfer_account_id
        journal = cls.roubles.journal_id
        cls.accounts["bank"] = journal.default_account_id
        cls.accounts["suspense"] = journal.suspense_account_id
        cls.from_customers = cls.env.ref("account_tochka.item_in_customers")
        cls.to_suppliers = cls.env.ref("account_tochka.item_out_suppliers")
        cls.rent, cls.fees, cls.waiting = cls.env["cash.flow.item"].create(
            [{"name": "Rent"}, {"name": "Fees"}, {"name": "Waiting"}]
        )
        cls._set_account(cls.rent, "rent")
        cls._set_account(cls.fees, "fees")

    @classmethod
    def _account(cls, kind, account_type):
        return cls.env["account.account"].search(
            [
                ("company_ids", "in", cls.company.ids),
                ("account_type", "=", account_type),
                ("non_trade", "=", False),
            ],
            limit=1,
        )

    @classmethod
    def _set_account(cls, item, kind):
        item.with_company(cls.company).account_id = cls.accounts[kind]

    # === PAYMENTS === #

    def pay(self, *amounts, account=None, partner=None, purpose="Оплата", **more):
        """Load payments and return their lines, in order; `more` goes into the row."""
        account = account or self.roubles
        serial = self.env["tochka.transaction"].search_count([])
        rows = [
            {
                "transaction_key": f"t-{serial}-{number}",
                "date": DAY,
                "amount": Decimal(str(amount)),
                "purpose": purpose,
                "inn": partner and partner.vat,
                "partner_name": partner and partner.name,
                **more,
            }
            for number, amount in enumerate(amounts)
        ]
        Transaction = self.env["tochka.transaction"]
        Transaction._insert(account, rows)
        found = Transaction.search(
            [("account_id", "=", account.id), ("state", "=", "new")], order="id"
        )
        found._create_lines()
        self.assertEqual(found.line_id.partner_id, partner or self.customer.browse())
        return found.line_id

    def invoice(self, amount, move_type="out_invoice", partner=None, **more):
        """Return a posted invoice without taxes."""
        default = self.customer if move_type.startswith("out") else self.supplier
        account = "sales" if move_type.startswith("out") else "rent"
        invoice = self.env["account.move"].create(
            {
                "move_type": move_type,
                "company_id": self.company.id,
                "partner_id": (partner or default).id,
                "invoice_date": DAY,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Доски",
                            "price_unit": amount,
                            "account_id": self.accounts[account].id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **more,
            }
        )
        invoice.action_post()
        return invoice

    def split(self, line, *parts):
        """Split a payment: each part is (amount, item or invoice)."""
        line.part_ids = [
            Command.create(
                {
                    "amount": amount,
                    "sequence": place,
                    "cash_flow_item_id"
                    if what._name == "cash.flow.item"
                    else "invoice_id": what.id,
                }
            )
            for place, (amount, what) in enumerate(parts)
        ]

    # === ASSERTIONS === #

    def entry(self, line):
        """Return the entry as a sorted list of (account, debit, credit, partner)."""
        names = {account: name for name, account in self.accounts.items()}
        return sorted(
            (
                names.get(item.account_id, item.account_id.code),
                item.debit,
                item.credit,
                item.partner_id.name or "",
            )
            for item in line.move_id.line_ids
        )

    def assertEntry(self, line, *items):
        """Assert the entry account by account: (account, debit, credit[, partner]).

        The partner is the payment's where none is named.
        """
        partner = line.partner_id.name or ""
        wanted = [(*item, partner) if len(item) == 3 else item for item in items]
        self.assertEqual(self.entry(line), sorted(wanted))
        debit, credit = (sum(item[side] for item in wanted) for side in (1, 2))
        self.assertEqual(round(debit, 2), round(credit, 2))

    @contextmanager
    def assertRefused(self, words, kind=ValidationError):
        """Assert that the block raises an error with these words, and roll it back."""
        with self.assertRaises(kind) as caught:
            yield
            self.env.flush_all()
        self.assertIn(words, str(caught.exception))

    def on(self, line, kind):
        """Return the journal items of a payment on an account."""
        account = self.accounts[kind]
        return line.line_ids.filtered(lambda item: item.account_id == account)

    def confirm(self, lines):
        """Confirm as the accountant does; return the message."""
        action = lines.with_user(self.accountant).action_tochka_confirm()
        return action["params"]["message"]

    def back(self, lines):
        """Put back to new as the accountant does; return the message."""
        action = lines.with_user(self.accountant).action_tochka_back_to_new()
        return action["params"]["message"]
