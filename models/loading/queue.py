"""The queue of what people, events and files ask for, and its worker."""

import logging

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import fields
from odoo.exceptions import UserError

from .intervals import INTERVALS

_logger = logging.getLogger(__name__)

# A run whose process dies this often is given up.
MOST_STARTS = 3


def enqueue(env, accounts, date_from, date_to, trigger):
    """Put a run into the queue and wake the worker (see `tochka.import._queue`)."""
    key = f"{sorted(accounts.ids)}:{date_from}:{date_to}"
    if trigger == "webhook":
        # Events come in bursts: one run for all that came before it starts.
        key = f"webhook:{sorted(accounts.ids)}"
    Import = env["tochka.import"]
    same = [("request_key", "=", key), ("state", "in", ("queued", "running"))]
    run = Import.search(same, limit=1)
    if run and (date_from < run.date_from or date_to > run.date_to):
        run.sudo().write(
            {
                "date_from": min(date_from, run.date_from),
                "date_to": max(date_to, run.date_to),
            }
        )
    if not run:
        try:
            with env.cr.savepoint():
                run = Import.sudo()._open(accounts, date_from, date_to, trigger)
                run.request_key = key
                run.flush_recordset()
        except UniqueViolation as error:
            # Asked at the same moment elsewhere. This transaction cannot see that
            # run yet: Odoo repeats the request, and then it can.
            raise SerializationFailure from error
    env.ref("account_tochka.ir_cron_run_queue").sudo()._trigger()
    return run.sudo(False)


def run_queued(env):
    """Do the queued runs; go on with one that was interrupted."""
    runs = env["tochka.import"].search(
        [
            ("trigger", "not in", list(INTERVALS)),
            ("state", "in", ("queued", "running")),
        ],
        order="id",
    )
    env["ir.cron"]._commit_progress(remaining=len(runs))
    for run in runs:
        if run.trigger == "webhook":
            # What happens from now on may be missing in it: that asks anew.
            run.request_key = False
        _do_safely(run)
        if not env["ir.cron"]._commit_progress(1):
            break


def _do_safely(run):
    """Do one queued run; what goes wrong with it never holds up the others."""
    run.starts += 1
    run.env["ir.cron"]._commit_progress()
    try:
        if run.starts > MOST_STARTS:
            raise UserError(
                run.env._("The loading was interrupted again and again; ask anew.")
            )
        run.account_ids._import(run.date_from, run.date_to, run.trigger, run)
    except Exception as error:
        run.env.cr.rollback()
        _logger.error("Run %s failed", run.id, exc_info=error)
        run.write(
            {
                "state": "failed",
                "error": str(error),
                "finished_on": fields.Datetime.now(),
            }
        )
    if run.postponed:
        run.starts = 0
    run._tell_user()
