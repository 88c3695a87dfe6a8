"""Measure how fast 1,000 payments enter the books, beside OCA's online import.

Both addons load the same rows in the same run, each in its own database, and the rounds
alternate. Both start with rows in memory. Ours writes them to the register and then
makes unreviewed lines, looking for their partners. OCA's makes lines in its fastest
way: scheduled, without statements, a month at a time. Then ours is measured from the
bank on, over HTTP. The books that our lines make are compared, column by column, with
those that core's own `create` makes of the same rows.
"""

from contextlib import ExitStack
from datetime import date, timedelta
from statistics import median

from benched import Worker, bank, database_with_addon, print_table
from import_rival import database_with_rival, with_rival

from tools.paths import new_log
from tools.progress import say, step

NOW = "2026-04-01T12:00:00+03:00"
# Two months: loading again costs some eight queries a month, for any number of rows.
FIRST, LAST = date(2026, 2, 1), date(2026, 3, 31)
PERIOD = {"first": FIRST.isoformat(), "last": LAST.isoformat()}
ROWS = 1000
MANY = 10_000
REQUIRED_RATIO, ALLOWED_QUERIES = 2, 40


def add_options(parser):
    """Declare the options of `dev/bench import`."""
    parser.add_argument("--rounds", type=int, default=3, help="of both, in turn")


def run(dev, rounds=3):
    """Measure everything; return the figures."""
    both = with_rival(dev)
    with ExitStack() as stack:
        database = stack.enter_context(database_with_addon(dev, "import"))
        rivals = stack.enter_context(database_with_rival(both))
        control = stack.enter_context(bank(dev, NOW))
        start = Start(stack, both, database, rivals)
        with start.ours() as ours, start.rival() as rival:
            measured = first_loads(ours, rival, control, rounds)
            account = measured["accounts"]["RUB"]
            with step("the whole way from the bank, over HTTP"):
                whole = ours.call("load", account=account, **PERIOD)
        with start.ours() as ours, step(f"the same {ROWS} again"):
            again = reload(ours, account)
        with start.ours() as ours, step(f"{MANY} rows"):
            top_up(control, account, MANY)
            ours.call("load", account=account, **PERIOD)
        with start.ours() as ours, step(f"the same {MANY} again"):
            many_again = reload(ours, account)
    return shown(measured, whole, again, many_again)


class Start:
    """Starts worker processes on the two databases."""

    def __init__(self, stack, dev, database, rivals):
        """Use the environment whose Odoo has both addons, and their databases."""
        self.dev, self.databases = dev, {"ours": database, "rival": rivals}

    def ours(self):
        """Start Odoo with our addon in a new process; return it."""
        return self._worker("ours")

    def rival(self):
        """Start Odoo with OCA's addon in a new process; return it."""
        return self._worker("rival")

    def _worker(self, who):
        log = new_log(f"bench-import-{who}")
        return Started(
            self.dev,
            "import_worker.py",
            who=who,
            database=self.databases[who],
            log=str(log),
        )


class Started(Worker):
    """A worker that ends with its `with` block."""

    def __enter__(self):
        """Return the worker."""
        return self

    def __exit__(self, kind, *_rest):
        """End the worker, or kill it after an error."""
        if kind:
            self.process.kill()
        self.end()


def first_loads(ours, rival, control, rounds):
    """Measure first loads of both in turn; compare our books with core's."""
    accounts = ours.call("prepare", bank=control.info, **PERIOD)
    roubles = accounts["RUB"]
    top_up(control, roubles, ROWS)
    rows = ours.call("fetch", account=roubles, **PERIOD)
    provider = rival.call("prepare", rows=rows)
    measured = {"accounts": accounts, "rows": len(rows), "ours": [], "rival": []}
    measured["lines"] = []
    with step(f"{len(rows)} rows, {rounds} rounds of both in turn"):
        for _round in range(rounds):
            found = ours.call("load_from_memory", account=roubles)
            other = rival.call("load_from_memory", provider=provider, **PERIOD)
            if not found["lines"] == other["lines"] == len(rows):
                say(f"  lines made: ours {found['lines']}, rival {other['lines']}")
            measured["ours"].append(found)
            measured["rival"].append(other)
            measured["lines"].append(ours.call("lines_from_register", account=roubles))
    rival.call("load_from_memory", provider=provider, keep=True, **PERIOD)
    measured["rival_again"] = rival.call(
        "load_from_memory", provider=provider, keep=True, **PERIOD
    )
    measured["compared"] = {}
    for currency, account in accounts.items():
        with step(f"the books beside those of core's create, {currency}"):
            ours.call("fetch", account=account, **PERIOD)
            compared = ours.call("compare_with_core", account=account)
        for difference in compared["different"]:
            say(f"  different: {difference}")
        measured["compared"][currency] = compared
    return measured


