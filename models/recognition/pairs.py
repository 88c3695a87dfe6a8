"""The two sides of an own transfer, paired once and for both."""

from collections import defaultdict
from itertools import chain

from odoo.tools import SQL

from .texts.own_transfers import CLIENT_ACCOUNT

# Money reaches the other account within so many days, holidays included.
MOST_DAYS_UNDER_WAY = 7
# The bank sells currency dearer, and buys it cheaper, than the Bank of Russia rates it.
RATE_MARGIN = 0.05


def pair_transfers_of(account):
    """Pair the transfers of an account that have no other side yet, each once.

    All of them are looked at, not only those just loaded: two accounts loaded at the
    same moment do not see each other's payments, so each looks again after it has
    committed its own, and the later one finds the other.

    :param account: tochka.account, one at most
    """
    taken, pairs = set(), []
    for pair in _possible_pairs(account) if account else ():
        if taken.isdisjoint(pair):
            taken.update(pair)
            pairs.append(pair)
    if pairs:
        note_pairs(account.env, pairs)


def _possible_pairs(account):
    """Find the other sides of an account's transfers, by what both sides say.

    The accounts have to name each other. Where the bank stands in the place of one, as
    in an exchange of currencies, both have to be of one organisation. A row from before
    the opening balance is not in the books, so it has no pair until it is.

    :return: list of (id, id), the most certain first
    """
    env = account.env
    env["tochka.transaction"].flush_model()
    env["account.bank.statement.line"].flush_model(
        ["tochka_is_transfer", "tochka_transaction_id", "journal_id"]
    )
    account.flush_model(["journal_id", "number", "organization_id"])
    sides = env.execute_query_dict(
        SQL(
            "WITH mine AS MATERIALIZED (%(mine)s) SELECT * FROM mine"
            " UNION ALL (%(theirs)s)",
            mine=_open_sides(SQL("a.id = %s", account.id)),
            theirs=_open_sides(
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


def _open_sides(accounts):
    """Return the query of the transfers in the books that have no other side.

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


def note_pairs(env, pairs):
    """Write pairs into both of their rows.

    A row that another process holds at this moment is left for the next run.

    :param pairs: list of (id, id) of tochka.transaction, each id once
    """
    free = {
        row_id
        for [row_id] in env.execute_query(
            SQL(
                "SELECT id FROM tochka_transaction WHERE id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE SKIP LOCKED",
                [row_id for pair in pairs for row_id in pair],
            )
        )
    }
    pairs = [pair for pair in pairs if free.issuperset(pair)]
    if not pairs:
        return
    both_ways = [*pairs, *((other, one) for one, other in pairs)]
    env.cr.execute(
        SQL(
            "UPDATE tochka_transaction SET pair_id = v.pair FROM (VALUES %s)"
            " v (id, pair) WHERE tochka_transaction.id = v.id",
            SQL(", ").join(SQL("%s", pair) for pair in both_ways),
        )
    )
    env["tochka.transaction"].invalidate_model(["pair_id"], flush=False)
    Line = env["account.bank.statement.line"]
    Line.invalidate_model(["tochka_pair_id", "tochka_pair_name"], flush=False)
    sides = [row_id for pair in pairs for row_id in pair]
    Line.sudo().search(
        [("tochka_transaction_id", "in", sides), ("tochka_booked", "=", True)]
    )._reconcile_late_pairs()


def unpair(rows):
    """Let go of the other sides of rows, for both."""
    paired = rows.sudo().filtered("pair_id")
    (paired | paired.pair_id).write({"pair_id": False})


def _may_be_pair(one, other):
    """Whether two rows of `_open_sides` can be the same money."""
    if (
        one["amount"] * other["amount"] >= 0
        or _days_between(one, other) > MOST_DAYS_UNDER_WAY
    ):
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
    """Return the sort key of a possible pair: the most certain pair is the least."""
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
