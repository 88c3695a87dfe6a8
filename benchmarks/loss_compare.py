"""Compare the rows of an account in Odoo with the bank's own record."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

_IN_BOOKS = ("loaded", "duplicate")
_OUT_OF_BOOKS = ("rejected", "before_opening")


@dataclass
class Verdict:
    """Counts of what is wrong with an account, and a sentence for each."""

    rows: int = 0
    lost: int = 0
    doubled: int = 0
    # Rows the bank does not have, and that are not marked as taken back.
    foreign: int = 0
    days_unproven: int = 0
    # Days called whole whose rows are not the bank's.
    days_false: int = 0
    # Rows marked as taken back, rightly as the bank has none of them.
    taken_back: int = 0
    details: list[str] = field(default_factory=list)


def compare(env, account, truth, first, last, open_days=()):
    """Return the verdict on the days `first` to `last` of an account.

    Lost: a row of the bank without a register row of its amount and day, or that
    register row without its line. Doubled: a second line. Foreign: a register row the
    bank does not have.

    :param dict truth: transactions of the bank's `/truth`
    :param open_days: days whose statement the bank cuts for good; they have to be open
    """
    verdict = Verdict(rows=len(truth["transactions"]))
    known = _register(env, account, first, last)
    verdict.taken_back = sum(row["taken_back"] for row in known)
    known = [row for row in known if not row["taken_back"]]
    pairs, missing = _match(truth["transactions"], known)
    wrong_days = {row["date"] for row in known}
    wrong_days |= {row["documentProcessDate"] for row in missing}
    for row in missing:
        verdict.lost += 1
        verdict.details.append(f"lost: {_words(row)}")
    for row in known:
        verdict.foreign += 1
        verdict.details.append(f"not the bank's: {row}")
    for row, mine in pairs:
        _judge_pair(row, mine, verdict)
    _judge_days(env, account, first, last, open_days, wrong_days, verdict)
    return verdict


def _judge_pair(row, mine, verdict):
    """Compare a row of the bank with its register row and the lines of that."""
    if mine["date"] != row["documentProcessDate"]:
        verdict.lost += 1
        verdict.details.append(f"another day: {_words(row)}, here {mine}")
    if abs(_signed(row) - mine["amount"]) > 0.001:
        verdict.lost += 1
        verdict.details.append(f"another amount: {_words(row)}, here {mine}")
    expected = 1 if mine["state"] in _IN_BOOKS else 0
    settled = mine["state"] in (*_IN_BOOKS, *_OUT_OF_BOOKS)
    if mine["lines"] < expected or not settled:
        verdict.lost += 1
        verdict.details.append(f"no line: {_words(row)}, here {mine}")
    elif mine["lines"] > expected:
        verdict.doubled += 1
        verdict.details.append(f"{mine['lines']} lines: {_words(row)}")


def _register(env, account, first, last):
    env.flush_all()
    env.cr.execute(
        "SELECT t.transaction_id, t.payment_id, t.date::text, t.amount::float,"
        " t.purpose, t.state, t.taken_back_on IS NOT NULL AS taken_back,"
        " COUNT(l.id) AS lines"
        " FROM tochka_transaction t"
        " LEFT JOIN account_bank_statement_line l ON l.tochka_transaction_id = t.id"
        " WHERE t.account_id = %s AND t.date BETWEEN %s AND %s GROUP BY t.id",
        [account.id, first, last],
    )
    return env.cr.dictfetchall()


def _match(theirs, mine):
    """Pair rows by transaction id, then payment id, then content; each once.

    The rows left in `mine` afterwards have no row of the bank.

    :return: (pairs, rows of the bank without a pair)
    """
    steps = (
        (lambda row: row["transactionId"], lambda row: row["transaction_id"]),
        (lambda row: row["paymentId"], lambda row: row["payment_id"]),
        (_content, lambda row: (row["date"], f"{row['amount']:.2f}", row["purpose"])),
    )
    pairs, left = [], list(theirs)
    for their_key, my_key in steps:
        by_key = defaultdict(list)
        for row in mine:
            by_key[my_key(row)].append(row)
        missing = []
        for row in left:
            found = by_key[their_key(row)]
            if found:
                pairs.append((row, found.pop()))
                mine.remove(pairs[-1][1])
            else:
                missing.append(row)
        left = missing
    return pairs, left


def _judge_days(env, account, first, last, open_days, wrong_days, verdict):
    states = {
        day.date: day.state
        for day in env["tochka.day"].search([("account_id", "=", account.id)])
    }
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if states.get(day) == "proven" and str(day) in wrong_days:
            verdict.days_false += 1
            verdict.details.append(f"{day} is called whole")
        expected = "open" if day in open_days else "proven"
        if states.get(day) != expected:
            verdict.days_unproven += 1
            state = states.get(day, "unknown")
            verdict.details.append(f"{day} is {state}, expected {expected}")


def _signed(row):
    sign = 1 if row["creditDebitIndicator"] == "Credit" else -1
    return sign * row["Amount"]["amount"]


def _content(row):
    return row["documentProcessDate"], f"{_signed(row):.2f}", row["description"]


def _words(row):
    return f"{row['transactionId']} {row['documentProcessDate']} {_signed(row):.2f}"
