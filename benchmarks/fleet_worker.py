"""Do one scheduled run over many accounts and measure it (`dev/bench fleet`).

Started by `start_worker` with a task: the database, the log, the bank's addresses, the
first day to load. Prints one line of JSON.
"""

import functools
import json
import sys
import time
from datetime import date

from odoo_here import OdooHere, company_in_roubles, connection_by_key


class Stopwatch:
    """Adds up the seconds spent inside the methods it measures."""

    def __init__(self):
        self.seconds, self._running = 0.0, False

    def put_on(self, owner, name):
        """Measure every call of a method of a class from now on."""
        method = getattr(owner, name)

        @functools.wraps(method)
        def timed(*args, **kwargs):
            if self._running:  # called by another measured method
                return method(*args, **kwargs)
            started, self._running = time.monotonic(), True
            try:
                return method(*args, **kwargs)
            finally:
                self.seconds += time.monotonic() - started
                self._running = False

        setattr(owner, name, timed)


def main():
    """Do the task given on the command line."""
    task = json.loads(sys.argv[1])
    odoo = OdooHere(task["database"], task["log"])
    with odoo.env() as env:
        company = company_in_roubles(env)
        connection = connection_by_key(env, company, task["bank"])
        # The extra accounts of the simulator: its own four get other payments.
        crowd = connection.account_ids.filtered(
            lambda one: one.number.startswith("40702810") and "016000" in one.number
        )
        for number, account in enumerate(crowd):
            # Core finds codes for no more than 99 bank journals of a company.
            vals = {"name": account.number, "type": "bank", "code": f"T{number}"}
            journal = env["account.journal"].with_company(company).create(vals)
            account._bind(company, journal, auto_import=True, interval="hourly")
        crowd.auto_import_since = date.fromisoformat(task["since"])
        count = len(crowd)
    bank, books = Stopwatch(), Stopwatch()
    watch(bank, books)
    started = time.monotonic()
    with odoo.env() as env:
        env["tochka.account"]._cron_import("hourly")
    passed = time.monotonic() - started
    with odoo.env() as env:
        loaded = env["tochka.account"].search_count([("last_success", "!=", False)])
        rows = env["tochka.transaction"].search_count([("state", "=", "loaded")])
    figures = {
        "accounts": count,
        "loaded": loaded,
        "rows": rows,
        "bank_wait_seconds": round(bank.seconds, 1),
        "lines_seconds": round(books.seconds, 1),
        "pass_seconds": round(passed, 1),
    }
    print(json.dumps(figures), flush=True)


def watch(bank, books):
    """Measure the waiting for the bank with `bank`, making lines with `books`."""
    from odoo.addons.account_tochka import tochka_api
    from odoo.addons.account_tochka.models.bank import tochka_account

    for name in ("init_statement", "wait_statement", "get_statement"):
        bank.put_on(tochka_api.TochkaClient, name)
    books.put_on(tochka_account.TochkaAccount, "_make_lines")


if __name__ == "__main__":
    main()
