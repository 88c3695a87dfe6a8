"""Rules at work: which payments they match, before they are saved and after."""

import logging
from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .cash_flow_rule import CONDITIONS
from .pattern import TOO_MUCH, bounded

_logger = logging.getLogger(__name__)

SHOWN = 40
# What conditions ask of a row, see `_domain`.
_COLUMNS = (
    *("id", "company_id", "account_id", "partner_id", "amount", "type_code", "kbk"),
    *("account_number", "purpose", "purpose_folded", "party_folded"),
)


class CashFlowRule(models.Model):
    _inherit = "cash.flow.rule"

    match_count = fields.Integer(
        string="Loaded payments that match", compute="_compute_matches"
    )
    new_match_count = fields.Integer(
        string="New ones it would touch",
        compute="_compute_matches",
        help="Not confirmed yet, not decided by an earlier rule or by hand.",
    )
    new_match_ids = fields.Many2many(
        "account.bank.statement.line", compute="_compute_matches"
    )
    problem = fields.Char(compute="_compute_matches")

    # === MATCHING === #

    @api.model
    def _in_force(self, company):
        """Give the rules of a company, in order, that may set what they say."""
        return (
            self.sudo()
            .search([("company_id", "in", (False, company.id))])
            .filtered(lambda rule: rule._may_serve(company))
        )

    def _may_serve(self, company):
        item = self.cash_flow_item_id
        return not item or (item.active and item.company_id <= company)

    def _first_of(self, row_ids):
        """Ask these rules in their order about rows of the register.

        One query for all rules without a pattern that stand together, one for each
        rule with a pattern. A rule that runs out of time is left out, and marked.

        :param row_ids: of tochka.transaction
        :return dict: {row id: the first rule that matches}
        """
        found, left = {}, set(row_ids)
        self.env["tochka.transaction"].flush_model()
        for rules in self._runs():
            if not left:
                break
            for row_id, rule in rules._ask(list(left)):
                found[row_id] = rule
                left.discard(row_id)
        return found

    def _runs(self):
        """Cut the rules, in their order, into what is asked in one query each."""
        runs = []
        for rule in self:
            if runs and not (rule.purpose_pattern or runs[-1][:1].purpose_pattern):
                runs[-1] += rule
            else:
                runs.append(rule)
        return runs

    def _ask(self, row_ids):
        query = self._batch_query(row_ids)
        self.env.flush_query(query)
        if not self[:1].purpose_pattern:
            self.env.cr.execute(query)
            return self._answers()
        try:
            with bounded(self.env.cr):
                self.env.cr.execute(query, log_exceptions=False)
                return self._answers()
        except TOO_MUCH:
            _logger.warning("Cash flow rule %s ran out of time and is skipped", self.id)
            self.sudo().slow_on = fields.Datetime.now()
            return []

    def _answers(self):
        rules = list(self)
        return [(row_id, rules[place]) for row_id, place in self.env.cr.fetchall()]

    def _batch_query(self, row_ids):
        """Give the query of (row id, place of the first of these rules).

        The batch takes the table's name, so that each rule reads its rows from memory.
        """
        Row = self.env["tochka.transaction"].sudo()
        table = SQL.identifier(Row._table)
        asked = [
            Row._search(rule._domain()).select(
                SQL.identifier(Row._table, "id"), SQL("%s", place)
            )
            for place, rule in enumerate(self)
        ]
        return SQL(
            "WITH %s AS MATERIALIZED (SELECT %s FROM %s WHERE id = ANY(%s))"
            " SELECT id, MIN(place) FROM (%s) AS answers (id, place) GROUP BY id",
            table,
            SQL(", ").join(map(SQL.identifier, _COLUMNS)),
            table,
            row_ids,
            SQL(" UNION ALL ").join(asked),
        )

    # === PREVIEW === #

    @api.depends(
        *CONDITIONS, "direction", "cash_flow_item_id", "company_id", "general",
        "sequence",
    )  # fmt: skip
    def _compute_matches(self):
        for rule in self:
            rule.problem = (
                rule._contradiction() or rule._pattern_problem()
                if rule._narrows()
                else False
            )
            rows, lines = self.env["tochka.transaction"], rule.new_match_ids.browse()
            if rule._narrows() and not rule.problem:
                rows, lines = rule._matches()
            rule.match_count = len(rows)
            rule.new_match_count = len(lines)
            rule.new_match_ids = lines[:SHOWN]

    def _narrows(self):
        return self.direction != "both" or any(self[name] for name in CONDITIONS)

    def _matches(self):
        """Find what a rule, saved or not, is about.

        :return: (all loaded rows, the lines of those it would decide)
        """
        Row = self.env["tochka.transaction"]
        query = Row._search(self._domain() & Domain("state", "=", "loaded")).select()
        self.env.flush_query(query)
        try:
            with bounded(self.env.cr):
                self.env.cr.execute(query, log_exceptions=False)
                rows = Row.browse(row_id for [row_id] in self.env.cr.fetchall())
        except TOO_MUCH:
            self.problem = self.env._("Too many payments to count them here.")
            return Row, self.new_match_ids.browse()
        return rows, self._still_open(rows)

    def _still_open(self, rows):
        """Give the lines of rows that no person, earlier rule or memory decides."""
        new = rows.search(
            [
                ("id", "in", rows.ids),
                ("review", "=", "new"),
                ("line_id.tochka_item_source", "!=", "hand"),
            ]
        )
        decided = set()
        for company in new.company_id:
            own = new.filtered(lambda row, its=company: row.company_id == its)
            decided |= own._decided_before(self)
        return (new.browse(row.id for row in new if row.id not in decided)).line_id

    def _goes_before(self, other):
        """Whether this rule is asked before another one, which may be unsaved."""
        mine, its = (
            (rule.general, rule.sequence, rule._origin.id or float("inf"))
            for rule in (self, other)
        )
        return mine < its

    # === APPLYING === #

    def action_apply(self):
        """Let the rules decide the new payments they match, and confirm if they may.

        :return: a notification with the number of payments changed
        """
        self.check_access("read")
        changed, left = self.env["account.bank.statement.line"], Counter()
        for rule in self:
            _rows, lines = rule._matches()
            lines.check_access("write")
            lines = lines.filtered(lambda line, r=rule: r._may_serve(line.company_id))
            given = {line: line._as_recognised() for line in lines}
            for line, values in given.items():
                rule._set_on(values, line.company_id)
            own_changed, own_left = lines._take_recognised(given)
            changed |= own_changed
            left += own_left
            rows = lines.tochka_transaction_id
            rows.sudo()._propose_invoices()
            rows._confirm_by_rules()
        return changed._tell_review(
            self.env._("Payments changed: %s.", len(changed)), left, after="reload"
        )

    def _set_on(self, values, company):
        """Put what a rule sets into the values of a line.

        A counterparty found by account or INN is surer than the rule's own.

        :param dict values: of `tochka.transaction._recognise`, for one row
        """
        self.ensure_one()
        item = self.cash_flow_item_id
        values["cash_flow_rule_id"] = self.id
        values["tochka_item_source"] = "rule"
        values["cash_flow_item_id"] = item.id
        distribution = self.analytic_distribution or item.analytic_distribution
        values["tochka_analytic_distribution"] = distribution or False
        if self.label:
            values["payment_ref"] = self.label
        visible = self.partner_id.company_id <= company
        if (
            self.partner_id
            and visible
            and values["tochka_partner_source"] in (False, "name")
        ):
            values["partner_id"] = self.partner_id.id
            values["tochka_partner_source"] = "rule"
