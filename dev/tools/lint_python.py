"""Ruff, and pylint with OCA's checks for Odoo."""

import ast
import subprocess
import sys
from pathlib import Path

from .paths import ADDON, CHECKOUT
from .selection import odoo_files

# These are programs, or speak to one: they may print.
PROGRAMS = ("benchmarks", "simulator")
TOOLS = Path(sys.executable).parent


def ruff(fix: bool) -> list[str]:
    """Return what ruff has to say about style and format; with `fix`, mend it."""
    lint = [TOOLS / "ruff", "check", "--quiet", "--output-format=concise"]
    lint += ["--fix"] if fix else []
    form = [TOOLS / "ruff", "format", "--output-format=concise"]
    form += [] if fix else ["--check"]
    return _complaints([*lint, CHECKOUT]) + _complaints([*form, CHECKOUT])


def pylint(addons: Path) -> list[str]:
    """Return what OCA's mandatory checks say about the addon linked in `addons`."""
    command = [TOOLS / "pylint", f"--rcfile={CHECKOUT / '.pylintrc'}", "--jobs=2"]
    ignored = ",".join(("dev", *PROGRAMS))
    found = _complaints([*command, f"--ignore={ignored}", ADDON], cwd=addons)
    programs = [f"{ADDON}/{name}" for name in PROGRAMS if (CHECKOUT / name).is_dir()]
    if programs:
        found += _complaints([*command, "--disable=print-used", *programs], cwd=addons)
    return found


def imported() -> list[str]:
    """Return the files of Odoo's tests that Odoo would not run."""
    listed = (CHECKOUT / "tests" / "__init__.py").read_text() if odoo_files() else ""
    names = {alias.name for node in ast.walk(ast.parse(listed)) for alias in _of(node)}
    missing = [file.name for file in odoo_files() if file.stem not in names]
    return [f"tests/__init__.py does not import {name}" for name in missing]


def _of(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.ImportFrom) else []


def _complaints(command: list, cwd: Path = CHECKOUT) -> list[str]:
    """Return the lines of a linter that found something; none when it did not."""
    pipes = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL}
    done = subprocess.run(command, cwd=cwd, **pipes)
    lines = (done.stdout + done.stderr).splitlines() if done.returncode else []
    return [line for line in lines if not line.startswith("****")]
