"""Build folders of the cache once and atomically, and lock between processes."""

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .paths import cache
from .progress import say


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the machine-wide lock `name`; print a line when it has to wait for it."""
    with open(cache() / f"{name}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"· waiting for another command that is preparing {name} …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build_once(folder: Path, build: Callable[[Path], None]) -> Path:
    """Return `folder`; if it does not exist, create it with `build(temporary folder)`.

    The temporary folder is renamed when it is complete, so that an interrupted build
    is never taken for a finished one.
    """
    if folder.exists():
        return folder
    with locked(folder.parent.name):
        if folder.exists():
            return folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=".half-", dir=folder.parent))
        try:
            build(half)
            half.rename(folder)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return folder
