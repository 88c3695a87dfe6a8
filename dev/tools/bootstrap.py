"""Re-run a script in the Python with the pinned libraries. Imports only the stdlib."""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from .errors import DevError
from .install import locked
from .paths import REQUIREMENTS, cache
from .progress import say, step


def enter() -> None:
    """Re-run this script in the prepared Python, unless it is running there already.

    From here on a `DevError` ends the program with its text, without a traceback.
    """
    sys.excepthook = _print_without_traceback
    python = prepared_python()
    if Path(sys.prefix).resolve() == python.parents[1].resolve():
        os.environ["PATH"] = f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return
    script = os.path.abspath(sys.argv[0])
    os.execv(python, [str(python), script, *sys.argv[1:]])


def _print_without_traceback(kind: type, error: BaseException, trace) -> None:
    if issubclass(kind, DevError):
        say(str(error))
    else:
        sys.__excepthook__(kind, error, trace)


def prepared_python() -> Path:
    """Return the Python that has every pinned library; create it on the first call."""
    if not (3, 10) <= sys.version_info < (3, 14):
        raise DevError("Odoo 19 needs Python 3.10 to 3.13; run this with one of them.")
    key = hashlib.sha256(f"{sys.version}{REQUIREMENTS.read_text()}".encode())
    folder = cache() / "venv" / key.hexdigest()[:12]
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        with locked("venv"):
            if not ready.exists():
                _install(folder, python)
                # Not built elsewhere and renamed: a venv contains its own path.
                ready.touch()
    return python


def _install(folder: Path, python: Path) -> None:
    if not importlib.util.find_spec("ensurepip"):
        _add_venv_module()
    with step("Python libraries"):
        venv = [sys.executable, "-m", "venv", "--clear", str(folder)]
        pip = [str(python), "-m", "pip", "install", "-qq", "--no-deps"]
        _run(venv)
        _run([*pip, "--disable-pip-version-check", "-r", str(REQUIREMENTS)])


def _add_venv_module() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    package = f"python{version}-venv"
    if os.geteuid():
        raise DevError(f"Python has no venv module: run `apt-get install {package}`.")
    with step(f"package {package}"):
        _run(["apt-get", "update", "-qq"])
        _run(["apt-get", "install", "-y", "-qq", package])


def _run(command: list[str]) -> None:
    """Run `command` with its output on stderr; raise `DevError` when it fails."""
    if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=2).returncode:
        raise DevError(f"This command failed: {' '.join(command)}")