def top_up(control, account, wanted):
    """Add payments on every day of the period, until the account has `wanted`."""
    truth = control.truth(account, FIRST.isoformat(), LAST.isoformat())
    lacking = wanted - len(truth["transactions"])
    days = (LAST - FIRST).days + 1
    for number in range(days):
        count = lacking * (number + 1) // days - lacking * number // days
        if count > 0:
            day = FIRST + timedelta(days=number)
            control.post("/bulk", account=account, date=day.isoformat(), count=count)


def reload(ours, account):
    """Load known rows again; return queries, seconds and the process's peak memory.

    The first, unmeasured load fills the caches as those of a running server are.
    """
    ours.call("load", account=account, **PERIOD)
    figures = ours.call("load", account=account, **PERIOD)
    return {**figures, "peak_mb": ours.call("peak_mb")}


def shown(measured, whole, again, many_again):
    """Print the table; return the figures."""
    rows = measured["rows"]

    def per_second(figures):
        return round(rows / median(one["seconds"] for one in figures), 1)

    def per_line(figures):
        return round(median(one["queries"] for one in figures) / rows, 2)

    speeds = {who: per_second(measured[who]) for who in ("ours", "rival", "lines")}
    core = measured["compared"]["RUB"]["seconds"]["core"]
    print_table(
        ["first load", "lines/s", "queries a line"],
        [
            ["OCA, rows in memory", speeds["rival"], per_line(measured["rival"])],
            ["core's create, rows in the register", round(rows / core, 1), ""],
            ["ours, rows in memory", speeds["ours"], per_line(measured["ours"])],
            [
                "ours, rows in the register",
                speeds["lines"],
                per_line(measured["lines"]),
            ],
            ["ours, from the bank", per_second([whole]), per_line([whole])],
        ],
    )
    other = measured["rival_again"]
    print_table(
        ["known rows again", "rows", "queries", "seconds", "peak MB"],
        [
            ["OCA, rows in memory", rows, other["queries"], f"{other['seconds']:.1f}"]
            + [""],
            *(
                ["ours, from the bank", one["found"], one["queries"]]
                + [f"{one['seconds']:.1f}", one["peak_mb"]]
                for one in (again, many_again)
            ),
        ],
    )
    compared = measured["compared"]
    print_table(
        ["books beside core's", "records", "columns", "different", "batches by core"],
        [
            [name, one["records"], one["columns"]]
            + [len(one["different"]), one["by_core"]]
            for name, one in compared.items()
        ],
    )
    return {
        "rows": rows,
        "ours_lines_per_s": speeds["ours"],
        "oca_lines_per_s": speeds["rival"],
        "ratio": round(speeds["ours"] / speeds["rival"], 1),
        "reload_queries": again["queries"],
        "oca_reload_queries": other["queries"],
        "reload_queries_10000": many_again["queries"],
        "peak_mb": many_again["peak_mb"],
        "books_equal": not any(one["different"] for one in compared.values()),
    }


def good(figures):
    """Tell whether the goals are reached."""
    return (
        figures["rows"] == ROWS
        and figures["books_equal"]
        and figures["ratio"] >= REQUIRED_RATIO
        and figures["reload_queries"] <= ALLOWED_QUERIES
        and figures["reload_queries_10000"] <= ALLOWED_QUERIES
    )
