"""Run the schedule beside `queue_job` and read the results (`dev/bench queue`).

Started by `start_worker`; answers commands as `benched.Worker` describes.
"""

import json
import sys
from collections import Counter
from datetime import date

from bank_control import BankControl
from loss_compare import compare
from odoo_here import (
    OdooHere,
    bind,
    company_in_roubles,
    connection_by_key,
    serve,
)


class Ticker:
    """The commands."""

    def __init__(self, odoo, bank):
        """Use an open database and a bank."""
        self.odoo, self.bank = odoo, bank

    def prepare(self, since):
        """Choose the extra accounts of the simulator; return {id: number}."""
        with self.odoo.env() as env:
            company = company_in_roubles(env)
            connection = connection_by_key(env, company, self.bank.info)
            chosen = connection.account_ids.filtered(lambda one: "016000" in one.number)
            for account in chosen:
                bind(account, auto_import=True)
            chosen.auto_import_since = date.fromisoformat(since)
            return {account.id: account.bank_account_id for account in chosen}

    def tick(self, due=True):
        """Run the hourly schedule; return how many jobs it made.

        :param bool due: make every account due first
        """
        with self.odoo.env() as env:
            if due:
                env["tochka.account"].search([]).last_attempt = False
            before = env["queue.job"].search_count([])
        with self.odoo.env() as env:
            # As Odoo calls it.
            env.ref("account_tochka.ir_cron_import_hourly").method_direct_trigger()
        with self.odoo.env() as env:
            return env["queue.job"].search_count([]) - before

    def jobs(self):
        """Return the number of jobs in each state, their errors and their processes."""
        with self.odoo.env() as env:
            jobs = env["queue.job"].search([])
            done = jobs.filtered(lambda one: one.state == "done")
            return {
                "states": Counter(jobs.mapped("state")),
                "processes": sorted(set(done.mapped("worker_pid"))),
                "errors": [text for text in jobs.mapped("exc_message") if text],
            }

    def age_jobs(self):
        """Make the waiting jobs two hours old."""
        with self.odoo.env() as env:
            env.cr.execute(
                "UPDATE queue_job SET date_created = date_created - interval '2 hours'"
                " WHERE state IN ('pending', 'enqueued')"
            )

    def switch_off(self, account):
        """Switch the schedule of an account off."""
        with self.odoo.env() as env:
            env["tochka.account"].browse(account).auto_import = False

    def state(self, account):
        """Return [state, number of activities, number of runs, last run's state]."""
        with self.odoo.env() as env:
            record = env["tochka.account"].browse(account)
            runs = env["tochka.import"].search([("account_ids", "=", account)])
            return [record.state, len(record.activity_ids), len(runs), runs[:1].state]

    def interrupted(self):
        """Return how many runs were closed because their process was killed."""
        with self.odoo.env() as env:
            domain = [("state", "=", "failed"), ("error", "like", "Interrupted")]
            return env["tochka.import"].search_count(domain)

    def judge(self, accounts, first, last):
        """Compare accounts with the bank; return the sums of their verdicts."""
        total = {"rows": 0, "lost": 0, "doubled": 0, "days_unproven": 0, "details": []}
        with self.odoo.env() as env:
            for record in env["tochka.account"].browse(accounts):
                truth = self.bank.truth(record.bank_account_id, first, last)
                verdict = compare(env, record, truth, first, last)
                for key in total:
                    total[key] += getattr(verdict, key)
        return total


def main():
    """Answer commands until stdin is closed."""
    task = json.loads(sys.argv[1])
    ticker = Ticker(OdooHere(task["database"], task["log"]), BankControl(task["bank"]))
    serve(ticker)


if __name__ == "__main__":
    main()
