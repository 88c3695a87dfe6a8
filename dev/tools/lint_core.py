"""What Odoo itself has to say: installing the addon, and core's `test_lint`."""

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
    # This one wants tests/plain imported; `lint_python.imported` does its work.
    "TestTestHoles",
)
STAND_INS = Path(__file__).parent / "bin"


def core_lint(dev: DevEnvironment, database: str) -> list[str]:
    """Install the addon and `test_lint` in `database`; return what is to mend."""
    log = new_log("lint")
    tags = ["/test_lint", *(f"-/test_lint:{name}" for name in LEFT_OUT)]
    arguments = ["server", "-d", database, "-i", f"{ADDON},test_lint"]
    # With tests Odoo binds a port even without http.
    arguments += ["--no-http", "--http-port", str(free_port())]
    arguments += ["--stop-after-init", "--test-tags", ",".join(tags)]
    path = f"{STAND_INS}{os.pathsep}{os.environ['PATH']}"
    with open(log, "w") as file:
        dev.run_odoo(
            arguments,
            env={"PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    return _complaints(log)


def _complaints(log: Path) -> list[str]:
    """Return what the log complains of; Odoo as it is passes all of these tests."""
    report, complaints = Report(), []
    with open(log) as file:
        for record in records(file):
            if report.add(record) in ("failed", "problem", "warning"):
                complaints.append(record.text)
    if not report.results:
        complaints.append(f"core's test_lint did not run: see {log}")
    return complaints
