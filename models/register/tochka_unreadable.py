import hashlib

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class TochkaUnreadable(models.Model):
    """An element of the bank's statement that no payment can be read from.

    It is kept as the bank sent it until the bank repairs it, and its day is open.
    """

    _name = "tochka.unreadable"
    _inherit = ["tochka.walled"]
    _description = "Unreadable Row of a Statement"
    _order = "date_to desc, id desc"
    _rec_name = "problem"

    account_id = fields.Many2one(
        "tochka.account", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="account_id.company_id")
    date_from = fields.Date(
        string="From", required=True, readonly=True, help="The first day it may be of."
    )
    date_to = fields.Date(
        string="To", required=True, readonly=True, help="The last day it may be of."
    )
    raw = fields.Text(string="What the Bank Sent", required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)
    lacks = fields.Char(
        required=True, readonly=True, help="Codes of what is missing, commas between."
    )
    problem = fields.Char(string="What Is Wrong", compute="_compute_problem")
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)

    _account_digest_unique = models.UniqueIndex("(account_id, digest)")

    @api.depends("lacks")
    @api.depends_context("lang")
    def _compute_problem(self):
        words = {
            "fields": self.env._("It holds no fields of a payment."),
            "amount": self.env._("The amount is missing or is no number."),
            "direction": self.env._(
                "It does not say whether the money came in or went out."
            ),
            "status": self.env._(
                "It has a status that does not tell whether the payment is booked."
            ),
        }
        for row in self:
            codes = (row.lacks or "").split(",")
            row.problem = " ".join(words[code] for code in codes if code in words)

    @api.model
    def _store(self, account, statement):
        """Note the rows of a statement that cannot be read; forget repaired ones.

        Costs nothing where there are none.

        :param tochka_api.Statement statement: Ready
        :return set: digests of what was noted
        """
        if not statement.unreadable and not account.unreadable_count:
            return set()
        known = {row.digest: row for row in self.search(self._of(account))}
        seen = {_digest(row.raw): row for row in statement.unreadable}
        for digest, row in seen.items():
            self._note(account, statement, digest, row, known.get(digest, self))
        repaired = self.union(
            *(row for digest, row in known.items() if digest not in seen)
        ).filtered(lambda row: row._is_within(statement))
        repaired.unlink()
        account.unreadable_count = self.search_count(self._of(account))
        self._open_days(account, statement)
        return set(seen)

    @api.model
    def _of(self, account):
        """Return the domain of what an account has."""
        return Domain("account_id", "=", account.id)

    def _note(self, account, statement, digest, row, known):
        """Write down one row; the narrower its days, the better.

        :param tochka_api.UnreadableRow row:
        :param known: the record it has already, or none
        """
        days = [(row.date or statement.date_from), (row.date or statement.date_to)]
        if known and not row.date:
            common = max(days[0], known.date_from), min(days[1], known.date_to)
            days = common if common[0] <= common[1] else days
        now = fields.Datetime.now()
        vals = {"date_from": days[0], "date_to": days[1], "last_seen": now}
        if known:
            known.write(vals)
            return
        self.create(
            {
                "account_id": account.id,
                "raw": row.raw,
                "digest": digest,
                "lacks": ",".join(row.lacks),
                "first_seen": now,
                **vals,
            }
        )

    def _is_within(self, statement):
        """Whether a statement would show this row if the bank still had it so."""
        self.ensure_one()
        return statement.date_from <= self.date_from and self.date_to <= (
            statement.date_to
        )

    @api.model
    def _open_days(self, account, statement):
        """Keep the days open that rows of a statement's period may be of."""
        spans = self.search(
            self._of(account)
            & Domain("date_from", "<=", statement.date_to)
            & Domain("date_to", ">=", statement.date_from)
        )
        for row in spans:
            self.env["tochka.day"].search(
                [
                    ("account_id", "=", account.id),
                    ("date", ">=", max(row.date_from, statement.date_from)),
                    ("date", "<=", min(row.date_to, statement.date_to)),
                    ("state", "in", ("proven", "today")),
                ]
            ).state = "open"

    @api.model
    def _in_words(self, account, most):
        """Return what is wrong on which days, a line each.

        :param int most: so many rows are told
        """
        rows = self.search(self._of(account), limit=most + 1)
        lines = [f"{row._days_in_words()}: {row.problem}" for row in rows[:most]]
        return "\n".join(lines + ["…"] * (len(rows) > most))

    def _days_in_words(self):
        self.ensure_one()
        first, last = (format_date(self.env, d) for d in (self.date_from, self.date_to))
        return first if first == last else f"{first} – {last}"


def _digest(raw):
    """Return a digest of what the bank sent."""
    return hashlib.sha256(raw.encode()).hexdigest()[:32]
