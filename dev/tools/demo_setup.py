"""Set up the demo: a database with the addon and a running Odoo."""

import contextlib
import fcntl
import time
from collections.abc import Iterator

import requests

from .environment import DEMO_DATABASE, DevEnvironment
from .errors import DevError
from .paths import logs, workdir
from .progress import step

SETUP = """
rouble = env.ref("base.RUB")
rouble.active = True
env.company.write({"name": 'ООО "Учёт"', "country_id": env.ref("base.ru").id})
env.company.currency_id = rouble
yuan = env.ref("base.CNY")
yuan.active = True
# The opening balance of an account in yuan is booked at a rate.
env["res.currency.rate"].create({
    "currency_id": yuan.id, "company_id": env.company.id,
    "name": "2020-01-01", "rate": 1 / 11.4,
})
users = env["res.users"].search([("share", "=", False)])
users.write({"lang": "ru_RU", "tz": "Europe/Moscow"})
env["ir.config_parameter"].set_param("web.base.url", URL)
env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
accountant = env["res.users"].create({
    "name": "Ольга Бухгалтер", "login": "buh", "password": "buh", "lang": "ru_RU",
    "tz": "Europe/Moscow",
    "group_ids": [(4, env.ref("account_tochka.group_tochka_user").id)],
})
env.cr.commit()
"""


@contextlib.contextmanager
def own_database(base: str = DEMO_DATABASE) -> Iterator[str]:
    """Yield a database name that no other demo of this checkout uses now."""
    for number in range(1, 100):
        name = base if number == 1 else f"{base}_{number}"
        with open(workdir() / f"{name}.lock", "w") as file:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield name
                return
    raise DevError("Too many demos are running: end one with Ctrl-C.")


def install(dev: DevEnvironment, database: str, url: str) -> None:
    """Install the addon; set up the company, its users and Odoo's address."""
    log = str(logs() / "demo.log")
    quiet = ["-d", database, "--no-http", f"--logfile={log}"]
    arguments = ["server", *quiet, "-i", "account_tochka", "--stop-after-init"]
    if dev.run_odoo(arguments).returncode:
        raise DevError(f"The addon could not be installed: see {log}")
    script = f"URL = {url!r}\n{SETUP}"
    done = dev.run_odoo(["shell", *quiet], input=script, text=True, capture_output=True)
    if done.returncode or "Traceback" in done.stderr:
        raise DevError(f"The company could not be set up:\n{done.stderr}")


@contextlib.contextmanager
def running_odoo(dev: DevEnvironment, database: str, url: str) -> Iterator[None]:
    """Run Odoo on the database; it stops with the `with` block."""
    arguments = ["server", "-d", database, "--http-port", url.rpartition(":")[2]]
    arguments += ["--max-cron-threads", "1", "--db-filter", f"^{database}$"]
    process = dev.start_odoo([*arguments, f"--logfile={logs() / 'demo.log'}"])
    try:
        with step("Odoo starts"):
            wait_for(url, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(url: str, process) -> None:
    """Wait until Odoo answers; raise `DevError` when it does not start."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{url}/web/health", timeout=60).raise_for_status()
            return
        time.sleep(0.3)
    raise DevError(f"Odoo did not start: see {logs() / 'demo.log'}")
