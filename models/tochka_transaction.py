import hashlib
from collections import Counter

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

STATES = [
    ("new", "Waiting for its line"),
    ("loaded", "In the books"),
    ("rejected", "Rejected"),
    ("before_opening", "Before the opening balance"),
    ("duplicate", "Duplicate"),
]
REVIEWS = [
    ("waiting", "Waiting for its line"),
    ("new", "New"),
    ("confirmed", "Confirmed"),
    ("rejected", "Rejected"),
    ("before_opening", "Before the opening balance"),
    ("duplicate", "Duplicate"),
]
_COLUMNS = (
    "transaction_key",
    "transaction_id",
    "payment_id",
    "date",
    "amount",
    "amount_company",
    "purpose",
    "document_number",
    "type_code",
    "partner_name",
    "inn",
    "kpp",
    "account_number",
    "partner_bic",
    "bank_name",
    "correspondent_account",
    "tax_fields",
    "raw",
)


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

    _transaction_key_unique = models.UniqueIndex("(account_id, transaction_key)")
    _account_state_idx = models.Index("(account_id, state, date)")

    @api.depends("state", "line_id.checked")
    def _compute_review(self):
        for row in self:
            if row.state == "loaded":
                row.review = "confirmed" if row.line_id.checked else "new"
            else:
                row.review = "waiting" if row.state == "new" else row.state

    # === FROM THE BANK === #

    @api.model
    def _store(self, account, statement):
        """Put the rows of a statement into the register.

        Two statements for the whole batch, however many rows are known. Rows that are
        not booked yet wait for a later run.

        :param account: tochka.account
        :param tochka_api.Statement statement:
        :return dict: counts `found`, `known`, `skipped`
        """
        booked = [row for row in statement.transactions if row.status == "Booked"]
        values = list(_rows_to_store(booked, statement))
        new = self._insert(account, values)
        return {
            "found": len(values),
            "known": len(values) - new,
            "skipped": len(statement.transactions) - len(booked),
        }

    def _insert(self, account, values):
        """Insert the rows whose key the register does not hold.

        :param list[tuple] values: rows of `_COLUMNS`
        :return int: how many were inserted
        """
        if not values:
            return 0
        self.flush_model()
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, NOW() AT TIME ZONE 'UTC', %s,"
                " NOW() AT TIME ZONE 'UTC', %s)",
                account.id,
                account.company_id.id,
                account.currency_id.id,
                *self._state_at(account, row[_COLUMNS.index("date")]),
                self.env.uid,
                self.env.uid,
                SQL(", ").join(SQL("%s", value) for value in row),
            )
            for row in values
        )
        inserted = self.env.execute_query(
            SQL(
                "INSERT INTO tochka_transaction (account_id, company_id, currency_id,"
                " state, review, create_uid, create_date, write_uid, write_date, %s)"
                " VALUES %s ON CONFLICT (account_id, transaction_key) DO NOTHING"
                " RETURNING id",
                SQL(", ").join(SQL.identifier(column) for column in _COLUMNS),
                rows,
            )
        )
        self.invalidate_model()
        return len(inserted)

    @staticmethod
    def _state_at(account, date):
        """Give the first (state, review) of a row of this day."""
        if account.opening_date and date < account.opening_date:
            return "before_opening", "before_opening"
        return "new", "waiting"

    # === TO THE BOOKS === #

    def _create_lines(self):
        """Make the statement lines of these rows, all of one account, unreviewed."""
        partners = self._find_partners()
        lines = (
            self.env["account.bank.statement.line"]
            .with_company(self.company_id)
            .create([row._prepare_line(partners.get(row)) for row in self])
        )
        # Posting recomputes core's mark to True, so it is taken off afterwards.
        lines.move_id.checked = False
        for row, line in zip(self, lines, strict=True):
            row.line_id = line
        self.state = "loaded"

    def _prepare_line(self, partner):
        """Give the values of the statement line of one row.

        :param partner: res.partner that was recognised, or None
        """
        self.ensure_one()
        purpose = " ".join((self.purpose or "").split())
        return {
            "tochka_transaction_id": self.id,
            "journal_id": self.account_id.journal_id.id,
            "date": self.date,
            "amount": self.amount,
            "payment_ref": purpose or self.type_code or self.partner_name or "—",
            "ref": self.document_number,
            "partner_id": partner.id if partner else False,
            "partner_name": self.partner_name,
            "account_number": self.account_number,
            "transaction_type": self.type_code,
            "transaction_details": self.raw,
        }

    def _find_partners(self):
        """Recognise counterparties: by bank account, then by INN and KPP, then by INN.

        Ambiguity is nobody. Three queries for any number of rows.

        :return dict: {row: res.partner}
        """
        company = self.company_id
        Partner = self.env["res.partner"].with_company(company)
        visible = [("company_id", "in", (False, company.id))]
        by_account = _unique(
            (bank.sanitized_acc_number, bank.partner_id.commercial_partner_id)
            for bank in self.env["res.partner.bank"].search(
                [
                    ("sanitized_acc_number", "in", _filled(self, "account_number")),
                    ("partner_id.company_id", "in", (False, company.id)),
                ]
            )
        )
        holders = Partner.search(
            [("vat", "in", _filled(self, "inn")), ("parent_id", "=", False), *visible]
        )
        by_inn_kpp = _unique(((p.vat, p.kpp or ""), p) for p in holders)
        by_inn = _unique((p.vat, p) for p in holders)
        found = {}
        for row in self:
            # The bank stands as counterparty of card and SBP rows: it is no customer.
            if row.partner_bic == row.account_id.bic and row.account_number:
                if row.account_number.startswith("302"):
                    continue
            found[row] = (
                by_account.get(row.account_number)
                or by_inn_kpp.get((row.inn, row.kpp or ""))
                or by_inn.get(row.inn)
            )
        return found

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
        for account in rejected.account_id:
            if not account.journal_id:
                raise UserError(
                    self.env._(
                        "The account %s is bound to no journal. Choose one in the"
                        " connection first.",
                        account.display_name,
                    )
                )
            rows = rejected.filtered(lambda row, own=account: row.account_id == own)
            for row in rows:
                state, _review = self._state_at(account, row.date)
                row._decide(state=state)
            account.sudo()._make_lines()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Payments restored: %s.", len(rejected)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


