"""Own transfers: the two sides of one movement of money, paired once.

The bank shows each side in the statement of its own account, at its own moment, and
names the other one as the counterparty (docs/bank_api.md §3.3).
"""

import re
from collections import defaultdict
from itertools import chain

from odoo import api, fields, models
from odoo.tools import SQL

# A client's accounts: current and special ones (405–408) and deposits (410–429). The
# others are the bank's own (cards, conversion, cash desk), whoever is named there.
CLIENT_ACCOUNT = "^(40[5-8]|4[12])"
# … of them those of sole traders.
TRADER_ACCOUNT = "40802"
_EXCHANGE = re.compile(
    r"(?:покупк|продаж|обмен)\w*\s+(?:иностранн\w+\s+)?валют|конверси|конвертаци", re.I
)
# What one taxpayer owes another, whoever owns both.
_DEAL = re.compile(
    r"договор|\bдог\.|за[йеё]м|\bсч[её]т\w*\s*№|\bсч\.|\bакт\b|\bупд\b|аренд|дивиденд"
    r"|процент|за\s+услуг",
    re.I,
)
# «Наличных денежных средств» is cash, nobody's own.
_OWN_MONEY = re.compile(r"\bсобственн\w+\s+(?:денежн\w+\s+)?средств", re.I)
# What founders lend or bring in, and clients get back, is theirs, not the company's.
_OF_OTHERS = re.compile(
    r"\bза[её]м|\bзайм|учредит|участник|устав|капитал|вклад|клиент|возврат", re.I
)
# Fees for an exchange, cards, phones and cash are not the exchange itself.
_OTHER_THINGS = re.compile(
    r"комисси|\bкарт|телефон|\bсбп\b|\bналичн|банкомат|самообслуж|\bатм\b", re.I
)
# A transfer reaches the other account within so many days, holidays included.
MOST_DAYS = 7
# The bank sells currency dearer, and buys it cheaper, than the Bank of Russia rates it.
RATE_MARGIN = 0.05


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    pair_id = fields.Many2one(
        "tochka.transaction",
        string="Other Side",
        readonly=True,
        ondelete="set null",
        help="The same money on the other own account.",
    )

    _pair_unique = models.UniqueIndex("(pair_id) WHERE pair_id IS NOT NULL")

    def write(self, vals):
        """Override to let go of the other side when a row leaves the books."""
        if "line_id" in vals and not vals["line_id"]:
            self._unpair()
        return super().write(vals)

    # === RECOGNITION === #

    def _recognise_transfers(self, found):
        """Mark rows whose other side is an own account.

        :param dict found: of `_recognise`; gets `tochka_is_transfer`
        """
        self.fetch(["account_id", "account_number", "partner_bic", "inn", "purpose"])
        own = self._own_accounts()
        account = self[:1].account_id
        same_books = set(
            self.env["tochka.account"]
            .sudo()
            .search([("company_id", "=", account.company_id.id)])
            .mapped("number")
        )
        for row in self:
            if row._is_own_transfer(own, same_books, account.organization_id.inn):
                found[row]["tochka_is_transfer"] = True

    def _own_accounts(self):
        """Find which counterparties' accounts are the owner's own.

        Those that the same permission of the bank shows, those of the same company, and
        those of the same INN. What another client of an accounting firm pays to this
        one is no transfer. Only numbers are looked at, so walls do not matter here.

        :return dict: {account number: set of its BICs, empty where none is known}
        """
        numbers = list(set(filter(None, self.mapped("account_number"))))
        own_side = self[:1].account_id
        self.env["tochka.account"].flush_model(["number", "bic", "company_id"])
        self.env["tochka.organization"].flush_model(["inn"])
        self.env["res.partner"].flush_model(["inn_key"])
        self.env["account.journal"].flush_model(["type", "bank_account_id"])
        self.env["res.partner.bank"].flush_model(["sanitized_acc_number", "bank_id"])
        self.env["res.bank"].flush_model(["bic"])
        own = {}
        for number, bic in self.env.execute_query(
            SQL(
                "SELECT a.number, a.bic FROM tochka_account a"
                " JOIN tochka_organization o ON o.id = a.organization_id"
                " WHERE a.number = ANY(%(numbers)s) AND (o.inn = %(inn)s"
                " OR a.connection_id = %(connection)s AND a.company_id IS NOT NULL"
                " OR a.company_id = %(company)s)"
                " UNION SELECT b.sanitized_acc_number, bank.bic"
                " FROM account_journal j"
                " JOIN res_partner_bank b ON b.id = j.bank_account_id"
                " JOIN res_company c ON c.id = j.company_id"
                " JOIN res_partner p ON p.id = c.partner_id"
                " LEFT JOIN res_bank bank ON bank.id = b.bank_id"
                " WHERE j.type = 'bank' AND b.sanitized_acc_number = ANY(%(numbers)s)"
                " AND (p.inn_key = %(inn)s OR j.company_id = %(company)s)",
                numbers=numbers,
                inn=own_side.organization_id.inn or None,
                connection=own_side.connection_id.id,
                company=own_side.company_id.id,
            )
        ):
            # Odoo's field may hold a SWIFT code, which says nothing here.
            own.setdefault(number, set()).update([bic] if _is_bic(bic) else [])
        return own

    def _is_own_transfer(self, own, same_books, inn):
        """Say whether the other side of a row is the same owner's money.

        :param dict own: of `_own_accounts`
        :param set same_books: numbers of the accounts kept in the same company's books
        :param inn: the row's own organisation's INN
        """
        self.ensure_one()
        account, number = self.account_id, self.account_number or ""
        if number == account.number:
            return False
        if number in own:
            # The same 20 digits may exist in two banks.
            bics = own[number]
            if bics and self.partner_bic and self.partner_bic not in bics:
                return False
            # Two taxpayers of one owner, each with books of its own, deal with each
            # other like strangers.
            strangers = self.inn and self.inn != inn and number not in same_books
            return not (strangers and _DEAL.search(self.purpose or ""))
        company = len(inn or "") == 10
        if re.match(CLIENT_ACCOUNT, number):
            # What a sole trader moves to a person's account is what the owner takes.
            ours = company or number.startswith(TRADER_ACCOUNT)
            return bool(inn and self.inn == inn and ours)
        words = self.purpose or ""
        by_the_bank = self.partner_bic in (account.bic, False)
        if not by_the_bank or _OTHER_THINGS.search(words):
            return False
        own_money = _OWN_MONEY.search(words) and not _OF_OTHERS.search(words)
        return bool(_EXCHANGE.search(words) or company and own_money)

    # === PAIRS === #

    def _pair_transfers(self):
        """Pair transfers with their other sides, each once."""
        self._pair_transfers_of(self[:1].account_id)

    @api.model
    def _pair_transfers_of(self, account):
        """Pair the transfers of an account that have no other side yet.

        All of them are looked at, not only those just loaded: two accounts loaded at
        the same moment do not see each other's payments, so each looks again after it
        has committed its own, and the later one finds the other.

        :param account: tochka.account, one at most
        """
        taken, pairs = set(), []
        for pair in self._possible_pairs(account) if account else ():
            if taken.isdisjoint(pair):
                taken.update(pair)
                pairs.append(pair)
        if pairs:
            self._note_pairs(pairs)

    def _possible_pairs(self, account):
        """Find the other sides of an account's transfers, by both sides' own words.

        The accounts have to name each other. Where the bank stands in the place of one,
        as in an exchange of currencies, both have to be of one organisation. A row from
        before the opening balance is not in the books, so it has no pair until it is.

        :return: list of (id, id), the most certain first
        """
        self.flush_model()
        Line = self.env["account.bank.statement.line"]
        Line.flush_model(["tochka_is_transfer", "tochka_transaction_id", "journal_id"])
        account.flush_model(["journal_id", "number", "organization_id"])
        sides = self.env.execute_query_dict(
            SQL(
                "WITH mine AS MATERIALIZED (%(mine)s) SELECT * FROM mine"
                " UNION ALL (%(theirs)s)",
                mine=self._open_sides(SQL("a.id = %s", account.id)),
                theirs=self._open_sides(
                    SQL(
                        "a.id != %(account)s AND a.number != %(number)s"
                        " AND (a.number IN (SELECT other FROM mine)"
                        " OR a.organization_id = %(organization)s"
                        " AND EXISTS (SELECT FROM mine WHERE shows_bank))",
                        account=account.id,
                        number=account.number,
                        organization=account.organization_id.id,
                    )
                ),
            )
        )
        mine, theirs = [], defaultdict(list)
        for side in sides:
            if side["account_id"] == account.id:
                mine.append(side)
            else:
                theirs[side["currency_id"], side["amount"]].append(side)
                theirs[side["currency_id"]].append(side)
        currencies = {key for key in theirs if not isinstance(key, tuple)}
        ranked = []
        for one in mine:
            same = theirs.get((one["currency_id"], -one["amount"]), [])
            foreign = currencies - {one["currency_id"]}
            for other in chain(same, *(theirs[currency] for currency in foreign)):
                if _may_be_pair(one, other):
                    ranked.append((_rank(one, other), one["id"], other["id"]))
        return [(one, other) for _certainty, one, other in sorted(ranked)]

    @staticmethod
    def _open_sides(accounts):
        """Give the query of the transfers in the books that have no other side.

        :param SQL accounts: condition on `a`, the table of accounts
        """
        return SQL(
            """
            SELECT t.id, t.account_id, t.date, t.amount, t.currency_id, t.payment_id,
                   a.number, a.organization_id, t.account_number AS other,
                   COALESCE(t.account_number, '') !~ %(client)s AS shows_bank,
                   CASE WHEN c.name = 'RUB' THEN t.amount
                        ELSE t.amount_company END AS roubles
              FROM tochka_account a
              JOIN account_bank_statement_line l
                ON l.journal_id = a.journal_id AND l.tochka_is_transfer
              JOIN tochka_transaction t
                ON t.id = l.tochka_transaction_id AND t.account_id = a.id
              JOIN res_currency c ON c.id = t.currency_id
             WHERE t.pair_id IS NULL AND %(accounts)s
            """,
            client=CLIENT_ACCOUNT,
            accounts=accounts,
        )

    def _note_pairs(self, pairs):
        """Write pairs into both of their rows.

        A row that another process holds at this moment is left for the next run.

        :param pairs: list of (id, id), each id once
        """
        free = {
            row_id
            for [row_id] in self.env.execute_query(
                SQL(
                    "SELECT id FROM tochka_transaction WHERE id = ANY(%s) ORDER BY id"
                    " FOR NO KEY UPDATE SKIP LOCKED",
                    [row_id for pair in pairs for row_id in pair],
                )
            )
        }
        pairs = [pair for pair in pairs if free.issuperset(pair)]
        if pairs:
            both_ways = [*pairs, *((other, one) for one, other in pairs)]
            self.env.cr.execute(
                SQL(
                    "UPDATE tochka_transaction SET pair_id = v.pair FROM (VALUES %s)"
                    " v (id, pair) WHERE tochka_transaction.id = v.id",
                    SQL(", ").join(SQL("%s", pair) for pair in both_ways),
                )
            )
            self.invalidate_model(["pair_id"], flush=False)
            self.env["account.bank.statement.line"].invalidate_model(
                ["tochka_pair_id", "tochka_pair_name"], flush=False
            )
            sides = [row_id for pair in pairs for row_id in pair]
            Line = self.env["account.bank.statement.line"].sudo()
            Line.search(
                [("tochka_transaction_id", "in", sides), ("tochka_booked", "=", True)]
            )._reconcile_late_pairs()

    def _unpair(self):
        """Let go of the other sides, for both."""
        rows = self.sudo()
        paired = rows.filtered("pair_id")
        (paired | paired.pair_id).write({"pair_id": False})


