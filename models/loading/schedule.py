"""When an account is loaded and which days are asked for."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ... import tochka_api

# An account is due when its last attempt is older than this.
DUE_AFTER = {"hourly": relativedelta(minutes=50), "daily": relativedelta(hours=20)}
# Banks post late and back-date: days read again by every run, and once a day.
OVERLAP_PARAMETER = ("account_tochka.overlap_days", 7)
DEEP_OVERLAP_PARAMETER = ("account_tochka.deep_overlap_days", 35)
# Open days older than the overlap that one run asks for again.
OPEN_DAYS_PER_RUN = 5


class TochkaAccount(models.Model):
    _inherit = "tochka.account"

    deep_read_on = fields.Date(
        readonly=True, copy=False, help="Day the long overlap was last read."
    )

    @api.model
    def _cron_import(self, interval):
        """Load every account that asks for this interval.

        One account's failure never stops the others. When the time of the job runs out,
        the next call goes on with the accounts that are still due.

        :param str interval: `hourly` or `daily`
        """
        self.env["tochka.import"]._close_interrupted(interval, self._loading_in_jobs())
        due_before = fields.Datetime.now() - DUE_AFTER[interval]
        accounts = self.search(
            [
                *self._scheduled_domain(interval),
                "|",
                ("last_attempt", "=", False),
                ("last_attempt", "<", due_before),
            ],
            order="last_attempt NULLS FIRST, id",
        )
        accounts = accounts._hand_over(interval)
        self.env["ir.cron"]._commit_progress(remaining=len(accounts))
        accounts._load_scheduled(interval)

    def _load_scheduled(self, interval):
        """Load the periods of the schedule, one run for each account.

        :param str interval: `hourly` or `daily`
        """
        periods = {account: account._scheduled_periods() for account in self}
        self._load(
            periods,
            lambda account: self.env["tochka.import"]._open(
                account, periods[account][0][0], account._today(), interval
            ),
        )

    @api.model
    def _scheduled_domain(self, interval):
        """Give the domain of the accounts that the schedule loads.

        :param str interval: `hourly` or `daily`
        """
        return [
            ("auto_import", "=", True),
            ("interval", "=", interval),
            ("journal_id", "!=", False),
            ("is_open", "=", True),
            ("connection_id.state", "!=", "draft"),
            ("connection_id.active", "=", True),
        ]

    def _scheduled_periods(self):
        """Give the periods a scheduled run asks for.

        From the watermark back by the overlap, never before automatic loading began;
        and days before that which did not close yet.

        :return: list of (first day, last day), the days that did not close last
        """
        self.ensure_one()
        today, start = self._today(), self._scheduled_start()
        open_days = self.env["tochka.day"].search(
            [
                ("account_id", "=", self.id),
                ("state", "=", "open"),
                ("date", "<", start),
            ],
            order="checked_on",
            limit=OPEN_DAYS_PER_RUN,
        )
        again = [(day.date, day.date) for day in open_days]
        return [*tochka_api.month_windows(start, today), *again]

    def _scheduled_start(self):
        """Give the first day a scheduled run asks for, today at the latest."""
        self.ensure_one()
        today = self._today()
        since = self.auto_import_since or today
        start = since
        if self.loaded_until:
            start = max(since, self.loaded_until - timedelta(days=self._overlap()))
        return min(start, today)

    def _overlap(self):
        """Give the days to read again: many once a day, few otherwise."""
        self.ensure_one()
        deep = self.interval == "daily" or self.deep_read_on != self._today()
        name, default = DEEP_OVERLAP_PARAMETER if deep else OVERLAP_PARAMETER
        value = self.env["ir.config_parameter"].sudo().get_param(name)
        return int(value) if value and value.isdigit() else default
