"""Load accounts in parallel with OCA's `queue_job`, the released package.

Its own runner does the jobs in a server with several processes. The turns: six accounts
are due; the bank refuses one of them; the bank answers for it again; one is switched
off while its job waits; the schedule runs again while jobs run; there is no worker at
all, so that the schedule has to load the accounts itself.
"""

import time
from datetime import date, timedelta

from benched import Worker, bank, database_with_addon, install, print_table
from queue_job_here import MODULE, runner, with_queue_job

from tools.errors import DevError
from tools.paths import new_log
from tools.progress import say, step

ACCOUNTS, WORKERS = 6, 3
DAYS, ROWS_A_DAY = 6, 12
STATEMENT_SECONDS, LONG_STATEMENT_SECONDS = 1.0, 5.0
PATIENCE = 120.0


def run(dev):
    """Do all turns; return the figures."""
    dev, today = with_queue_job(dev), date.today()
    first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
    settings = {"running": True, "statement_seconds": STATEMENT_SECONDS}
    with (
        database_with_addon(dev, "queue") as database,
        bank(dev, None, ACCOUNTS, **settings) as control,
    ):
        install(dev, database, MODULE)
        log = new_log("bench-queue")
        task = {"database": database, "log": str(log), "bank": control.info}
        worker = Worker(dev, "queue_worker.py", **task)
        try:
            turns = Turns(dev, database, control, worker, (first, last))
            return turns.run()
        finally:
            worker.end()


