"""What the bank changes after a payment was loaded."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date

from . import bank_row

# Not the activity of a failed run, which the next good run takes away.
_TO_DO = "mail.mail_activity_data_todo"


def take_over(row, told):
    """Take over what the bank says now of a row that is in the register.

    The books follow where that is harmless (words of an unreviewed payment); otherwise
    the row is flagged with what the books show and what the bank says. Where both are
    the same, however they became so, there is nothing to decide. A person who rejected
    the payment is told, for it was another one that was rejected.

    :param row: one tochka.transaction
    :param dict told: of `bank_row.columns()`
    """
    # What the books show: the bank may change a row again before anybody decides.
    booked = row.booked_values or _seen_values(row)
    day_was_told = _tells_day(row)
    _write_told(row, told)
    now = _seen_values(row)
    # What was not kept when the payment was booked has not changed since.
    changed = [name for name in now if now[name] != booked.get(name, now[name])]
    if row.state == "rejected" and changed:
        _tell_of_rejected(row, _change_in_words(row, booked, changed))
        row.booked_values = booked
        return
    booked = booked | _values_in_books(row, now, changed)
    changed = [name for name in changed if now[name] != booked[name]]
    if _follow(row, changed, day_was_told):
        row.write({"bank_change": False, "booked_values": False})
    else:
        words = _change_in_words(row, booked, changed)
        row.write({"bank_change": words, "booked_values": booked})


def _write_told(row, told):
    """Write what the bank says into the register."""
    vals = {name: told[name] for name in told if name != "raw"}
    vals["amount"] = float(vals["amount"])
    if vals["amount_company"] is not None:
        vals["amount_company"] = float(vals["amount_company"])
    row.write(vals)
    _write_raw(row, told["raw"])
    if row.state in ("new", "before_opening"):
        row.state = row._state_at(row.account_id, row.date)


def _follow(row, changed, day_was_told):
    """Bring the books to a change that needs no person; return whether it was one.

    :param list changed: names of the values in which the books differ from the bank
    :param bool day_was_told: whether the bank had told the day of the row before
    """
    if not row.line_id or not changed:
        return True
    if not _may_rewrite(row):
        return False
    if bank_row.in_entry().isdisjoint(changed):
        _rewrite_words(row, changed)
        return True
    if changed == ["date"] and not day_was_told:
        # Its line is made anew on the day that the bank tells at last.
        row._leave_books(row._state_at(row.account_id, row.date))
        return True
    return False


def accept_changes(rows):
    """Bring the books to what the bank says now; the payments are new again.

    :param rows: tochka.transaction, of which those with `bank_change` are meant
    :raise UserError: when one of them is confirmed, or its account is being loaded
    """
    changed = rows.filtered("bank_change")
    rejected = changed.filtered(lambda row: row.state == "rejected")
    rejected.action_restore()
    for row in changed - rejected:
        if row.line_id.tochka_review == "confirmed":
            raise UserError(
                row.env._(
                    "The payment of %s is confirmed. Put it back to new first, then"
                    " take over the bank's change.",
                    row.date.strftime("%d.%m.%Y"),
                )
            )
        row.account_id.sudo()._lock_or_ask_to_wait()
        row.sudo()._leave_books(row._state_at(row.account_id, row.date))
        row.sudo().write({"bank_change": False, "booked_values": False})
        back = row.filtered(lambda one: one.state == "new").sudo()
        back._create_lines()
        back._confirm_by_rules()


def _seen_values(row):
    """Return the register's values a person sees, as JSON."""
    values = {name: row[name] for name in bank_row.seen()}
    return {**values, "date": row.date.isoformat()}


def _values_in_books(row, now, names):
    """Return what the entry of a row shows, as `_seen_values` does.

    Words that the line shows in its own spelling count as the bank's.

    :param dict now: of `_seen_values`: what the bank says
    :param list names: the values asked for; those the entry does not show are left out
    """
    line, values = row.line_id, {}
    if not line:
        return values
    prepared = row._prepare_line()
    shown_as = {"date": "date", "amount": "amount", **bank_row.on_line()}
    for name in shown_as.keys() & set(names):
        value = line[shown_as[name]]
        if (value or False) == (prepared[shown_as[name]] or False):
            values[name] = now[name]
        else:
            values[name] = value.isoformat() if name == "date" else value
    return values


def _tell_of_rejected(row, words):
    """Say that the bank changed a payment that a person had rejected.

    :param str words: the old and the new values
    """
    row.bank_change = words
    row.account_id.activity_schedule(
        _TO_DO,
        summary=row.env._("The bank changed a rejected payment"),
        note=row.env._(
            "The payment of %(day)s was rejected before. Open “Rejected payments” and"
            " restore it, or leave it rejected.\n%(change)s",
            day=format_date(row.env, row.date),
            change=words,
        ),
        user_id=row.account_id.connection_id.user_id.id,
    )


def _tells_day(row):
    """Whether the bank itself told the day of a row, not the statement it was in."""
    raw = row.raw if isinstance(row.raw, dict) else {}
    told = str(raw.get("documentProcessDate") or "")
    return told.startswith(row.date.isoformat())


def _write_raw(row, raw):
    """Store the bank's own text: no detour through Python keeps it verbatim."""
    row.flush_recordset()
    row.env.cr.execute(
        "UPDATE tochka_transaction SET raw = %s WHERE id = %s", [raw, row.id]
    )
    row.invalidate_recordset(["raw"])


def _may_rewrite(row):
    """Whether nobody has worked on the entry of a row yet."""
    line = row.line_id
    # The entry of a line entered before the bank's row came is somebody's work, …
    ours = row.state == "loaded" and line.tochka_review == "new"
    # … and so is one that was confirmed and then reset to draft.
    return ours and not line.tochka_booked and not line._reason_not_to_change()


def _rewrite_words(row, changed):
    """Take over the bank's words of an unreviewed payment, and what they tell."""
    shown, prepared, line = bank_row.on_line(), row._prepare_line(), row.line_id
    words = {shown[name] for name in changed if name in shown}
    words -= set(line.tochka_by_hand or ())
    line._write_recognised({name: prepared[name] for name in words})
    line._recognise_again()


def _change_in_words(row, before, changed):
    """Return a line for each value: its label, the old and the new one."""
    lines = []
    for name in changed:
        label = row._fields[name]._description_string(row.env)
        old, new = _shown(row, name, before[name]), _shown(row, name, row[name])
        lines.append(f"{label}: {old} → {new}")
    return "\n".join(lines)


def _shown(row, name, value):
    """Return a value the way a person reads it."""
    if name == "amount":
        return row.currency_id.format(value)
    if name == "date":
        return format_date(row.env, fields.Date.to_date(value))
    return value or "—"
