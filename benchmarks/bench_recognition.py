"""Measure how much of a labelled set is recognised, and what recognition costs.

Invented payments in the bank's shapes (`tests/plain/labelled/README.md`) go through the
register into the books of real Odoo; counterparties, items and transfers are compared
with their labels. Half of the set is held out: only totals of it are printed. Then 500
and 2,000 payments of known counterparties are recognised in one call each, and as many
payments of new ones, and compared with the time that making their lines takes.
"""

import copy
import sys
from collections import defaultdict
from datetime import date, timedelta

from benched import Worker, bank, database_with_addon, print_table

from simulator.checkdigits import company_inn
from simulator.people import MAIN
from tools.paths import CHECKOUT, new_log
from tools.progress import say, step

sys.path.append(str(CHECKOUT / "tests" / "plain"))

from labelled import report, verdict
from labelled.parties import COMPANY, OWN_JOURNALS, TRADER, everybody, world
from labelled.payments import TUNING, payments

NOW = "2026-11-20T15:00:00+03:00"
SIZES = (500, 2000)


def add_options(parser):
    """Declare the options of `dev/bench recognition`."""
    parser.add_argument(
        "--show", choices=[TUNING], help="list what is wrong or missing in this half"
    )
    parser.add_argument(
        "--quick", action="store_true", help="compare the labels, measure no speed"
    )


def run(dev, show=None, quick=False):
    """Measure everything; return the figures."""
    chosen = payments()
    with (
        database_with_addon(dev, "recognition") as database,
        bank(dev, NOW) as control,
    ):
        log = new_log("bench-recognition")
        worker = Worker(dev, "recognition_worker.py", database=database, log=str(log))
        try:
            prepare(worker, control)
            with step(f"{len(chosen)} labelled payments"):
                found = worker.call("load", accounts=by_account(chosen))
            doubles = worker.call("doubles")
            speed = {} if quick else measure(worker, chosen)
        finally:
            worker.end()
    judged = verdict.judge(chosen, found)
    if show:
        for line in (*report.doubtful(judged), *report.names(judged)):
            say(line)
    print_table(*report.by_kind(judged))
    figures = report.totals(judged)
    print_table(*report.totals_table(figures))
    return {**figures, "doubles": doubles, **speed}


def prepare(worker, control):
    """Create the companies, the accounts and the partners known beforehand."""
    all_ = everybody()
    worker.call(
        "prepare",
        bank=control.info,
        world=world(all_),
        own_journals={
            inn: all_[key].party.account for key, inn in OWN_JOURNALS.items()
        },
        organizations={one.inn: one.kpp for one in (COMPANY, TRADER)},
    )


def by_account(chosen):
    """Return {account id: the bank's rows}."""
    rows = defaultdict(list)
    for one in chosen:
        rows[one.account].append(one.row)
    return rows


# === SPEED === #


def measure(worker, chosen):
    """Recognise many payments in one call; print and return the cost."""
    rows = [one.row for one in chosen if one.account == MAIN.account_id]
    # Both sizes have the same counterparties.
    rows = rows[: SIZES[0]]
    costs = {}
    with step("recognition of many at once"):
        # The first call fills the caches, as those of a running server are.
        worker.call("measure", account=MAIN.account_id, rows=many(rows, SIZES[0]))
        for name, change in (("known", None), ("new", newcomer)):
            for size in SIZES:
                costs[name, size] = worker.call(
                    "measure", account=MAIN.account_id, rows=many(rows, size, change)
                )
    print_table(
        ["counterparties", "payments", "queries", "seconds"]
        + ["to create lines: queries", "seconds"],
        [
            [name, size, cost["queries"], f"{cost['seconds']:.2f}"]
            + [cost["create_queries"], f"{cost['create_seconds']:.2f}"]
            for (name, size), cost in costs.items()
        ],
    )
    few, plenty = (costs["known", size] for size in SIZES)
    return {
        "queries": plenty["queries"],
        "queries_500": few["queries"],
        "seconds": round(plenty["seconds"], 2),
        "create_seconds": round(plenty["create_seconds"], 2),
        "new_queries": costs["new", SIZES[1]]["queries"],
        "new_queries_500": costs["new", SIZES[0]]["queries"],
        "new_seconds": round(costs["new", SIZES[1]]["seconds"], 2),
    }


def many(rows, count, change=None):
    """Return `count` different payments, copied from `rows` over and over.

    :param change: takes a row and its number and changes its counterparty
    """
    made = []
    for number in range(count):
        row = copy.deepcopy(rows[number % len(rows)])
        row["transactionId"] = f"cbs-tb;{9300000000 + number};1"
        row["paymentId"] = f"cbs-tb-92-{9400000000 + number}"
        row["documentNumber"] = str(10000 + number)
        day = date(2026, 8, 1) + timedelta(days=number % 61)
        row["documentProcessDate"] = day.isoformat()
        amount = round(row["Amount"]["amount"] + 1 + number / 100, 2)
        row["Amount"] |= {"amount": amount, "amountNat": amount}
        if change:
            change(row, number)
        made.append(row)
    return made


def newcomer(row, number):
    """Make the counterparty of a row a new company."""
    side = "Debtor" if row["creditDebitIndicator"] == "Credit" else "Creditor"
    row[f"{side}Party"] = {
        "inn": company_inn(f"9971{number:05d}"),
        "name": f'ООО "Новичок № {number}"',
        "kpp": "997101001",
    }
    row[f"{side}Account"]["identification"] = f"40702810900001{number:06d}"


def good(figures):
    """Return whether the goals are reached; `--quick` leaves the speed out."""
    return verdict.good(figures)
