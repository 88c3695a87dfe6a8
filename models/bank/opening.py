"""The opening balance of an account, fixed at a day."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...exceptions import bank_errors

# Among the lines of one day the greatest sequence stands first (core sorts by
# MAXINT - sequence), so the opening line precedes every payment of its day.
_FIRST_OF_THE_DAY = 2_000_000_000


class TochkaAccount(models.Model):
    _inherit = "tochka.account"

    opening_date = fields.Date(
        string="Opening Balance On",
        readonly=True,
        tracking=True,
        help="Payments of earlier days never enter the books.",
    )
    opening_balance = fields.Monetary(
        readonly=True, tracking=True, help="Balance at the start of that day."
    )
    opening_line_id = fields.Many2one(
        "account.bank.statement.line",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The entry that brings the journal to the opening balance.",
    )

    def _fix_opening(self, day, amount):
        """Fix the balance at the start of `day`.

        The journal gets one entry that brings its balance to `amount`; register rows of
        earlier days are kept out of the books, those of later days enter them.

        :param date day: the day whose start has this balance
        :param float amount: in the account's currency
        :raise UserError: when earlier payments of the bank are in the books already
        """
        self.ensure_one()
        self._check_opening_day(day)
        self.sudo()._lock_or_ask_to_wait()
        self._drop_opening_line()
        self._move_opening_border(day)
        before = fields.Date.subtract(day, days=1)
        difference = self.currency_id.round(amount - self._balance_in_books(before))
        line = self.env["account.bank.statement.line"]
        if difference:
            line = self._create_opening_line(day, difference)
        self.sudo().write(
            {
                "opening_date": day,
                "opening_balance": amount,
                "opening_line_id": line.id,
            }
        )
        self.sudo()._make_lines()

    def _release_opening(self):
        """Undo the fixing: the entry goes, earlier payments may enter the books."""
        self.ensure_one()
        self.sudo()._lock_or_ask_to_wait()
        self._drop_opening_line()
        self._move_opening_border(False)
        self.sudo().write({"opening_date": False, "opening_balance": 0.0})
        self.sudo()._make_lines()

    def _check_opening_day(self, day):
        if not self.journal_id:
            raise UserError(
                self.env._(
                    "Choose a journal for the account %s first.", self.display_name
                )
            )
        if day > self._today():
            raise UserError(
                self.env._(
                    "The day of the opening balance is in the future. Choose today or"
                    " an earlier day."
                )
            )
        if self.journal_id.company_id._is_bank_locked_on(day):
            raise UserError(
                self.env._(
                    "%s is in a locked period. Choose a later day, or unlock the period"
                    " first.",
                    day.strftime("%d.%m.%Y"),
                )
            )
        earlier = self.env["tochka.transaction"].search_count(
            [
                ("account_id", "=", self.id),
                ("date", "<", day),
                ("review", "=", "confirmed"),
            ]
        )
        if earlier:
            raise UserError(
                self.env._(
                    "%(count)s payments of days before %(day)s are confirmed already."
                    " Choose an earlier day, or put these payments back to new first.",
                    count=earlier,
                    day=day.strftime("%d.%m.%Y"),
                )
            )

    def _drop_opening_line(self):
        line = self.opening_line_id
        if line:
            line._check_may_change()
            line.unlink()

    def _move_opening_border(self, day):
        """Sort register rows around the new border.

        :param day: first day that enters the books; False lets everything in
        """
        Transaction = self.env["tochka.transaction"].sudo()
        ours = [("account_id", "=", self.id)]
        waiting = Transaction.search([*ours, ("state", "=", "before_opening")])
        waiting.filtered(lambda row: not day or row.date >= day).state = "new"
        if day:
            out = Transaction.search(
                [*ours, ("state", "in", ("new", "loaded")), ("date", "<", day)]
            )
            out._leave_books("before_opening")

    def _create_opening_line(self, day, amount):
        company = self.journal_id.company_id
        equity = company.get_unaffected_earnings_account()
        return (
            self.env["account.bank.statement.line"]
            .with_company(company)
            .create(
                {
                    "journal_id": self.journal_id.id,
                    "date": day,
                    "sequence": _FIRST_OF_THE_DAY,
                    "amount": amount,
                    "payment_ref": self.env._(
                        "Opening balance on %s", day.strftime("%d.%m.%Y")
                    ),
                    "counterpart_account_id": equity.id,
                }
            )
        )

    def _bank_balance_at_start(self, day):
        """Ask the bank what the account held at the start of `day`.

        :return float: in the account's currency; None when the bank does not tell
        :raise UserError: when the bank cannot be asked
        """
        self.ensure_one()
        with bank_errors(self.env), self.connection_id._client() as client:
            statement = client.statement(self.bank_account_id, day, day)
        balance = statement.opening_balance
        return None if balance is None else float(balance)
