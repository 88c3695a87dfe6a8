"""Load many accounts in one scheduled run, and measure the time spent waiting.

The run has to wait for the slowest statement, not for the sum of all of them.
"""

from datetime import date, timedelta

from benched import bank, database_with_addon, print_table, rows_of, start_worker

from tools.paths import new_log
from tools.progress import step

ACCOUNTS = 100
BANK_SECONDS = 3.0
LONGEST_WAIT = 30.0
DAYS = 7


def add_options(parser):
    """Declare the options of `dev/bench fleet`."""
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)


def run(dev, accounts=ACCOUNTS):
    """Do one scheduled run; return its figures (seconds of the real clock)."""
    since = date.today() - timedelta(days=DAYS)
    settings = {"running": True, "statement_seconds": BANK_SECONDS}
    log = new_log("bench-fleet")
    with (
        database_with_addon(dev, "fleet") as database,
        bank(dev, None, accounts, **settings) as control,
        step(f"one pass over {accounts} accounts"),
    ):
        task = {"database": database, "log": str(log), "bank": control.info}
        worker = start_worker(dev, "fleet_worker.py", **task, since=str(since))
        [measured] = rows_of(worker)
    figures = {
        "accounts": measured["accounts"],
        "bank_seconds_each": BANK_SECONDS,
        **measured,
    }
    print_table(figures, [figures.values()])
    return figures


def good(figures):
    """Tell whether every account was loaded without waiting long on the bank."""
    whole = figures["loaded"] == figures["accounts"] > 0
    return whole and figures["bank_wait_seconds"] < LONGEST_WAIT
