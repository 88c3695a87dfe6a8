"""Be one of two Odoo processes that load the same account (`dev/bench race`).

Started by `start_worker`; answers commands as `benched.Worker` describes.
"""

import json
import os
import signal
import sys
from dataclasses import asdict
from datetime import date

from bank_control import BankControl
from loss_compare import compare
from oauth_journey import allow_access, make_oauth
from odoo_here import (
    OdooHere,
    bind,
    company_in_roubles,
    connection_by_key,
    serve,
)

import odoo


class Racer:
    """The commands."""

    def __init__(self, odoo, bank):
        """Use an open database and a bank."""
        self.odoo, self.bank = odoo, bank

    def prepare(self, since):
        """Create a company, an account by key, and a connection by OAuth."""
        with self.odoo.env() as env:
            company = company_in_roubles(env)
            connection = connection_by_key(env, company, self.bank.info)
            account = connection.account_ids.filtered(
                lambda one: one.is_open and one.currency_id == company.currency_id
            )[:1]
            bind(account, auto_import=True)
            account.auto_import_since = date.fromisoformat(since)
            other = connection.copy()
            make_oauth(other, self.bank.info)
            allow_access(other, self.bank)
            return {
                "account": account.id,
                "number": account.bank_account_id,
                "oauth": other.id,
            }

    def forget_attempt(self, account):
        """Make an account due again."""
        with self.odoo.env() as env:
            env["tochka.account"].browse(account).last_attempt = False

    def schedule(self):
        """Run the hourly schedule."""
        with self.odoo.env() as env:
            env["tochka.account"]._cron_import("hourly")

    def fork_schedule(self):
        """Do `schedule` in a new process, forked as Odoo's own server does it.

        :return int: its process id
        """
        odoo.sql_db.close_all()
        pid = os.fork()
        if not pid:
            self.schedule()
            os._exit(0)
        return pid

    def kill(self, pid):
        """Kill a forked process with SIGKILL; tell whether it was still running."""
        os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        return os.WIFSIGNALED(status)

    def by_hand(self, account, first, last):
        """Load a period as the job of the dialog does."""
        days = date.fromisoformat(first), date.fromisoformat(last)
        with self.odoo.env() as env:
            env["tochka.account"].browse(account)._import(*days, "manual")

    def take_events(self, account):
        """Let the connection take events; return the path they are sent to."""
        with self.odoo.env() as env:
            connection = env["tochka.account"].browse(account).connection_id
            with connection._client() as client:
                connection.push_jwk = client.webhook_key()
            return f"/account_tochka/webhook/{connection.push_key}"

    def runs_by_events(self, account):
        """Return how many runs events have asked for, and how many wait or work."""
        with self.odoo.env() as env:
            domain = [("trigger", "=", "webhook"), ("account_ids", "in", [account])]
            runs = env["tochka.import"].search(domain)
            return len(runs), len(runs.filtered(lambda run: run.state != "done"))

    def ask(self, connection):
        """Fetch the accounts of a connection; return their number."""
        with self.odoo.env() as env:
            with env["tochka.connection"].browse(connection)._client() as client:
                return len(client.accounts())

    def judge(self, account, first, last):
        """Compare an account with the bank; return the verdict."""
        with self.odoo.env() as env:
            record = env["tochka.account"].browse(account)
            truth = self.bank.truth(record.bank_account_id, first, last)
            return asdict(compare(env, record, truth, first, last))


def main():
    """Answer commands until stdin is closed."""
    task = json.loads(sys.argv[1])
    racer = Racer(OdooHere(task["database"], task["log"]), BankControl(task["bank"]))
    serve(racer)


if __name__ == "__main__":
    main()