def _filled(rows, name):
    """Give the distinct non-empty values of a Char field."""
    return list({value for value in rows.mapped(name) if value})


def _unique(pairs):
    """Give {key: value} of keys that have one distinct value."""
    result, ambiguous = {}, set()
    for key, value in pairs:
        if result.setdefault(key, value) != value:
            ambiguous.add(key)
    return {k: v for k, v in result.items() if k not in ambiguous}


def _rows_to_store(transactions, statement):
    """Give a tuple of `_COLUMNS` for every transaction.

    Rows without an id get a key from their content and the number of their occurrence
    within the day, so two truly identical payments stay two.
    """
    seen = Counter()
    for row in transactions:
        party = row.counterparty
        date = row.date or statement.date_to
        key = row.transaction_id
        if not key:
            content = _digest(row, date)
            seen[content] += 1
            key = f"{content}#{seen[content]}"
        yield (
            key,
            row.transaction_id or None,
            row.payment_id or None,
            date,
            row.amount,
            row.amount_nat,
            row.purpose or None,
            row.document_number or None,
            row.type_code or None,
            party.name or None,
            party.inn or None,
            party.kpp or None,
            party.account or None,
            party.bic or None,
            party.bank_name or None,
            party.correspondent_account or None,
            Json(row.tax_fields) if row.tax_fields else None,
            row.raw,
        )


def _digest(row, date):
    """Digest what identifies a payment; never the type code, which the bank changes."""
    party = row.counterparty
    parts = (
        row.payment_id,
        date.isoformat(),
        str(row.amount),
        row.document_number,
        row.purpose,
        party.account,
        party.inn,
    )
    text = "\x1f".join(part or "" for part in parts)
    return "content:" + hashlib.sha256(text.encode()).hexdigest()[:32]
