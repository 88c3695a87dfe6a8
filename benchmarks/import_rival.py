"""OCA's `account_statement_import_online`, released, for the benchmark alone."""

import contextlib
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

from house.demo_world import own_database
from house.install import once
from house.places import cache, digest, new_log
from house.progress import Trouble, step

MODULE = "account_statement_import_online"
# AGPL-3: run here beside ours, never copied.
WHEELS = (
    "odoo-addon-account-statement-base==19.0.1.0.1",
    "odoo-addon-account-statement-import-base==19.0.1.0.0.8",
    "odoo-addon-account-statement-import-online==19.0.1.0.3",
)


def with_rival(house):
    """Give a house whose Odoo sees the rival's modules too."""
    folder = once(
        cache() / "rival" / digest(*WHEELS), lambda folder: _fetch(house, folder)
    )
    return replace(house, addons_path=(*house.addons_path, folder / "odoo" / "addons"))


def _fetch(house, folder: Path):
    with step("the rival's released modules"):
        command = [str(house.python), "-m", "pip", "download", "-qq", "--no-deps"]
        command += ["--disable-pip-version-check", "-d", str(folder), *WHEELS]
        if subprocess.run(command, stdout=2).returncode:
            raise Trouble(f"These could not be downloaded: {', '.join(WHEELS)}")
        for wheel in folder.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(folder)


@contextlib.contextmanager
def database_with_rival(house):
    """Give the name of a fresh database with the rival, dropped afterwards."""
    log = new_log("bench-import-rival")
    with own_database("tochka_bench_rival") as database:
        with step("database with the rival"):
            house.create_database(database)
            arguments = ["server", "-d", database, "-i", MODULE, "--no-http"]
            arguments += ["--stop-after-init", f"--logfile={log}"]
            if house.run_odoo(arguments).returncode:
                raise Trouble(f"The rival could not be installed: see {log}")
        try:
            yield database
        finally:
            house.drop_database(database)
