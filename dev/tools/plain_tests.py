"""Run the tests that need no Odoo in a process of their own.

That process runs this file as a script: `plain_tests.py RESULT-FILE [NAME…]`.
"""

import json
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "tests" / "plain"


def run_plain_tests(names: tuple[str, ...] = ()):
    """Run all tests of `tests/plain`, or those in `names`; return the `Outcome`."""
    from .outcome import Outcome

    with tempfile.NamedTemporaryFile("r") as report:
        command = [sys.executable, __file__, report.name, *names]
        subprocess.run(command, cwd=CHECKOUT, stdin=subprocess.DEVNULL)
        text = report.read()
    if not text:
        return Outcome(problems=["the plain tests ended before their report"])
    return Outcome(**json.loads(text))


class _RecordingResult(unittest.TextTestResult):
    """Record one result for each test, however many subtests it has."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.results = {}

    def startTest(self, test):
        self.results[test.id()] = "passed"
        super().startTest(test)

    def addSkip(self, test, reason):
        if not hasattr(test, "test_case"):  # a skipped subtest does not end its test
            self.results[test.id()] = "skipped"
        super().addSkip(test, reason)

    def addFailure(self, test, err):
        self.results[test.id()] = "failed"
        super().addFailure(test, err)

    def addError(self, test, err):
        self.results[test.id()] = "failed"
        super().addError(test, err)

    def addSubTest(self, test, subtest, err):
        if err:
            self.results[test.id()] = "failed"
        super().addSubTest(test, subtest, err)

    def addUnexpectedSuccess(self, test):
        self.results[test.id()] = "failed"
        super().addUnexpectedSuccess(test)


def _main(report: str, *names: str) -> None:
    # The checkout and `tests` are packages that import odoo, so they cannot be
    # imported here: modules are found in the folders below them.
    sys.path[:1] = [str(FOLDER), str(CHECKOUT)]
    loader = unittest.defaultTestLoader
    if names:
        suite = loader.loadTestsFromNames(names)
    else:
        suite = loader.discover(str(FOLDER), top_level_dir=str(FOLDER))
    runner = unittest.TextTestRunner(
        sys.stdout, buffer=True, resultclass=_RecordingResult
    )
    results = runner.run(suite).results
    failed = [
        f"failed: {test}" for test, result in results.items() if result == "failed"
    ]
    counts = Counter(results.values())
    Path(report).write_text(json.dumps({**counts, "problems": failed}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
