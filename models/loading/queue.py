"""The queue of what people, events and files ask for, and its worker."""

import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import ConcurrencyError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .intervals import INTERVALS
from .loading import commit_anew

_logger = logging.getLogger(__name__)

# A run whose process dies this often is given up.
MOST_STARTS = 3
# An event asks again this often when another one asks at the same moment. Each time
# it sees what the other one has committed, so two tries are nearly always enough.
MOST_TRIES = 10
# Events start so many runs of an account within this time; the next one waits. A
# flood of events would otherwise load the account all the time.
RUNS_BY_EVENTS, WITHIN = 2, timedelta(minutes=1)


def enqueue(env, accounts, date_from, date_to, trigger):
    """Put a run into the queue and wake the worker (see `tochka.import._queue`)."""
    by_event = trigger == "webhook"
    key = f"{sorted(accounts.ids)}:{date_from}:{date_to}"
    if by_event:
        key = _key_of_events(accounts)
    run = _under_way(env, key)
    if run and (date_from < run.date_from or date_to > run.date_to):
        run.sudo().write(
            {
                "date_from": min(date_from, run.date_from),
                "date_to": max(date_to, run.date_to),
            }
        )
    elif run and by_event:
        # The event that made it has woken the worker.
        return run
    if not run:
        try:
            with env.cr.savepoint():
                run = env["tochka.import"].sudo()
                run = run._open(accounts, date_from, date_to, trigger)
                run.not_before = by_event and _pause_after_events(accounts)
                _take_key(run, key)
        except UniqueViolation as error:
            # Asked at the same moment elsewhere. This transaction cannot see that
            # run yet: Odoo repeats the request, and then it can.
            raise ConcurrencyError("the same was asked for elsewhere") from error
    cron = env.ref("account_tochka.ir_cron_run_queue").sudo()
    cron._trigger(at=run.sudo().not_before or None)
    return run.sudo(False)


def want(account, date_from, date_to):
    """Ask for a load because of an event (see `tochka.import._want`)."""
    env = account.env
    run = _under_way(env, _key_of_events(account))
    if run and run.date_from <= date_from and run.date_to >= date_to:
        return
    for attempt in range(1, MOST_TRIES + 1):
        try:
            with env.registry.cursor() as cr:
                own = account.with_env(env(cr=cr))
                own.env["tochka.import"]._queue(own, date_from, date_to, "webhook")
            return
        except (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            if attempt == MOST_TRIES:
                raise


def _take_key(run, key):
    """Give a run the key that only one run under way may have.

    To find it taken is nothing unusual, so the database's words are not logged.

    :raise UniqueViolation: when a run has it that was made at the same moment
    """
    run.flush_recordset()
    run.env.cr.execute(
        SQL("UPDATE tochka_import SET request_key = %s WHERE id = %s", key, run.id),
        log_exceptions=False,
    )
    run.invalidate_recordset(["request_key"], flush=False)


def _key_of_events(accounts):
    """Return the key of a run by events: one for all that came before it starts."""
    return f"webhook:{sorted(accounts.ids)}"


def _under_way(env, key):
    """Return the run (tochka.import) with this key that is not done, if any."""
    return env["tochka.import"].search(
        [("request_key", "=", key), ("state", "in", ("queued", "running"))], limit=1
    )


def _pause_after_events(accounts):
    """Return when events may load these accounts again, False for at once."""
    recent = accounts.env["tochka.import"].search(
        [
            ("trigger", "=", "webhook"),
            ("account_ids", "in", accounts.ids),
            ("started_on", ">", fields.Datetime.now() - WITHIN),
        ],
        order="started_on desc",
        limit=RUNS_BY_EVENTS,
    )
    return len(recent) == RUNS_BY_EVENTS and recent[-1].started_on + WITHIN


def run_queued(env):
    """Do the queued runs; go on with one that was interrupted."""
    runs = env["tochka.import"].search(
        [
            ("trigger", "not in", list(INTERVALS)),
            ("state", "in", ("queued", "running")),
            "|",
            ("not_before", "=", False),
            ("not_before", "<=", fields.Datetime.now()),
        ],
        order="id",
    )
    env["ir.cron"]._commit_progress(remaining=len(runs))
    for run in runs:
        _do_safely(run)
        if not env["ir.cron"]._commit_progress(1):
            break


def _begin(run):
    """Count a start of the run; what events ask for from now on is another run."""
    run.starts += 1
    if run.trigger == "webhook":
        # What happens from now on may be missing in this one.
        run.request_key = False


def _do_safely(run):
    """Do one queued run; what goes wrong with it never holds up the others."""
    # An event may widen the run's days at this moment.
    commit_anew(run.env, _begin, run)
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