def _may_be_pair(one, other):
    """Whether two rows of `_open_sides` can be the same money."""
    if one["amount"] * other["amount"] >= 0 or _days_between(one, other) > MOST_DAYS:
        return False
    by_name = (one["other"] == other["number"], other["other"] == one["number"])
    by_bank = (one["shows_bank"], other["shows_bank"])
    if not all(named or bank for named, bank in zip(by_name, by_bank, strict=True)):
        return False
    if any(by_bank) and one["organization_id"] != other["organization_id"]:
        return False
    if one["currency_id"] == other["currency_id"] or _same_payment(one, other):
        return True
    if one["roubles"] is None or other["roubles"] is None:
        return False
    difference = abs(one["roubles"] + other["roubles"])
    return difference <= RATE_MARGIN * abs(one["roubles"])


def _rank(one, other):
    """Give what orders possible pairs: the least is the most certain one."""
    out, into = sorted((one, other), key=lambda side: side["amount"])
    return (
        not _same_payment(one, other),
        one["currency_id"] != other["currency_id"],
        _days_between(one, other),
        abs((one["roubles"] or 0) + (other["roubles"] or 0)),
        into["date"] < out["date"],
        (out["date"], out["id"], into["date"], into["id"]),
    )


def _same_payment(one, other):
    return bool(one["payment_id"]) and one["payment_id"] == other["payment_id"]


def _days_between(one, other):
    return abs((one["date"] - other["date"]).days)


def _is_bic(code):
    return bool(re.fullmatch(r"\d{9}", code or ""))
