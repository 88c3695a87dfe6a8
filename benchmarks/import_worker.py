"""Run Odoo with our addon, or with OCA's, for `dev/bench import`.

Started by `start_worker`; answers commands as `benched.Worker` describes. What is
`measured` is rolled back, so that every round begins with the same empty journal.
"""

import json
import resource
import sys
import time
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from odoo_here import (
    OdooHere,
    bind,
    company_in_roubles,
    connection_by_key,
    serve,
)

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from books import books, differences


class Commands:
    """The commands of both addons."""

    def __init__(self, odoo):
        """Use an open database."""
        self.odoo = odoo

    @contextmanager
    def measured(self, *, keep=False):
        """Yield (env, figures); at the end figures get the seconds and the queries."""
        with self.odoo.env() as env:
            figures = {}
            before, start = env.cr.sql_log_count, time.perf_counter()
            yield env, figures
            env.flush_all()
            figures["seconds"] = time.perf_counter() - start
            figures["queries"] = env.cr.sql_log_count - before
            if not keep:
                env.cr.rollback()

    def peak_mb(self):
        """Return the peak memory of this process in MB."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class Ours(Commands):
    """Our addon: bank → register → lines."""

    def prepare(self, bank, first, last):
        """Create a company and two accounts; return their bank ids by currency."""
        with self.odoo.env() as env:
            company = company_in_roubles(env)
            connection = connection_by_key(env, company, bank)
            chosen = {}
            for account in connection.account_ids.filtered("is_open"):
                chosen.setdefault(account.currency_id.name, account)
            for account in chosen.values():
                bind(account)
            return {name: account.bank_account_id for name, account in chosen.items()}

    def fetch(self, first, last, account):
        """Fetch the statements of the period into this process; return their rows."""
        from odoo.addons.account_tochka.tochka_api import month_windows

        days = date.fromisoformat(first), date.fromisoformat(last)
        with self.odoo.env() as env:
            record = self._account(env, account)
            with record.connection_id._client() as client:
                self.statements = [
                    client.statement(account, *window)
                    for window in month_windows(*days)
                ]
        return [
            {
                "date": one.date.isoformat(),
                "amount": str(one.amount),
                "payment_ref": one.purpose,
                "ref": one.document_number,
                "partner_name": one.counterparty.name,
                "account_number": one.counterparty.account,
                "transaction_type": one.type_code,
                "unique_import_id": one.transaction_id,
            }
            for statement in self.statements
            for one in statement.transactions
        ]

    def load_from_memory(self, account):
        """Load the fetched statements into register and books; roll back."""
        with self.measured() as (env, figures):
            record = self._account(env, account)
            self._store(env, record)
            record._make_lines()
            figures["lines"] = self._lines(env, record)
        return figures

    def lines_from_register(self, account):
        """Make lines of rows that are in the register; roll back."""
        with self.odoo.env() as env:
            record = self._account(env, account)
            self._store(env, record)
            before, start = env.cr.sql_log_count, time.perf_counter()
            record._make_lines()
            env.flush_all()
            seconds = time.perf_counter() - start
            queries = env.cr.sql_log_count - before
            env.cr.rollback()
        return {"seconds": seconds, "queries": queries}

    def compare_with_core(self, account):
        """Make the lines of the fetched rows in both ways; return the differences."""
        from odoo.addons.account_tochka.models.register.lines_at_once import LinesAtOnce

        with self.odoo.env() as env:
            record = self._account(env, account)
            # Contacts made in the first way would be found in the second.
            record.create_partners = False
            self._store(env, record)
            env.flush_all()
            found, seconds, made = [], [], []
            at_once = LinesAtOnce.make

            def spied(batch):
                made.append(at_once(batch))
                return made[-1]

            for create in (lambda batch: None, spied):
                with (
                    closing(env.cr.savepoint()),
                    patch.object(LinesAtOnce, "make", create),
                ):
                    start = time.perf_counter()
                    record._make_lines()
                    env.flush_all()
                    seconds.append(time.perf_counter() - start)
                    found.append(books(record.transaction_ids.line_id))
            env.cr.rollback()
        return {
            "different": differences(*found),
            "columns": sum(len(rows[0]) for rows in found[0].values()),
            "records": sum(map(len, found[0].values())),
            "seconds": dict(zip(("core", "ours"), seconds, strict=True)),
            "by_core": sum(batch is None for batch in made),
        }

    def load(self, account, first, last):
        """Load from the bank as the job of the dialog does, and commit."""
        days = date.fromisoformat(first), date.fromisoformat(last)
        with self.measured(keep=True) as (env, figures):
            run = self._account(env, account)._import(*days, "manual")
            figures.update(found=run.found, created=run.created, error=run.error)
        return figures

    def _account(self, env, account):
        return env["tochka.account"].search([("bank_account_id", "=", account)])

    def _store(self, env, record):
        for statement in self.statements:
            env["tochka.transaction"]._store(record, statement)

    def _lines(self, env, record):
        return env["account.bank.statement.line"].search_count(
            [("journal_id", "=", record.journal_id.id)]
        )


class Rival(Commands):
    """OCA's online import with a provider that reads rows from memory."""

    def prepare(self, rows):
        """Create a company and a provider that returns these rows."""
        rows = [{**row, "date": datetime.fromisoformat(row["date"])} for row in rows]

        def obtain(_provider, since, until):
            inside = [dict(row) for row in rows if since <= row["date"] < until]
            return inside, {}

        with self.odoo.env() as env:
            company = company_in_roubles(env)
            journal = env["account.journal"].create(
                {
                    "name": "Bank",
                    "code": "RIV",
                    "type": "bank",
                    "company_id": company.id,
                }
            )
            # Its fastest way: lines without statements, a month at a time.
            provider = env["online.bank.statement.provider"].create(
                {
                    "journal_id": journal.id,
                    "service": "dummy",
                    "statement_creation_mode": "monthly",
                    "create_statement": False,
                }
            )
            type(provider)._obtain_statement_data = obtain
            return provider.id

    def load_from_memory(self, provider, first, last, keep=False):
        """Load the period as its schedule does; roll back unless `keep`."""
        days = datetime.fromisoformat(first), datetime.fromisoformat(last)
        with self.measured(keep=keep) as (env, figures):
            record = env["online.bank.statement.provider"].browse(provider)
            record.with_context(scheduled=True)._pull(
                days[0], days[1] + timedelta(days=1)
            )
            figures["lines"] = env["account.bank.statement.line"].search_count(
                [("journal_id", "=", record.journal_id.id)]
            )
        return figures


def main():
    """Answer commands until stdin is closed."""
    task = json.loads(sys.argv[1])
    commands = {"ours": Ours, "rival": Rival}[task["who"]]
    odoo = commands(OdooHere(task["database"], task["log"]))
    serve(odoo)


if __name__ == "__main__":
    main()
