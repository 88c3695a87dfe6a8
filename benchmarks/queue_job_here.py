"""Install and run OCA's `queue_job`, as released, for `bench_queue`."""

import contextlib
import os
import signal
import subprocess
from dataclasses import replace

from released_modules import unpacked, with_modules

from tools.environment import free_port
from tools.paths import new_log

MODULE = "queue_job"
WHEELS = ("odoo-addon-queue-job==19.0.2.4.0.1",)
# A Python library in the addon's manifest that the environment lacks.
LIBRARIES = ("openupgradelib==3.13.7",)


def with_queue_job(dev):
    """Return `dev` with OCA's addon and the library it needs on its paths."""
    dev = with_modules(dev, WHEELS)
    libraries = unpacked(dev, LIBRARIES)
    python_path = f"{dev.tree.python_path}{os.pathsep}{libraries}"
    return replace(dev, tree=replace(dev.tree, python_path=python_path))


@contextlib.contextmanager
def runner(dev, database, workers):
    """Run a server with several processes and queue_job's runner; yield its log."""
    log = new_log("bench-queue-server")
    arguments = ["server", "-d", database, f"--load=base,web,{MODULE}"]
    arguments += [f"--workers={workers}", "--max-cron-threads=0"]
    arguments += [f"--http-port={free_port()}", f"--gevent-port={free_port()}"]
    channels = {"ODOO_QUEUE_JOB_CHANNELS": f"root:{workers}"}
    server = dev.start_odoo([*arguments, f"--logfile={log}"], env=channels)
    try:
        yield log
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
