"""The words of a payment as rules compare them: small letters, no signs, no «ё»."""

import re

from odoo.fields import Domain
from odoo.tools import SQL

# Given to the database, too: its own idea of letters depends on how it was set up.
_CAPITALS = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁё"
_SMALL = "абвгдежзийклмнопрстуфхцчшщъыьэюяее"
_SIGNS = r"[^a-z0-9\u00c0-\u1fff\u2c00-\ud7ff]+"
_QUOTES = ('""', "«»", "“”")


def fold(text):
    """Give the words of a text as they are compared, one space between."""
    small = (text or "").lower().replace("ё", "е")
    return re.sub(_SIGNS, " ", small).strip()


def folded_sql(text):
    """Give what `fold` does, for the database.

    :param SQL text: never NULL
    """
    return SQL(
        "BTRIM(REGEXP_REPLACE(TRANSLATE(LOWER(%s), %s, %s), %s, ' ', 'g'))",
        text,
        _CAPITALS,
        _SMALL,
        _SIGNS,
    )


def entries(lines):
    """Give the words or phrases of a text that has one in a line."""
    return [line.strip() for line in (lines or "").splitlines() if line.strip()]


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
    whole = len(line) > 2 and line[0] + line[-1] in _QUOTES
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
