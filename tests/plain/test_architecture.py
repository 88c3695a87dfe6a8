"""Who may import whom: imports between packages run one way only."""

import ast
import sys
import unittest
from pathlib import Path

ADDON = Path(__file__).resolve().parents[2]
STDLIB = set(sys.stdlib_module_names)
# Encryption of secrets and the database driver's JSON type: one file each.
ALLOWED = {
    # For the longest body an event may have; records reach it through a connection.
    "controllers": {"odoo", ".tochka_api"},
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
    """Yield what a file imports: top-level names; `.x` for another package of ours."""
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

    def test_no_test_imports_a_benchmark(self):
        benchmarks = {path.stem for path in (ADDON / "benchmarks").glob("*.py")}
        self.assertGreater(len(benchmarks), 10)
        for path in (ADDON / "tests").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [
                    alias.name
                    for alias in getattr(node, "names", ())
                    if isinstance(node, ast.Import)
                ]
                if isinstance(node, ast.ImportFrom):
                    names = [node.module or node.names[0].name]
                parts = {part for name in names for part in name.split(".")}
                self.assertFalse(parts & {"benchmarks", *benchmarks}, path)

    def test_no_module_imports_in_a_circle(self):
        for room in ("tochka_api", "simulator", "models"):
            with self.subTest(room):
                self.assertEqual(circle(modules_of(ADDON / room)), [])

    def test_a_circle_of_imports_is_found(self):
        self.assertEqual(circle({"a": {"b"}, "b": {"c"}, "c": set()}), [])
        self.assertEqual(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}), ["b", "c", "b"])
        self.assertEqual(circle({"a": {"a"}}), ["a", "a"])

    def test_files_stay_short(self):
        for room in ALLOWED:
            for path in (ADDON / room).rglob("*.py"):
                lines = len(path.read_text(encoding="utf-8").splitlines())
                self.assertLessEqual(lines, 350, path.relative_to(ADDON))


def modules_of(package):
    """Return {file: files it imports}, both as paths, of one package of ours.

    Imports inside functions and those for type checkers alone count as well. That
    importing a module runs the `__init__.py` of its package first does not count.
    """
    files = set(package.rglob("*.py"))
    found = {}
    for path in files:
        found[path] = targets = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not node.level:
                continue
            folder = path.parents[node.level - 1].joinpath(
                *(node.module or "").split(".")
            )
            for name in node.names:
                inside = (
                    folder / f"{name.name}.py",
                    folder / name.name / "__init__.py",
                )
                outside = (folder.with_suffix(".py"), folder / "__init__.py")
                targets.update([one for one in (*inside, *outside) if one in files][:1])
    return found


def circle(graph):
    """Return one circle of a graph {node: nodes it points at}, [] when it has none."""
    done, way = set(), []

    def follow(node):
        if node in way:
            return [*way[way.index(node) :], node]
        if node in done:
            return []
        way.append(node)
        for other in sorted(graph[node]):
            if found := follow(other):
                return found
        way.pop()
        done.add(node)
        return []

    for node in sorted(graph):
        if found := follow(node):
            return found
    return []


def names_used(path):
    """Return the attribute and variable names a file uses."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name)
    }


if __name__ == "__main__":
    unittest.main()
