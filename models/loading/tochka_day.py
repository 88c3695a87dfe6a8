from odoo import api, fields, models
from odoo.tools import SQL

from .proof import Proof, period_of_border


class TochkaDay(models.Model):
    """Whether one day of one account is proven to be whole.

    A day is whole when the register's payments lead from the bank's opening balance to
    its closing balance, and the days before and after it meet it. A day that does not
    stays open and is asked for again. See `proof`.
    """

    _name = "tochka.day"
    _inherit = ["tochka.walled"]
    _description = "Day of a Tochka Bank Account"
    _order = "date desc, account_id"

    account_id = fields.Many2one(
        "tochka.account", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="account_id.company_id")
    currency_id = fields.Many2one(related="account_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [
            ("proven", "Whole"),
            ("today", "Not over yet"),
            ("open", "Does not close"),
            ("missing", "Not asked for"),
        ],
        required=True,
        readonly=True,
    )
    difference = fields.Monetary(
        readonly=True, help="What the day lacks: the bank's closing balance minus ours."
    )
    problem = fields.Selection(
        [
            ("balances", "No balances"),
            ("undated", "Payments without a day"),
            ("rows", "Payments missing in the statement"),
            ("register", "Payments missing here"),
            ("early", "Statement made too early"),
            ("border", "Another balance on the next day"),
        ],
        readonly=True,
    )
    words = fields.Char(string="What Is Wrong", compute="_compute_words")
    opening = fields.Monetary(
        string="Opening in the Bank",
        readonly=True,
        help="The bank's balance at the start of the day.",
    )
    closing = fields.Monetary(
        string="Closing in the Bank",
        readonly=True,
        help="The bank's balance at the end of the day.",
    )
    made_on = fields.Datetime(
        string="Statement Made On",
        readonly=True,
        help="The moment whose payments and balances the bank's statement holds.",
    )
    checked_on = fields.Datetime(readonly=True)
    checks = fields.Integer(
        default=0,
        readonly=True,
        help="How often in a row it stayed open in the same way.",
    )

    _account_date_unique = models.UniqueIndex("(account_id, date)")
    _open_idx = models.Index("(account_id, date) WHERE state = 'open'")

    @api.depends("account_id", "state")
    def _compute_display_name(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        for day in self:
            number = (day.account_id.number or "")[-4:]
            day.display_name = f"…{number} · {states.get(day.state, '')}"

    def action_ask_again(self):
        """Ask the bank for these days again; each account's in one run."""
        self.check_access("read")
        for account in self.account_id:
            dates = self.filtered(lambda day, own=account: day.account_id == own)
            self.env["tochka.import"]._queue(
                account, min(dates.mapped("date")), max(dates.mapped("date"))
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The bank is being asked. You will be told when it has answered."
                ),
            },
        }

    @api.model
    def _prove(self, account, statement, stored):
        """Record what a statement says about its days, see `proof`.

        :param account: tochka.account
        :param tochka_api.Statement statement: Ready
        :param Stored stored: what came of putting it into the register
        :return Proof: what else it found out about the account's days
        """
        proof = Proof(account, statement, stored)
        proof.record()
        return proof

    @api.model
    def _period_of_border(self, account):
        """Return the days to read again because balances do not meet, or None."""
        return period_of_border(account)

    @api.depends("problem", "difference", "currency_id")
    def _compute_words(self):
        for day in self:
            amount = day.currency_id.format(day.difference)
            day.words = {
                "balances": self.env._("The bank told no balances."),
                "undated": self.env._("The bank told payments without their day."),
                "rows": self.env._(
                    "The payments the bank told do not lead to its closing balance:"
                    " %s is missing.",
                    amount,
                ),
                "register": self.env._(
                    "The payments loaded do not lead to the bank's closing balance:"
                    " %s is missing.",
                    amount,
                ),
                "early": self.env._(
                    "The bank made the statement before the day had ended."
                ),
                "border": self.env._(
                    "The next day begins with another balance: the difference is %s.",
                    amount,
                ),
            }.get(day.problem)

    @api.model
    def _note_missing(self, account):
        """Record the days between the account's first one and today nobody asked for.

        :param account: tochka.account
        """
        self.env.cr.execute(
            SQL(
                "INSERT INTO tochka_day (account_id, date, state, create_uid,"
                " create_date, write_uid, write_date)"
                " SELECT %(account)s, day::date, 'missing', %(uid)s, %(now)s, %(uid)s,"
                " %(now)s FROM generate_series((SELECT MIN(date) FROM tochka_day"
                " WHERE account_id = %(account)s), %(today)s::date, '1 day') AS day"
                " ON CONFLICT (account_id, date) DO NOTHING",
                account=account.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                today=account._today(),
            )
        )
        self.invalidate_model()
