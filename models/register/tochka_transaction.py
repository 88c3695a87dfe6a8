from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..recognition.duplicates import find_duplicates, note_distinct
from ..recognition.folded_words import keep_folded_words
from ..recognition.invoices import propose_invoices
from ..recognition.items import decided_before
from ..recognition.pairs import pair_transfers_of, unpair
from ..recognition.pipeline import recognise, recognise_in_books
from ..recognition.trusted import confirm_by_rules
from . import currencies, taken_back
from .bank_changes import accept_changes, take_over
from .intake import Intake, first_state
from .making_lines import create_lines, line_values
from .taken_back import TAKEN_BACK

STATES = [
    ("new", "Waiting for its line"),
    ("loaded", "In the books"),
    ("rejected", "Rejected"),
    ("before_opening", "Before the opening balance"),
    ("duplicate", "Merged with a line entered before"),
    (TAKEN_BACK, "The bank took this payment back"),
]
REVIEWS = [
    ("waiting", "Waiting for its line"),
    ("new", "New"),
    ("confirmed", "Confirmed"),
    ("rejected", "Rejected"),
    ("before_opening", "Before the opening balance"),
    ("duplicate", "Merged with a line entered before"),
    (TAKEN_BACK, "The bank took this payment back"),
]
# States of rows that have a line.
IN_BOOKS = ("loaded", "duplicate")


