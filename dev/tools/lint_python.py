"""Lint the Python code: ruff, and pylint with OCA's mandatory checks for Odoo."""

import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from .paths import ADDON, CHECKOUT
from .selection import odoo_files

# Plain Python that Odoo never imports, and the checks that misread it: it prints, it
# cannot be imported relatively, and its `read` or `create` overrides nothing of Odoo's.
PLAIN_PYTHON = ("benchmarks", "dev", "simulator", "tests/plain")
NOT_FOR_PLAIN_PYTHON = (
    "method-required-super",
    "missing-return",
    "odoo-addons-relative-import",
    "print-used",
)
TOOLS = Path(sys.executable).parent


def ruff(fix: bool) -> list[str]:
    """Return what ruff finds in style and format; with `fix`, repair it."""
    lint = [TOOLS / "ruff", "check", "--quiet", "--output-format=concise"]
    lint += ["--fix"] if fix else []
    form = [TOOLS / "ruff", "format", "--output-format=concise"]
    form += [] if fix else ["--check"]
    return _findings([*lint, CHECKOUT]) + _findings([*form, CHECKOUT])


def pylint(checkout: Path = CHECKOUT) -> list[str]:
    """Return what OCA's mandatory checks find in the addon whose root is `checkout`.

    Pylint sees a copy without `.git`. pylint-odoo looks for the manifest of a file in
    the folders between the file and the nearest `.git`, but not in the folder that
    holds `.git`. There our manifest is, and without it the checks that compare files
    of one addon (`consider-merging-classes-inherited`, `odoo-addons-relative-import`)
    find nothing and say nothing. A symbolic link does not help: `.git` shows through.

    Files are named one by one, because pylint walks only into folders with an
    `__init__.py`. Paths in the result are relative to `checkout`.
    """
    with tempfile.TemporaryDirectory() as addons:
        copy = Path(addons) / ADDON
        shutil.copytree(
            checkout, copy, ignore=shutil.ignore_patterns(".*", "__pycache__")
        )
        files = sorted(path.relative_to(copy) for path in copy.rglob("*.py"))
        plain = [path for path in files if _is_plain(path)]
        found = _pylint(addons, [path for path in files if path not in plain])
        found += _pylint(addons, plain, f"--disable={','.join(NOT_FOR_PLAIN_PYTHON)}")
    return [line.replace(f"{ADDON}/", "") for line in found]


def _is_plain(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in PLAIN_PYTHON)


def _pylint(addons: str, files: Iterable[Path], *options: str) -> list[str]:
    """Return what pylint finds in `files` of the copy that lies in `addons`."""
    named = [Path(ADDON) / path for path in files]
    if not named:
        return []
    rules = f"--rcfile={CHECKOUT / '.pylintrc'}"
    command = [TOOLS / "pylint", rules, "--jobs=2", *options, *named]
    return _findings(command, cwd=addons)


def imported() -> list[str]:
    """Return a finding for each file of Odoo's tests that Odoo would not run."""
    listed = (CHECKOUT / "tests" / "__init__.py").read_text() if odoo_files() else ""
    names = {alias.name for node in ast.walk(ast.parse(listed)) for alias in _of(node)}
    missing = [file.name for file in odoo_files() if file.stem not in names]
    return [f"tests/__init__.py does not import {name}" for name in missing]


def _of(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.ImportFrom) else []


def _findings(command: list, cwd: Path | str = CHECKOUT) -> list[str]:
    """Return the lines a linter prints when it finds something or fails itself."""
    pipes = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL}
    done = subprocess.run(command, cwd=cwd, **pipes)
    if not done.returncode:
        return []
    lines = (done.stdout + done.stderr).splitlines()
    found = [line for line in lines if not line.startswith("****")]
    return found or [f"{Path(command[0]).name} ended with the code {done.returncode}"]
