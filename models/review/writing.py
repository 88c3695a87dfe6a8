"""What is done before and after one writing of statement lines."""

from odoo.exceptions import UserError
from odoo.fields import Command

from . import by_hand
from .field_meanings import DECIDING, PROPOSING, REBUILDING, SET_BY_HAND

_WITH_CONSEQUENCES = REBUILDING | DECIDING | SET_BY_HAND | PROPOSING | {"part_ids"}


def has_consequences(vals):
    """Whether writing these values needs any of what `Writing` does."""
    return not _WITH_CONSEQUENCES.isdisjoint(vals)


class Writing:
    """One call of `write` on statement lines: what to do before it and after it.

    Made before the values are written, it keeps what the lines had until then.
    """

    def __init__(self, lines, vals, recognising):
        """Take the arguments of `write`.

        :param bool recognising: the values are recognition's, not a person's
        """
        self.lines, self.vals, self.recognising = lines, vals, recognising
        # Core sets it while it copies to the line what somebody wrote in the entry.
        self.entry_leads = bool(
            lines.env.context.get("skip_account_move_synchronization")
        )
        names = vals.keys()
        no_person = recognising or self.entry_leads
        self.by_hand = frozenset() if no_person else SET_BY_HAND & names
        self.proposing = PROPOSING & names
        self.new = lines.browse()
        if self.by_hand or self.proposing:
            self.new = lines.filtered(lambda line: line.tochka_review == "new")
        self.before = {
            line: {name: line[name] for name in self.by_hand | self.proposing}
            for line in self.new
        }
        self.other_kind = lines.browse()
        if "tochka_is_transfer" in vals:
            value = bool(vals["tochka_is_transfer"])
            self.other_kind = lines.filtered(
                lambda line: line.tochka_is_transfer != value
            )

    def _changed(self, names):
        """Return the new lines of which any of these fields has another value now."""
        return self.new.filtered(
            lambda line: any(line[name] != self.before[line][name] for name in names)
        )

    # === BEFORE === #

    def refuse_to_turn_confirmed_transfers(self):
        """Refuse to say of a confirmed payment that it is a transfer, or is none.

        :raise UserError: with what to do first
        """
        if "confirmed" in self.other_kind.mapped("tochka_review"):
            raise UserError(
                self.lines.env._(
                    "A confirmed payment keeps what it was confirmed as. Put it back to"
                    " new first, then say whether it is an own transfer."
                )
            )

    def refuse_to_change_booked(self):
        """Refuse to change what confirmed payments were booked by.

        Equal values pass, as core's synchronisation writes them. Whose write it is
        does not matter: any module may set core's context keys.

        :raise UserError: with what to do first
        """
        names = (REBUILDING | DECIDING) & self.vals.keys()
        if not names:
            return
        for line in self.lines.filtered(is_confirmed_and_booked):
            if any(_would_change(line, name, self.vals[name]) for name in names):
                raise UserError(
                    line.env._(
                        "The payment of %(day)s for %(amount)s is confirmed and"
                        " booked. Put it back to new first, then change it.",
                        day=line.date.strftime("%d.%m.%Y"),
                        amount=line.currency_id.format(line.amount),
                    )
                )

    def undo_booking_of_new(self):
        """Undo what is booked of new payments before their entries are built anew.

        Core would refuse to drop the counterparts in words that help nobody. Where
        the entry leads, core builds nothing.

        :raise UserError: when an entry must stay as it is
        """
        names = self.vals.keys()
        if DECIDING & names or (REBUILDING & names and not self.entry_leads):
            booked = self.lines.filtered("tochka_booked")
            (booked - booked.filtered(is_confirmed_and_booked))._undo_booking_of_new()

    # === AFTER === #

    def check_parts(self):
        """Check the parts once all of them are written: they may change places.

        :raise ValidationError: when they do not fit into the payment
        """
        if "part_ids" in self.vals:
            self.lines.part_ids._check_amount()

    def pair_transfers(self):
        """Find the other side of new transfers, let go of it where there is none."""
        if not self.other_kind:
            return
        rows = self.other_kind.sudo().tochka_transaction_id
        if not self.vals.get("tochka_is_transfer"):
            rows._unpair()
        else:
            for account in rows.account_id:
                rows._pair_transfers_of(account)

    def note_by_hand(self):
        """Note, and learn from, what a person changed on new payments."""
        for name in sorted(self.by_hand):
            by_hand.note(self._changed([name]), name)

    def propose_invoices_anew(self):
        """Propose the invoices of another counterparty, and none for transfers.

        Recognition proposes them itself, after it has written everything.
        """
        others = self._changed(self.proposing)
        if others:
            self._drop_proposed_parts(others)
            if not self.recognising:
                others.sudo().tochka_transaction_id._propose_invoices()

    def _drop_proposed_parts(self, lines):
        """Remove the parts no person made, but for those edited in this write."""
        commands = self.vals.get("part_ids") or ()
        edited = {command[1] for command in commands if command[0] == Command.UPDATE}
        # Who may change the counterparty may not have access to parts.
        parts = lines.sudo().part_ids.filtered(
            lambda part: part.source != "hand" and part.id not in edited
        )
        parts.unlink()


def is_confirmed_and_booked(line):
    """Whether a line is confirmed and its entry holds what it was confirmed as."""
    return line.tochka_booked and line.tochka_review == "confirmed"


def _would_change(line, name, value):
    """Whether a field of a line would have another value; all empty ones are equal."""
    field = line._fields[name]
    now, then = (field.convert_to_cache(one, line) for one in (line[name], value))
    return (now or None) != (then or None)
