"""What the bank changes after a payment was loaded."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date

from . import bank_row


def take_over(row, told):
    """Take over what the bank says now of a row that is in the register.

    The books follow where that is harmless (words of an unreviewed payment); otherwise
    the row is flagged with the old and the new values.

    :param row: one tochka.transaction
    :param dict told: of `bank_row.columns()`
    """
    vals = {name: told[name] for name in told if name != "raw"}
    vals["amount"] = float(vals["amount"])
    if vals["amount_company"] is not None:
        vals["amount_company"] = float(vals["amount_company"])
    # What the books show: the bank may change a row again before anybody decides.
    booked = row.booked_values or _seen_values(row)
    day_was_told = _tells_day(row)
    row.write(vals)
    _write_raw(row, told["raw"])
    if row.state in ("new", "before_opening"):
        row.state = row._state_at(row.account_id, row.date)
    now = _seen_values(row)
    # What was not kept when the payment was booked has not changed since.
    changed = [name for name in now if now[name] != booked.get(name, now[name])]
    if not row.line_id or not changed:
        row.write({"bank_change": False, "booked_values": False})
    elif bank_row.in_entry().isdisjoint(changed) and _may_rewrite(row):
        _rewrite_words(row, changed)
        row.write({"bank_change": False, "booked_values": False})
    elif changed == ["date"] and not day_was_told and _may_rewrite(row):
        # Its line is made anew on the day that the bank tells at last.
        row._leave_books(row._state_at(row.account_id, row.date))
        row.write({"bank_change": False, "booked_values": False})
    else:
        words = _change_in_words(row, booked, changed)
        row.write({"bank_change": words, "booked_values": booked})


def accept_changes(rows):
    """Bring the books to what the bank says now; the payments are new again.

    :param rows: tochka.transaction, of which those with `bank_change` are meant
    :raise UserError: when one of them is confirmed, or its account is being loaded
    """
    for row in rows.filtered("bank_change"):
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
