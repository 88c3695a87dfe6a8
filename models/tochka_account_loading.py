"""Loading: from the bank to the register, from the register to the books."""

import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import tochka_api
from ..exceptions import explain

_logger = logging.getLogger(__name__)

# Banks post late and back-date: every scheduled run reads these days again.
OVERLAP_DAYS = {"hourly": 7, "daily": 35}
# An account is due when its last attempt is older than this.
DUE_AFTER = {"hourly": relativedelta(minutes=50), "daily": relativedelta(hours=20)}
LINES_PER_COMMIT = 200


class TochkaAccount(models.Model):
    _inherit = "tochka.account"

    @api.model
    def _cron_import(self, interval):
        """Load every account that asks for this interval.

        One account's failure never stops the others. When the time of the job runs out,
        the next call goes on with the accounts that are still due.

        :param str interval: `hourly` or `daily`
        """
        due_before = fields.Datetime.now() - DUE_AFTER[interval]
        accounts = self.search(
            [
                ("auto_import", "=", True),
                ("interval", "=", interval),
                ("journal_id", "!=", False),
                ("is_open", "=", True),
                "|",
                ("last_attempt", "=", False),
                ("last_attempt", "<", due_before),
            ],
            order="last_attempt NULLS FIRST, id",
        )
        self.env["tochka.import"]._close_interrupted(interval)
        self.env["ir.cron"]._commit_progress(remaining=len(accounts))
        for account in accounts:
            account._import(account._scheduled_from(), account._today(), interval)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _scheduled_from(self):
        """Give the first day a scheduled run asks for."""
        self.ensure_one()
        since = self.auto_import_since or self._today()
        if not self.loaded_until:
            return since
        overlap = relativedelta(days=OVERLAP_DAYS[self.interval])
        return min(max(since, self.loaded_until - overlap), self._today())

    def _import(self, date_from, date_to, trigger, run=None):
        """Load a period: the one way in for schedule, dialog, push and file.

        Commits after every step, so a process killed in the middle loses nothing: the
        next run goes on from the register.

        :param date date_from: first day, Moscow calendar
        :param date date_to: last day, not in the future
        :param str trigger: one of `tochka.import.trigger`
        :param run: the `tochka.import` that was queued; None makes one
        :return: the `tochka.import` with what came of it
        """
        run = run or self.env["tochka.import"]._open(self, date_from, date_to, trigger)
        windows = tochka_api.month_windows(date_from, date_to)
        run._start(steps=len(self) * (len(windows) + 1))
        self.env["ir.cron"]._commit_progress()
        for account in self:
            try:
                account.with_company(account.company_id)._import_windows(windows, run)
            except Exception as error:
                self.env.cr.rollback()
                account._failed(error, run)
            self.env["ir.cron"]._commit_progress()
        run._finish()
        self.env["ir.cron"]._commit_progress()
        return run

    def _import_windows(self, windows, run):
        self.ensure_one()
        if not self._begin(run):
            return
        with self.connection_id._client() as client:
            for date_from, date_to in windows:
                statement = client.statement(self.bank_account_id, date_from, date_to)
                self._store_statement(statement, run)
                run._step(client.requests_made)
                self.env["ir.cron"]._commit_progress()
                if not self.try_lock_for_update(allow_referencing=True):
                    run._skip(self)
                    return
        self._make_lines(run)
        self._succeeded()
        run._step()

    def _begin(self, run):
        """Take the account's lock for this run; say so in the run when it is taken."""
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            run._skip(self)
            return False
        self.last_attempt = fields.Datetime.now()
        return True

    def _store_statement(self, statement, run):
        """Put a statement into the register and move the watermark, together.

        :param tochka_api.Statement statement: Ready, both bounds inclusive
        """
        self.ensure_one()
        run._count(self.env["tochka.transaction"]._store(self, statement))
        vals = {}
        if not self.loaded_until or statement.date_to > self.loaded_until:
            vals["loaded_until"] = statement.date_to
        newest = not self.bank_balance_date or (
            statement.date_to >= self.bank_balance_date
        )
        if newest and statement.closing_balance is not None:
            vals["bank_balance"] = float(statement.closing_balance)
            vals["bank_balance_date"] = statement.date_to
        if vals:
            self.write(vals)

    def _make_lines(self, run=None):
        """Make statement lines of the register rows that have none yet.

        Works in batches, each committed when a run is given (otherwise the caller's
        transaction decides).
        """
        self.ensure_one()
        Transaction = self.env["tochka.transaction"]
        domain = [("account_id", "=", self.id), ("state", "=", "new")]
        while batch := Transaction.search(
            domain, order="date, id", limit=LINES_PER_COMMIT
        ):
            batch._create_lines()
            if run:
                run._count({"created": len(batch)})
                self.env["ir.cron"]._commit_progress()
                if not self.try_lock_for_update(allow_referencing=True):
                    return

    def _succeeded(self):
        self.ensure_one()
        self.write({"last_success": fields.Datetime.now(), "last_error": False})
        self.activity_unlink(["account_tochka.mail_activity_attention"])
        if self.connection_id.state == "attention":
            self.connection_id.sudo().write(
                {"state": "connected", "state_message": False}
            )

    def _failed(self, error, run):
        """Remember a failure on the account; one activity when it starts.

        :param Exception error: a bank error, a refusal of Odoo, or anything else
        """
        self.ensure_one()
        if isinstance(error, tochka_api.TochkaError):
            message = explain(self.env, error)
            if isinstance(
                error, tochka_api.AccessExpired | tochka_api.UnknownCertificate
            ):
                self.connection_id._needs_attention(error)
            _logger.info("Account %s not loaded: %s", self.id, type(error).__name__)
        elif isinstance(error, UserError):
            message = str(error)
            _logger.info("Account %s not loaded: refused by Odoo", self.id)
        else:
            message = self.env._(
                "Loading stopped on an unexpected error (%s). Nothing is lost. The"
                " server's log has the details for the administrator.",
                type(error).__name__,
            )
            _logger.error("Account %s not loaded", self.id, exc_info=error)
        if not self.last_error:
            self.activity_schedule(
                "account_tochka.mail_activity_attention",
                summary=self.env._("Payments are not loaded: %s", self.display_name),
                note=message,
                user_id=self.connection_id.user_id.id,
            )
        self.write({"last_error": message, "last_attempt": fields.Datetime.now()})
        run._fail(self, message)
