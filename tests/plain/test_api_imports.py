"""`tochka_api` stays plain: what it may import, and how long its files may be."""

import ast
import sys
import unittest
from pathlib import Path

import tochka_api

PACKAGE = Path(tochka_api.__file__).parent
ALLOWED = {"requests", "urllib3", "certifi", "jwt", "cryptography"}


def imports(tree):
    """Yield (line, top-level name, level) of every import, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.partition(".")[0], 0
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, (node.module or "").partition(".")[0], node.level


def forbidden(tree):
    """Yield (line, name) of every import that the package may not make."""
    known = ALLOWED | sys.stdlib_module_names
    for line, name, level in imports(tree):
        if level > 1 or (level == 0 and name not in known):
            yield line, name


class TestImports(unittest.TestCase):
    def sources(self):
        files = sorted(PACKAGE.rglob("*.py"))
        self.assertGreater(len(files), 5)
        return files

    def test_only_the_standard_library_and_five_more_are_imported(self):
        for file in self.sources():
            with self.subTest(file.name):
                self.assertEqual(list(forbidden(ast.parse(file.read_text()))), [])

    def test_the_check_notices_odoo_absolute_self_and_upward_imports(self):
        for source in (
            "import odoo.tools",
            "def f():\n    from odoo import models",
            "from tochka_api import errors",
            "from .. import models",
            "from ..models import x",
            "import pydantic",
        ):
            with self.subTest(source):
                self.assertNotEqual(list(forbidden(ast.parse(source))), [])

    def test_every_exported_name_exists_and_is_documented(self):
        for name in tochka_api.__all__:
            with self.subTest(name):
                value = getattr(tochka_api, name)
                if callable(value):
                    self.assertTrue(value.__doc__)

    def test_certificates_are_always_verified(self):
        for file in self.sources():
            with self.subTest(file.name):
                self.assertNotRegex(
                    file.read_text(), r"verify\s*=\s*False|CERT_NONE|check_hostname"
                )


if __name__ == "__main__":
    unittest.main()
