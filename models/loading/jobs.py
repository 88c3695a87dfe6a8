"""Where the addon `queue_job` is installed, each account due is a job of its own.

A soft dependency: without it nothing here does anything. Which channel takes the jobs
is left to queue_job's own settings, for `<tochka.account>._import_scheduled`.
"""

from odoo import fields

from .intervals import INTERVALS


def hand_over(accounts, interval):
    """Give every account to a job, unless it has one that is not done.

    A job that is not done when the account is due once more shows that no worker
    takes jobs. Payments should not wait for that, so its account is returned.

    :param accounts: tochka.account, all due
    :param str interval: key of INTERVALS
    :return: the accounts to load without a job; all of them without queue_job
    """
    if "queue.job" not in accounts.env:
        return accounts
    stay = accounts.browse()
    long_ago = fields.Datetime.now() - INTERVALS[interval].due_after
    for account in accounts:
        jobs = _jobs(account, "pending", "enqueued", "started")
        if not jobs:
            # A job is no part of the cron, even if it is done at once.
            account.with_context(ir_cron_progress_id=False).with_delay(
                identity_key=_job_key(account), description=account.display_name
            )._import_scheduled(interval)
        elif min(jobs.mapped("date_created")) < long_ago:
            stay |= account
    return stay


def loaded_in_jobs(accounts):
    """Return the accounts that jobs load at this moment.

    :param accounts: tochka.account, only for its environment
    """
    if "queue.job" not in accounts.env:
        return accounts.browse()
    bound = accounts.search([("journal_id", "!=", False)])
    return bound.filtered(lambda account: _jobs(account, "started"))


def _jobs(account, *states):
    """Return the jobs (queue.job) of an account that are in one of the states."""
    domain = [("identity_key", "=", _job_key(account)), ("state", "in", states)]
    return account.env["queue.job"].sudo().search(domain)


def _job_key(account):
    """Return what queue_job knows the account's job by, so that one waits at most."""
    return f"account_tochka.import_scheduled:{account.id}"