class TochkaTransaction(models.Model):
    """One row of the bank's statement, kept for ever.

    The register is the memory of the addon: what the bank sent, what became of it, who
    decided. A row is never deleted while its account exists.
    """

    _name = "tochka.transaction"
    _inherit = ["tochka.walled"]
    _description = "Tochka Bank Transaction"
    _order = "date desc, id desc"
    _rec_name = "purpose"
    _check_company_auto = True

    account_id = fields.Many2one(
        "tochka.account",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)

    # === WHAT THE BANK SENT, see bank_row.FIELDS === #

    transaction_key = fields.Char(
        required=True,
        readonly=True,
        help="The bank's transaction id, or a digest of the content where it has none.",
    )
    content_digest = fields.Char(
        readonly=True,
        help="Digest of what identifies the payment apart from the bank's ids.",
    )
    row_digest = fields.Char(
        readonly=True, help="Digest of all the bank said, to see when it changes."
    )
    transaction_id = fields.Char(string="Transaction ID", readonly=True)
    payment_id = fields.Char(string="Payment ID", readonly=True)
    date = fields.Date(
        required=True, readonly=True, help="Day of the bank's books (Moscow)."
    )
    amount = fields.Monetary(readonly=True, help="Positive is money in.")
    amount_company = fields.Float(
        string="Amount in RUB",
        digits=(16, 2),
        readonly=True,
        help="At the rate of the Bank of Russia of that day; the bank tells it.",
    )
    purpose = fields.Text(string="Payment Purpose", readonly=True)
    document_number = fields.Char(readonly=True)
    type_code = fields.Char(string="Operation Type", readonly=True)
    partner_name = fields.Char(string="Counterparty", readonly=True)
    inn = fields.Char(string="INN", readonly=True)
    kpp = fields.Char(string="KPP", readonly=True)
    account_number = fields.Char(string="Counterparty's Account", readonly=True)
    partner_bic = fields.Char(string="BIC", readonly=True)
    bank_name = fields.Char(readonly=True)
    correspondent_account = fields.Char(readonly=True)
    tax_fields = fields.Json(readonly=True)
    bank_currency = fields.Char(
        string="Currency at the Bank",
        readonly=True,
        help="The currency the bank gives this payment in; as a rule the account's.",
    )
    kbk = fields.Char(string="KBK", readonly=True, help="Budget code, field 104.")
    raw = fields.Json(string="What the Bank Sent", readonly=True)

    # === WHAT BECAME OF IT === #

    state = fields.Selection(STATES, required=True, default="new", readonly=True)
    line_id = fields.Many2one(
        "account.bank.statement.line",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        bypass_search_access=True,
        check_company=True,
    )
    review = fields.Selection(
        REVIEWS, compute="_compute_review", store=True, index=True, readonly=True
    )
    decided_by = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    refusal = fields.Text(
        string="Not Accepted",
        readonly=True,
        copy=False,
        help="Why Odoo or another module refused the payment when it was to enter the"
        " books. The next loading tries again.",
    )
    rate_note = fields.Char(
        string="Rate",
        compute="_compute_rate_note",
        help="By which rate of Odoo the payment is booked, where the bank did not tell"
        " its worth.",
    )
    booked_values = fields.Json(
        readonly=True, help="What the books show while they differ from the bank."
    )
    bank_change = fields.Text(
        string="Changed by the Bank",
        readonly=True,
        help="What the bank changed after the payment had entered the books: the books"
        " keep the former values until a person decides.",
    )

    taken_back_on = fields.Datetime(
        readonly=True,
        help="When it was noticed that the bank does not have this payment any more.",
    )
    taken_back_kept = fields.Boolean(
        string="Kept",
        readonly=True,
        help="A person keeps the payment in the books though the bank took it back.",
    )

    # === WHAT WAS RECOGNISED === #

    partner_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The counterparty that was recognised, or set by hand on the line.",
    )
    payee = fields.Char(readonly=True)
    pair_id = fields.Many2one(
        "tochka.transaction",
        string="Other Side",
        readonly=True,
        ondelete="set null",
        help="The same money on the other own account.",
    )
    distinct_line_ids = fields.Many2many(
        "account.bank.statement.line",
        "tochka_transaction_distinct_rel",
        "transaction_id",
        "line_id",
        string="Different Payments",
        readonly=True,
        help="Lines that look alike and were said to be other payments.",
    )

    _transaction_key_unique = models.UniqueIndex("(account_id, transaction_key)")
    _account_date_idx = models.Index("(account_id, date)")
    _taken_back_idx = models.Index("(account_id, date) WHERE taken_back_on IS NOT NULL")
    _account_state_idx = models.Index("(account_id, state, date)")
    _pair_unique = models.UniqueIndex("(pair_id) WHERE pair_id IS NOT NULL")

    def init(self):
        """Override to let the database keep the folded words of what the bank sent."""
        keep_folded_words(self.env.cr, self._table)
        return super().init()

    @api.depends("state", "line_id.checked")
    def _compute_review(self):
        for row in self:
            if row.state in IN_BOOKS and not row.line_id.checked:
                row.review = "new"
            elif row.state == "loaded":
                row.review = "confirmed"
            else:
                row.review = "waiting" if row.state == "new" else row.state

    @api.depends("state", "amount_company", "date")
    def _compute_rate_note(self):
        found = currencies.notes(self.filtered(lambda row: row.state in IN_BOOKS))
        for row in self:
            row.rate_note = found.get(row, False)

    def write(self, vals):
        """Override to let go of what belongs to a former state only.

        A row that leaves the books has no other side there; one that waits no more has
        no reason for waiting.
        """
        if "line_id" in vals and not vals["line_id"]:
            self._unpair()
        if vals.get("state", "new") != "new":
            vals = {"refusal": False, **vals}
        return super().write(vals)

    # === FROM THE BANK === #

    @api.model
    def _store(self, account, statement):
        """Put the rows of a statement into the register, see `Intake.store`.

        :return: (set of the ids of its rows, dict of counts)
        """
        stored = Intake(account).store(statement)
        return stored.ids, stored.counts()

    @api.model
    def _take_in(self, account, statement):
        """Put the rows of a statement into the register, see `Intake.store`."""
        return Intake(account).store(statement)

    @api.model
    def _insert(self, account, rows):
        """Insert rows that the register does not have, see `Intake.insert`."""
        return Intake(account).insert(rows)

    @api.model
    def _state_at(self, account, date):
        """Return the first state of a row of this day."""
        return first_state(account, date)

    def _bank_changed(self, told):
        """Take over what the bank says now of one row that is in the register.

        :param dict told: of `bank_row.columns()`
        """
        self.ensure_one()
        take_over(self, told)

    def action_accept_change(self):
        """Bring the books to what the bank says now; the payment is new again."""
        self.check_access("read")
        self.line_id.check_access("write")
        accept_changes(self)

    def action_dismiss_change(self):
        """Leave the books as they are and forget the flag."""
        self.check_access("read")
        self.line_id.check_access("write")
        self.sudo().write({"bank_change": False, "booked_values": False})

    def action_remove_taken_back(self):
        """Remove payments the bank took back from the books."""
        self.check_access("read")
        self.line_id.check_access("unlink")
        taken_back.remove(self)

    def action_keep_taken_back(self):
        """Keep payments in the books though the bank took them back."""
        self.check_access("read")
        self.line_id.check_access("write")
        taken_back.keep(self)

    # === RECOGNITION === #

    def _recognise(self, kept=None):
        """Recognise rows of one account, see `pipeline.recognise`."""
        return recognise(self, kept)

    def _recognise_in_books(self):
        """Finish the recognition of rows whose lines have just been made."""
        recognise_in_books(self)

    @api.model
    def _pair_transfers_of(self, account):
        """Pair the transfers of an account that have no other side yet."""
        pair_transfers_of(account)

    def _unpair(self):
        """Let go of the other sides, for both."""
        unpair(self)

    def _find_duplicates(self):
        """Mark lines that look like one entered before in another way."""
        find_duplicates(self)

    def _note_distinct(self, lines):
        """Remember that lines and what they look like are different payments."""
        note_distinct(lines)

    def _propose_invoices(self):
        """Propose open invoices as parts of the new payments that have none."""
        propose_invoices(self)

    def _decided_before(self, rule):
        """Return the ids of these rows that do not wait for a rule, saved or not."""
        return decided_before(self, rule)

    def _confirm_by_rules(self):
        """Confirm what the rules trust, unless it needs a person's decision."""
        confirm_by_rules(self)

    # === INTO THE BOOKS === #

    def _create_lines(self):
        """Make the statement lines of these rows, all of one account, unreviewed."""
        create_lines(self)

    def _prepare_line(self):
        """Return the values of the statement line of one row, as the bank has it."""
        self.ensure_one()
        return line_values(self)

    # === DECISIONS === #

    def _decide(self, **vals):
        """Write a decision with its author and moment."""
        self.sudo().write(
            {
                "decided_by": self.env.uid,
                "decided_on": fields.Datetime.now(),
                **vals,
            }
        )

    def _leave_books(self, state):
        """Delete the lines of these rows; the rows stay with the given state."""
        lines = self.line_id
        for line in lines:
            line._check_may_change()
        vals = {"line_id": False, "state": state}
        if state == "before_opening":
            # There are no books to differ from.
            vals.update(bank_change=False, booked_values=False)
        self.write(vals)
        lines.unlink()

    def action_restore(self):
        """Bring rejected payments back into the books, as new ones."""
        self.check_access("read")
        self.env["account.bank.statement.line"].check_access("create")
        rejected = self.filtered(lambda row: row.state == "rejected")
        locked = rejected.filtered(lambda row: row._in_locked_period())
        restored = rejected - locked
        for account in restored.account_id:
            if not account.journal_id:
                raise UserError(
                    self.env._(
                        "The account %s is bound to no journal. Choose one in the"
                        " connection first.",
                        account.display_name,
                    )
                )
            account.sudo()._lock_or_ask_to_wait()
            rows = restored.filtered(lambda row, own=account: row.account_id == own)
            for row in rows:
                row._decide(
                    state=self._state_at(account, row.date),
                    decided_by=False,
                    decided_on=False,
                    bank_change=False,
                    booked_values=False,
                )
            back = rows.filtered(lambda row: row.state == "new").sudo()
            back._create_lines()
            back._confirm_by_rules()
        message = self.env._("Payments restored: %s.", len(restored))
        early = restored.filtered(lambda row: row.state == "before_opening")
        if early:
            message += " " + self.env._(
                "Of days before the opening balance, so not in the books: %s.",
                len(early),
            )
        return self.line_id._tell_review(
            message,
            Counter({self.env._("in a locked period"): len(locked)}),
            after="reload",
        )

    def _in_locked_period(self):
        """Whether a line of this row could not be booked on the bank's day."""
        self.ensure_one()
        return self.company_id._is_bank_locked_on(self.date)
