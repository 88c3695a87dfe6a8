"""Shared by the benchmarks: fresh databases, the bank, worker processes, tables."""

import contextlib
import json
import subprocess
from pathlib import Path

from bank_control import BankControl

from tools.bank import SimulatedBank
from tools.demo_setup import own_database
from tools.errors import DevError
from tools.paths import ADDON, new_log, workdir
from tools.progress import step

HERE = Path(__file__).parent


def database_with_addon(dev, name):
    """Yield the name of a fresh database with the addon; drop it afterwards."""
    return database_with(dev, name, ADDON)


@contextlib.contextmanager
def database_with(dev, name, *modules):
    """Yield the name of a fresh database with `modules`; drop it afterwards."""
    with fresh_database(dev, name) as database:
        install(dev, database, *modules)
        yield database


@contextlib.contextmanager
def fresh_database(dev, name):
    """Yield the name of a fresh database with Invoicing; drop it afterwards."""
    # Checkouts share the server, and each may run the same benchmark.
    checkout = workdir().name.rpartition("-")[2]
    with own_database(f"tochka_bench_{name}_{checkout}") as database:
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
    """Yield the control API of a new bank whose clock stands at `now`."""
    with SimulatedBank(dev) as simulated:
        control = BankControl(simulated.info)
        control.post("/reset", now=now, running=running, extra_accounts=extra_accounts)
        control.post("/settings", **{"statement_seconds": 0, **settings})
        control.info.update(control.get("/"))
        yield control


def start_worker(dev, script, **task):
    """Start `benchmarks/SCRIPT` with `task` as JSON in a new process; return it."""
    return subprocess.Popen(
        [str(dev.python), str(HERE / script), json.dumps(task)],
        env=dev.variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class Worker:
    """A worker process that answers commands, both as lines of JSON."""

    def __init__(self, dev, script, **task):
        """Start the process and wait until it is ready."""
        self.process = start_worker(dev, script, **task)
        self.answer()

    def send(self, command, **arguments):
        """Send a command without waiting; `answer` has to be called next."""
        self.process.stdin.write(json.dumps([command, arguments]) + "\n")
        self.process.stdin.flush()

    def answer(self):
        """Wait for the answer to the command that was sent; return it.

        :raise DevError: when the worker ended instead
        """
        line = self.process.stdout.readline()
        if not line:
            raise DevError(f"A worker ended with the code {self.process.wait()}.")
        return json.loads(line)

    def call(self, command, **arguments):
        """Send a command and return its answer."""
        self.send(command, **arguments)
        return self.answer()

    def end(self):
        """Close its input, so that it ends, and wait for that."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


def rows_of(worker):
    """Yield the JSON lines a worker prints until it ends.

    :raise DevError: when it ends with an error
    """
    for line in worker.stdout:
        yield json.loads(line)
    if worker.wait():
        raise DevError(f"A worker ended with the code {worker.returncode}.")


def print_table(heads, table):
    """Print a table with aligned columns."""
    texts = [[str(cell) for cell in line] for line in (heads, *table)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for line in texts:
        cells = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells), flush=True)
