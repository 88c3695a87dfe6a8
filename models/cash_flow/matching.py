"""Ask rules about rows of the register: which rule is the first to match each row."""

import logging

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

from .pattern import TOO_MUCH, bounded

_logger = logging.getLogger(__name__)

# What conditions ask of a row, see `conditions.domain`.
_COLUMNS = (
    *("id", "company_id", "account_id", "partner_id", "amount", "type_code", "kbk"),
    *("account_number", "purpose", "purpose_folded", "party_folded"),
)


def first_of(rules, row_ids):
    """Ask rules in their order about rows; see `_first_of` of the rule."""
    found, left = {}, set(row_ids)
    rules.env["tochka.transaction"].flush_model()
    for together in _runs(rules):
        if not left:
            break
        for row_id, rule in _ask(together, list(left)):
            found[row_id] = rule
            left.discard(row_id)
    return found


def _runs(rules):
    """Cut rules, in their order, into recordsets that are asked in one query each.

    A rule with a pattern stands alone, for it may run out of time.
    """
    runs = []
    for rule in rules:
        if runs and not (rule.purpose_pattern or runs[-1][:1].purpose_pattern):
            runs[-1] += rule
        else:
            runs.append(rule)
    return runs


def _ask(rules, row_ids):
    """Ask the rules of one run.

    :return list: of (row id, the first rule that matches)
    """
    query = batch_query(rules, row_ids)
    rules.env.flush_query(query)
    if not rules[:1].purpose_pattern:
        return _answers(rules, query)
    try:
        with bounded(rules.env.cr):
            return _answers(rules, query, log_exceptions=False)
    except TOO_MUCH:
        _logger.warning("Cash flow rule %s ran out of time and is skipped", rules.id)
        rules.sudo().slow_on = fields.Datetime.now()
        return []


def _answers(rules, query, log_exceptions=True):
    cr = rules.env.cr
    cr.execute(query, log_exceptions=log_exceptions)
    by_place = list(rules)
    return [(row_id, by_place[place]) for row_id, place in cr.fetchall()]


def batch_query(rules, row_ids):
    """Return the query of (row id, place of the first of these rules).

    The rows of the batch take the table's name, so that PostgreSQL fetches them once
    and not for every rule.
    """
    Row = rules.env["tochka.transaction"].sudo()
    table = SQL.identifier(Row._table)
    asked = [
        Row._search(rule._domain()).select(
            SQL.identifier(Row._table, "id"), SQL("%s", place)
        )
        for place, rule in enumerate(rules)
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


def matching_rows(rule):
    """Find the loaded rows a rule, saved or not, matches; bounded in time.

    :return: tochka.transaction
    :raise pattern.TOO_MUCH: when time is up
    """
    Row = rule.env["tochka.transaction"]
    query = Row._search(rule._domain() & Domain("state", "=", "loaded")).select()
    rule.env.flush_query(query)
    with bounded(rule.env.cr):
        rule.env.cr.execute(query, log_exceptions=False)
        return Row.browse(row_id for [row_id] in rule.env.cr.fetchall())


def undecided_lines(rule, rows):
    """Return the lines of rows that no person, earlier rule or memory decides.

    :param rows: tochka.transaction the rule matches
    :return: account.bank.statement.line of new payments
    """
    new = rows.search(
        [
            ("id", "in", rows.ids),
            ("review", "=", "new"),
            ("line_id.tochka_item_source", "!=", "hand"),
        ]
    )
    decided = set()
    for own in new.grouped("company_id").values():
        decided |= own._decided_before(rule)
    return new.filtered(lambda row: row.id not in decided).line_id
