"""Run core's `test_lint` on the addon, and read the log of its installation."""

import os
import subprocess
from pathlib import Path

from .environment import DevEnvironment, free_port
from .odoo_log import Report, records
from .paths import ADDON, new_log

LEFT_OUT = (
    # These test the checkers themselves.
    "TestGetTextLint",
    "TestI18nChecks",
    "TestSqlLint",
    # This one fails on the Debian package, because of its docutils.
    "TestDocstring",
    # This one wants tests/plain imported; `lint_python.imported` checks the rest.
    "TestTestHoles",
)
REPLACED_PROGRAMS = Path(__file__).parent / "bin"


def core_lint(dev: DevEnvironment, database: str) -> list[str]:
    """Install the addon and `test_lint` in `database`; return the findings."""
    log = new_log("lint")
    tags = ["/test_lint", *(f"-/test_lint:{name}" for name in LEFT_OUT)]
    arguments = ["server", "-d", database, "-i", f"{ADDON},test_lint"]
    # Odoo opens a port for tests even with --no-http.
    arguments += ["--no-http", "--http-port", str(free_port())]
    arguments += ["--stop-after-init", "--test-tags", ",".join(tags)]
    path = f"{REPLACED_PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    with open(log, "w") as file:
        dev.run_odoo(
            arguments,
            env={"PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    return _findings(log)


def _findings(log: Path) -> list[str]:
    """Return the failures, errors and warnings in the log; Odoo alone has none."""
    report, findings = Report(), []
    with open(log) as file:
        for record in records(file):
            if report.add(record) in ("failed", "problem", "warning"):
                findings.append(record.text)
    if not report.results:
        findings.append(f"core's test_lint did not run: see {log}")
    return findings
