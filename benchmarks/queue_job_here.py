"""OCA's `queue_job`, released, with its own runner, for the benchmark alone."""

import contextlib
import os
import signal
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

from house.home import free_port
from house.install import once
from house.places import cache, digest, new_log
from house.progress import Trouble, step

MODULE = "queue_job"
WHEELS = ("odoo-addon-queue-job==19.0.2.4.0.1",)
# What the addon's manifest asks of Python and our environment has not.
LIBRARIES = ("openupgradelib==3.13.7",)


def with_queue_job(house):
    """Give a house whose Odoo sees the addon and its library too."""
    key = digest(*WHEELS, *LIBRARIES)
    folder = once(cache() / "queue" / key, lambda folder: _fetch(house, folder))
    python_path = f"{house.tree.python_path}{os.pathsep}{folder / 'libraries'}"
    return replace(
        house,
        tree=replace(house.tree, python_path=python_path),
        addons_path=(*house.addons_path, folder / "addons" / "odoo" / "addons"),
    )


def _fetch(house, folder: Path):
    with step("queue_job, released"):
        for name, wheels in (("addons", WHEELS), ("libraries", LIBRARIES)):
            command = [str(house.python), "-m", "pip", "download", "-qq", "--no-deps"]
            command += ["--disable-pip-version-check", "-d", str(folder / name)]
            if subprocess.run([*command, *wheels], stdout=2).returncode:
                raise Trouble(f"These could not be downloaded: {', '.join(wheels)}")
            for wheel in (folder / name).glob("*.whl"):
                zipfile.ZipFile(wheel).extractall(folder / name)


def install(house, database):
    """Install the addon into a database that has ours."""
    log = new_log("bench-queue-install")
    arguments = ["server", "-d", database, "-i", MODULE, "--no-http"]
    arguments += ["--stop-after-init", f"--logfile={log}"]
    with step("queue_job in the database"):
        if house.run_odoo(arguments).returncode:
            raise Trouble(f"queue_job could not be installed: see {log}")


@contextlib.contextmanager
def runner(house, database, workers):
    """Let a server of several processes and queue_job's runner do the jobs."""
    log = new_log("bench-queue-server")
    arguments = ["server", "-d", database, f"--load=base,web,{MODULE}"]
    arguments += [f"--workers={workers}", "--max-cron-threads=0"]
    arguments += [f"--http-port={free_port()}", f"--gevent-port={free_port()}"]
    channels = {"ODOO_QUEUE_JOB_CHANNELS": f"root:{workers}"}
    server = house.start_odoo([*arguments, f"--logfile={log}"], env=channels)
    try:
        yield log
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
