"""Find the tests that a NAME on the command line selects."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import DevError
from .paths import ADDON, CHECKOUT

PLAIN = CHECKOUT / "tests" / "plain"
ODOO = CHECKOUT / "tests"


@dataclass(frozen=True)
class Selection:
    """The tests to run: `None` means all, an empty tuple none.

    `plain` are dotted names as unittest takes them, `odoo` are Odoo's test tags.
    """

    plain: tuple[str, ...] | None = None
    odoo: tuple[str, ...] | None = None


def select(names: Iterable[str]) -> Selection:
    """Return the tests in files, classes or methods called `names`.

    `Class.method` selects one method. Raise `DevError` for a name that no test has.
    """
    names = [Path(n).stem if n.endswith(".py") else n for n in names]
    if not names:
        return Selection()
    plain, odoo = set(), set()
    for name in names:
        found_plain = {_scope(name, test) for test in _tests(PLAIN)} - {""}
        found_odoo = {_scope(name, test) for test in _tests(ODOO)} - {""}
        if not found_plain and not found_odoo:
            raise DevError(f"No test file, class or method is called {name}.")
        plain |= found_plain
        odoo |= found_odoo
    return Selection(tuple(sorted(plain)), tuple(map(_tag, sorted(odoo))))


def odoo_files() -> list[Path]:
    """Return the files of Odoo's tests."""
    return sorted(ODOO.glob("test_*.py"))


def plain_files() -> list[Path]:
    """Return the files of the tests that need no Odoo."""
    return sorted(PLAIN.glob("test_*.py"))


def _tests(folder: Path) -> Iterator[str]:
    """Yield `file.Class` and `file.Class.method` of each test written in `folder`."""
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                yield f"{path.stem}.{node.name}"
                yield from (f"{path.stem}.{node.name}.{m}" for m in _methods(node))


def _methods(node: ast.ClassDef) -> list[str]:
    functions = [n.name for n in node.body if isinstance(n, ast.FunctionDef)]
    return [name for name in functions if name.startswith("test")]


def _scope(name: str, test: str) -> str:
    """Return the beginning of the dotted `test` that ends with `name`, or ''."""
    before, found, _after = f".{test}.".partition(f".{name}.")
    return f"{before}.{name}".strip(".") if found else ""


def _tag(scope: str) -> str:
    """Return Odoo's test tag for `file`, `file.Class` or `file.Class.method`."""
    file, _dot, inside = scope.partition(".")
    return f"/{ADDON}:{inside}" if inside else f"/{ADDON}/tests/{file}.py"
