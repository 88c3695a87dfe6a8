"""The folded words of payments as the database keeps and compares them."""

from odoo.fields import Domain
from odoo.tools import SQL

from .texts.folding import CAPITALS, QUOTES, SIGNS, SMALL, entries, fold


def folded_sql(text):
    """Give what `fold` does, for the database.

    :param SQL text: never NULL
    """
    return SQL(
        "BTRIM(REGEXP_REPLACE(TRANSLATE(LOWER(%s), %s, %s), %s, ' ', 'g'))",
        text,
        CAPITALS,
        SMALL,
        SIGNS,
    )


def words_domain(column, lines):
    """Match payments whose words hold any of these.

    :param str column: one the database keeps folded, see `tochka_transaction_words`
    :param str lines: one text in a line, matched from the beginning of a word; in
        quotes: as whole words; «…» between words stands for anything
    """
    patterns = [_like(line) for line in entries(lines)]
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "%s LIKE ANY(%s)", SQL.identifier(alias, column), patterns
        )
    )


def _like(line):
    whole = len(line) > 2 and line[0] + line[-1] in QUOTES
    words = "% ".join(filter(None, map(fold, line.split("…"))))
    return f"% {words} %" if whole else f"% {words}%"


def pattern_domain(pattern):
    """Match payments whose purpose, on one line, matches a regular expression."""
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "%s ~* %s", purpose_on_one_line(alias), pattern
        )
    )


def purpose_on_one_line(alias):
    """Give the SQL of a purpose with single spaces, as the line's label has it."""
    return SQL(
        r"BTRIM(REGEXP_REPLACE(COALESCE(%s, ''), '\s+', ' ', 'g'))",
        SQL.identifier(alias, "purpose"),
    )
