"""Recognise payments in real Odoo, for `dev/bench recognition`.

Started by `start_worker`; answers commands as `benched.Worker` describes.
"""

import json
import sys
import time
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from odoo_here import (
    OdooHere,
    bind,
    company_in_roubles,
    connection_by_key,
    serve,
)

DEFAULT_ITEM = "item_"
# The steps on register rows, and the steps on the lines made of them.
STEPS = ("_recognise", "_recognise_in_books")


class Commands:
    """The commands."""

    def __init__(self, odoo):
        """Use an open database."""
        self.odoo = odoo

    def prepare(self, bank, world, own_journals, organizations):
        """Create the companies, the bank's accounts and the partners known beforehand.

        :param list world: of `labelled.parties.world`
        :param dict own_journals: {INN of the owner: account in another bank}
        :param dict organizations: {INN: KPP} of the two owners
        """
        with self.odoo.env() as env:
            connection = connection_by_key(env, company_in_roubles(env), bank)
            first, *others = connection.organization_ids.sorted(
                lambda one: list(organizations).index(one.inn)
            )
            company = connection.company_id
            company.write({"vat": first.inn})
            company.partner_id.kpp = first.kpp
            for organization in others:
                organization.company_id = organization._create_company()
            for account in connection.account_ids.filtered("is_open"):
                bind(account)
            for organization in connection.organization_ids:
                self._journal_elsewhere(
                    organization.company_id, own_journals[organization.inn]
                )
            wall = env["res.company"].create({"name": "За стеной"})
            self.known = {}
            for one in world:
                for partner in self._partner(env, one, wall):
                    self.known[partner.id] = one["key"]

    def _journal_elsewhere(self, company, number):
        journal = company.env["account.journal"].create(
            {
                "name": "Прибойбанк",
                "code": "PRIB",
                "type": "bank",
                "company_id": company.id,
            }
        )
        journal.set_bank_account(number)

    def _partner(self, env, one, wall):
        """Create a partner as a user once entered it, twice where `one` says so."""
        manner = one["manner"]
        vals = {"name": one["name"], "is_company": one["is_company"]}
        if manner not in ("name", "account"):
            vals["vat"] = one["inn"]
        if manner in ("inn+kpp", "child", "wall", "twice"):
            vals["kpp"] = one["kpp"]
        if manner == "wall":
            vals["company_id"] = wall.id
        Partner = env["res.partner"]
        partners = Partner.create(vals)
        if manner == "twice":
            partners |= Partner.create({**vals, "name": f"{one['name']} (2)"})
        if manner == "child":
            Partner.create({"name": "Бухгалтерия", "parent_id": partners.id})
        if manner in ("account", "inn+account"):
            env["res.partner.bank"].create(
                {"acc_number": one["account"], "partner_id": partners.id}
            )
        return partners

    def load(self, accounts):
        """Load rows into the register and the books as a run does, and commit.

        :param dict accounts: {account id: list of the bank's Transactions}
        :return: {transaction id: fields of `labelled.verdict.Found`}
        """
        with self.odoo.env() as env:
            records = {}
            for number, rows in accounts.items():
                records[number] = self._store(env, number, rows)
            for record in records.values():
                record._make_lines()
            env.flush_all()
            rows = env["tochka.transaction"].search([])
            items = self._items(env)
            own = env["res.company"].search([]).partner_id.ids
            return {
                row.transaction_id: self._found(row.line_id, items, own) for row in rows
            }

    def doubles(self):
        """Count the INNs with KPP for which a company has two new partners."""
        with self.odoo.env() as env:
            made = env["res.partner"].search(
                [("id", "not in", list(self.known)), ("vat", "!=", False)]
            )
            made = made.filtered(lambda one: one.commercial_partner_id == one)
            seen = Counter((one.vat, one.kpp or "", one.company_id.id) for one in made)
            return sum(count > 1 for count in seen.values())

    def _items(self, env):
        data = env["ir.model.data"].search([("model", "=", "cash.flow.item")])
        return {one.res_id: one.name.removeprefix(DEFAULT_ITEM) for one in data}

    def _found(self, line, items, own):
        item, partner = line.cash_flow_item_id, line.partner_id.commercial_partner_id
        return {
            "item": items.get(item.id, item.name or "") if item else "",
            "is_transfer": line.tochka_is_transfer,
            "partner": partner.name or "",
            "known": self.known.get(partner.id, ""),
            "inn": partner.vat or "",
            "kpp": partner.kpp or "",
            "is_company": partner.is_company,
            "is_own": partner.id in own,
            "payee": line.tochka_payee or "",
        }

    def _store(self, env, account, rows):
        """Store the bank's rows in the register as those of a statement."""
        from odoo.addons.account_tochka.tochka_api import jsontext, mapping, parsing

        days = [row["documentProcessDate"] for row in rows]
        statement = {
            "accountId": account,
            "statementId": "labelled",
            "status": "Ready",
            "startDateTime": min(days),
            "endDateTime": max(days),
            "creationDateTime": "2026-11-01T06:00:00+00:00",
            "Transaction": rows,
        }
        read = jsontext.load_json(json.dumps(statement, ensure_ascii=False))
        record = env["tochka.account"].search([("bank_account_id", "=", account)])
        env["tochka.transaction"]._store(
            record, mapping.statement(parsing.Reader(read, "Statement"), account, None)
        )
        return record

    def measure(self, account, rows):
        """Recognise rows in one call and make their lines; roll back.

        :return: {queries, seconds} of recognition, {create_queries, create_seconds} of
            all the rest of `_create_lines`
        """
        with self.odoo.env() as env:
            record = self._store(env, account, rows)
            env.flush_all()
            env.invalidate_all()
            waiting = env["tochka.transaction"].search(
                [("account_id", "=", record.id), ("state", "=", "new")],
                order="date, id",
            )
            if len(waiting) != len(rows):
                raise AssertionError(f"{len(waiting)} rows wait, not {len(rows)}")
            with counting(env) as steps:
                before, start = env.cr.sql_log_count, time.perf_counter()
                waiting._create_lines()
                env.flush_all()
                seconds = time.perf_counter() - start
                queries = env.cr.sql_log_count - before
            env.cr.rollback()
        return {
            **steps,
            "create_queries": queries - steps["queries"],
            "create_seconds": seconds - steps["seconds"],
        }


@contextmanager
def counting(env):
    """Yield a dict that collects the queries and seconds of the recognition steps.

    Writes that a step leaves pending are flushed after it and counted as its own.
    """
    spent = {"queries": 0, "seconds": 0.0}
    Transaction = env.registry["tochka.transaction"]

    def counted(name):
        step = getattr(Transaction, name)

        def call(rows):
            rows.env.flush_all()
            before, start = rows.env.cr.sql_log_count, time.perf_counter()
            result = step(rows)
            rows.env.flush_all()
            spent["seconds"] += time.perf_counter() - start
            spent["queries"] += rows.env.cr.sql_log_count - before
            return result

        return patch.object(Transaction, name, call)

    first, second = map(counted, STEPS)
    with first, second:
        yield spent


def main():
    """Answer commands until stdin is closed."""
    task = json.loads(sys.argv[1])
    commands = Commands(OdooHere(task["database"], task["log"]))
    serve(commands)


if __name__ == "__main__":
    main()
