"""What confirmation does to the entry: the other side takes its place."""

import logging

from odoo import models
from odoo.exceptions import RedirectWarning, UserError

_logger = logging.getLogger(__name__)

# Writing these, core builds the entry anew: it would drop the counterparts, which it
# then refuses in words that help nobody.
_REBUILD = {
    *("amount", "amount_currency", "currency_id", "foreign_currency_id"),
    *("partner_id", "payment_ref"),
}
# What the entry was booked by.
_DECIDED = {"cash_flow_item_id", "tochka_analytic_distribution", "tochka_is_transfer"}


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def write(self, vals):
        """Override of `account` to keep booked entries as they were decided."""
        by_core = self.env.context.get("skip_account_move_synchronization")
        if not by_core and (_REBUILD | _DECIDED) & vals.keys():
            booked = self.filtered("tochka_booked")
            for line in booked.filtered(lambda one: one.tochka_review == "confirmed"):
                raise UserError(
                    self.env._(
                        "The payment of %(day)s for %(amount)s is confirmed and"
                        " booked. Put it back to new first, then change it.",
                        day=line.date.strftime("%d.%m.%Y"),
                        amount=line.currency_id.format(line.amount),
                    )
                )
            booked._undo_booking_of_new()
        return super().write(vals)

    def _undo_booking_of_new(self):
        """Undo what confirmation booked of payments that are new again by other means.

        Core makes them so when an entry is reset to draft or its review taken back.

        :raise UserError: when an entry must stay as it is
        """
        booked = self.filtered("tochka_booked")
        for line in booked:
            line._check_may_change()
        if booked:
            booked.action_undo_reconciliation()

    def _confirm(self):
        """Confirm new payments, each that can be: one bad line never stops others.

        :return: (confirmed lines, dict {line: why not, a translated clause})
        """
        return self._in_halves("_confirm_together")

    def _put_back(self):
        """Make confirmed payments new again, each that can be.

        :return: (lines that are new now, dict {line: why not})
        """
        return self._in_halves("_put_back_together")

    def _in_halves(self, together):
        """Call a method on all lines; where the books refuse, find out which they are.

        A rule of core or of another module may refuse one line in the middle of the
        work: all is taken back then, and the halves are tried on their own.

        :param str together: method that gives (lines done, dict {line: why not})
        :return: the same
        """
        if not self:
            return self, {}
        try:
            with self.env.cr.savepoint():
                return getattr(self, together)()
        except (UserError, RedirectWarning) as error:
            if len(self) == 1:
                return self.browse(), {self: error.args[0]}
        middle = len(self) // 2
        done, refused = self[:middle]._in_halves(together)
        more_done, more_refused = self[middle:]._in_halves(together)
        return done | more_done, refused | more_refused

    def _confirm_together(self):
        """Confirm new payments in one go.

        :return: as `_confirm`
        :raise UserError: when the books refuse any of them
        """
        plans, refused, left = {}, {}, {}
        self.filtered(
            lambda line: (
                line.tochka_booked
                and line.move_id.state == "posted"
                and not line._reason_not_to_change()
            )
        )._undo_booking_of_new()
        self._fetch_for_booking()
        for line in self:
            # What a refused payment would have taken is there for the next one.
            taken = dict(left)
            try:
                plans[line] = line._counterparts(taken)
                left = taken
            except UserError as reason:
                refused[line] = reason.args[0]
        confirmed = self.filtered(lambda line: line in plans)
        booked = confirmed.filtered(lambda line: plans[line])
        booked._book(plans)
        booked._forget_proposals()
        self._quiet(confirmed.move_id).checked = True
        booked.tochka_booked = True
        confirmed.tochka_transaction_id._decide()
        booked._reconcile_transfers()
        return confirmed, refused

    def _fetch_for_booking(self):
        """Read at once what is asked of the journal items, of invoices as well."""
        items = (self.move_id | self.part_ids.invoice_id).line_ids
        items.fetch()
        items.fetch(["matched_debit_ids", "matched_credit_ids"])

    def _book(self, plans):
        """Put the counterparts in the place of the suspense lines.

        Entries with one plain counterpart are written in groups; the others get their
        journal items in one creation.

        :param dict plans: {line: what `_counterparts` gave}
        """
        groups, replaced, items, to_match = {}, self.env["account.move.line"], [], []
        self._settle_distributions(plans)
        for line in self:
            suspense = line._waiting_item()
            wanted = plans[line]
            if len(wanted) > 1 or wanted[0]["taxes"]:
                replaced |= suspense
                items += line._journal_items(suspense, wanted)
                continue
            key, vals = line._simple_write(suspense, wanted[0])
            groups.setdefault(key, (vals, []))[1].append(suspense.id)
            to_match.append((suspense, wanted[0]["invoice"]))
        for vals, ids in groups.values():
            self._quiet(self.env["account.move.line"].browse(ids)).write(vals)
        to_match += self._replace(replaced, items)
        self._match(to_match)

    def _waiting_item(self):
        """Give the journal item that waits for its counterpart.

        The journal may have another suspense account since the payment was loaded.

        :return: account.move.line, empty when another tool has been here
        """
        _liquidity, suspense, others = self._seek_for_lines()
        if not suspense and others.account_id <= self._suspense_accounts():
            suspense, others = others, others.browse()
        matched = suspense.matched_debit_ids or suspense.matched_credit_ids
        return (
            suspense.browse() if len(suspense) != 1 or others or matched else suspense
        )

    def _suspense_accounts(self):
        """Give all suspense accounts of the company, its default one included."""
        company = self.journal_id.company_id.sudo()
        journals = company.bank_journal_ids
        return (
            journals.suspense_account_id | company.account_journal_suspense_account_id
        )

    def _settle_distributions(self, plans):
        """Leave analytic distributions to core's models only where there are any.

        Core would search for a model once more for every journal item.
        """
        distribution_models = self.env["account.analytic.distribution.model"].sudo()
        if distribution_models.search_count([], limit=1):
            return
        for wanted in plans.values():
            for one in wanted:
                one["settled"] = True

    def _quiet(self, items):
        """Leave out what the books do not need: every payment is in the register.

        Companies with the restrictive audit trail keep the log of each change.

        :param items: account.move.line or account.move
        """
        return items.with_context(
            skip_account_move_synchronization=True,
            skip_invoice_sync=True,
            tracking_disable=not any(self.company_id.mapped("restrictive_audit_trail")),
        )

    def _replace(self, replaced, items):
        """Delete suspense lines and create the items that take their places.

        :param list items: of (values, invoice to reconcile with)
        :return list: of (account.move.line, invoice)
        """
        if not items:
            return []
        moves = replaced.move_id
        with moves._check_balanced({"records": moves}):
            self._quiet(replaced).with_context(force_delete=True).unlink()
            created = self._quiet(self.env["account.move.line"]).create(
                [vals for vals, _invoice in items]
            )
        return [
            (item, invoice)
            for item, (_vals, invoice) in zip(
                created.with_env(self.env), items, strict=True
            )
        ]

    def _match(self, to_match):
        """Reconcile items with their invoices, by core's own means.

        :param list to_match: of (account.move.line, invoice or none)
        """
        plan = []
        for item, invoice in to_match:
            if invoice:
                due = invoice.line_ids.filtered(
                    lambda one, paid=item: (
                        one.account_id == paid.account_id and not one.reconciled
                    )
                )
                plan.append(item | due)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)

    def _reconcile_transfers(self):
        """Reconcile both sides of own transfers once both are confirmed.

        Called again, it changes nothing more. Where the sides are of two currencies,
        the bank's margin stays open on the transfer account: a person books that.

        :return: as `_in_halves` wants it
        """
        plan, seen = [], set()
        for line in self.filtered("tochka_is_transfer"):
            other = line.sudo().tochka_pair_id
            both = frozenset((line.id, other.id))
            if not other.tochka_booked or both in seen:
                continue
            seen.add(both)
            if other.company_id == line.company_id:
                sides = (line | other).line_ids
                account = line.company_id.transfer_account_id
                plan.append(
                    sides.filtered(
                        lambda item, on=account: (
                            item.account_id == on
                            and on.reconcile
                            and not item.reconciled
                        )
                    )
                )
        plan = [items for items in plan if len(items) > 1]
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
        return self, {}

    def _reconcile_late_pairs(self):
        """Reconcile transfers whose pairs were found after both sides were confirmed.

        What the books refuse stays open: loading payments must not stop at it.
        """
        _done, refused = self.filtered("tochka_booked")._in_halves(
            "_reconcile_transfers"
        )
        for line in refused:
            _logger.info("Line %s is not reconciled with its other side", line.id)

    # === BACK TO NEW === #

    def action_undo_reconciliation(self):
        """Override of `account` to forget that confirmation had booked the entry.

        Core takes whatever it undoes for reviewed: new payments stay new.
        """
        new = self.filtered(lambda line: line.tochka_review == "new")
        booked = self.filtered("tochka_booked")
        # Tax items go together with their base.
        result = super(
            AccountBankStatementLine, booked.with_context(dynamic_unlink=True)
        ).action_undo_reconciliation()
        booked.tochka_booked = False
        if self - booked:
            result = super(
                AccountBankStatementLine, self - booked
            ).action_undo_reconciliation()
        new.move_id.checked = False
        return result

    def _put_back_together(self):
        """Undo what confirmation did to these lines.

        :return: as `_put_back`
        :raise UserError: when the books refuse any of them
        """
        self.filtered("tochka_booked").action_undo_reconciliation()
        self._quiet(self.move_id).checked = False
        self.tochka_transaction_id.sudo().write(
            {"decided_by": False, "decided_on": False}
        )
        return self, {}
