"""Find the PostgreSQL server: one named in the environment, or the embedded one."""

import os
from dataclasses import dataclass, field

import psycopg2
from psycopg2.extensions import parse_dsn

from . import embedded
from .errors import DevError


@dataclass(frozen=True)
class Postgres:
    """The connection parameters of a server, as libpq names them."""

    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)

    def connect(self, database: str = "postgres"):
        """Return an autocommitting psycopg2 connection to `database`."""
        known = {"host": self.host, "port": self.port}
        known |= {"user": self.user, "password": self.password}
        named = {key: value for key, value in known.items() if value}
        connection = psycopg2.connect(dbname=database, **named)
        connection.autocommit = True
        return connection

    def variables(self) -> dict[str, str]:
        """Return the environment variables with which libpq and Odoo connect."""
        known = {"HOST": self.host, "USER": self.user, "PASSWORD": self.password}
        known["PORT"] = str(self.port or "")
        return {f"PG{name}": value for name, value in known.items() if value}


def postgres() -> Postgres:
    """Return the server of `$DATABASE_URL` or `$PGHOST`, or the embedded one."""
    if os.environ.get("DATABASE_URL"):
        server = _named(parse_dsn(os.environ["DATABASE_URL"]))
    elif os.environ.get("PGHOST"):
        names = ("host", "port", "user", "password")
        given = {name: os.environ.get(f"PG{name.upper()}") for name in names}
        server = _named({name: value for name, value in given.items() if value})
    else:
        return Postgres(embedded.running(), user=embedded.ROLE)
    if server.user == "postgres":
        raise DevError("Odoo refuses the role postgres: name another database user.")
    return server


def _named(known: dict[str, str]) -> Postgres:
    """Return the server with libpq's parameters `known` (`host`, `port`, …)."""
    port = int(known["port"]) if known.get("port") else None
    user, password = known.get("user", ""), known.get("password", "")
    return Postgres(known.get("host", ""), port, user, password)
