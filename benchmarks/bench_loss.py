"""Nothing lost, nothing doubled: ten days of hourly loading through every trouble.

Real Odoo, the simulated bank, time injected. Each scenario has an account of its own;
what Odoo holds at its end is compared with what the bank truly has.
"""

from benched import bank, database_with_addon, print_table, rows_of, start_worker
from loss_scenarios import START, scenarios

from house.places import new_log
from house.progress import say, step

RUNS = 200
KEYS = ("lost", "doubled", "days_unproven", "errors")


def add_options(parser):
    """Declare the options of `dev/bench loss`."""
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    parser.add_argument("--seed", type=int, default=1, help="of the random faults")


def run(house, quick=False, seed=1):
    """Live through all scenarios; return the figures."""
    count = len(list(scenarios()))
    task = {"scenarios": count // 10 if quick else count, "seed": seed}
    task["runs"] = RUNS // 10 if quick else RUNS
    log = new_log("bench-loss")
    with (
        database_with_addon(house, "loss") as database,
        bank(house, START.isoformat(), extra_accounts=count + 1) as control,
        step(f"{task['scenarios']} scenarios, {task['runs']} random runs (log: {log})"),
    ):
        task |= {"database": database, "log": str(log), "bank": control.info}
        rows = [
            shown(row) for row in rows_of(start_worker(house, "loss_worker.py", **task))
        ]
    table = [
        [row["name"], row["rows"], *(row[key] for key in KEYS), row["seconds"]]
        for row in rows
    ]
    print_table(["scenario", "rows", *KEYS, "seconds"], table)
    figures = {key: sum(row[key] for row in rows) for key in KEYS}
    return {"scenarios": len(rows), **figures}


def shown(row):
    """Say at once what went wrong in a scenario; return it."""
    if any(row[key] for key in KEYS):
        say("\n    ".join([f"  {row['name']}", *row["details"]]))
    return row


def good(figures):
    """Tell whether nothing was lost, doubled or left unproven."""
    return bool(figures["scenarios"]) and not any(figures[key] for key in KEYS)
