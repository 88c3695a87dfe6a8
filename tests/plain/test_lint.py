"""The lint checks that `.pylintrc` enables are alive: each finds what it is for.

pylint says nothing about a check that cannot work, so a broken layout or a mistyped
name looks like clean code. Here one throw-away addon holds a violation of each check.
"""

import configparser
import sys
import tempfile
import unittest
from pathlib import Path

from planted_violations import CANNOT_BE_FOUND, VIOLATIONS

sys.path.insert(0, str(Path(__file__).parents[2] / "dev"))

from tools import lint_python

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = '{"name": "Planted", "version": "19.0.1.0.0", "license": "LGPL-3"}\n'


def enabled_checks() -> set[str]:
    """Return the names of the checks that `.pylintrc` enables."""
    rules = configparser.ConfigParser(interpolation=None)
    rules.read(ROOT / ".pylintrc")
    return {name.strip() for name in rules["MESSAGES CONTROL"]["enable"].split(",")}


def folder_of(check: str) -> str:
    """Return the package in which the violation of `check` is planted."""
    return check.replace("-", "_")


def plant(root: Path, files: dict[str, str]) -> None:
    """Write `files` below `root` and make each of their folders a package."""
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        for folder in path.relative_to(root).parents:
            (root / folder / "__init__.py").touch()


class TestLint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            # As in the checkout, the manifest lies in the folder that holds `.git`.
            (root / ".git").mkdir()
            plant(root, {"__manifest__.py": MANIFEST, "README.md": "Planted"})
            for check, files in VIOLATIONS.items():
                named = files if isinstance(files, dict) else {"planted.py": files}
                plant(root / folder_of(check), named)
            for name in ("simulator/loud.py", "tests/plain/test_loud.py"):
                plant(root, {name: 'print("Word")\nVALUES = {1: 1, 1: 2}\n'})
            (root / "simulator/__init__.py").unlink()
            (root / "tests/plain/__init__.py").unlink()
            cls.found = lint_python.pylint(root)

    def found_in(self, path: str) -> list[str]:
        return [line for line in self.found if line.startswith(path)]

    def test_every_enabled_check_finds_its_planted_violation(self):
        for check in VIOLATIONS:
            with self.subTest(check):
                found = self.found_in(f"{folder_of(check)}/")
                self.assertTrue(
                    any(f"[{check}]" in line for line in found), f"only {found}"
                )

    def test_every_enabled_check_has_a_planted_violation(self):
        self.assertEqual(enabled_checks(), set(VIOLATIONS) | set(CANNOT_BE_FOUND))

    def test_no_check_is_both_found_and_said_to_be_never_found(self):
        self.assertFalse(set(VIOLATIONS) & set(CANNOT_BE_FOUND))
        for check in CANNOT_BE_FOUND:
            self.assertFalse([line for line in self.found if f"[{check}]" in line])

    def test_plain_python_is_linted_too_but_may_print(self):
        for path in ("simulator/loud.py", "tests/plain/test_loud.py"):
            with self.subTest(path):
                [line] = self.found_in(path)
                self.assertIn("[duplicate-key]", line)

    def test_a_linter_that_breaks_is_a_finding(self):
        broken = [sys.executable, "-c", "raise SystemExit(3)"]
        [line] = lint_python._findings(broken)
        self.assertIn("ended with the code 3", line)
        self.assertEqual(lint_python._findings([sys.executable, "-c", ""]), [])


if __name__ == "__main__":
    unittest.main()
