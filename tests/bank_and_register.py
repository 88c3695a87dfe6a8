"""Compare the register and the books of an account with the bank's own record."""

from decimal import Decimal

from .common import LAST_MONTH, TochkaCase


class AgainstTheBank(TochkaCase):
    """An account of which October is loaded, with faults and comparisons."""

    def setUp(self):
        super().setUp()
        self.account = self.choose()
        self.number = self.account.bank_account_id

    def pay(self, amount="777.77", day="2026-10-15", **values):
        """Add a payment to the bank; return its row as the bank tells it."""
        return self.bank.control(
            "/payments",
            account=self.number,
            direction="credit",
            amount=amount,
            description="Оплата за билеты",
            date=day,
            **values,
        )["transactions"][0]

    def change(self, row, **values):
        """Correct a row in the bank for good."""
        identity = row if isinstance(row, str) else row["transactionId"]
        self.bank.control(
            "/payments/change", account=self.number, row=identity, **values
        )

    def row(self, told):
        """Return the register's row of a payment by the bank's first id."""
        return self.env["tochka.transaction"].search(
            [
                ("account_id", "=", self.account.id),
                ("transaction_id", "=", told["transactionId"]),
            ]
        )

    def rows(self):
        return self.env["tochka.transaction"].search(
            [("account_id", "=", self.account.id)]
        )

    def days(self, state=None):
        """Return {date: problem} of the days in a state."""
        domain = [("account_id", "=", self.account.id)]
        if state:
            domain.append(("state", "=", state))
        days = self.env["tochka.day"].search(domain)
        days.invalidate_recordset()
        return {day.date: day.problem for day in days}

    def assert_as_the_bank(self, first=LAST_MONTH[0], last=LAST_MONTH[1]):
        """Check that the rows that count, and their lines, are the bank's."""
        self.env.invalidate_all()
        truth = self.bank.truth(self.number, first, last)["transactions"]
        wanted = sorted(
            (
                row["documentProcessDate"],
                Decimal(str(row["Amount"]["amount"]))
                * (1 if row["creditDebitIndicator"] == "Credit" else -1),
                row["description"].strip(),
            )
            for row in truth
        )
        rows = self.rows().filtered(
            lambda row: not row.taken_back_on and first <= row.date <= last
        )
        found = sorted(
            (row.date.isoformat(), Decimal(f"{row.amount:.2f}"), (row.purpose or ""))
            for row in rows
        )
        self.assertEqual(
            found, [(day, Decimal(f"{sum_:.2f}"), words) for day, sum_, words in wanted]
        )
        loaded = rows.filtered(lambda row: row.state == "loaded")
        self.assertEqual(len(loaded.line_id), len(loaded))
        self.assertFalse(rows - loaded)
        lines = self.lines(self.account).filtered(
            lambda line: first <= line.tochka_transaction_id.date <= last
        )
        self.assertEqual(lines, loaded.line_id & lines)
        self.assertEqual(len(lines), len(loaded))
