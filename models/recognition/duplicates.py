"""Lines that were in the books before the bank's row came."""

import re

from odoo.tools import SQL

from .texts.folding import fold
from .texts.legal_names import bare_name

# What a person typed, or another tool loaded, may have another day than the bank's.
MOST_DAYS_OFF = 5
# Shorter names stand in too many texts to say anything.
SHORTEST_NAME = 4


def find_duplicates(rows):
    """Mark lines that look like one typed by hand or loaded by another tool.

    The same journal and signed amount, a near day, and a sign more: document number,
    counterparty, its account or name, or the purpose. A line entered before is proposed
    to one payment only, so that each of two twins gets its own.

    :param rows: tochka.transaction, whose lines have just been made
    """
    ranked = []
    for new_line, old_line, gap, bank, books in _possible_duplicates(rows):
        signs = _same_signs(bank, books)
        if signs:
            ranked.append((-signs, gap, new_line, old_line))
    proposed, taken = {}, set()
    for _signs, _gap, new_line, old_line in sorted(ranked):
        if new_line not in proposed and old_line not in taken:
            proposed[new_line] = old_line
            taken.add(old_line)
    if proposed:
        _propose_duplicates(rows.env, proposed)


def _possible_duplicates(rows):
    """Find lines of the same amount entered before.

    Those before the opening balance are counted in it, and stay apart.

    :return: list of (id of the new line, id of the one entered before, days
        between them, what the bank says, what the books say); the latter two are
        dicts of the keys that `_same_signs` compares
    """
    rows.flush_model()
    Line = rows.env["account.bank.statement.line"]
    Line.flush_model()
    rows.env["account.move"].flush_model(["date", "ref", "state"])
    rows.env["tochka.account"].flush_model(["opening_date", "opening_line_id"])
    return rows.env.execute_query(
        SQL(
            """
            SELECT n.id, e.id, ABS(m.date - t.date),
                   JSON_BUILD_OBJECT(
                       'number', t.document_number, 'text', t.purpose,
                       'name', t.partner_name, 'account', t.account_number,
                       'partner', np.commercial_partner_id),
                   JSON_BUILD_OBJECT(
                       'number', m.ref, 'text', e.payment_ref,
                       'name', e.partner_name, 'account', e.account_number,
                       'partner', ep.commercial_partner_id)
              FROM tochka_transaction t
              JOIN tochka_account a ON a.id = t.account_id
              JOIN account_bank_statement_line n ON n.id = t.line_id
              -- OFFSET 0: looked up line by line in the index made for it, which
              -- a planner without fresh statistics would not do.
              JOIN LATERAL (
                   SELECT * FROM account_bank_statement_line e
                    WHERE e.journal_id = n.journal_id AND e.amount = n.amount
                      AND e.tochka_transaction_id IS NULL OFFSET 0) e ON TRUE
              JOIN account_move m ON m.id = e.move_id
              LEFT JOIN res_partner np ON np.id = n.partner_id
              LEFT JOIN res_partner ep ON ep.id = e.partner_id
             WHERE t.id = ANY(%(rows)s) AND n.tochka_review = 'new'
               AND n.tochka_duplicate_id IS NULL AND m.state = 'posted'
               AND ABS(m.date - t.date) <= %(days)s
               AND e.id IS DISTINCT FROM a.opening_line_id
               AND (a.opening_date IS NULL OR m.date >= a.opening_date)
               AND NOT EXISTS (
                   SELECT FROM account_bank_statement_line o
                    WHERE o.tochka_duplicate_id = e.id)
               AND NOT EXISTS (
                   SELECT FROM tochka_transaction_distinct_rel d
                    WHERE d.transaction_id = t.id AND d.line_id = e.id)
            """,
            rows=rows.ids,
            days=MOST_DAYS_OFF,
        )
    )


def note_distinct(lines):
    """Remember that lines and what they look like are different payments.

    :param lines: account.bank.statement.line with `tochka_duplicate_id`
    """
    lines.flush_recordset(["tochka_transaction_id", "tochka_duplicate_id"])
    lines.env.cr.execute(
        SQL(
            "INSERT INTO tochka_transaction_distinct_rel (transaction_id, line_id)"
            " SELECT tochka_transaction_id, tochka_duplicate_id"
            " FROM account_bank_statement_line WHERE id = ANY(%s)"
            " ON CONFLICT DO NOTHING",
            lines.ids,
        )
    )
    lines.env["tochka.transaction"].invalidate_model(["distinct_line_ids"], flush=False)


def _propose_duplicates(env, proposed):
    """Write the candidates, in one statement.

    :param dict proposed: {id of a new line: id of the line entered before}
    """
    env.cr.execute(
        SQL(
            "UPDATE account_bank_statement_line SET tochka_duplicate_id = v.old"
            " FROM (VALUES %s) v (id, old)"
            " WHERE account_bank_statement_line.id = v.id",
            SQL(", ").join(SQL("%s", pair) for pair in proposed.items()),
        )
    )
    lines = env["account.bank.statement.line"].browse(proposed)
    lines.invalidate_recordset(["tochka_duplicate_id"], flush=False)
    lines.modified(["tochka_duplicate_id"])


def _same_signs(bank, books):
    """Count in how many ways two payments of one amount say that they are the same.

    :param dict bank: `number`, `text`, `name`, `account`, `partner` (id) of the bank
    :param dict books: the same of the line entered before
    """
    text = f"{books['number'] or ''} {books['text'] or ''}"
    name = _bare(bare_name(bank["name"]))
    purpose = _bare(bank["text"])
    return sum(
        (
            bool(bank["number"]) and _has_word(text, bank["number"]),
            bool(bank["partner"]) and bank["partner"] == books["partner"],
            bool(bank["account"]) and bank["account"] == _bare(books["account"]),
            len(name) >= SHORTEST_NAME
            and name in _bare(f"{books['name'] or ''} {books['text'] or ''}"),
            bool(purpose) and purpose == _bare(books["text"]),
        )
    )


def _has_word(text, number):
    """Whether a number stands in a text alone, not as a part of a date or a sum."""
    return bool(
        re.search(rf"(?<![\w.,/-]){re.escape(number)}(?![\w/-]|[.,]\d)", text, re.I)
    )


def _bare(text):
    """Return the letters and digits of a text, case and «ё» aside."""
    return fold(text).replace(" ", "")
