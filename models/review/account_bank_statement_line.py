"""The payment in the books: its fields, what a person may do with it, and hooks.

What is long stands beside it: `deciding`, `counterparts`, `booking`, `merging`,
`by_hand`, `writing` (before and after `write`), `payment_card` (only shown).
"""

import logging
from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from ..cash_flow.cash_flow_part import PARTS_TOGETHER
from ..halves import in_halves
from ..recognition.recognised import ITEM_SOURCES, PARTNER_SOURCES
from ..register.tochka_transaction import IN_BOOKS
from ..walls import as_ours, check_sent
from . import by_hand, counterparts, deciding, merging
from .booking import Booking, reconcile_transfers
from .writing import Writing, has_consequences, is_confirmed_and_booked

_logger = logging.getLogger(__name__)

# The context value that says «recognition writes»; JSON cannot carry it, so nobody
# sends it over RPC.
_RECOGNISING = object()


class AccountBankStatementLine(models.Model):
    _name = "account.bank.statement.line"
    _inherit = [
        "tochka.walled",
        "account.bank.statement.line",
        "tochka.payment.card",
    ]

    # === WHAT THE BANK SENT === #

    tochka_transaction_id = fields.Many2one(
        "tochka.transaction",
        readonly=True,
        copy=False,
        ondelete="restrict",
        bypass_search_access=True,
        check_company=True,
    )
    tochka_row_id = fields.Many2one(
        "tochka.transaction",
        compute="_compute_tochka_row_id",
        search="_search_tochka_row_id",
        help="The row of the register, where the reader may see it.",
    )
    tochka_review = fields.Selection(
        [("new", "New"), ("confirmed", "Confirmed")],
        string="Review",
        compute="_compute_tochka_review",
        store=True,
        index="btree_not_null",
        help="New: loaded from Tochka Bank and not looked at yet.",
    )
    tochka_account_id = fields.Many2one(
        related="tochka_row_id.account_id", related_sudo=False, string="Tochka Account"
    )
    tochka_date = fields.Date(
        related="tochka_row_id.date", related_sudo=False, string="Date in the Bank"
    )
    tochka_document_number = fields.Char(
        related="tochka_row_id.document_number",
        related_sudo=False,
        string="Document Number",
    )
    tochka_inn = fields.Char(
        related="tochka_row_id.inn", related_sudo=False, string="INN"
    )
    tochka_kpp = fields.Char(
        related="tochka_row_id.kpp", related_sudo=False, string="KPP"
    )
    tochka_bic = fields.Char(
        related="tochka_row_id.partner_bic", related_sudo=False, string="BIC"
    )
    tochka_bank_name = fields.Char(
        related="tochka_row_id.bank_name", related_sudo=False, string="Bank"
    )
    tochka_purpose = fields.Text(
        related="tochka_row_id.purpose", related_sudo=False, string="Payment Purpose"
    )
    tochka_rate_note = fields.Char(related="tochka_transaction_id.rate_note")
    tochka_bank_change = fields.Text(
        related="tochka_row_id.bank_change",
        related_sudo=False,
        string="Changed by the Bank",
    )

    tochka_taken_back_on = fields.Datetime(
        related="tochka_transaction_id.taken_back_on"
    )
    tochka_taken_back_kept = fields.Boolean(
        related="tochka_transaction_id.taken_back_kept"
    )

    # === WHAT WAS RECOGNISED, OR SET BY HAND === #

    cash_flow_item_id = fields.Many2one(
        "cash.flow.item",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        check_company=True,
        domain="[('company_id', 'in', (company_id, False)),"
        " ('direction', 'in', ('both', amount > 0 and 'in' or 'out'))]",
    )
    cash_flow_rule_id = fields.Many2one(
        "cash.flow.rule", string="Rule", readonly=True, copy=False, ondelete="set null"
    )
    # Not analytic.mixin: OCA's reconciliation has a field of its name and label here.
    tochka_analytic_distribution = fields.Json(string="Analytics", copy=False)
    analytic_precision = fields.Integer(
        store=False,
        default=lambda self: self.env["decimal.precision"].precision_get(
            "Percentage Analytic"
        ),
    )
    part_ids = fields.One2many("cash.flow.part", "line_id", string="Parts", copy=False)
    tochka_rest = fields.Monetary(
        string="Left to Split",
        compute="_compute_tochka_rest",
        help="The amount of the payment without its parts.",
    )
    tochka_payee = fields.Char(
        string="Payee",
        readonly=True,
        copy=False,
        help="Merchant, phone or person, read from the purpose where the bank itself"
        " stands as the counterparty.",
    )
    tochka_partner_source = fields.Selection(
        PARTNER_SOURCES, string="Partner Found", readonly=True, copy=False
    )
    tochka_item_source = fields.Selection(
        ITEM_SOURCES, string="Item Found", readonly=True, copy=False
    )
    tochka_by_hand = fields.Json(readonly=True, copy=False)  # list of field names
    tochka_is_transfer = fields.Boolean(
        string="Own Transfer",
        copy=False,
        help="Money between own accounts: neither income nor expense.",
    )
    tochka_duplicate_id = fields.Many2one(
        "account.bank.statement.line",
        string="Looks Like",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="A line entered before that may be the same payment.",
    )
    tochka_booked = fields.Boolean(
        readonly=True,
        copy=False,
        help="Confirmation has put the other side of the entry in place.",
    )

    _tochka_transaction_unique = models.UniqueIndex(
        "(tochka_transaction_id) WHERE tochka_transaction_id IS NOT NULL",
        "This payment of Tochka Bank is in the books already.",
    )
    _tochka_transfer_idx = models.Index("(journal_id) WHERE tochka_is_transfer")
    _tochka_entered_before_idx = models.Index(
        "(journal_id, amount) WHERE tochka_transaction_id IS NULL"
    )

    @api.depends("tochka_transaction_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_tochka_row_id(self):
        visible = self.tochka_transaction_id._origin._filtered_access("read")
        for line in self:
            line.tochka_row_id = line.tochka_transaction_id._origin & visible

    def _search_tochka_row_id(self, operator, value):
        return Domain("tochka_transaction_id", operator, value)

    @api.depends("tochka_transaction_id", "move_id.checked")
    def _compute_tochka_review(self):
        for line in self:
            if not line.tochka_transaction_id:
                line.tochka_review = False
            else:
                line.tochka_review = "confirmed" if line.checked else "new"

    @api.depends("amount", "part_ids.amount")
    def _compute_tochka_rest(self):
        for line in self:
            line.tochka_rest = line.amount - sum(line.part_ids.mapped("amount"))

    @api.onchange("partner_id")
    def _onchange_partner_by_hand(self):
        """Show at once what saving will note: a person chose."""
        self.tochka_partner_source = "hand"

    @api.onchange("cash_flow_item_id")
    def _onchange_item_by_hand(self):
        """Show at once what saving will note: a person chose."""
        self.tochka_item_source = "hand"
        self.cash_flow_rule_id = False

    # === WRITING AND DELETING === #

    def write(self, vals):
        """Override of `account`: what each field means stands in `field_meanings`."""
        check_sent(self, [vals])
        if not has_consequences(vals):
            return super().write(vals)
        recognising = self.env.context.get("tochka_recognising") is _RECOGNISING
        writing = Writing(self, vals, recognising)
        writing.refuse_to_turn_confirmed_transfers()
        writing.refuse_to_change_booked()
        writing.undo_booking_of_new()
        lines = self
        if "part_ids" in vals:
            lines = self.with_context(tochka_parts_together=PARTS_TOGETHER)
        result = super(AccountBankStatementLine, lines).write(vals)
        writing.check_parts()
        writing.pair_transfers()
        writing.note_by_hand()
        writing.propose_invoices_anew()
        return result

    def _write_recognised(self, vals):
        """Write what recognition or the bank says: no person's word, so not learnt."""
        lines = as_ours(self).with_context(tochka_recognising=_RECOGNISING)
        return lines.write(vals)

    def unlink(self):
        """Override of `account` to remember payments deleted in any way as rejected."""
        self._note_rejected()
        return super().unlink()

    def _note_rejected(self):
        """Note in the register that these payments were rejected, and by whom."""
        in_books = self.sudo().tochka_transaction_id.filtered(
            lambda row: row.state in IN_BOOKS
        )
        in_books.with_user(self.env.user)._decide(
            state="rejected", line_id=False, bank_change=False, booked_values=False
        )

    def _synchronize_to_moves(self, changed_fields):
        """Override of `account` to leave entries alone that hold what was confirmed.

        `write` has let equal values pass only; core would drop the counterparts.
        """
        loose = self.filtered(lambda line: not is_confirmed_and_booked(line))
        return super(AccountBankStatementLine, loose)._synchronize_to_moves(
            changed_fields
        )

    def _prepare_move_line_default_vals(self, counterpart_account_id=None):
        """Override of `account` to book foreign currency at the rate the bank told."""
        both = super()._prepare_move_line_default_vals(counterpart_account_id)
        amount = self.sudo().tochka_transaction_id.amount_company
        company_currency = self.company_id.currency_id
        rouble_books = company_currency.name == "RUB"
        if amount and rouble_books and self.currency_id != company_currency:
            liquidity, counterpart = both
            debit, credit = max(amount, 0.0), max(-amount, 0.0)
            liquidity.update(debit=debit, credit=credit)
            counterpart.update(debit=credit, credit=debit)
        return both

    # === CONFIRM, REJECT, BACK TO NEW === #

    def action_tochka_confirm(self):
        """Confirm the new payments among these lines, each that can be.

        With `tochka_show_progress` in the context, a dialog works through many.

        :return: a notification, or the dialog
        """
        self.check_access("write")
        new = self.filtered(lambda line: line.tochka_review == "new")
        others = deciding.left_alone(self, new)
        if self.env.context.get("tochka_show_progress") and len(new) > deciding.CHUNK:
            return deciding.progress_dialog(new, others)
        confirmed, refused = new._confirm()
        examples = {
            reason: names
            for reason, (_count, names) in deciding.named_by_reason(refused).items()
        }
        return self._tell_review(
            self.env._("Payments confirmed: %s.", len(confirmed)),
            others + Counter(refused.values()),
            examples,
        )

    def tochka_confirm_chunk(self):
        """Confirm the new payments among these lines, for the progress dialog.

        :return dict: `confirmed`: how many; `refused`: list of [reason, how many, names
            of the first ones]
        """
        lines = self.exists()
        lines.check_access("write")
        new = lines.filtered(lambda line: line.tochka_review == "new")
        confirmed, refused = new._confirm()
        return {
            "confirmed": len(confirmed),
            "refused": [
                [reason, count, names]
                for reason, (count, names) in deciding.named_by_reason(refused).items()
            ],
        }

    def action_tochka_reject(self):
        """Reject the new payments: their lines go, the register remembers them.

        :return: a notification
        """
        self.check_access("unlink")
        new = self.filtered(lambda line: line.tochka_review == "new")
        confirmed = self.filtered(lambda line: line.tochka_review == "confirmed")
        reason = self.env._("already confirmed, put it back to new first")
        rejected, kept = deciding.free_to_change(new)
        count = len(rejected)
        rejected._note_rejected()
        rejected.unlink()
        return self._tell_review(
            self.env._("Payments rejected: %s.", count),
            Counter({reason: len(confirmed)}) + kept,
        )

    def action_tochka_back_to_new(self):
        """Put confirmed payments back to new, and undo what is booked of new ones.

        :return: a notification
        """
        self.check_access("write")
        decided = self.filtered(
            lambda line: line.tochka_review == "confirmed" or line.tochka_booked
        )
        free, kept = deciding.free_to_change(decided)
        back, refused = free._put_back()
        return self._tell_review(
            self.env._("Payments put back to new: %s.", len(back)),
            kept + Counter(refused.values()),
        )

    def _confirm(self):
        """Confirm new payments, each that can be: one bad line never stops others.

        :return: (confirmed lines, dict {line: why not, a translated clause})
        """
        return in_halves(self, lambda lines: lines._confirm_together())

    def _confirm_together(self):
        """Confirm new payments in one go.

        :return: as `_confirm`
        :raise UserError: when the books refuse any of them
        """
        return Booking(self).confirm()

    def _put_back(self):
        """Make confirmed payments new again, each that can be.

        :return: (lines that are new now, dict {line: why not})
        """
        return in_halves(self, lambda lines: Booking(lines).put_back())

    def _undo_booking_of_new(self):
        """Undo what confirmation booked of payments that are new again by other means.

        Core makes them so when an entry is reset to draft or its review taken back.

        :raise UserError: when an entry must stay as it is
        """
        booked = self.filtered("tochka_booked")
        for line in booked:
            line._check_may_change()
        if booked:
            booked.action_undo_reconciliation()

    def action_undo_reconciliation(self):
        """Override of `account` to forget that confirmation had booked the entry.

        Core takes whatever it undoes for reviewed: new payments stay new.
        """
        self.check_access("write")
        new = self.filtered(lambda line: line.tochka_review == "new")
        booked = self.filtered("tochka_booked")
        # Tax items are deleted together with their base.
        result = super(
            AccountBankStatementLine, booked.with_context(dynamic_unlink=True)
        ).action_undo_reconciliation()
        booked.sudo().tochka_booked = False
        if self - booked:
            result = super(
                AccountBankStatementLine, self - booked
            ).action_undo_reconciliation()
        new.move_id.checked = False
        return result

    def _reconcile_late_pairs(self):
        """Reconcile transfers whose pairs were found after both sides were confirmed.

        What the books refuse stays open: loading payments must not stop at it.
        """
        _done, refused = in_halves(self.filtered("tochka_booked"), reconcile_transfers)
        for line in refused:
            _logger.info("Line %s is not reconciled with its other side", line.id)

    def _forget_proposals(self):
        """Let OCA's reconciliation, where it is installed, propose anew.

        It keeps what it proposed on creation and after undoing, and books that,
        whatever has become of the entry and its partner meanwhile.
        """
        if "reconcile_data" in self._fields:
            self.reconcile_data = False

    def _reason_not_to_change(self):
        """Say why the entry of one line must stay as it is.

        :return: a translated clause, or None when it may be changed
        """
        self.ensure_one()
        return deciding.reason_not_to_change(self)

    def _check_may_change(self):
        """Refuse to change the entry of a line that must stay.

        :raise UserError: with the reason
        """
        self.ensure_one()
        deciding.check_may_change(self)

    def _tell_review(self, message, refused, examples=None, after="close"):
        """Return the notification of a bulk action.

        :param str message: what was done
        :param Counter refused: {reason: number of lines}
        :param dict examples: {reason: list of the names of the first lines}
        :param str after: `close` the card, or `reload` what is on the screen
        """
        return deciding.notification(self.env, message, refused, examples, after)

    # === COUNTERPARTS === #

    def _counterparts(self, left):
        """Return what the other side of one payment shall be.

        :param dict left: {invoice: what is open of it}, of the invoices asked before
            in the same batch; what this payment takes is taken off
        :return list: of `counterparts.Counterpart`; empty when the entry stays as it is
        :raise UserError: with a clause, when the payment cannot be confirmed
        """
        self.ensure_one()
        return counterparts.decide(self, left)

    def _counterpart_of_transfer(self):
        """Return the counterpart of an own transfer."""
        return counterparts.of_transfer(self)

    def _counterpart_of_item(self, item, amount, part=None):
        """Return the counterpart of an item, for the whole payment or a part of it."""
        return counterparts.of_item(self, item, amount, part)

    def _counterpart_of_invoice(self, part, left):
        """Return the counterpart of a part that pays an invoice."""
        return counterparts.of_invoice(self, part, left)

    def _account_of_partner(self, kind):
        """Return the counterparty's account, `receivable` or `payable`."""
        return counterparts.account_of_partner(self, kind)

    def _check_parts(self):
        """Refuse parts that do not fit into the payment.

        :raise UserError: with a clause
        """
        counterparts.check_parts(self)

    # === DUPLICATES === #

    def action_tochka_merge(self):
        """Say that payments are the lines entered before that they look like.

        The line entered before takes the bank's identity and stays as it is, its
        reconciliation too; the line just made goes, without being remembered as
        rejected. Pressed twice, nothing more happens.

        :return: a notification
        """
        lines = self.exists()
        lines.check_access("write")
        lines.check_access("unlink")
        reasons = {line: merging.reason_not_to_merge(line) for line in lines}
        same = lines.filtered(lambda line: not reasons[line])
        count = len(same)
        same._merge()
        return self._tell_review(
            self.env._("Payments merged with lines entered before: %s.", count),
            Counter(filter(None, reasons.values())),
        )

    def _merge(self):
        """Hand the bank's rows over to the lines entered before; these lines go."""
        merging.merge(self)

    def action_tochka_different(self):
        """Say that payments are not the lines entered before that they look like.

        The same two are never proposed again; the next line that looks alike is.

        :return: a notification
        """
        lines = self.exists()
        lines.check_access("write")
        marked = lines.filtered("tochka_duplicate_id")
        merging.keep_as_different(marked)
        return self._tell_review(
            self.env._("Payments kept as different ones: %s.", len(marked)),
            Counter({self.env._("looks like no other line"): len(lines) - len(marked)}),
        )

    # === RECOGNITION AND CORRECTIONS === #

    def action_tochka_recognise(self):
        """Recognise new payments again; what was set by hand stays.

        :return: a notification with the number of payments changed
        """
        self.check_access("write")
        rows, changed, left = self._recognise_again()
        rows._confirm_by_rules()
        return self._tell_review(
            self.env._("Payments changed: %s.", len(changed)), left, after="reload"
        )

    def tochka_always_offer(self):
        """Ask «always do so?» when these lines were corrected alike before.

        The question is put until it is answered; `cash.flow.memory` has `action_always`
        and `action_not_always` for the answers.

        :return: False, or dict of `memory_id` (int), `title`, `message` (translated),
            `count` (int: new payments the rule would touch)
        """
        self.check_access("read")
        Memory = self.env["cash.flow.memory"]
        if not Memory.has_access("write"):
            return False
        corrected = self.filtered(
            lambda line: (
                line.tochka_review == "new" and line.tochka_item_source == "hand"
            )
        )
        return Memory._of_lines(corrected)._offer()

    def _recognise_again(self):
        """Recognise the new payments among these lines, merged ones apart.

        A line entered before that a payment was merged with is somebody's work.

        :return: (tochka.transaction, the lines changed, Counter {reason: lines left})
        """
        return by_hand.recognise_again(self)

    def _as_recognised(self):
        """Return the values of a line in the shape in which rows are recognised."""
        self.ensure_one()
        return by_hand.as_recognised(self)

    def _take_recognised(self, given):
        """Write what recognition found on lines that exist, grouped by value.

        What was set by hand stays; so do lines whose entries would have to be built
        anew and cannot be.

        :param dict given: {line: recognised values, perhaps with `payment_ref`}
        :return: (the lines that were changed in more than the reason, Counter {why
            others had to stay: number of lines})
        """
        return by_hand.take_recognised(self, given)

    def _fresh(self, values):
        """Return what of recognised values differs and was not set by hand."""
        return by_hand.fresh(self, values)

    def _correction_keys(self):
        """Return what the corrections are remembered by, see `cash.flow.memory`."""
        return by_hand.correction_keys(self)

    # === CARD === #

    def action_tochka_open_card(self):
        """Open the card of one payment: what the bank sent, what was recognised."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment of Tochka Bank"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (self.env.ref("account_tochka.view_payment_card").id, "form"),
            ],
            "target": "new",
        }

    def action_tochka_accept_change(self):
        """Take over what the bank changed after loading."""
        self.check_access("write")
        self.tochka_transaction_id.action_accept_change()
        return {"type": "ir.actions.act_window_close"}

    def action_tochka_dismiss_change(self):
        """Leave the books as they are in spite of the bank's change."""
        self.check_access("write")
        self.tochka_transaction_id.action_dismiss_change()
        return {"type": "ir.actions.act_window_close"}

    def action_tochka_remove_taken_back(self):
        """Remove payments the bank took back from the books."""
        self.check_access("unlink")
        self.tochka_transaction_id.action_remove_taken_back()
        return {"type": "ir.actions.act_window_close"}

    def action_tochka_keep_taken_back(self):
        """Keep payments in the books though the bank took them back."""
        self.check_access("write")
        self.tochka_transaction_id.action_keep_taken_back()
        return {"type": "ir.actions.act_window_close"}
