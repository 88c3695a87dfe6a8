"""Handle payments here and in OCA's reconciliation (`dev/bench reconcile`).

Started by `start_worker`; answers commands as `benched.Worker` describes.
"""

import json
import sys

from bank_control import BankControl
from odoo_here import OdooHere, serve
from reconcile_seen import FORM
from reconcile_steps import Steps
from reconcile_world import CASES, DAY, make_world, pay, purpose, set_up_oca

from odoo.fields import Command
from odoo.tests import Form

DONE = {
    "reconciled": True,
    "listed": False,
    "to_check": False,
    "balanced": True,
    "open": False,
    "others": [],
}
WAITS = {**DONE, "reconciled": False, "listed": True, "open": True}
UNCHECKED = {"to_check": True}
# OCA proposes the counterparts that it has just undone.
PROPOSED = {"open": False}
# The part of the split payment that is booked here.
SPLIT = 400.0


class Bookkeeping(Steps):
    """The commands; each returns its checks."""

    def prepare(self):
        """Create the records; return their ids for the worker that has OCA's addon."""
        with self.odoo.env() as env:
            return make_world(env, self.bank.info)

    # === LOADED BESIDE OCA === #

    def loaded(self, world):
        """Load the payments of the cases; check that OCA's hooks changed nothing."""
        self.world, self.checks = world, []
        with self.company() as env:
            self.model = set_up_oca(env, world)
            accounts = {
                name: env["tochka.account"].browse(account).bank_account_id
                for name, account in world["accounts"].items()
            }
        pay(self.bank, accounts)
        for name, account in world["accounts"].items():
            run = self.load(account, DAY, DAY)
            truth = self.bank.truth(accounts[name], DAY, DAY)["transactions"]
            self.check(f"{name}: error", run["error"], False)
            self.check(f"{name}: payments in the books", run["lines"], len(truth))
        with self.company() as env:
            ours = [("tochka_transaction_id", "!=", False), ("date", "=", DAY)]
            lines = env["account.bank.statement.line"].search(ours)
            reviews = sorted(set(lines.mapped("tochka_review")))
            self.check("reviews of the loaded", reviews, ["new"])
            guessed = lines.filtered(
                lambda line: line.partner_id != line.tochka_transaction_id.partner_id
            )
            self.check("partners that OCA guessed", guessed.mapped("partner_name"), [])
            reconciled = lines.filtered("is_reconciled").mapped("payment_ref")
            self.check("reconciled by itself", reconciled, [purpose("automatic")])
        return self.checks

    # === HANDLED HERE === #

    def handled_here(self):
        """Confirm here and look in OCA; undo in OCA and look here."""
        self.checks = []
        for case in ("in", "out", "yuan", "back", "undone", "to check"):
            new = WAITS | UNCHECKED
            self.shown(case, "new", new, review="new", suspense=True)
            self.confirm(case, "item")
            self.shown(case, "confirmed", DONE, review="confirmed", suspense=False)
            with self.line(case) as line:
                accounts = line.line_ids.account_id.ids
                self.check(f"{case}: its account", self.world["book"] in accounts, True)
        self._with_analytics()
        self._without_account()
        self._put_back()
        self._unreconciled_there()
        self._to_check_there()
        self._split()
        self._other_firm()
        return self.checks

    def _with_analytics(self):
        """Confirm with analytics: OCA's lines have a field of the same name."""
        analytics = {str(self.world["analytic"]): 100.0}
        with self.line("analytics") as line:
            line.tochka_analytic_distribution = analytics
        self.confirm("analytics", "item")
        self.shown("analytics", "confirmed", DONE, review="confirmed", suspense=False)
        with self.line("analytics") as line:
            booked = self._on_book(line)
            found = booked.mapped("analytic_distribution")
            self.check("analytics: on the item", found, [analytics])

    def _on_book(self, line):
        return line.line_ids.filtered(
            lambda item: item.account_id.id == self.world["book"]
        )

    def _without_account(self):
        case = "without account"
        self.confirm(case, "bare_item")
        self.shown(case, "confirmed", WAITS, review="confirmed", suspense=True)
        due = self.pay_invoice(case)
        self.check(f"{case}: due", self.due(due), 0)
        self.shown(case, "paid there", DONE, review="confirmed", suspense=False)
        self.refused(case, "action_tochka_back_to_new")

    def _put_back(self):
        with self.line("back") as line:
            line.action_tochka_back_to_new()
        new = WAITS | UNCHECKED
        self.shown("back", "put back", new, review="new", suspense=True)
        self._confirmed_again("back")

    def _unreconciled_there(self):
        with self.line("undone") as line:
            line.unreconcile_bank_line()
        waits = WAITS | PROPOSED
        self.shown("undone", "there", waits, review="confirmed", suspense=True)
        with self.line("undone") as line:
            self.check("undone: still noted as booked", line.tochka_booked, False)
            line.action_tochka_back_to_new()
        self._confirmed_again("undone")

    def _to_check_there(self):
        before = self.sums("to check")
        with self.line("to check") as line:
            line.action_to_check()
        done = DONE | UNCHECKED
        self.shown("to check", "there", done, review="new", sums=before)
        self._confirmed_again("to check")
        self.shown("to check", "again", DONE, sums=before)

    def _split(self):
        """Split a payment that OCA has undone, with a part to be reconciled in OCA."""
        self.confirm("split", "item")
        with self.line("split") as line:
            line.unreconcile_bank_line()
        with self.line("split") as line:
            line.action_tochka_back_to_new()
        with self.line("split") as line:
            total = line.amount
            parts = {"item": SPLIT, "bare_item": total - SPLIT}
            line.part_ids = [
                Command.create({"cash_flow_item_id": self.world[item], "amount": part})
                for item, part in parts.items()
            ]
        self.confirm("split")
        self.shown("split", "confirmed", WAITS, review="confirmed", suspense=True)
        with self.line("split") as line:
            line.reconcile_bank_line()
        self.shown("split", "the rest there", DONE, review="confirmed", suspense=False)
        with self.line("split") as line:
            kept = self._on_book(line).mapped("balance")
            self.check("split: the part booked here", kept, [-SPLIT])

    def _other_firm(self):
        with self.line("other firm") as line:
            line.partner_id = self.world["other_firm"]
        new = WAITS | UNCHECKED
        self.shown("other firm", "changed here", new, review="new", suspense=True)

    def _confirmed_again(self, case):
        self.confirm(case)
        self.shown(case, "again", DONE, review="confirmed", suspense=False)

    # === HANDLED THERE === #

    def handled_there(self):
        """Reconcile and check in OCA, look here; confirm here what was done in OCA."""
        self.checks = []
        self._checked_there()
        for case, total in (("invoice", None), ("part of an invoice", 5000)):
            due = self.pay_invoice(case, total)
            left = self.due(due)
            self._handled_there(case)
            self.check(f"{case}: due after it", self.due(due), left)
            self.refused(case, "action_tochka_back_to_new")
        with self.line("written off") as line:
            line.cash_flow_item_id = self.world["item"]
            with Form(line, view=FORM) as form:
                form.manual_model_id = line.env["account.reconcile.model"].browse(
                    self.model
                )
            line.reconcile_bank_line()
        self._handled_there("written off", matched=False)
        self._handled_there("automatic", matched=False)
        self._kept_suspense()
        self._new_unreconciled()
        return self.checks

    def _handled_there(self, case, *, matched=True):
        """Check a new line that was reconciled in OCA, then confirm it here."""
        done, before = DONE | UNCHECKED, self.entry(case)
        self.shown(case, "reconciled there", done, review="new", suspense=False)
        if matched:
            self.refused(case, "action_tochka_reject")
        self.confirm(case)
        self.shown(case, "confirmed", DONE, review="confirmed", entry=before)

    def _checked_there(self):
        with self.line("checked") as line:
            line.action_checked()
        self.shown("checked", "there", WAITS, review="confirmed", suspense=True)
        with self.line("checked") as line:
            line.action_tochka_back_to_new()
        new = WAITS | UNCHECKED
        self.shown("checked", "put back here", new, review="new", suspense=True)

    def _kept_suspense(self):
        """Reconcile in the mode in which OCA keeps and matches the suspense account.

        Until it is reviewed, core shows such a line as open by its whole amount.
        """
        due = self.pay_invoice("kept")
        before = self.entry("kept")
        self.refused("kept", "action_tochka_reject")
        with self.line("kept") as line:
            line.cash_flow_item_id = self.world["item"]
        self.confirm("kept")
        # OCA's form has an amount open in this mode, and no button to book it.
        done = DONE | {"open": True}
        shown = {"review": "confirmed", "suspense": True, "entry": before}
        self.shown("kept", "confirmed", done, **shown)
        self.check("kept: due", self.due(due), 0)

    def _new_unreconciled(self):
        """Undo a new line: core marks it as reviewed, though nobody confirmed it."""
        due = self.pay_invoice("undone new")
        with self.line("undone new") as line:
            line.unreconcile_bank_line()
        new = WAITS | UNCHECKED | PROPOSED
        self.shown("undone new", "there", new, review="new", suspense=True)
        amount = float(CASES["undone new"][1])
        self.check("undone new: due", self.due(due), amount)


def main():
    """Answer commands until stdin is closed."""
    task = json.loads(sys.argv[1])
    odoo, bank = OdooHere(task["database"], task["log"]), BankControl(task["bank"])
    books = Bookkeeping(odoo, bank)
    serve(books)


if __name__ == "__main__":
    main()
