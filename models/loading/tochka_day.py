from odoo import api, fields, models
from odoo.tools import SQL


class TochkaDay(models.Model):
    """Whether one day of one account is proven to be whole.

    A day is proven by a statement that closes: opening balance + credits − debits =
    closing balance. A day that does not close stays open and is asked for again.
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
    checked_on = fields.Datetime(readonly=True)

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
    def _prove(self, account, statement, difference):
        """Record what a statement says about its days.

        :param account: tochka.account
        :param tochka_api.Statement statement: Ready
        :param Decimal difference: closing − (opening + rows); None when the bank gave
            no balances
        """
        state = "open"
        if difference == 0:
            # A day that is not over can still get payments: it proves nothing yet.
            state = "proven"
        self.env.cr.execute(
            SQL(
                "INSERT INTO tochka_day (account_id, date, state, difference,"
                " checked_on, create_uid, create_date, write_uid, write_date)"
                " SELECT %(account)s, day::date,"
                " CASE WHEN %(state)s = 'proven' AND day::date >= %(today)s"
                " THEN 'today' ELSE %(state)s END,"
                " %(difference)s, %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s"
                " FROM generate_series(%(start)s::date, %(end)s::date, '1 day') AS day"
                " ON CONFLICT (account_id, date) DO UPDATE SET state = EXCLUDED.state,"
                " difference = EXCLUDED.difference, checked_on = EXCLUDED.checked_on,"
                " write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date",
                account=account.id,
                state=state,
                today=account._today(),
                difference=difference or None,
                now=fields.Datetime.now(),
                uid=self.env.uid,
                start=statement.date_from,
                end=statement.date_to,
            )
        )
        self.invalidate_model()

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
