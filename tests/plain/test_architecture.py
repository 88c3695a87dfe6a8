"""Who may import whom: the arrows of the house point one way."""

import ast
import sys
import unittest
from pathlib import Path

ADDON = Path(__file__).resolve().parents[2]
STDLIB = set(sys.stdlib_module_names)
# Encryption of secrets and the database driver's JSON type: one file each.
ALLOWED = {
    "controllers": {"odoo"},
    "wizards": {"odoo", "dateutil"},
    "models": {
        "odoo",
        "dateutil",
        "psycopg2",
        "cryptography",
        "stdnum",
        ".tochka_api",
        ".exceptions",
    },
    "tochka_api": {"requests", "urllib3", "certifi", "jwt", "cryptography"},
    "simulator": {"cryptography"},
}
ONLY_IN = {
    "cryptography": {"models/bank/secrets_at_rest.py"},
    "stdnum": {"models/recognition/texts/requisites.py"},
    "psycopg2": {
        "models/cash_flow/pattern.py",
        "models/register/lines_at_once.py",
        "models/loading/loading.py",
        "models/loading/queue.py",
        "models/register/intake.py",
    },
}
CLIENT_BUILDERS = {
    "models/bank/tochka_connection.py",
    "models/bank/consent.py",
    "models/bank/tokens.py",
}


def imports(path):
    """Give what a file imports: top-level names; `.x` for another room of ours."""
    room, *inside = path.relative_to(ADDON).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]
        elif (
            isinstance(node, ast.ImportFrom)
            and node.level > len(path.relative_to(ADDON).parts) - 1
        ):
            names = [node.module] if node.module else [a.name for a in node.names]
            for name in names:
                other = name.partition(".")[0]
                if other != room:
                    yield f".{other}"


class TestArchitecture(unittest.TestCase):
    def test_every_room_imports_only_what_it_may(self):
        checked = 0
        for room, allowed in ALLOWED.items():
            for path in sorted((ADDON / room).rglob("*.py")):
                foreign = set(imports(path)) - STDLIB - allowed
                self.assertFalse(
                    foreign, f"{path.relative_to(ADDON)} imports {foreign}"
                )
                checked += 1
        self.assertGreater(checked, 50)

    def test_special_libraries_stay_in_their_files(self):
        for library, files in ONLY_IN.items():
            users = {
                str(path.relative_to(ADDON))
                for path in (ADDON / "models").rglob("*.py")
                if library in set(imports(path))
            }
            self.assertEqual(users, files, library)

    def test_only_the_connection_builds_a_client(self):
        builders = {
            str(path.relative_to(ADDON))
            for room in ("models", "wizards", "controllers")
            for path in (ADDON / room).rglob("*.py")
            if {"TochkaClient", "OAuthApp", "StaticToken"} & names_used(path)
        }
        self.assertLessEqual(builders, CLIENT_BUILDERS)
        self.assertIn("models/bank/tochka_connection.py", builders)


def names_used(path):
    """Give the attribute and variable names a file uses."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name)
    }


if __name__ == "__main__":
    unittest.main()
