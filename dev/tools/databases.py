"""Create, copy and drop databases together with their filestores."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from psycopg2 import sql

from .postgres import Postgres


@dataclass(frozen=True)
class Databases:
    """The databases of one server; `data_dir` holds their filestores."""

    server: Postgres
    data_dir: Path

    def exists(self, name: str) -> bool:
        """Tell whether the database `name` exists together with its filestore."""
        return name in self.names(name) and self.filestore(name).is_dir()

    def names(self, prefix: str) -> list[str]:
        """Return the names of the databases that begin with `prefix`."""
        with self.server.connect().cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database")
            return [name for (name,) in cursor if name.startswith(prefix)]

    def create(self, name: str, template: str = "") -> None:
        """Create the database `name`, empty or as a copy of `template`."""
        self.drop(name)
        statement = "CREATE DATABASE {} ENCODING 'unicode' TEMPLATE {}"
        self._execute(statement, name, template or "template0")
        if template and self.filestore(template).is_dir():
            shutil.copytree(self.filestore(template), self.filestore(name))

    def drop(self, name: str) -> None:
        """Drop the database `name` with its filestore, even while it is in use."""
        if name in self.names(name):
            self._disconnect_everybody(name)
            self._execute("DROP DATABASE IF EXISTS {}", name)
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def rename(self, name: str, new_name: str) -> None:
        """Rename a database without connections; replace an existing `new_name`."""
        self.drop(new_name)
        self._execute("ALTER DATABASE {} RENAME TO {}", name, new_name)
        if self.filestore(name).is_dir():
            self.filestore(name).rename(self.filestore(new_name))

    def filestore(self, name: str) -> Path:
        """Return the folder of the attachments of database `name`."""
        return self.data_dir / "filestore" / name

    def _disconnect_everybody(self, name: str) -> None:
        # Not DROP … WITH (FORCE): while autovacuum works in the database, only a
        # superuser may do that. A plain DROP stops autovacuum itself.
        self._execute("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        with self.server.connect().cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND backend_type = 'client backend'",
                [name],
            )

    def _execute(self, statement: str, *names: str) -> None:
        with self.server.connect().cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
