"""Run Odoo with this checkout's addon and create databases for it."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .databases import Databases
from .errors import DevError
from .install import locked
from .odoo_tree import OdooTree
from .paths import digest, new_log, workdir
from .postgres import Postgres
from .progress import step

TEMPLATE_MODULES = "base,web,account"
TEMPLATE_LANGUAGES = "ru_RU"
DEMO_DATABASE = "tochka_demo"


@dataclass(frozen=True)
class DevEnvironment:
    """An installed Odoo, a PostgreSQL server and the addons path.

    `addons_path` has Odoo's own folders and the folder in which this checkout is
    linked under its technical name.
    """

    tree: OdooTree
    server: Postgres
    databases: Databases
    addons_path: tuple[Path, ...]
    python: Path = Path(sys.executable)

    def odoo_command(self, args: Sequence[str]) -> list[str]:
        """Return the command line of `odoo ARGS…`; run it with `variables()`."""
        return [str(self.python), str(self.tree.launcher), *args]

    def run_odoo(self, args: Sequence[str], **more) -> subprocess.CompletedProcess:
        """Run `odoo ARGS…` and wait for its end; `more` goes to `subprocess.run`."""
        more["env"] = self.variables(more.get("env"))
        return subprocess.run(self.odoo_command(args), **more)

    def start_odoo(self, args: Sequence[str], **more) -> subprocess.Popen:
        """Start `odoo ARGS…` and return the process, which the caller has to end."""
        more["env"] = self.variables(more.get("env"))
        return subprocess.Popen(self.odoo_command(args), **more)

    def variables(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """Return the environment variables for Odoo, and `more`.

        They hold all of Odoo's configuration, so that each sub-command has it. The
        user's own `ODOO_…` variables and configuration file are left out.
        """
        env = {k: v for k, v in os.environ.items() if not k.startswith("ODOO_")}
        env["PYTHONPATH"] = str(self.tree.python_path)
        env["ODOO_RC"] = str(workdir() / "odoo.conf")
        env["ODOO_ADDONS_PATH"] = ",".join(map(str, self.addons_path))
        env["ODOO_DATA_DIR"] = str(self.databases.data_dir)
        env["ODOO_HTTP_INTERFACE"] = "127.0.0.1"
        return {**env, **self.server.variables(), **(more or {})}

    def create_database(self, name: str, template: bool = True) -> None:
        """Create the database `name` anew: a copy of the template, or empty.

        The template has Invoicing and Russian installed, and no company data.
        """
        self.databases.create(name, self.template() if template else "")

    def drop_database(self, name: str) -> None:
        """Drop the database `name` with its filestore, if it exists."""
        self.databases.drop(name)

    def template(self) -> str:
        """Return the name of the template database; create it on the first call."""
        key = digest(self.tree.version, TEMPLATE_MODULES, TEMPLATE_LANGUAGES)
        name = f"tochka_template_{key}"
        with locked("template"):
            if not self.databases.exists(name):
                with step("template database with Invoicing and Russian"):
                    self._install_template(f"{name}_half")
                self.databases.rename(f"{name}_half", name)
        return name

    def _install_template(self, name: str) -> None:
        self.create_database(name, template=False)
        arguments = ["server", "-d", name, "-i", TEMPLATE_MODULES, "--stop-after-init"]
        arguments += [f"--load-language={TEMPLATE_LANGUAGES}", "--no-http"]
        log = new_log("template")
        with open(log, "w") as file:
            done = self.run_odoo(arguments, stdout=file, stderr=file)
        if done.returncode:
            raise DevError(f"The template database could not be installed: see {log}")


def free_port() -> int:
    """Return a free TCP port of 127.0.0.1."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
