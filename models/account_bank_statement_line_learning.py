"""What a person sets by hand: noted, kept, and learnt of."""

import json
from collections import Counter, defaultdict

from odoo import models

from .account_bank_statement_line_recognised import NOTHING
from .cash_flow_memory import payee_key

_BY_HAND = {"cash_flow_item_id", "partner_id"}
# What tells why, and changes nothing that a person sees.
_REASONS = {"tochka_item_source", "tochka_partner_source", "cash_flow_rule_id"}


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def write(self, vals):
        """Override of `account` to learn from what a person changes on new payments.

        Recognition writes with `tochka_recognising` in the context, core copies the
        partner from the entry with `skip_account_move_synchronization`: neither is a
        person's word.
        """
        context = self.env.context
        by_hand = _BY_HAND & vals.keys()
        if (
            not by_hand
            or context.get("tochka_recognising")
            or context.get("skip_account_move_synchronization")
        ):
            return super().write(vals)
        new = self.filtered(lambda line: line.tochka_review == "new")
        before = {line: (line.cash_flow_item_id, line.partner_id) for line in new}
        result = super().write(vals)
        items = new.filtered(lambda line: line.cash_flow_item_id != before[line][0])
        partners = new.filtered(lambda line: line.partner_id != before[line][1])
        partners._note_partner_by_hand()
        items._note_item_by_hand()
        return result

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

        The question is put once; `cash.flow.memory` has `action_always` and
        `action_not_always` for the answers.

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
        changed = self.browse()
        new = self.filtered(lambda line: line.tochka_review == "new")
        by_row = {line.sudo().tochka_transaction_id: line for line in new}
        rows = self.env["tochka.transaction"].sudo().browse(row.id for row in by_row)
        for _account, own in rows.grouped("account_id").items():
            kept = {row: by_row[row]._set_by_hand() for row in own}
            found = own._recognise(kept)
            changed |= self._take_recognised(
                {by_row[row]: values for row, values in found.items()}
            )
            own._recognise_in_books()
        return self.env["cash.flow.rule"]._tell(
            self.env._("Payments changed: %s.", len(changed))
        )

    def _set_by_hand(self):
        """Give what recognition must leave as it is: keys and values of NOTHING."""
        now = self._as_recognised()
        kept = {"tochka_is_transfer"} if now["tochka_is_transfer"] else set()
        if now["tochka_partner_source"] == "hand":
            kept |= {"partner_id", "tochka_partner_source"}
        if now["tochka_item_source"] == "hand":
            kept |= {"cash_flow_item_id", "tochka_item_source", "cash_flow_rule_id"}
            kept |= {"tochka_analytic_distribution"}
        return {name: now[name] for name in kept}

    def _as_recognised(self):
        """Give the values of a line in the shape of NOTHING."""
        self.ensure_one()
        fields = {name: self._fields[name] for name in NOTHING}
        return {
            name: field.convert_to_write(self[name], self) or False
            for name, field in fields.items()
        }

    def _take_recognised(self, given):
        """Write what recognition found on lines that exist, grouped by value.

        :param dict given: {line: values of NOTHING, perhaps with `payment_ref`}
        :return: the lines that were changed in more than the reason
        """
        groups = defaultdict(self.browse)
        for line, values in given.items():
            now = line._as_recognised() | {"payment_ref": line.payment_ref}
            fresh = {k: v for k, v in values.items() if (v or False) != now[k]}
            if fresh:
                groups[json.dumps(fresh, sort_keys=True)] |= line
        changed = self.browse()
        for group, lines in groups.items():
            fresh = json.loads(group)
            lines.with_context(tochka_recognising=True).write(fresh)
            if "partner_id" in fresh:
                lines._sync_register()
            if fresh.keys() - _REASONS:
                changed |= lines
        return changed
