"""Common base of tests whose register rows are made without asking the bank."""

from datetime import date
from itertools import count

from .common import TochkaCase

BUSINESS_ACCOUNT = "40702810600000054321"
PERSON_ACCOUNT = "40817810100000054321"


class RowsCase(TochkaCase):
    """An account of `self.company`, with methods that put payments into it."""

    _keys = count(1)

    def setUp(self):
        super().setUp()
        self.account = self.choose()
        self.partner = self.env["res.partner"].create(
            {"name": "Старый элеватор", "is_company": True}
        )

    def row(self, amount=-100.0, purpose="Оплата", **values):
        """Create a row of the register.

        :param values: fields of tochka.transaction in place of the usual ones
        """
        return (
            self.env["tochka.transaction"]
            .sudo()
            .create(
                {
                    "account_id": self.account.id,
                    "company_id": self.company.id,
                    "currency_id": self.account.currency_id.id,
                    "transaction_key": f"made-{next(self._keys)}",
                    "date": date(2026, 10, 14),
                    "amount": amount,
                    "purpose": purpose,
                    "type_code": "Платежное поручение",
                    "partner_name": "ООО «Кто-то»",
                    "account_number": BUSINESS_ACCOUNT,
                    **values,
                }
            )
        )

    def line(self, amount=-100.0, purpose="Оплата", partner=None, **values):
        """Load one payment of a counterparty; return its line."""
        if partner:
            values.setdefault("inn", partner.vat)
        row = self.row(amount, purpose, **values)
        self.book(row)
        return row.line_id

    def book(self, rows):
        """Make the lines of rows, as loading does."""
        rows._create_lines()
        rows._confirm_by_rules()
        return rows.line_id

    def rule(self, **values):
        """Create a rule of the company that is looked at before the default ones."""
        values = {"name": "Rule", "company_id": self.company.id, **values}
        return self.env["cash.flow.rule"].create(values)

    def item(self, name):
        """Return a default item by the end of its XML id."""
        return self.env.ref(f"account_tochka.item_{name}")
