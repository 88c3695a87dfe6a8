"""Work beside OCA's `account_reconcile_oca` in the same database.

The tests of both addons run in one database on the real server. OCA's run without ours
too, so that a test that fails by itself is told apart. Then payments handled in one
addon are looked at in the other, with everything committed; OCA's addon is installed
into a database that has ours and payments already. The speed of loading payments with
and without it is printed.
"""

from collections import Counter
from datetime import date, timedelta

from benched import (
    Worker,
    bank,
    database_with_addon,
    fresh_database,
    install,
    print_table,
)
from reconcile_oca_here import MODULE, with_reconcile

from tools.browser import ensure_browser
from tools.odoo_tests import tests_report
from tools.paths import ADDON, new_log
from tools.progress import say, step

NOW = "2026-04-01T12:00:00+03:00"
ROWS, FIRST, DAYS = 1000, date(2026, 3, 10), 10
HERE, THERE = ("loaded", "handled_here"), ("handled_there",)
# OCA's tests expect a database in English; our template is Russian too.
ENGLISH = "--load-language=en_US"


def add_options(parser):
    """Declare the options of `dev/bench reconcile`."""
    parser.add_argument("--quick", action="store_true", help="without test suites")


def run(dev, quick=False):
    """Do all parts; return the figures."""
    dev = with_reconcile(dev)
    handled = handled_both_ways(dev, speed=not quick)
    suites = {} if quick else run_suites(dev)
    return {
        **suites,
        "handled_here_right_there": not any(handled[name] for name in HERE),
        "handled_there_right_here": not any(handled[name] for name in THERE),
    }


# === HANDLED === #


def handled_both_ways(dev, *, speed):
    """Handle payments in one addon, look at them in the other; return the problems."""
    with (
        database_with_addon(dev, "reconcile") as database,
        bank(dev, NOW, extra_accounts=2) as control,
    ):
        task = {"database": database, "bank": control.info}
        log = new_log("bench-reconcile")
        worker = Worker(dev, "reconcile_worker.py", **task, log=str(log))
        world = worker.call("prepare")
        alone, beside = world["extra"][:2]
        rates = [rate(worker, control, alone)] if speed else []
        worker.end()
        install(dev, database, MODULE)
        worker = Worker(dev, "reconcile_worker.py", **task, log=str(log))
        wrong, table = {}, []
        for name, arguments in (
            ("loaded", {"world": world}),
            ("handled_here", {}),
            ("handled_there", {}),
        ):
            with step(f"payments {name.replace('_', ' ')}"):
                checks = worker.call(name, **arguments)
            wrong[name] = [one for one in checks if one[1] != one[2]]
            table.append([name.replace("_", " "), len(checks), len(wrong[name])])
            for what, found, wanted in wrong[name]:
                say(f"  {what}: {found}, wanted {wanted}")
        rates += [rate(worker, control, beside)] if speed else []
        worker.end()
    print_table(["payments", "checks", "wrong"], table)
    if rates:
        print_table(
            ["loading", "lines", "ms a line"],
            [["without OCA", *rates[0]], ["beside OCA", *rates[1]]],
        )
    return wrong


def rate(worker, control, account):
    """Load many payments; return their number and the milliseconds per line."""
    number = worker.call("number", account=account)
    for offset in range(DAYS):
        day = FIRST + timedelta(days=offset)
        control.post("/bulk", account=number, date=str(day), count=ROWS // DAYS)
    last = FIRST + timedelta(days=DAYS - 1)
    with step(f"{ROWS} payments"):
        run = worker.call("load", account=account, first=str(FIRST), last=str(last))
    return [run["lines"], round(1000 * run["seconds"] / run["lines"], 1)]


# === TESTS === #


def run_suites(dev):
    """Run OCA's tests alone, then both addons' together; return the figures."""
    ensure_browser()
    alone = suite(dev, (MODULE,), "alone")
    both = suite(dev, (ADDON, MODULE), "both")
    results = {
        "OCA's alone": counted(alone, MODULE),
        "OCA's beside ours": counted(both, MODULE),
        "ours beside OCA's": counted(both, ADDON),
    }
    kinds = ("passed", "failed", "skipped")
    print_table(
        ["tests", *kinds],
        [[name, *(found[kind] for kind in kinds)] for name, found in results.items()],
    )
    wrong = both.outcome().problems
    for problem in wrong:
        say(f"  {problem}")
    theirs, ours = results["OCA's beside ours"], results["ours beside OCA's"]
    return {
        "oca_passed": theirs["passed"],
        "oca_failed": theirs["failed"],
        "oca_failed_without_ours": results["OCA's alone"]["failed"],
        "ours_passed": ours["passed"],
        "ours_failed": ours["failed"],
        "ours_skipped": ours["skipped"],
        "problems": len(wrong),
    }


def suite(dev, modules, name):
    """Install modules into a fresh database and run their tests; return the report."""
    tags = tuple(f"/{module}" for module in modules)
    with fresh_database(dev, f"reconcile_{name}") as database:
        return tests_report(
            dev, database, tags, modules, f"bench-reconcile-{name}", (ENGLISH,)
        )


def counted(report, module):
    """Count the results of the tests of one module."""
    of_module = f"odoo.addons.{module}."
    results = report.results.items()
    return Counter(result for test, result in results if test.startswith(of_module))


def good(figures):
    """Tell whether nothing failed and each addon shows what the other did."""
    handled = ("handled_here_right_there", "handled_there_right_here")
    failed = [figures.get(key, 0) for key in ("oca_failed", "ours_failed", "problems")]
    ran = all(figures.get(key, 1) for key in ("oca_passed", "ours_passed"))
    return all(figures[key] for key in handled) and ran and not any(failed)
