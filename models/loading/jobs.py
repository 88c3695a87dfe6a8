"""Where the addon `queue_job` is installed, each account due is a job of its own.

A soft dependency: without it nothing here does anything. Which channel takes the jobs
is left to queue_job's own settings, for `<tochka.account>._import_scheduled`.
"""

from odoo import fields, models

from .schedule import DUE_AFTER


class TochkaAccount(models.Model):
    _inherit = "tochka.account"

    def _hand_over(self, interval):
        """Give every account to a job, unless it has one that is not done.

        A job that is not done when the account is due once more shows that no worker
        takes jobs: payments are not to wait for that, so its account stays.

        :param str interval: `hourly` or `daily`
        :return: the accounts to load without a job; all of them without queue_job
        """
        if "queue.job" not in self.env:
            return self
        stay = self.browse()
        long_ago = fields.Datetime.now() - DUE_AFTER[interval]
        for account in self:
            jobs = account._scheduled_jobs("pending", "enqueued", "started")
            if not jobs:
                # A job is no part of the cron, even if it is done at once.
                account.with_context(ir_cron_progress_id=False).with_delay(
                    identity_key=account._job_key(), description=account.display_name
                )._import_scheduled(interval)
            elif min(jobs.mapped("date_created")) < long_ago:
                stay |= account
        return stay

    def _import_scheduled(self, interval):
        """Load this account as the schedule does; a job of queue_job.

        It commits as it goes, which a job must not do in its own transaction: that
        lock is how queue_job knows it alive. Hence the cursor, as `allow_commit` of a
        job function would give, without a record that has to exist for it.

        :param str interval: `hourly` or `daily`
        """
        self.ensure_one()
        with self.env.registry.cursor() as cr:
            accounts = self.with_env(self.env(cr=cr))
            domain = [("id", "=", self.id), *self._scheduled_domain(interval)]
            # It may have been switched off, or be gone, while the job waited.
            accounts.search(domain)._load_scheduled(interval)

    def _loading_in_jobs(self):
        """Give the accounts that jobs load at this moment."""
        if "queue.job" not in self.env:
            return self.browse()
        accounts = self.search([("journal_id", "!=", False)])
        return accounts.filtered(lambda one: one._scheduled_jobs("started"))

    def _scheduled_jobs(self, *states):
        """Give the jobs of this account in one of the states."""
        self.ensure_one()
        domain = [("identity_key", "=", self._job_key()), ("state", "in", states)]
        return self.env["queue.job"].sudo().search(domain)

    def _job_key(self):
        """Give what queue_job knows the account's job by: one waits at most."""
        self.ensure_one()
        return f"account_tochka.import_scheduled:{self.id}"
