"""What Odoo itself has to say: installing the addon, and core's `test_lint`."""

import os
import subprocess
from pathlib import Path

from .home import House
from .odoo_log import Report, records
from .places import ADDON, logs
from .progress import say

# Tests of the checkers themselves, and one that fails on the Debian package.
LEFT_OUT = (
    "TestDocstring",
    "TestGetTextLint",
    "TestSqlLint",
    "TestI18nChecks",
)
STAND_INS = Path(__file__).parent / "bin"


def core_lint(house: House, database: str) -> list[str]:
    """Install the addon and `test_lint` in `database`; return what is ours to mend."""
    log = logs() / "lint.log"
    tags = ["/test_lint", *(f"-/test_lint:{name}" for name in LEFT_OUT)]
    arguments = ["server", "-d", database, "-i", f"{ADDON},test_lint", "--no-http"]
    arguments += ["--stop-after-init", "--test-tags", ",".join(tags)]
    path = f"{STAND_INS}{os.pathsep}{os.environ['PATH']}"
    with open(log, "w") as file:
        house.run_odoo(
            arguments,
            env={"PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    report, complaints = Report(), []
    with open(log) as file:
        for record in records(file):
            event = report.add(record)
            if event in ("failed", "problem", "warning"):
                if record.ours:
                    complaints.append(record.text)
                else:
                    say(f"  core's own, not ours: {record.text.splitlines()[0]}")
    if not report.fates:
        complaints.append(f"core's test_lint did not run: see {log}")
    return complaints
