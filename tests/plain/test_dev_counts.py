"""What `dev/test` says came of a run, from what Odoo's log says."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "dev"))

from tools.odoo_log import Report, records
from tools.selection import _scope, _tag

LOGGER = "odoo.addons.account_tochka.tests.test_x"


def line(level: str, text: str, logger: str = LOGGER) -> str:
    return f"2026-11-23 06:43:02,557 7862 {level} db {logger}: {text}\n"


def outcome(*lines: str):
    report = Report()
    for record in records(lines):
        report.add(record)
    return report.outcome()


class TestCounts(unittest.TestCase):
    def test_a_test_that_only_started_passed(self):
        found = outcome(line("INFO", "Starting TestX.test_a ... "))
        self.assertEqual(str(found), "1 passed, 0 failed, 0 skipped")
        self.assertTrue(found.good)

    def test_subtests_fail_their_test_once(self):
        found = outcome(
            line("INFO", "Starting TestX.test_a ... "),
            line("ERROR", "FAIL: Subtest TestX.test_a (i=0)"),
            "Traceback (most recent call last):\n",
            line("ERROR", "FAIL: Subtest TestX.test_a (i=1)"),
        )
        self.assertEqual(str(found), "0 passed, 1 failed, 0 skipped")

    def test_a_class_that_cannot_be_set_up_is_one_failure(self):
        found = outcome(line("ERROR", f"ERROR: setUpClass ({LOGGER}.TestX)"))
        self.assertEqual(str(found), "0 passed, 1 failed, 0 skipped")

    def test_a_skipped_browser_test_is_a_problem(self):
        found = outcome(
            line("INFO", "Starting TestX.test_a ... "),
            line("INFO", "Starting TestX.test_tour ... "),
            line("INFO", "skipped TestX.test_tour : Chrome executable not found "),
        )
        self.assertEqual(str(found), "1 passed, 0 failed, 1 skipped")
        self.assertFalse(found.good)

    def test_an_error_in_the_log_is_a_problem_and_a_sum_is_not(self):
        started = line("INFO", "Starting TestX.test_a ... ")
        error = line("ERROR", "bad query: x", "odoo.sql_db")
        summed = line("ERROR", "Module x: 1 failures, 0 errors", "odoo.modules.loading")
        self.assertFalse(outcome(started, error).good)
        self.assertTrue(outcome(started, summed).good)

    def test_only_our_warnings_count(self):
        started = line("INFO", "Starting TestX.test_a ... ")
        theirs = line("WARNING", "slow", "odoo.addons.account.models.x")
        ours = line("WARNING", "a view of account_tochka", "odoo.addons.base.models.x")
        self.assertTrue(outcome(started, theirs).good)
        self.assertFalse(outcome(started, ours).good)

    def test_nothing_run_is_not_good(self):
        self.assertFalse(outcome().good)


class TestNames(unittest.TestCase):
    def test_a_name_means_a_file_a_class_or_a_method(self):
        test = "test_x.TestX.test_a"
        self.assertEqual(_scope("test_x", test), "test_x")
        self.assertEqual(_scope("TestX", test), "test_x.TestX")
        self.assertEqual(_scope("TestX.test_a", test), test)
        self.assertEqual(_scope("test_a", test), test)
        self.assertEqual(_scope("Test", test), "")

    def test_tags_are_as_odoo_reads_them(self):
        self.assertEqual(_tag("test_x"), "/account_tochka/tests/test_x.py")
        self.assertEqual(_tag("test_x.TestX.test_a"), "/account_tochka:TestX.test_a")
