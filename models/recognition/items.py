"""What a payment was for: by rules, then by what was learnt of the counterparty."""

import logging

from odoo import models
from odoo.tools import SQL

from .folded_words import folded_sql

_logger = logging.getLogger(__name__)


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def _recognise_items(self, found):
        """Let rules and memory set item, partner, label and analytic distribution.

        Rules that are not general go first, then the memory, then the general ones.
        Own transfers get nothing from the last two, and what a person set stays.

        :param dict found: of `_recognise`
        """
        company = self.company_id
        asked = {r.id: r for r, v in found.items() if v["tochka_item_source"] != "hand"}
        transfers = {row.id for row, v in found.items() if v["tochka_is_transfer"]}
        rules = self.env["cash.flow.rule"]._in_force(company)
        decisions = self._decide_items(rules, set(asked), transfers)
        parties = {}
        for row_id, decision in decisions.items():
            row = asked[row_id]
            values, partner = found[row], found[row]["partner_id"]
            if decision._name == "cash.flow.rule":
                decision._set_on(values, company)
            else:
                values["cash_flow_item_id"] = decision.id
                values["tochka_item_source"] = "memory"
                distribution = decision.analytic_distribution
                values["tochka_analytic_distribution"] = distribution or False
            if values["partner_id"] != partner:
                parties[row] = values
        if parties:
            self.browse(row.id for row in parties)._note_parties(parties)

    def _decide_items(self, rules, row_ids, transfers):
        """Find what decides each of these rows.

        :param rules: cash.flow.rule, in order
        :param set transfers: ids of the rows that are own transfers
        :return dict: {row id: cash.flow.rule, or the cash.flow.item remembered}
        """
        decided = rules.filtered(lambda rule: not rule.general)._first_of(row_ids)
        left = row_ids - decided.keys() - transfers
        decided |= self._remembered(left)
        left -= decided.keys()
        return decided | rules.filtered("general")._first_of(left)

    def _decided_before(self, rule):
        """Give the ids of these rows that do not wait for a rule, saved or not."""
        sudo, row_ids = self.sudo(), set(self.ids)
        earlier = rule._in_force(self.company_id).filtered(
            lambda other: other._goes_before(rule)
        )
        if not rule.general:
            return earlier._first_of(row_ids).keys()
        transfers = set(sudo.filtered("line_id.tochka_is_transfer").ids)
        return sudo._decide_items(earlier, row_ids, transfers).keys() | transfers

    def _remembered(self, row_ids):
        """Give what was learnt of counterparties and payees: {row id: item}.

        A payment to the budget is told by its code, not by the treasury it goes to.
        """
        if not row_ids:
            return {}
        self.env["cash.flow.memory"].flush_model()
        self.env["cash.flow.item"].flush_model()
        Item = self.env["cash.flow.item"].sudo()
        items = self.env.execute_query(
            SQL(
                "SELECT t.id, item.id FROM tochka_transaction t"
                " LEFT JOIN res_partner p ON p.id = t.partner_id"
                " JOIN cash_flow_memory m ON m.company_id = t.company_id"
                " AND m.direction = CASE WHEN t.amount > 0 THEN 'in' ELSE 'out' END"
                " AND CASE WHEN p.id IS NULL"
                " THEN m.partner_id IS NULL AND m.payee = %s"
                " ELSE m.partner_id = COALESCE(p.commercial_partner_id, p.id) END"
                " JOIN cash_flow_item item ON item.id = m.cash_flow_item_id"
                " WHERE t.id = ANY(%s) AND COALESCE(t.kbk, '') = '' AND item.active"
                " AND item.direction IN ('both', m.direction)"
                " AND COALESCE(item.company_id, t.company_id) = t.company_id",
                folded_sql(SQL("COALESCE(t.payee, '')")),
                list(row_ids),
            )
        )
        known = Item.browse({item_id for _row, item_id in items})
        by_id = {item.id: item for item in known}
        return {row_id: by_id[item_id] for row_id, item_id in items}

    def _confirm_by_rules(self):
        """Confirm what the rules trust, but for what needs a person's decision.

        A possible duplicate, a guessed invoice, a change by the bank and a counterparty
        found by a name alone do. What cannot be confirmed stays new.
        """
        lines = self.env["account.bank.statement.line"].search(
            [
                ("tochka_transaction_id", "in", self.ids),
                ("tochka_review", "=", "new"),
                ("tochka_item_source", "=", "rule"),
                ("cash_flow_rule_id.auto_confirm", "=", True),
                ("tochka_partner_source", "!=", "name"),
                ("tochka_duplicate_id", "=", False),
                ("tochka_transaction_id.bank_change", "=", False),
                ("part_ids", "not any", [("source", "=", "residual")]),
            ]
        )
        _confirmed, refused = lines._confirm()
        for line in refused:
            _logger.info("Line %s is not confirmed by its rule: refused", line.id)
