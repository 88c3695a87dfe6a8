"""The queue of what people, events and files ask for, and its worker."""

import logging

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

# A run whose process dies this often is given up.
MOST_STARTS = 3


class TochkaImport(models.Model):
    _inherit = "tochka.import"

    @api.model
    def _queue(self, accounts, date_from, date_to, trigger="manual"):
        """Put a run into the queue and wake the worker.

        :param str trigger: who asks: `manual` or `webhook`
        :return: the run; the one that is under way when the same was asked before
        """
        key = f"{sorted(accounts.ids)}:{date_from}:{date_to}"
        if trigger == "webhook":
            # Events come in bursts: one run for all that came before it starts.
            key = f"webhook:{sorted(accounts.ids)}"
        same = [("request_key", "=", key), ("state", "in", ("queued", "running"))]
        run = self.search(same, limit=1)
        if run and (date_from < run.date_from or date_to > run.date_to):
            run.sudo().write(
                {
                    "date_from": min(date_from, run.date_from),
                    "date_to": max(date_to, run.date_to),
                }
            )
        if not run:
            try:
                with self.env.cr.savepoint():
                    run = self.sudo()._open(accounts, date_from, date_to, trigger)
                    run.request_key = key
                    run.flush_recordset()
            except UniqueViolation as error:
                # Asked at the same moment elsewhere. This transaction cannot see that
                # run yet: Odoo repeats the request, and then it can.
                raise SerializationFailure from error
        self.env.ref("account_tochka.ir_cron_run_queue").sudo()._trigger()
        return run.sudo(False)

    @api.model
    def _cron_run_queue(self):
        """Do the queued runs; go on with one that was interrupted."""
        runs = self.search(
            [
                ("trigger", "not in", ("hourly", "daily")),
                ("state", "in", ("queued", "running")),
            ],
            order="id",
        )
        self.env["ir.cron"]._commit_progress(remaining=len(runs))
        for run in runs:
            if run.trigger == "webhook":
                # What happens from now on may be missing in it: that asks anew.
                run.request_key = False
            run._do_safely()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _do_safely(self):
        """Do one queued run; what goes wrong with it never holds up the others."""
        self.ensure_one()
        self.starts += 1
        self.env["ir.cron"]._commit_progress()
        try:
            if self.starts > MOST_STARTS:
                raise UserError(
                    self.env._("The loading was interrupted again and again; ask anew.")
                )
            self.account_ids._import(self.date_from, self.date_to, self.trigger, self)
        except Exception as error:
            self.env.cr.rollback()
            _logger.error("Run %s failed", self.id, exc_info=error)
            self.write(
                {
                    "state": "failed",
                    "error": str(error),
                    "finished_on": fields.Datetime.now(),
                }
            )
        if self.postponed:
            self.starts = 0
        self._tell_user()
