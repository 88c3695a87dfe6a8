"""What the benchmarks share outside Odoo: a database, a bank, workers in Odoo."""

import contextlib
import json
import subprocess
from pathlib import Path

from bank_control import BankControl

from tools.bank import SimulatedBank
from tools.demo_setup import own_database
from tools.errors import DevError
from tools.paths import ADDON, new_log
from tools.progress import step

HERE = Path(__file__).parent


def database_with_addon(dev, name):
    """Return the name of a fresh database with the addon, dropped afterwards."""
    return database_with(dev, name, ADDON)


@contextlib.contextmanager
def database_with(dev, name, *modules):
    """Return the name of a fresh database with modules, dropped afterwards."""
    with fresh_database(dev, name) as database:
        install(dev, database, *modules)
        yield database


@contextlib.contextmanager
def fresh_database(dev, name):
    """Return the name of a database with Invoicing alone, dropped afterwards."""
    with own_database(f"tochka_bench_{name}") as database:
        dev.create_database(database)
        try:
            yield database
        finally:
            dev.drop_database(database)


def install(dev, database, *modules):
    """Install modules into a database.

    :raise DevError: when that fails
    """
    names = ", ".join(modules)
    log = new_log(f"bench-install-{modules[-1]}")
    arguments = ["server", "-d", database, "-i", ",".join(modules), "--no-http"]
    arguments += ["--stop-after-init", f"--logfile={log}"]
    with step(f"database with {names}"):
        if dev.run_odoo(arguments).returncode:
            raise DevError(f"It could not be installed, {names}: see {log}")


@contextlib.contextmanager
def bank(dev, now, extra_accounts=0, *, running=False, **settings):
    """Return the control side of a bank whose clock stands at `now`."""
    with SimulatedBank(dev) as simulated:
        control = BankControl(simulated.info)
        control.post("/reset", now=now, running=running, extra_accounts=extra_accounts)
        control.post("/settings", **{"statement_seconds": 0, **settings})
        control.info.update(control.get("/"))
        yield control


def start_worker(dev, script, **task):
    """Start `benchmarks/SCRIPT` with a task (JSON) in a process of its own."""
    return subprocess.Popen(
        [str(dev.python), str(HERE / script), json.dumps(task)],
        env=dev.variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class Worker:
    """A worker that does commands: lines of JSON to it and back."""

    def __init__(self, dev, script, **task):
        """Start it and wait until it is ready."""
        self.process = start_worker(dev, script, **task)
        self.answer()

    def send(self, command, **arguments):
        """Return a command and go on; `answer` has to follow."""
        self.process.stdin.write(json.dumps([command, arguments]) + "\n")
        self.process.stdin.flush()

    def answer(self):
        """Return the answer to what was sent.

        :raise DevError: when the worker ended instead
        """
        line = self.process.stdout.readline()
        if not line:
            raise DevError(f"A worker ended with the code {self.process.wait()}.")
        return json.loads(line)

    def call(self, command, **arguments):
        """Return a command, wait, return its answer."""
        self.send(command, **arguments)
        return self.answer()

    def end(self):
        """Let it end by itself."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


def rows_of(worker):
    """Yield the JSON lines a worker prints, until it ends well.

    :raise DevError: when it does not
    """
    for line in worker.stdout:
        yield json.loads(line)
    if worker.wait():
        raise DevError(f"A worker ended with the code {worker.returncode}.")


def print_table(heads, table):
    """Print rows of cells below their heads, columns to the right."""
    texts = [[str(cell) for cell in line] for line in (heads, *table)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for line in texts:
        cells = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells), flush=True)
