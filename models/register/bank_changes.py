"""What the bank changes after a payment was loaded."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# Register field → field of the statement line that shows it. Changing these in the
# entry of a payment nobody has looked at yet does no harm.
_HARMLESS = {
    "purpose": "payment_ref",
    "type_code": "transaction_type",
    "document_number": "ref",
    "partner_name": "partner_name",
    "account_number": "account_number",
}
_SHOWN = ("date", "amount", *_HARMLESS, "inn", "kpp")


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def _bank_changed(self, row):
        """Take over what the bank says now of a row that is in the register.

        The books follow where that is harmless (words of an unreviewed payment);
        otherwise the row is flagged with the old and the new values.

        :param dict row: of the intake's COLUMNS
        """
        self.ensure_one()
        vals = {name: row[name] for name in row if name != "raw"}
        vals["amount"] = float(vals["amount"])
        if vals["amount_company"] is not None:
            vals["amount_company"] = float(vals["amount_company"])
        # What the books show: the bank may change a row again before anybody decides.
        booked = self.booked_values or self._values_shown()
        self.write(vals)
        self._write_raw(row["raw"])
        if self.state in ("new", "before_opening"):
            self.state = self._state_at(self.account_id, self.date)
        now = self._values_shown()
        changed = [name for name in _SHOWN if now[name] != booked[name]]
        if not self.line_id or not changed:
            self.write({"bank_change": False, "booked_values": False})
        elif set(changed) <= {*_HARMLESS, "inn", "kpp"} and self._may_rewrite():
            self._rewrite_words(changed)
            self.write({"bank_change": False, "booked_values": False})
        else:
            words = self._change_in_words(booked, changed)
            self.write({"bank_change": words, "booked_values": booked})

    def _values_shown(self):
        """Give the register's values a person sees, as JSON."""
        values = {name: self[name] for name in _SHOWN}
        return {**values, "date": self.date.isoformat()}

    def _write_raw(self, raw):
        """Store the bank's own text: no detour through Python keeps it verbatim."""
        self.flush_recordset()
        self.env.cr.execute(
            "UPDATE tochka_transaction SET raw = %s WHERE id = %s", [raw, self.id]
        )
        self.invalidate_recordset(["raw"])

    def _may_rewrite(self):
        line = self.line_id
        # The entry of a line entered before the bank's row came is somebody's work.
        ours = self.state == "loaded" and line.tochka_review == "new"
        # … and so is one that was confirmed and then reset to draft.
        return ours and not line.tochka_booked and not line._reason_not_to_change()

    def _rewrite_words(self, changed):
        """Take over the bank's words of an unreviewed payment, and what they tell."""
        prepared, line = self._prepare_line(), self.line_id
        words = {_HARMLESS[name] for name in changed if name in _HARMLESS}
        words -= set(line.tochka_by_hand or ())
        line._write_recognised({name: prepared[name] for name in words})
        line._recognise_again()

    def _change_in_words(self, before, changed):
        lines = []
        for name in changed:
            label = self._fields[name]._description_string(self.env)
            old, new = self._shown(name, before[name]), self._shown(name, self[name])
            lines.append(f"{label}: {old} → {new}")
        return "\n".join(lines)

    def _shown(self, name, value):
        """Give a value the way a person reads it."""
        if name == "amount":
            return self.currency_id.format(value)
        if name == "date":
            return format_date(self.env, fields.Date.to_date(value))
        return value or "—"

    def action_accept_change(self):
        """Bring the books to what the bank says now; the payment is new again."""
        for row in self.filtered("bank_change"):
            if row.line_id.tochka_review == "confirmed":
                raise UserError(
                    self.env._(
                        "The payment of %s is confirmed. Put it back to new first, then"
                        " take over the bank's change.",
                        row.date.strftime("%d.%m.%Y"),
                    )
                )
            row.account_id.sudo()._lock_or_ask_to_wait()
            row.sudo()._leave_books(self._state_at(row.account_id, row.date))
            row.sudo().write({"bank_change": False, "booked_values": False})
            back = row.filtered(lambda one: one.state == "new").sudo()
            back._create_lines()
            back._confirm_by_rules()

    def action_dismiss_change(self):
        """Leave the books as they are and forget the flag."""
        self.env["account.bank.statement.line"].check_access("write")
        self.sudo().write({"bank_change": False, "booked_values": False})
