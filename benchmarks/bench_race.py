"""Load one account in two processes at once, kill loading, flood it with events.

Runs real Odoo with real connections on the real clock. After every round the rows in
Odoo are compared with the bank's. Both logs have to be free of errors.
"""

import contextlib
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import requests
from benched import Worker, bank, database_with_addon, print_table

from tools.demo_setup import wait_for
from tools.environment import free_port
from tools.paths import new_log
from tools.progress import say, step

ROUNDS, KILLS, REFRESHES = 50, 20, 10
EVENTS, AT_ONCE = 2000, 16
# Loads of an account that events may start in a minute.
LOADS_A_MINUTE = 2
# Seconds the last load may take to come and to end.
LONGEST_WAIT = 300
DAYS = 6
ROWS_PER_ROUND, ROWS_PER_KILL = 12, 60
# Seconds the bank takes for a statement: long enough for the two to meet at any step.
STATEMENT_SECONDS = (0.0, 0.1, 0.4)


def add_options(parser):
    """Declare the options of `dev/bench race`."""
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    parser.add_argument("--seed", type=int, default=1, help="of everything random")


def run(dev, quick=False, seed=1):
    """Do all rounds of races, kills and token refreshes; return the figures."""
    share = 10 if quick else 1
    today = date.today()
    with (
        database_with_addon(dev, "race") as database,
        bank(dev, None, running=True) as control,
    ):
        race = Race(dev, database, control, random.Random(seed), today)
        try:
            with step(f"{ROUNDS // share} rounds of two processes"):
                race.rounds(ROUNDS // share)
            with step(f"kill -9 at {KILLS // share} random moments"):
                race.kills(KILLS // share)
            with step(f"{REFRESHES // share} refreshes by two processes"):
                race.refreshes(REFRESHES // share)
            with step(f"{EVENTS // share} good events, {AT_ONCE} at once"):
                race.flood(EVENTS // share)
        finally:
            race.end()
    figures = race.figures()
    print_table(figures, [figures.values()])
    return figures


class Race:
    """Two workers on one database, and the results of their rounds."""

    def __init__(self, dev, database, control, draw, today):
        """Start the two workers and prepare the account."""
        self.dev, self.database, self.bank = dev, database, control
        self.draw = draw
        self.first, self.last = str(today - timedelta(days=DAYS)), str(today)
        self.logs, self.tally = [], dict.fromkeys(("lost", "doubled"), 0)
        counters = ("rounds", "kills", "kills_too_late", "refreshes", "refresh_faults")
        self.done = dict.fromkeys(counters, 0)
        self.one = self._worker("one")
        world = self.one.call("prepare", since=self.first)
        self.account, self.number = world["account"], world["number"]
        self.oauth = world["oauth"]
        self.two = self._worker("two")

    def _worker(self, name):
        log = new_log(f"bench-race-{name}")
        self.logs.append(log) if log not in self.logs else None
        task = {"database": self.database, "log": str(log), "bank": self.bank.info}
        return Worker(self.dev, "race_worker.py", **task)

    def rounds(self, count):
        """Load the account in both workers at once: by schedule and by hand."""
        for _number in range(count):
            self._new_payments(ROWS_PER_ROUND)
            first, second = self.draw.sample((self.one, self.two), 2)
            by_hand = {"account": self.account, "first": self.first, "last": self.last}
            # Odoo never runs one scheduled job twice at the same time.
            if self.draw.random() < 0.7:
                first.send("schedule")
            else:
                first.send("by_hand", **by_hand)
            time.sleep(self.draw.choice((0, 0, 0.05, 0.2)))
            second.send("by_hand", **by_hand)
            first.answer(), second.answer()
            self.done["rounds"] += 1
            self._judge("a round")

    def kills(self, count):
        """Kill a loading process at a random moment; load with the other worker."""
        usual = self._seconds_of_a_load()
        while self.done["kills"] < count:
            self._new_payments(ROWS_PER_KILL)
            victim = self.two.call("fork_schedule")
            moment = self.draw.uniform(0, usual)
            time.sleep(moment)
            at_work = self.two.call("kill", pid=victim)
            self.done["kills" if at_work else "kills_too_late"] += 1
            # PostgreSQL needs a moment to notice that its client is gone.
            time.sleep(0.3)
            self.one.call("forget_attempt", account=self.account)
            self.one.call("schedule")
            self._judge(f"a kill after {moment:.2f} s of {usual:.2f}")

    def _seconds_of_a_load(self):
        self._new_payments(ROWS_PER_KILL)
        started = time.monotonic()
        self.one.call("schedule")
        return time.monotonic() - started

    def refreshes(self, count):
        """Let the access token expire for both workers at the same time."""
        for _number in range(count):
            self.bank.post("/tokens/expire", which="access")
            self.bank.delete("/log")
            both = (self.one, self.two)
            for worker in both:
                worker.send("ask", connection=self.oauth)
            seen = [worker.answer() for worker in both]
            asked = [one for one in self.bank.get("/log") if "/token" in one["path"]]
            self.done["refreshes"] += 1
            if len(asked) != 1 or not all(seen):
                self.done["refresh_faults"] += 1
                say(f"  {len(asked)} refreshes, accounts seen: {seen}")

    def flood(self, count):
        """Tell a running Odoo of as many payments as fast as it takes them."""
        day = str(date.fromisoformat(self.last) - timedelta(days=1))
        self.bank.post("/settings", statement_seconds=0)
        self.bank.post("/bulk", account=self.number, date=day, count=count)
        texts = self.bank.post("/webhooks/sign", account=self.number, date=day)
        path = self.one.call("take_events", account=self.account)
        with self._web_server() as url:
            started = time.monotonic()
            with ThreadPoolExecutor(AT_ONCE) as pool:
                events = texts["texts"][-count:]
                answers = list(pool.map(lambda text: _post(url + path, text), events))
            minutes = (time.monotonic() - started) / 60
            loads = self._wait_for_loads()
        statuses = Counter(status for status, _seconds in answers)
        self.done["events"] = len(answers)
        self.done["events_refused"] = len(answers) - statuses[200]
        self.done["slowest_event"] = round(max(seconds for _s, seconds in answers), 2)
        self.done["event_loads"] = loads
        self.done["loads_too_many"] = max(
            0, loads - LOADS_A_MINUTE * (int(minutes) + 2)
        )
        if statuses.keys() - {200}:
            say(f"  answers to events: {dict(statuses)}")
        self._judge("the events")

    @contextlib.contextmanager
    def _web_server(self):
        """Run Odoo's web server with its jobs on the database; yield its address."""
        port, log = free_port(), new_log("bench-race-web")
        self.logs.append(log)
        arguments = ["server", "-d", self.database, "--http-port", str(port)]
        arguments += ["--workers", "0", "--max-cron-threads", "1"]
        arguments += ["--db-filter", f"^{self.database}$", f"--logfile={log}"]
        process = self.dev.start_odoo(arguments)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)

    def _wait_for_loads(self):
        """Wait until nothing is left that events have asked for; return the runs."""
        deadline = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < deadline:
            runs, waiting = self.one.call("runs_by_events", account=self.account)
            if runs and not waiting:
                break
            time.sleep(1)
        return runs

    def _new_payments(self, count):
        """Make payments on random days; let the account be due again."""
        seconds = self.draw.choice(STATEMENT_SECONDS)
        self.bank.post("/settings", statement_seconds=seconds)
        day = date.fromisoformat(self.first) + timedelta(days=self.draw.randrange(DAYS))
        self.bank.post("/bulk", account=self.number, date=str(day), count=count)
        self.one.call("forget_attempt", account=self.account)

    def _judge(self, what):
        yesterday = str(date.fromisoformat(self.last) - timedelta(days=1))
        days = {"first": self.first, "last": yesterday}
        verdict = self.one.call("judge", account=self.account, **days)
        for key in self.tally:
            self.tally[key] += verdict[key]
        if verdict["details"]:
            say("\n    ".join([f"  after {what}:", *verdict["details"][:10]]))

    def end(self):
        """End the workers."""
        self.one.end()
        self.two.end()

    def figures(self):
        """Return the figures; each error in a log counts as a traceback."""
        bad = [
            line
            for log in self.logs
            for line in log.read_text().splitlines()
            if line.startswith("Traceback") or " ERROR " in line[:60]
        ]
        for line in bad[:10]:
            say(f"  {line[:300]}")
        return {**self.done, **self.tally, "tracebacks": len(bad)}


def _post(url, text):
    """Send an event as the bank does; return the status and the seconds it took."""
    started = time.monotonic()
    answer = requests.post(
        url, text.encode(), headers={"Content-Type": "text/plain"}, timeout=120
    )
    return answer.status_code, time.monotonic() - started


def good(figures):
    """Tell whether nothing was lost, doubled or logged as an error."""
    faults = ("lost", "doubled", "tracebacks", "refresh_faults", "events_refused")
    faults += ("loads_too_many",)
    return bool(figures["rounds"]) and not any(figures[key] for key in faults)
