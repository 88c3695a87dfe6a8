"""When an account is loaded and which days are asked for."""

from datetime import timedelta

from odoo import fields

from ... import tochka_api
from . import jobs
from .intervals import INTERVALS
from .proof import worth_asking

# Banks post late and back-date: days read again by every run, and once a day.
OVERLAP_PARAMETER = ("account_tochka.overlap_days", 7)
DEEP_OVERLAP_PARAMETER = ("account_tochka.deep_overlap_days", 35)
# Open days older than the overlap that one run asks for again.
OPEN_DAYS_PER_RUN = 5


def load_due(accounts, interval):
    """Load every account that asks for this interval and is due, or give it to a job.

    :param accounts: tochka.account, only for its environment
    :param str interval: key of INTERVALS
    """
    env = accounts.env
    env["tochka.import"]._close_interrupted(interval, jobs.loaded_in_jobs(accounts))
    due_before = fields.Datetime.now() - INTERVALS[interval].due_after
    due = accounts.search(
        [
            *accounts._scheduled_domain(interval),
            "|",
            ("last_attempt", "=", False),
            ("last_attempt", "<", due_before),
        ],
        order="last_attempt NULLS FIRST, id",
    )
    here = jobs.hand_over(due, interval)
    env["ir.cron"]._commit_progress(remaining=len(here))
    _load(here, interval)


def load_in_own_transaction(account, interval):
    """Load one account as the schedule does, from a job of queue_job.

    Loading commits as it goes, which a job must not do in its own transaction: that
    transaction's lock is how queue_job knows the job alive. `allow_commit` of a job
    function would open a cursor as well, but needs a record of that function.

    :param str interval: key of INTERVALS
    """
    with account.env.registry.cursor() as cr:
        accounts = account.with_env(account.env(cr=cr))
        domain = [("id", "=", account.id), *accounts._scheduled_domain(interval)]
        # It may have been switched off, or be gone, while the job waited.
        _load(accounts.search(domain), interval)


def _load(accounts, interval):
    """Load the periods of the schedule, one run for each account."""
    periods = {account: account._scheduled_periods() for account in accounts}
    accounts._load(
        periods,
        lambda account: account.env["tochka.import"]._open(
            account, periods[account][0][0], account._today(), interval
        ),
    )


def scheduled_domain(interval):
    """Return the domain of the accounts that the schedule loads.

    :param str interval: key of INTERVALS
    """
    return [
        ("auto_import", "=", True),
        ("interval", "=", interval),
        ("journal_id", "!=", False),
        ("read_to_end", "=", False),
        ("connection_id.state", "!=", "draft"),
        ("connection_id.active", "=", True),
    ]


def scheduled_periods(account):
    """Return the periods a scheduled run of an account asks for.

    From the watermark back by the overlap, never before automatic loading began;
    and days before that which did not close yet.

    :return: list of (first day, last day), the days that did not close last
    """
    first = account._scheduled_start()
    open_days = account.env["tochka.day"].search(
        [
            ("account_id", "=", account.id),
            *worth_asking(),
            ("date", "<", first),
            # Every run mends the borders of days by itself.
            ("problem", "not in", ("border",)),
        ],
        order="checked_on",
        limit=OPEN_DAYS_PER_RUN,
    )
    again = [(day.date, day.date) for day in open_days]
    return [*tochka_api.month_windows(first, account._today()), *again]


def scheduled_start(account):
    """Return the first day a scheduled run asks for, today at the latest."""
    today = account._today()
    since = account.auto_import_since or today
    first = since
    if account.loaded_until:
        first = max(since, account.loaded_until - timedelta(days=_overlap(account)))
    return min(first, today)


def period_of_event(account, day):
    """Return the days to load for an event: the usual overlap, and the event's day.

    :param date day: of the payment, None when the event does not say
    :return: (first day, last day); None when automatic loading began later
    """
    since = account.auto_import_since
    if day and since and day < since:
        return None
    first = account._scheduled_start()
    return min(first, day or first), account._today()


def _overlap(account):
    """Return how many days to read again: many once a day, few otherwise."""
    deep = (
        INTERVALS[account.interval].reads_deep
        or account.deep_read_on != account._today()
    )
    name, default = DEEP_OVERLAP_PARAMETER if deep else OVERLAP_PARAMETER
    value = account.env["ir.config_parameter"].sudo().get_param(name)
    return int(value) if value and value.isdigit() else default
