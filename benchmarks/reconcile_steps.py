"""Handle payments as an accountant does, here and in OCA's reconciliation.

Each step commits, and what follows reads what was committed. A check is a list
[what, found, wanted].
"""

import time
from contextlib import contextmanager
from datetime import date

from reconcile_seen import FORM, entry, in_oca, on_suspense, register, sums
from reconcile_world import open_invoice, purpose

from odoo.tests import Form


class Steps:
    """The steps on the lines of cases, and the checks collected on the way."""

    def __init__(self, odoo, bank):
        """Use an open database and a bank."""
        self.odoo, self.bank = odoo, bank
        self.world, self.checks = {}, []

    def load(self, account, first, last):
        """Load a period; return {lines, seconds}."""
        days = date.fromisoformat(first), date.fromisoformat(last)
        with self.odoo.env() as env:
            start = time.perf_counter()
            run = env["tochka.account"].browse(account)._import(*days, "manual")
            env.flush_all()
            seconds = time.perf_counter() - start
            return {"lines": run.created, "seconds": seconds, "error": run.error}

    def number(self, account):
        """Return the bank's id of an account."""
        with self.odoo.env() as env:
            return env["tochka.account"].browse(account).bank_account_id

    @contextmanager
    def company(self):
        """Yield an environment of the company, with all rights."""
        with self.odoo.env() as env:
            allowed = {"lang": None, "allowed_company_ids": [self.world["company"]]}
            yield env(context=allowed)

    @contextmanager
    def line(self, case):
        """Yield the line of a case with the person's rights, in a new transaction."""
        with self.company() as env:
            env = env(user=self.world["person"], su=False)
            yield self._line(env, case)

    def _line(self, env, case):
        Line = env["account.bank.statement.line"]
        line = Line.search([("payment_ref", "=", purpose(case))])
        line.ensure_one()
        return line

    def check(self, what, found, wanted):
        """Add a check: what was found and what is wanted."""
        self.checks.append([what, found, wanted])

    def shown(self, case, when, oca, **wanted):
        """Check how OCA's screens and ours show a line; reading may change nothing.

        :param dict oca: what `in_oca` has to return
        :param wanted: ``review`` (ours and the register's), ``suspense``, ``entry``
            (as it was, with the same items), ``sums`` (as they were)
        """
        name = f"{case}, {when}"
        with self.line(case) as line:
            before = entry(line)
            found = {
                "review": line.tochka_review,
                "suspense": on_suspense(line),
                "entry": before,
                "sums": sums(line),
            }
            for key, value in wanted.items():
                self.check(f"{name}: {key}", found[key], value)
            if "review" in wanted:
                self.check(f"{name}: the register", register(line), wanted["review"])
        with self.line(case) as line:
            self.check(f"{name}: in OCA", in_oca(line), oca)
        with self.line(case) as line:
            self.check(f"{name}: only looked at", entry(line), before)

    def confirm(self, case, item=None):
        """Confirm a line here, with `item` of the world if one is given."""
        with self.line(case) as line:
            if item:
                line.cash_flow_item_id = self.world[item]
            line.action_tochka_confirm()

    def refused(self, case, method):
        """Check that an action here is refused because the line is reconciled."""
        with self.line(case) as line:
            before, review = entry(line), line.tochka_review
            message = getattr(line, method)()["params"]["message"]
            self.check(f"{case}: {method} says why", "reconciled" in message, True)
        with self.line(case) as line:
            after = [entry(line), line.tochka_review]
            self.check(f"{case}: {method} is refused", after, [before, review])

    def entry(self, case):
        """Return the entry of a line as it is now."""
        with self.line(case) as line:
            return entry(line)

    def sums(self, case):
        """Return the amounts of a line's entry as they are now."""
        with self.line(case) as line:
            return sums(line)

    def pay_invoice(self, case, amount=None):
        """Reconcile a line with a new invoice of the company, in OCA's way."""
        with self.company() as env:
            amount = amount or self._line(env, case).amount
            due = open_invoice(env, self.world, amount).id
        with self.line(case) as line:
            with Form(line, view=FORM) as form:
                form.add_account_move_line_id = line.env["account.move.line"].browse(
                    due
                )
            line.reconcile_bank_line()
        return due

    def due(self, item):
        """Return the residual amount of a journal item."""
        with self.company() as env:
            return env["account.move.line"].browse(item).amount_residual
