"""What a person sets by hand: noted, kept, and learnt of."""

import json
from collections import Counter, defaultdict

from odoo import fields, models

from ..cash_flow.cash_flow_memory import payee_key
from ..recognition.recognised import NOTHING_FOUND

_SOURCED = {"cash_flow_item_id", "partner_id"}
# What has no field that tells by what it was found.
_MARKED = {"payment_ref", "tochka_analytic_distribution", "tochka_is_transfer"}
# Writing these, core builds the entry anew.
_IN_ENTRY = {"partner_id", "payment_ref"}
# What tells why, and changes nothing that a person sees.
_REASONS = {"tochka_item_source", "tochka_partner_source", "cash_flow_rule_id"}


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    tochka_by_hand = fields.Json(readonly=True, copy=False)  # list of field names

    def write(self, vals):
        """Override of `account` to learn from what a person changes on new payments.

        Recognition writes with `tochka_recognising` in the context, core copies the
        partner from the entry with `skip_account_move_synchronization`: neither is a
        person's word.
        """
        context = self.env.context
        by_hand = (_SOURCED | _MARKED) & vals.keys()
        if (
            not by_hand
            or context.get("tochka_recognising")
            or context.get("skip_account_move_synchronization")
        ):
            return super().write(vals)
        new = self.filtered(lambda line: line.tochka_review == "new")
        before = {name: {line: line[name] for line in new} for name in by_hand}
        result = super().write(vals)
        for name in sorted(by_hand):
            was = before[name]
            changed = new.filtered(lambda line, n=name, was=was: line[n] != was[line])
            if name == "partner_id":
                changed._note_partner_by_hand()
            elif name == "cash_flow_item_id":
                changed._note_item_by_hand()
            else:
                changed._mark_by_hand(name)
        return result

    def _mark_by_hand(self, name):
        for line in self:
            line.tochka_by_hand = sorted({*(line.tochka_by_hand or ()), name})

    def _note_partner_by_hand(self):
        if self:
            self.with_context(tochka_recognising=True).tochka_partner_source = "hand"
            self._sync_register()

    def _sync_register(self):
        """Let the register know the partners of these lines."""
        for partner, lines in self.grouped("partner_id").items():
            lines.sudo().tochka_transaction_id.partner_id = partner

    def _note_item_by_hand(self):
        if self:
            self.with_context(tochka_recognising=True).write(
                {"tochka_item_source": "hand", "cash_flow_rule_id": False}
            )
            self.env["cash.flow.memory"]._learn(Counter(self._correction_keys()))

    def _correction_keys(self):
        """Give for each line what its correction is remembered by.

        :return list: of keys of `cash.flow.memory._learn`; a line without an item or a
            counterparty, and a payment to the budget, has none
        """
        keys = []
        for line in self:
            partner = line.partner_id.commercial_partner_id.id or None
            payee = None if partner else payee_key(line.tochka_payee)
            known = line.cash_flow_item_id and (partner or payee)
            if known and not line.sudo().tochka_transaction_id.kbk:
                way = "in" if line.amount > 0 else "out"
                item = line.cash_flow_item_id.id
                keys.append((line.company_id.id, partner, payee, way, item))
        return keys

    def tochka_always_offer(self):
        """Ask «always do so?» when these lines were corrected alike before.

        The question is put until it is answered; `cash.flow.memory` has `action_always`
        and `action_not_always` for the answers.

        :return: False, or dict of `memory_id` (int), `title`, `message` (translated),
            `count` (int: new payments the rule would touch)
        """
        self.check_access("read")
        Memory = self.env["cash.flow.memory"]
        if not Memory.has_access("write"):
            return False
        corrected = self.filtered(
            lambda line: (
                line.tochka_review == "new" and line.tochka_item_source == "hand"
            )
        )
        return Memory._of_lines(corrected)._offer()

    # === RECOGNISE AGAIN === #

    def action_tochka_recognise(self):
        """Recognise new payments again; what was set by hand stays.

        :return: a notification with the number of payments changed
        """
        self.check_access("write")
        rows, changed, left = self._recognise_again()
        rows._confirm_by_rules()
        return self._tell_review(
            self.env._("Payments changed: %s.", len(changed)), left, after="reload"
        )

    def _recognise_again(self):
        """Recognise the new payments among these lines, merged ones apart.

        A line entered before that a payment was merged with is somebody's work.

        :return: (tochka.transaction, the lines changed, Counter {reason: lines left})
        """
        changed, left = self.browse(), Counter()
        by_row = {
            line.sudo().tochka_transaction_id: line
            for line in self
            if line.tochka_review == "new"
            and line.sudo().tochka_transaction_id.state == "loaded"
        }
        rows = self.env["tochka.transaction"].sudo().browse(row.id for row in by_row)
        for _account, own in rows.grouped("account_id").items():
            kept = {row: by_row[row]._set_by_hand() for row in own}
            found = own._recognise(kept)
            own_changed, own_left = self._take_recognised(
                {by_row[row]: values for row, values in found.items()}
            )
            changed |= own_changed
            left += own_left
            own._recognise_in_books()
        return rows, changed, left

    def _set_by_hand(self):
        """Return what recognition must leave as it is, by keys of NOTHING_FOUND."""
        now = self._as_recognised()
        kept = now.keys() & set(self.tochka_by_hand or ())
        if now["tochka_partner_source"] == "hand":
            kept |= {"partner_id", "tochka_partner_source"}
        if now["tochka_item_source"] == "hand":
            kept |= {"cash_flow_item_id", "tochka_item_source", "cash_flow_rule_id"}
            kept |= {"tochka_analytic_distribution"}
        return {name: now[name] for name in kept}

    def _as_recognised(self):
        """Give the values of a line in the shape of NOTHING_FOUND."""
        self.ensure_one()
        fields = {name: self._fields[name] for name in NOTHING_FOUND}
        return {
            name: field.convert_to_write(self[name], self) or False
            for name, field in fields.items()
        }

    def _take_recognised(self, given):
        """Write what recognition found on lines that exist, grouped by value.

        What was set by hand stays; so do lines whose entries would have to be built
        anew and cannot be.

        :param dict given: {line: values of NOTHING_FOUND, perhaps with `payment_ref`}
        :return: (the lines that were changed in more than the reason, Counter {why
            others had to stay: number of lines})
        """
        groups, left = defaultdict(self.browse), defaultdict(self.browse)
        for line, values in given.items():
            fresh = line._fresh(values)
            reason = fresh.keys() & _IN_ENTRY and line._reason_not_to_rebuild()
            if reason:
                left[reason] |= line
            elif fresh:
                groups[json.dumps(fresh, sort_keys=True)] |= line
        changed = self.browse()
        for group, lines in groups.items():
            fresh = json.loads(group)
            lines.with_context(tochka_recognising=True).write(fresh)
            if "partner_id" in fresh:
                lines._sync_register()
            if fresh.keys() - _REASONS:
                changed |= lines
        # Recognition has told the register already.
        self.browse().union(*left.values())._sync_register()
        return changed, Counter({reason: len(lines) for reason, lines in left.items()})

    def _fresh(self, values):
        """Give what of recognised values differs and was not set by hand."""
        now = self._as_recognised() | {"payment_ref": self.payment_ref}
        by_hand = self.tochka_by_hand or ()
        return {
            name: value
            for name, value in values.items()
            if name not in by_hand and (value or False) != now[name]
        }

    def _reason_not_to_rebuild(self):
        """Say why core cannot build the entry of one line anew.

        :return: a translated clause, or None when it can
        """
        _liquidity, suspense, others = self._seek_for_lines()
        reason = self._reason_not_to_change()
        if not reason and (len(suspense) != 1 or others):
            return self.env._("booked by another tool")
        return reason
