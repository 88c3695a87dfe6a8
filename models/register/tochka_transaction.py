from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("new", "Waiting for its line"),
    ("loaded", "In the books"),
    ("rejected", "Rejected"),
    ("before_opening", "Before the opening balance"),
    ("duplicate", "Merged with a line entered before"),
]
REVIEWS = [
    ("waiting", "Waiting for its line"),
    ("new", "New"),
    ("confirmed", "Confirmed"),
    ("rejected", "Rejected"),
    ("before_opening", "Before the opening balance"),
    ("duplicate", "Merged with a line entered before"),
]
# States of rows that have a line.
IN_BOOKS = ("loaded", "duplicate")


class TochkaTransaction(models.Model):
    """One row of the bank's statement, kept for ever.

    The register is the memory of the addon: what the bank sent, what became of it, who
    decided. A row is never deleted while its account exists.
    """

    _name = "tochka.transaction"
    _description = "Tochka Bank Transaction"
    _order = "date desc, id desc"
    _rec_name = "purpose"

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
    kbk = fields.Char(string="KBK", readonly=True, help="Budget code, field 104.")
    raw = fields.Json(string="What the Bank Sent", readonly=True)
    state = fields.Selection(STATES, required=True, default="new", readonly=True)
    line_id = fields.Many2one(
        "account.bank.statement.line",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        bypass_search_access=True,
    )
    review = fields.Selection(
        REVIEWS, compute="_compute_review", store=True, index=True, readonly=True
    )
    decided_by = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)

    booked_values = fields.Json(
        readonly=True, help="What the books show while they differ from the bank."
    )
    bank_change = fields.Text(
        string="Changed by the Bank",
        readonly=True,
        help="What the bank changed after the payment had entered the books: the books"
        " keep the former values until a person decides.",
    )

    _transaction_key_unique = models.UniqueIndex("(account_id, transaction_key)")
    _account_state_idx = models.Index("(account_id, state, date)")

    @api.depends("state", "line_id.checked")
    def _compute_review(self):
        for row in self:
            if row.state in IN_BOOKS and not row.line_id.checked:
                row.review = "new"
            elif row.state == "loaded":
                row.review = "confirmed"
            else:
                row.review = "waiting" if row.state == "new" else row.state

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
        self.write({"line_id": False, "state": state})
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
                )
            back = rows.filtered(lambda row: row.state == "new").sudo()
            back._create_lines()
            back._confirm_by_rules()
        return self.line_id._tell_review(
            self.env._("Payments restored: %s.", len(restored)),
            Counter({self.env._("in a locked period"): len(locked)}),
            after="reload",
        )

    def _in_locked_period(self):
        """Whether a line of this row could not be booked on the bank's day."""
        self.ensure_one()
        return self.company_id._is_bank_locked_on(self.date)
