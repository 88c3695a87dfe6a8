"""Measure how much of a labelled set is recognised, and what recognition costs.

Invented payments in the bank's shapes (`benchmarks/labelled/README.md`) go through the
register into the books of real Odoo; counterparties, items and transfers are compared
with their labels. Half of the set is held out: only totals of it are printed. Then 500
and 2,000 payments of known counterparties are recognised in one call each, and as many
payments of new ones, and compared with the time that making their lines takes.
"""

import copy
from collections import defaultdict
from datetime import date, timedelta

from benched import Worker, bank, database_with_addon, print_table
from labelled_parties import COMPANY, OWN_JOURNALS, TRADER, everybody, world
from labelled_payments import HELD_OUT, TUNING, payments
from labelled_verdict import (
    MISSING,
    RIGHT,
    WRONG,
    Found,
    item_verdict,
    partner_verdict,
    shares,
)

from simulator.checkdigits import company_inn
from simulator.people import MAIN
from tools.paths import new_log
from tools.progress import say, step

NOW = "2026-11-20T15:00:00+03:00"
SIZES = (500, 2000)
COUNTERPARTY = {"right": 0.98, "wrong": 0.0}
ITEM = {"right": 0.90, "wrong": 0.02}


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
    judged = judge(chosen, found)
    if show:
        show_doubtful(judged)
        show_names(judged)
    show_kinds(judged)
    return show_totals(judged, doubles, speed)


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


# === LABELS === #


def judge(chosen, found):
    """Return (payment, what was found, partner verdict, item verdict) of each."""
    judged = []
    for one in chosen:
        said = Found(**found[one.key])
        verdicts = partner_verdict(one.who, said), item_verdict(one.item, said)
        judged.append((one, said, *verdicts))
    return judged


def show_doubtful(judged):
    """Print the payments of the tuning half that were not recognised rightly."""
    for one, said, partner, item in judged:
        if one.half != TUNING or partner == item == RIGHT:
            continue
        say(f"{one.kind}: {one.row['description']!r}")
        if partner != RIGHT:
            got = said.known or f"{said.partner} {said.inn} {said.kpp}".strip()
            say(f"  counterparty {partner}: {got or 'nobody'}, not {one.who}")
        if item != RIGHT:
            got = "transfer" if said.is_transfer else said.item
            say(f"  item {item}: {got or 'none'}, not {one.item}")


def show_names(judged):
    """Print the names that new counterparties and payees of the tuning half got."""
    names = {}
    for one, said, *_verdicts in judged:
        if one.half == TUNING:
            party = one.row.get("DebtorParty") or one.row.get("CreditorParty") or {}
            if said.partner and not (said.known or said.is_own):
                names[f"created: {party.get('name')} → {said.partner}"] = None
            if said.payee:
                names[f"payee: {one.row['description']!r} → {said.payee}"] = None
    for name in names:
        say(name)


def show_kinds(judged):
    """Print the results of the tuning half by kind of payment."""
    kinds = defaultdict(list)
    for one, _said, partner, item in judged:
        if one.half == TUNING:
            kinds[one.kind].append((partner, item))
    table = []
    for kind, verdicts in kinds.items():
        counts = [
            [pair[place] for pair in verdicts].count(verdict)
            for place in (0, 1)
            for verdict in (RIGHT, WRONG, MISSING)
        ]
        table.append([kind, len(verdicts), *(count or "" for count in counts)])
    heads = ["tuning half", "payments", "counterparty right", "wrong", "missing"]
    print_table([*heads, "item right", "wrong", "missing"], table)


def show_totals(judged, doubles, speed):
    """Print the totals; return the figures."""
    halves = {
        half: shares(verdicts[2:] for verdicts in judged if verdicts[0].half == half)
        for half in (TUNING, HELD_OUT)
    }
    whole = shares(verdicts[2:] for verdicts in judged)
    names = {"whole set": whole, "tuning half": halves[TUNING]}
    names["held-out half"] = halves[HELD_OUT]
    heads = ["", "payments", "counterparty right", "wrong", "item right", "wrong"]
    print_table(
        heads,
        [
            [name, one["payments"]]
            + [f"{share:.1%}" for key, share in one.items() if key != "payments"]
            for name, one in names.items()
        ],
    )
    return {**whole, "doubles": doubles, **speed, **halves}


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
    """Tell whether the goals are reached; with `--quick` without those of speed."""
    recognised = not figures["doubles"] and all(
        half["counterparty_right"] >= COUNTERPARTY["right"]
        and half["counterparty_wrong"] <= COUNTERPARTY["wrong"]
        and half["item_right"] >= ITEM["right"]
        and half["item_wrong"] <= ITEM["wrong"]
        for half in (figures[TUNING], figures[HELD_OUT])
    )
    if "queries" not in figures:
        return recognised
    return (
        recognised
        and figures["queries"] == figures["queries_500"]
        and figures["seconds"] < figures["create_seconds"]
    )
