"""Load hourly for ten days through every fault; count rows lost or doubled.

Runs real Odoo and the simulated bank on an injected clock. Each scenario has its own
account. At its end the rows in Odoo are compared with the bank's own record.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from benched import bank, database_with_addon, print_table, rows_of, start_worker
from loss_scenarios import START, scenarios

from tools.paths import new_log
from tools.progress import say, step

RUNS = 200
# Two halves of the scenarios, each with its own database, bank and clock.
PARTS = 2
KEYS = ("lost", "doubled", "foreign", "days_unproven", "days_false", "errors")


def add_options(parser):
    """Declare the options of `dev/bench loss`."""
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    parser.add_argument("--seed", type=int, default=1, help="of everything random")
    parser.add_argument("--only", default="", help="scenarios with this in their name")
    parser.add_argument("--runs", type=int, help=f"random runs instead of {RUNS}")


def run(dev, quick=False, seed=1, only="", runs=None):
    """Run all scenarios; return the figures."""
    chosen = [number for number, one in enumerate(scenarios()) if only in one.name]
    runs = RUNS if runs is None else runs
    if quick:
        chosen, runs = chosen[::10], runs // 10
    with (
        step(f"{len(chosen)} scenarios of ten days, {runs} random runs"),
        ExitStack() as stack,
        ThreadPoolExecutor(PARTS) as pool,
    ):
        workers = []
        for part in range(PARTS):
            task = {"seed": seed, "part": part, "scenarios": chosen[part::PARTS]}
            task["runs"] = runs // PARTS
            workers.append(start_part(dev, stack, task))
        rows = [row for part in pool.map(collected, workers) for row in part]
    cells = [[row["name"], row["rows"]] for row in rows]
    for line, row in zip(cells, rows, strict=True):
        line += [*(row[key] for key in KEYS), row["seconds"]]
    print_table(["scenario", "rows", *KEYS, "seconds"], cells)
    figures = {key: sum(row[key] for row in rows) for key in KEYS}
    return {"scenarios": len(rows), **figures}


def start_part(dev, stack, task):
    """Start the worker of one half with its own database and bank."""
    log = new_log(f"bench-loss-{task['part']}")
    say(f"  log: {log}")
    database = stack.enter_context(database_with_addon(dev, "loss"))
    accounts = len(task["scenarios"]) + 1
    control = stack.enter_context(bank(dev, START.isoformat(), accounts))
    return start_worker(
        dev,
        "loss_worker.py",
        **task,
        database=database,
        log=str(log),
        bank=control.info,
    )


def collected(worker):
    """Return the verdicts a worker prints; print each problem at once."""
    rows = []
    for row in rows_of(worker):
        rows.append(row)
        if any(row[key] for key in KEYS):
            say("\n    ".join([f"  {row['name']}", *row["details"]]))
    return rows


def good(figures):
    """Tell whether nothing was lost, doubled, foreign or wrongly called whole."""
    return bool(figures["scenarios"]) and not any(figures[key] for key in KEYS)
