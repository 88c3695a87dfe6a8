"""What a payment was for: by rules, then by what was learnt of the counterparty."""

from odoo.tools import SQL

from .folded_words import folded_sql
from .partners import note_parties


def decide_items(rows, found):
    """Let rules and memory set item, partner, label and analytic distribution.

    Rules that are not general go first, then the memory, then the general ones. Own
    transfers get nothing from the last two, and what a person set stays.

    :param rows: tochka.transaction of one company
    :param dict found: {row: values of its line}, filled in by the steps before
    """
    company = rows.company_id
    asked = {r.id: r for r, v in found.items() if v["tochka_item_source"] != "hand"}
    transfers = {row.id for row, v in found.items() if v["tochka_is_transfer"]}
    rules = rows.env["cash.flow.rule"]._in_force(company)
    parties = {}
    for row_id, decision in _decide(rules, set(asked), transfers).items():
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
        note_parties(rows.browse(row.id for row in parties), parties)


def decided_before(rows, rule):
    """Return the ids of rows that do not wait for a rule, saved or not.

    :param rows: tochka.transaction of one company
    :param rule: cash.flow.rule
    """
    rows, row_ids = rows.sudo(), set(rows.ids)
    earlier = rule._in_force(rows.company_id).filtered(
        lambda other: other._goes_before(rule)
    )
    if not rule.general:
        return earlier._first_of(row_ids).keys()
    transfers = set(rows.filtered("line_id.tochka_is_transfer").ids)
    return _decide(earlier, row_ids, transfers).keys() | transfers


def _decide(rules, row_ids, transfers):
    """Find what decides each of these rows.

    :param rules: cash.flow.rule, in order
    :param set transfers: ids of the rows that are own transfers
    :return dict: {row id: cash.flow.rule, or the cash.flow.item remembered}
    """
    decided = rules.filtered(lambda rule: not rule.general)._first_of(row_ids)
    left = row_ids - decided.keys() - transfers
    decided |= remembered(rules.env, left)
    left -= decided.keys()
    return decided | rules.filtered("general")._first_of(left)


def remembered(env, row_ids):
    """Return what was learnt of counterparties and payees: {row id: cash.flow.item}.

    A payment to the budget is told by its code, not by the treasury it goes to.

    :param set row_ids: of tochka.transaction
    """
    if not row_ids:
        return {}
    env["cash.flow.memory"].flush_model()
    env["cash.flow.item"].flush_model()
    items = env.execute_query(
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
    known = env["cash.flow.item"].sudo().browse({item_id for _row, item_id in items})
    by_id = {item.id: item for item in known}
    return {row_id: by_id[item_id] for row_id, item_id in items}