class Turns:
    """The turns, and the table of their results."""

    def __init__(self, dev, database, control, worker, days):
        """Prepare the accounts; make payments for each on every day."""
        self.dev, self.database = dev, database
        self.bank, self.worker, self.days = control, worker, days
        self.numbers = worker.call("prepare", since=str(days[0]))
        self.accounts = [int(account) for account in self.numbers]
        self.table, self.faults, self.failed, self.lost, self.doubled = [], [], 0, 0, 0
        self.known_processes = set()
        self._new_payments()

    def run(self):
        """Do all turns, print the table; return the figures."""
        jobs, processes = self._all_due()
        refused, off = self.accounts[:2]
        self._one_refused(refused)
        self._one_healed(refused)
        self._one_switched_off(off)
        due = [account for account in self.accounts if account != off]
        self._schedule_while_jobs_run(due)
        rows = self._no_worker(due)
        print_table(
            ["turn", "accounts", "rows", "lost", "doubled", "seconds", "processes"],
            self.table,
        )
        return {
            "accounts": len(self.accounts),
            "jobs": jobs,
            "rows": rows,
            "lost": self.lost,
            "doubled": self.doubled,
            "failed_jobs": self.failed,
            "processes": processes,
            "faults": len(self.faults),
        }

    def _all_due(self):
        """Load all accounts; return how many jobs and how many processes did it."""
        with step("six accounts due, twice before any worker starts"):
            jobs = self.worker.call("tick")
            self._expect("jobs of a second tick", self.worker.call("tick"), 0)
            return jobs, self._work("all", self.accounts)

    def _one_refused(self, account):
        """Let the bank refuse the statement of one account."""
        with step("one that the bank refuses"):
            self._new_payments()
            number = self.numbers[str(account)]
            self.bank.fault("statement_error", account=number)
            self._expect("jobs", self.worker.call("tick"), len(self.accounts))
            others = [other for other in self.accounts if other != account]
            self._work("one refused", others)
            state = self.worker.call("state", account=account)
            self._expect("the one refused", state, ["attention", 1, 2, "failed"])

    def _one_healed(self, account):
        """Let the bank answer again for the account that it refused."""
        with step("the same, healed"):
            self.bank.delete("/faults")
            self._expect("jobs", self.worker.call("tick"), len(self.accounts))
            self._work("healed", self.accounts)
            state = self.worker.call("state", account=account)
            self._expect("the one healed", state, ["ok", 0, 3, "done"])

    def _one_switched_off(self, account):
        """Switch one account off after its job was made."""
        with step("one switched off while its job waits"):
            self._new_payments()
            self._expect("jobs", self.worker.call("tick"), len(self.accounts))
            self.worker.call("switch_off", account=account)
            self._work("one off", [a for a in self.accounts if a != account])
            runs = self.worker.call("state", account=account)[2]
            self._expect("runs of the one switched off", runs, 3)

    def _schedule_while_jobs_run(self, due):
        """Run the schedule while the jobs of its last run are still at work."""
        with step("the schedule again while jobs run"):
            self._new_payments()
            self.bank.post("/settings", statement_seconds=LONG_STATEMENT_SECONDS)
            self._expect("jobs", self.worker.call("tick"), len(due))
            self._work("tick meanwhile", due, tick_meanwhile=True)
            self.bank.post("/settings", statement_seconds=STATEMENT_SECONDS)

    def _no_worker(self, due):
        """Load without a worker, where the schedule does it; return the rows."""
        with step("no worker at all"):
            self._new_payments()
            self._expect("jobs", self.worker.call("tick"), len(due))
            self.worker.call("age_jobs")
            self._expect("jobs", self.worker.call("tick"), 0)
            rows = self._judge("no worker", due, "", "")
            self._expect("jobs", self.worker.call("tick", due=False), 0)
            self._work("then workers", due)
            return rows

    def _new_payments(self):
        first, last = self.days
        for number in self.numbers.values():
            for offset in range((last - first).days + 1):
                day = str(first + timedelta(days=offset))
                self.bank.post("/bulk", account=number, date=day, count=ROWS_A_DAY)

    def _work(self, turn, accounts, *, tick_meanwhile=False):
        """Run the waiting jobs, compare; return how many processes ran them."""
        started = time.monotonic()
        with runner(self.dev, self.database, WORKERS) as log:
            while True:
                seen = self.worker.call("jobs")
                left = set(seen["states"]) - {"done", "failed"}
                if not left:
                    break
                if tick_meanwhile and "started" in left:
                    new = self.worker.call("tick", due=False)
                    self._expect("jobs of a tick meanwhile", new, 0)
                    tick_meanwhile = False
                if time.monotonic() - started > PATIENCE:
                    raise DevError(f"Jobs are left, {seen['states']}: see {log}")
                time.sleep(0.3)
            passed = time.monotonic() - started
        self._expect("a tick meanwhile is still to come", tick_meanwhile, False)
        self._expect("runs cut off", self.worker.call("interrupted"), 0)
        self.failed = seen["states"].get("failed", 0)
        for error in seen["errors"]:
            self._expect("the error of a job", error, None)
        bad = [line for line in log.read_text().splitlines() if " ERROR " in line[:60]]
        self._expect("errors in the server's log", bad, [])
        processes = set(seen["processes"]) - self.known_processes
        self.known_processes |= processes
        self._judge(turn, accounts, f"{passed:.1f}", len(processes))
        return len(processes)

    def _judge(self, turn, accounts, seconds, processes):
        first, last = map(str, self.days)
        verdict = self.worker.call("judge", accounts=accounts, first=first, last=last)
        self.lost += verdict["lost"]
        self.doubled += verdict["doubled"]
        self._expect("days not proven", verdict["days_unproven"], 0)
        for sentence in verdict["details"][:10]:
            say(f"  {turn}: {sentence}")
        cells = [verdict["rows"], verdict["lost"], verdict["doubled"]]
        self.table.append([turn, len(accounts), *cells, seconds, processes])
        return verdict["rows"]

    def _expect(self, what, found, wanted):
        if found != wanted:
            self.faults.append(what)
            say(f"  {what}: {found}, expected {wanted}")


def good(figures):
    """Tell whether each account had its job and nothing was lost, doubled or failed."""
    bad = ("lost", "doubled", "failed_jobs", "faults")
    fanned_out = figures["jobs"] == figures["accounts"] == ACCOUNTS
    several = figures["processes"] > 1 and figures["rows"]
    return fanned_out and bool(several) and not any(figures[key] for key in bad)
