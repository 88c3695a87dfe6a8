"""Run the addon's tests that need Odoo, on a fresh database."""

import os
import re
import subprocess
import sys

from .browser import ensure_browser
from .environment import DevEnvironment, free_port
from .odoo_log import Record, Report, records
from .outcome import Outcome
from .paths import ADDON, new_log
from .progress import say
from .selection import odoo_files

PREFIX = "tochka_test_"
TOURS = re.compile(r"start_tour|browser_js")


def run_odoo_tests(dev: DevEnvironment, tags: tuple[str, ...] = ()) -> Outcome:
    """Run all of Odoo's tests of the addon, or those with `tags`."""
    if any(TOURS.search(file.read_text()) for file in odoo_files()):
        ensure_browser()
    _drop_left_overs(dev)
    database = f"{PREFIX}{os.getpid()}"
    dev.create_database(database)
    try:
        return tests_report(dev, database, tags or (f"/{ADDON}",)).outcome()
    finally:
        dev.drop_database(database)


def tests_report(
    dev: DevEnvironment,
    database: str,
    tags: tuple[str, ...],
    modules: tuple[str, ...] = (ADDON,),
    name: str = "test",
    more: tuple[str, ...] = (),
) -> Report:
    """Install `modules` and run the tests with `tags`; return the report of the log.

    `name` is the name of the log, `more` are further arguments for Odoo.
    """
    log = new_log(name)
    say(f"· Odoo's tests (log: {log})")
    arguments = ["server", "-d", database, "-i", ",".join(modules), *more]
    arguments += ["--stop-after-init", "--test-tags", ",".join(tags)]
    arguments += ["--http-port", str(free_port())]
    arguments += ["--workers", "0", "--max-cron-threads", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    report, display = Report(), ProgressDisplay()
    with open(log, "w") as copy:
        odoo = dev.start_odoo(arguments, stdin=subprocess.DEVNULL, **pipes)
        try:
            for record in records(_copied(odoo.stdout, copy)):
                display.show(report.add(record), record)
        finally:
            odoo.terminate() if odoo.poll() is None else None
            code = odoo.wait()
    display.end()
    if code and "failed" not in report.results.values():
        report.problems.append(f"Odoo ended with the code {code}: see {log}")
    return report


def _copied(lines, copy):
    for line in lines:
        copy.write(line)
        copy.flush()
        yield line


class ProgressDisplay:
    """Prints a line per test class with a mark per test, and failures in full."""

    def __init__(self):
        """Start with an empty line."""
        self.current = ""

    def show(self, event: str, record: Record) -> None:
        """Print what the record says; `event` is what `Report.add` returned for it."""
        if event == "started":
            name = record.text.split()[1].partition(".")[0]
            if name != self.current:
                self._write(f"\n  {name} " if self.current else f"  {name} ")
                self.current = name
            self._write(".")
        elif event == "skipped":
            self._write("s")
        elif event in ("failed", "problem"):
            self._write(f"\n{record.text}\n")

    def end(self) -> None:
        """End the current line."""
        if self.current:
            self._write("\n")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


def _drop_left_overs(dev: DevEnvironment) -> None:
    """Drop the databases of runs that were killed before they could do it."""
    for name in dev.databases.names(PREFIX):
        pid = name.removeprefix(PREFIX)
        if pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            dev.drop_database(name)
