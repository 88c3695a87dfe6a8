"""Open an Odoo database in this process, with transactions that really commit.

For processes started by `start_worker`. Odoo does not run in test mode here.
"""

import contextlib
import json
import logging
import sys

import odoo
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config


class Errors(logging.Handler):
    """Counts the records that Odoo logs at ERROR or above."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.count = 0

    def emit(self, record):
        self.count += 1


class OdooHere:
    """An Odoo database, opened in this process."""

    def __init__(self, database, log):
        """Open the database; Odoo's log goes to the file `log`."""
        config.parse_config(
            ["-d", database, "--no-http", f"--logfile={log}"], setup_logging=True
        )
        server.start(preload=[], stop=True)
        self.errors = Errors()
        logging.getLogger().addHandler(self.errors)
        self.registry = Registry(database)

    @contextlib.contextmanager
    def env(self):
        """Yield an environment in a transaction of its own; commit at the end."""
        with self.registry.cursor() as cr:
            yield Environment(cr, SUPERUSER_ID, {"lang": None})


def serve(commands):
    """Answer commands of `benched.Worker` until stdin is closed.

    :param commands: object whose methods are the commands
    """
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(getattr(commands, name)(**arguments)), flush=True)


def company_in_roubles(env):
    """Create a company with roubles and a chart of accounts; return it."""
    rouble = env.ref("base.RUB")
    rouble.active = True
    company = env["res.company"].create(
        {
            "name": "Книги Ромашки",
            "country_id": env.ref("base.ru").id,
            "currency_id": rouble.id,
        }
    )
    env["account.chart.template"].try_loading(
        "generic_coa", company, install_demo=False
    )
    company.currency_id = rouble
    users = env.user | env.ref("base.user_admin")
    users.write({"company_ids": [odoo.fields.Command.link(company.id)]})
    return company


def connection_by_key(env, company, info):
    """Create a connection with the bank's JWT key, fetch its accounts; return it."""
    connection = env["tochka.connection"].create(
        {
            "environment": "custom",
            "base_url": info["base_url"],
            "auth_method": "token",
            "jwt_key": info["token"],
            "user_id": env.ref("base.user_admin").id,
            "company_id": company.id,
        }
    )
    connection.action_connect()
    connection.organization_ids.company_id = company
    return connection


def bind(account, **options):
    """Bind an account to a new journal of its company."""
    account._bind(
        account.company_id,
        account.env["account.journal"],
        **{"auto_import": False, "interval": "hourly", **options},
    )
