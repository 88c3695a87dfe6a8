"""What a person set by hand: noted, learnt from, and kept when recognising again."""

import json
from collections import Counter, defaultdict

from ..cash_flow.cash_flow_memory import payee_key
from ..recognition.recognised import NOTHING_FOUND
from .field_meanings import REBUILDING, TELLING_WHY

# === NOTING AND LEARNING === #


def note(lines, name):
    """Note that a person changed a field of new lines, and learn from it."""
    if not lines:
        return
    if name == "partner_id":
        lines.tochka_partner_source = "hand"
        sync_register(lines)
    elif name == "cash_flow_item_id":
        lines.write({"tochka_item_source": "hand", "cash_flow_rule_id": False})
        lines.env["cash.flow.memory"]._learn(Counter(lines._correction_keys()))
    else:
        for line in lines:
            line.tochka_by_hand = sorted({*(line.tochka_by_hand or ()), name})


def sync_register(lines):
    """Write the partners of lines into the register, where rules look for them."""
    for partner, own in lines.grouped("partner_id").items():
        own.sudo().tochka_transaction_id.partner_id = partner


def correction_keys(lines):
    """Return what the correction of each line is remembered by.

    :return list: of keys of `cash.flow.memory._learn`; a line without an item or a
        counterparty, and a payment to the budget, has none
    """
    keys = []
    for line in lines:
        partner = line.partner_id.commercial_partner_id.id or None
        payee = None if partner else payee_key(line.tochka_payee)
        known = line.cash_flow_item_id and (partner or payee)
        if known and not line.sudo().tochka_transaction_id.kbk:
            way = "in" if line.amount > 0 else "out"
            item = line.cash_flow_item_id.id
            keys.append((line.company_id.id, partner, payee, way, item))
    return keys


# === RECOGNISING AGAIN === #


def recognise_again(lines):
    """Recognise the new payments among lines; see `_recognise_again` of the line."""
    changed, left = lines.browse(), Counter()
    by_row = {
        line.sudo().tochka_transaction_id: line
        for line in lines
        if line.tochka_review == "new"
        and line.sudo().tochka_transaction_id.state == "loaded"
    }
    rows = lines.env["tochka.transaction"].sudo().browse(row.id for row in by_row)
    for _account, own in rows.grouped("account_id").items():
        found = own._recognise({row: _kept(by_row[row]) for row in own})
        own_changed, own_left = lines._take_recognised(
            {by_row[row]: values for row, values in found.items()}
        )
        changed |= own_changed
        left += own_left
        own._recognise_in_books()
    return rows, changed, left


def _kept(line):
    """Return the values that recognition must leave, by keys of NOTHING_FOUND."""
    now = line._as_recognised()
    kept = now.keys() & set(line.tochka_by_hand or ())
    if now["tochka_partner_source"] == "hand":
        kept |= {"partner_id", "tochka_partner_source"}
    if now["tochka_item_source"] == "hand":
        kept |= {"cash_flow_item_id", "tochka_item_source", "cash_flow_rule_id"}
        kept |= {"tochka_analytic_distribution"}
    return {name: now[name] for name in kept}


def as_recognised(line):
    """Return the values of a line in the shape of NOTHING_FOUND."""
    fields = {name: line._fields[name] for name in NOTHING_FOUND}
    return {
        name: field.convert_to_write(line[name], line) or False
        for name, field in fields.items()
    }


def fresh(line, values):
    """Return what of recognised values differs and was not set by hand."""
    now = line._as_recognised() | {"payment_ref": line.payment_ref}
    set_by_hand = line.tochka_by_hand or ()
    return {
        name: value
        for name, value in values.items()
        if name not in set_by_hand and (value or False) != now[name]
    }


def take_recognised(lines, given):
    """Write what recognition found; see `_take_recognised` of the line.

    :param lines: any recordset of the model
    """
    groups, left = defaultdict(lines.browse), defaultdict(lines.browse)
    for line, values in given.items():
        values = line._fresh(values)
        reason = values.keys() & REBUILDING and _reason_not_to_rebuild(line)
        if reason:
            left[reason] |= line
        elif values:
            groups[json.dumps(values, sort_keys=True)] |= line
    changed = lines.browse()
    for group, alike in groups.items():
        values = json.loads(group)
        alike._write_recognised(values)
        if "partner_id" in values:
            sync_register(alike)
        if values.keys() - TELLING_WHY:
            changed |= alike
    # Recognition has written its partners into the register before.
    sync_register(lines.browse().union(*left.values()))
    return changed, Counter({reason: len(stayed) for reason, stayed in left.items()})


def _reason_not_to_rebuild(line):
    """Say why core cannot build the entry of one line anew.

    :return: a translated clause, or None when it can
    """
    _liquidity, suspense, others = line._seek_for_lines()
    reason = line._reason_not_to_change()
    if not reason and (len(suspense) != 1 or others):
        return line.env._("booked by another tool")
    return reason
