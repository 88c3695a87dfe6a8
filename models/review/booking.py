"""Write what confirmation decided into the journal entries, and undo it."""

import json
from functools import cached_property

from odoo.exceptions import UserError
from odoo.fields import Command

from .counterparts import waiting_item


class Booking:
    """Confirms the payments of a batch, or puts them back to new."""

    def __init__(self, lines):
        """Take the statement lines of the batch."""
        self.lines, self.env = lines, lines.env
        self.Item = self.env["account.move.line"]

    def confirm(self):
        """Confirm new payments in one go.

        :return: (confirmed lines, dict {line: why not, a translated clause})
        :raise UserError: when the books refuse any of them
        """
        lines = self.lines
        lines.filtered(
            lambda line: (
                line.tochka_booked
                and line.move_id.state == "posted"
                and not line._reason_not_to_change()
            )
        )._undo_booking_of_new()
        self._fetch_items()
        plans, refused = self._decide()
        confirmed = lines.filtered(lambda line: line in plans)
        booked = confirmed.filtered(lambda line: plans[line])
        self._book({line: plans[line] for line in booked})
        booked._forget_proposals()
        self._without_sync_or_notes(confirmed.move_id).checked = True
        booked.tochka_booked = True
        confirmed.tochka_transaction_id._decide()
        reconcile_transfers(booked)
        return confirmed, refused

    def put_back(self):
        """Make confirmed payments new again.

        :return: (lines that are new now, {})
        :raise UserError: when the books refuse any of them
        """
        self.lines.filtered("tochka_booked").action_undo_reconciliation()
        self._without_sync_or_notes(self.lines.move_id).checked = False
        self.lines.tochka_transaction_id.sudo().write(
            {"decided_by": False, "decided_on": False}
        )
        return self.lines, {}

    def _fetch_items(self):
        """Read the journal items of payments and invoices in one query each."""
        items = (self.lines.move_id | self.lines.part_ids.invoice_id).line_ids
        items.fetch()
        items.fetch(["matched_debit_ids", "matched_credit_ids"])

    def _decide(self):
        """Ask every payment for its counterparts.

        :return: ({line: list of Counterpart}, {line: why not})
        """
        plans, refused, left = {}, {}, {}
        for line in self.lines:
            # What a refused payment would take of an invoice is left for the next one.
            taken = dict(left)
            try:
                plans[line] = line._counterparts(taken)
                left = taken
            except UserError as reason:
                refused[line] = reason.args[0]
        return plans, refused

    def _book(self, plans):
        """Put the counterparts in the place of the suspense items.

        Entries with one counterpart without taxes are written in groups; the others
        get their journal items in one creation.

        :param dict plans: {line: list of Counterpart, not empty}
        """
        if not plans:
            return
        groups, replaced, items, to_match = {}, self.Item, [], []
        for line, wanted in plans.items():
            suspense = waiting_item(line)
            if len(wanted) > 1 or wanted[0].taxes:
                replaced |= suspense
                items += self._journal_items(line, suspense, wanted)
                continue
            vals = self._values_of_only(suspense, wanted[0])
            key = json.dumps(vals, sort_keys=True)
            groups.setdefault(key, (vals, []))[1].append(suspense.id)
            to_match.append((suspense, wanted[0].invoice))
        for vals, ids in groups.values():
            self._without_sync_or_notes(self.Item.browse(ids)).write(vals)
        to_match += self._replace(replaced, items)
        self._match(to_match)

    def _without_sync_or_notes(self, records):
        """Return records in a context without core's synchronisation and tracking.

        Our values fit together already, and the register tells what the bank sent.
        Companies with the restrictive audit trail keep the log of each change.

        :param records: account.move.line or account.move
        """
        audited = any(self.lines.company_id.mapped("restrictive_audit_trail"))
        return records.with_context(
            skip_account_move_synchronization=True,
            skip_invoice_sync=True,
            tracking_disable=not audited,
        )

    # === VALUES OF JOURNAL ITEMS === #

    @cached_property
    def _has_distribution_models(self):
        """Whether core may find an analytic distribution for items without one."""
        Model = self.env["account.analytic.distribution.model"].sudo()
        return bool(Model.search_count([], limit=1))

    def _analytics(self, one):
        """Return the analytic value of an item, {} to leave it to core's models.

        Without a value, core searches for a model once for every item.
        """
        settled = one.is_on_partner or not self._has_distribution_models
        if one.analytic_distribution or settled:
            return {"analytic_distribution": one.analytic_distribution}
        return {}

    def _values_of_only(self, suspense, one):
        """Return the values that turn the suspense item into the only counterpart."""
        vals = {"account_id": one.account.id, **self._analytics(one)}
        if suspense.partner_id != one.partner:
            vals["partner_id"] = one.partner.id
        if suspense.name != one.label:
            vals["name"] = one.label
        return vals

    def _journal_items(self, line, suspense, wanted):
        """Return the journal items that replace the suspense item, in its amounts.

        :return list: of (values for `create`, the invoice to reconcile with)
        """
        currency, company_currency = suspense.currency_id, suspense.company_currency_id
        rest_currency, rest, items = suspense.amount_currency, suspense.balance, []
        always_exigible = not any(one.is_on_partner for one in wanted)
        for place, one in enumerate(wanted):
            if place == len(wanted) - 1:
                amount_currency, balance = rest_currency, rest
            else:
                share = one.amount / line.amount
                amount_currency = currency.round(suspense.amount_currency * share)
                balance = company_currency.round(suspense.balance * share)
            rest_currency -= amount_currency
            rest -= balance
            item = {
                "move_id": line.move_id.id,
                "name": one.label,
                "account_id": one.account.id,
                "partner_id": one.partner.id,
                "currency_id": currency.id,
                "amount_currency": currency.round(amount_currency),
                "balance": company_currency.round(balance),
                **self._analytics(one),
            }
            with_taxes = (
                self._with_taxes(line.company_id, item, one, always_exigible)
                if one.taxes
                else [item]
            )
            items += [(vals, one.invoice) for vals in with_taxes]
        return items

    def _with_taxes(self, company, item, one, always_exigible):
        """Split an item into its base and its taxes, all included in its amount.

        :param dict item: values for `create`
        :return list: of values for `create`
        """
        Tax = self.env["account.tax"]
        taxes, balance = one.taxes, item["balance"]
        credit = balance < 0
        use = taxes[:1].type_tax_use
        base_line = Tax._prepare_base_line_for_taxes_computation(
            None,
            tax_ids=taxes,
            price_unit=item["amount_currency"],
            quantity=1.0,
            currency_id=self.env["res.currency"].browse(item["currency_id"]),
            rate=abs(item["amount_currency"] / balance) if balance else 1.0,
            special_mode="total_included",
            is_refund=use == "sale" and not credit or use == "purchase" and credit,
            partner_id=one.partner,
            account_id=one.account,
            analytic_distribution=one.analytic_distribution,
        )
        Tax._add_tax_details_in_base_lines([base_line], company)
        Tax._round_base_lines_tax_details([base_line], company)
        Tax._add_accounting_data_in_base_lines_tax_details(
            [base_line], company, include_caba_tags=always_exigible
        )
        found = Tax._prepare_tax_lines([base_line], company)
        tax_items = [
            {**vals, "move_id": item["move_id"], "display_type": "tax"}
            for vals in found["tax_lines_to_add"]
        ]
        # The base is what the taxes leave, so that the sum is the bank's to the kopeck.
        [(_line, base)] = found["base_lines_to_update"]
        base_item = {
            **item,
            "tax_ids": [Command.set(taxes.ids)],
            "tax_tag_ids": base["tax_tag_ids"],
        }
        for name in ("amount_currency", "balance"):
            base_item[name] = item[name] - sum(vals[name] for vals in tax_items)
        return [base_item, *tax_items]

    # === WRITING === #

    def _replace(self, replaced, items):
        """Delete suspense items and create the items that take their places.

        :param list items: of (values, invoice to reconcile with)
        :return list: of (account.move.line, invoice)
        """
        if not items:
            return []
        moves = replaced.move_id
        with moves._check_balanced({"records": moves}):
            suspense = self._without_sync_or_notes(replaced)
            suspense.with_context(force_delete=True).unlink()
            created = self._without_sync_or_notes(self.Item).create(
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
            self.Item._reconcile_plan(plan)


def reconcile_transfers(lines):
    """Reconcile both sides of own transfers once both are confirmed.

    Called again, it changes nothing more. Where the sides are in two currencies, the
    bank's margin stays open on the transfer account: a person books that.

    :return: (lines, {}), as `in_halves` wants it
    """
    plan, seen = [], set()
    for line in lines.filtered("tochka_is_transfer"):
        other = line.sudo().tochka_pair_id
        both = frozenset((line.id, other.id))
        if not other.tochka_booked or both in seen:
            continue
        seen.add(both)
        if other.company_id == line.company_id:
            account = line.company_id.transfer_account_id
            plan.append(
                (line | other).line_ids.filtered(
                    lambda item, on=account: (
                        item.account_id == on and on.reconcile and not item.reconciled
                    )
                )
            )
    plan = [items for items in plan if len(items) > 1]
    if plan:
        lines.env["account.move.line"]._reconcile_plan(plan)
    return lines, {}
