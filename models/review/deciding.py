"""What confirming, rejecting and putting back have in common: whom they leave alone."""

from collections import Counter

from odoo.exceptions import UserError
from odoo.tools import groupby

# So many payments are confirmed in one transaction while a dialog shows the progress.
CHUNK = 50
# So many payments are named beside each reason.
EXAMPLES = 3
_AFTER = {
    "close": {"type": "ir.actions.act_window_close"},
    "reload": {"type": "ir.actions.client", "tag": "soft_reload"},
}


# === WHAT MUST STAY === #


def reason_not_to_change(line):
    """Say why the entry of one line must stay as it is.

    :return: a translated clause, or None when it may be changed
    """
    env = line.env
    if line.company_id._is_bank_locked_on(line.date):
        return env._("in a locked period")
    if line.move_id.inalterable_hash:
        return env._("secured against changes")
    if _matched_by_others(line):
        return env._("reconciled; undo the reconciliation first")
    if line.statement_id.is_valid and line.statement_id.is_complete:
        return env._("part of a closed bank statement; delete that first")
    return None


def _matched_by_others(line):
    """Return the journal items matched with this line by others than confirmation.

    What confirmation has matched itself, it undoes as well: the invoices of the
    parts, the other side of the transfer, and the exchange differences of both.
    """
    _liquidity, suspense, others = line._seek_for_lines()
    items = suspense | others
    matched = items.matched_debit_ids.debit_move_id
    matched |= items.matched_credit_ids.credit_move_id
    if not line.tochka_booked:
        return matched
    own = line.part_ids.invoice_id | line.sudo().tochka_pair_id.move_id
    return matched.filtered(
        lambda item: (
            item.move_id not in own and not item.move_id.exchange_diff_partial_ids
        )
    )


def check_may_change(line):
    """Refuse to change the entry of a line that must stay.

    :raise UserError: with the reason
    """
    reason = line._reason_not_to_change()
    if reason:
        raise UserError(
            line.env._(
                "The payment of %(day)s for %(amount)s cannot be changed: %(reason)s.",
                day=line.date.strftime("%d.%m.%Y"),
                amount=line.currency_id.format(line.amount),
                reason=reason,
            )
        )


def free_to_change(lines):
    """Sort out the lines whose entries must stay as they are.

    :return: (the lines that may be changed, Counter {reason: number of others})
    """
    reasons = {line: line._reason_not_to_change() for line in lines}
    return (
        lines.filtered(lambda line: not reasons[line]),
        Counter(filter(None, reasons.values())),
    )


def left_alone(lines, done):
    """Count the lines of a selection that confirmation does not concern.

    :return Counter: {reason: number of lines}
    """
    others = lines - done
    confirmed = others.filtered(lambda line: line.tochka_review == "confirmed")
    return Counter(
        {
            lines.env._("already confirmed"): len(confirmed),
            lines.env._("not from Tochka Bank"): len(others - confirmed),
        }
    )


# === WHAT IS TOLD === #


def named_by_reason(refused):
    """Return {reason: (number of lines, names of the first ones)}.

    :param dict refused: {line: reason}
    """
    return {
        reason: (len(lines), [_name(line) for line in lines[:EXAMPLES]])
        for reason, lines in groupby(refused, refused.get)
    }


def _name(line):
    return f"{line.date:%d.%m.%Y} {line.currency_id.format(line.amount)}"


def progress_dialog(lines, others):
    """Return the action of the dialog that confirms many lines in chunks.

    :param Counter others: {reason: number of lines left alone}
    """
    return {
        "type": "ir.actions.client",
        "tag": "account_tochka.confirm_progress",
        "name": lines.env._("Confirming payments"),
        "target": "new",
        "params": {
            "ids": lines.ids,
            "chunk": CHUNK,
            "left_alone": [
                [reason, count, []] for reason, count in others.items() if count
            ],
        },
    }


def notification(env, message, refused, examples, after):
    """Return the notification of a bulk action; see `_tell_review` of the line."""
    reasons = []
    for reason, count in refused.items():
        if not count:
            continue
        words = env._("Left alone: %(count)s (%(reason)s).", count=count, reason=reason)
        names = (examples or {}).get(reason)
        if names:
            words += " " + "; ".join(names) + ("; …" if count > len(names) else ".")
        reasons.append(words)
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": "warning" if reasons else "success",
            "message": " ".join([message, *reasons]),
            "next": _AFTER[after],
        },
    }
