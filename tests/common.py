"""Common base of the tests: a simulated bank, a company in roubles, a connection."""

import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import requests

from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user

ADDON = Path(__file__).parents[1]
# A Friday, 15:00 in Moscow; the bank and Odoo agree on it.
NOW_UTC = "2026-11-20 12:00:00"
NOW_MOSCOW = "2026-11-20T15:00:00+03:00"
TODAY = date(2026, 11, 20)
LAST_MONTH = (date(2026, 10, 1), date(2026, 10, 31))
SEED = 7


class Bank:
    """The simulated bank in a process of its own, controlled by HTTP."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "simulator",
                "--port=0",
                f"--seed={SEED}",
                "--until-stdin-closes",
                *options,
            ],
            cwd=ADDON,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.__dict__.update(json.loads(self.process.stdout.readline()))

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)

    def control(self, path, method="POST", /, **body):
        """Call the control API; return its JSON answer."""
        answer = requests.request(
            method, self.control_url + path, json=body if body else None, timeout=30
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def reset(self, now=NOW_MOSCOW):
        """Reset the bank to its state at `now`, with statements ready at once."""
        self.control("/reset", now=now)
        self.control("/settings", statement_seconds=0)

    def fault(self, name, times=1, **more):
        """Make the next `times` matching requests fail (None: all of them)."""
        return self.control("/faults", name=name, times=times, **more)

    def heal(self):
        self.control("/faults", "DELETE")

    def truth(self, account, date_from, date_to):
        """Return {opening, closing, transactions} of the bank, free of faults."""
        answer = requests.get(
            self.control_url + "/truth",
            params={
                "account": account,
                "from": date_from.isoformat(),
                "to": date_to.isoformat(),
            },
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()


@freeze_time(NOW_UTC)
class TochkaCase(TransactionCase):
    """A company in roubles, an administrator, an accountant, a connection by key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = Bank()
        cls.addClassCleanup(cls.bank.stop)
        cls.bank.reset()
        cls.company = cls._make_company("Книги Ромашки")
        # Jobs speak the language of the person they report to: English in the tests.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env.user.write(
            {
                "lang": "en_US",
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
            }
        )
        cls.env = cls.env(context={**cls.env.context, "lang": None})
        cls.administrator = cls._make_user("tochka_admin", "group_tochka_manager")
        cls.accountant = cls._make_user("tochka_accountant", "group_tochka_user")
        cls.connection = cls.env["tochka.connection"].create(
            {
                "environment": "custom",
                "base_url": cls.bank.base_url,
                "auth_method": "token",
                "jwt_key": cls.bank.token,
                "user_id": cls.administrator.id,
                "company_id": cls.company.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.bank.reset()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override: core cannot compare (connect, read) timeouts."""
        if isinstance(kw.get("timeout"), tuple):
            kw["timeout"] = max(kw["timeout"])
        return super()._request_handler(s, r, **kw)

    @classmethod
    def _make_company(cls, name):
        rouble = cls.env.ref("base.RUB")
        rouble.active = True
        company = cls.env["res.company"].create(
            {
                "name": name,
                "country_id": cls.env.ref("base.ru").id,
                "currency_id": rouble.id,
            }
        )
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company, install_demo=False
        )
        company.write({"currency_id": rouble.id})
        return company

    @classmethod
    def _make_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            f"base.group_user,account_tochka.{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="en_US",
        )

    @contextmanager
    def worker(self):
        """Yield an environment whose commits and rollbacks work, as in a job."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield self.env(cr=cr)

    def choose(self, *, currency="RUB", auto_import=False, interval="hourly"):
        """Connect and choose the first open account in the currency.

        :return: tochka.account, bound to a new journal of `self.company`
        """
        self.connection.action_connect()
        account = self.connection.account_ids.filtered(
            lambda one: one.is_open and one.currency_id.name == currency
        )[:1]
        account.organization_id.company_id = self.company
        account._bind(
            self.company,
            self.env["account.journal"],
            auto_import=auto_import,
            interval=interval,
        )
        return account

    def load(self, accounts, date_from=LAST_MONTH[0], date_to=LAST_MONTH[1]):
        """Load a period as the worker does; return the run."""
        with self.worker() as env:
            run = accounts.with_env(env)._import(date_from, date_to, "manual")
            run_id = run.id
        return self.env["tochka.import"].browse(run_id)

    def lines(self, account):
        """Return the statement lines of an account that came from the bank."""
        return self.env["account.bank.statement.line"].search(
            [
                ("journal_id", "=", account.journal_id.id),
                ("tochka_transaction_id", "!=", False),
            ]
        )
