"""The prepared machine as one object: run Odoo, make databases, find ports."""

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
    """Everything needed to run Odoo with this checkout's addon.

    `addons_path` holds Odoo's own folders and the folder where this checkout is
    linked under its technical name.
    """

    tree: OdooTree
    server: Postgres
    databases: Databases
    addons_path: tuple[Path, ...]
    python: Path = Path(sys.executable)

    def odoo_command(self, args: Sequence[str]) -> list[str]:
        """Return the command line of `odoo ARGS…`; run it in `environment()`."""
        return [str(self.python), str(self.tree.launcher), *args]

    def run_odoo(self, args: Sequence[str], **more) -> subprocess.CompletedProcess:
        """Run `odoo ARGS…` to its end; `more` goes to `subprocess.run`."""
        more["env"] = self.variables(more.get("env"))
        return subprocess.run(self.odoo_command(args), **more)

    def start_odoo(self, args: Sequence[str], **more) -> subprocess.Popen:
        """Start `odoo ARGS…` and return the process; the caller ends it."""
        more["env"] = self.variables(more.get("env"))
        return subprocess.Popen(self.odoo_command(args), **more)

    def variables(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """Return the environment Odoo runs in, with `more` on top.

        All of Odoo's configuration is in it, so that every sub-command finds it;
        a configuration file or variables of the person's own do not interfere.
        """
        env = {k: v for k, v in os.environ.items() if not k.startswith("ODOO_")}
        env["PYTHONPATH"] = str(self.tree.python_path)
        env["ODOO_RC"] = str(workdir() / "odoo.conf")
        env["ODOO_ADDONS_PATH"] = ",".join(map(str, self.addons_path))
        env["ODOO_DATA_DIR"] = str(self.databases.data_dir)
        env["ODOO_HTTP_INTERFACE"] = "127.0.0.1"
        return {**env, **self.server.variables(), **(more or {})}

    def create_database(self, name: str, template: bool = True) -> None:
        """(Re)create the database `name`: a copy of the template, or empty.

        The template has Invoicing and Russian installed, and no company data.
        """
        self.databases.create(name, self.template() if template else "")

    def drop_database(self, name: str) -> None:
        """Drop the database `name` and its attachments, if it is there."""
        self.databases.drop(name)

    def template(self) -> str:
        """Return the template database's name, installing it on the first call."""
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
    """Return a TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
