"""The folded words of payments as the database keeps and compares them.

The database keeps them in generated columns beside what the bank sent, so that they are
never stale and a search over all payments need not prepare them anew.
"""

from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from .texts.folding import CAPITALS, QUOTES, SIGNS, SMALL, entries, fold

# Generated column of the register → the text whose words it holds.
COLUMNS = {
    "purpose_folded": SQL("COALESCE(purpose, '')"),
    "party_folded": SQL("COALESCE(partner_name, '') || ' ' || COALESCE(payee, '')"),
}


def keep_folded_words(cr, table):
    """Let the database keep the folded words of a table, one space around them.

    :param str table: with columns of the names that COLUMNS read
    """
    for name, text in COLUMNS.items():
        if not column_exists(cr, table, name):
            cr.execute(
                SQL(
                    "ALTER TABLE %s ADD COLUMN %s text"
                    " GENERATED ALWAYS AS (' ' || %s || ' ') STORED",
                    SQL.identifier(table),
                    SQL.identifier(name),
                    folded_sql(text),
                )
            )


def folded_sql(text):
    """Return SQL that does what `fold` does.

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
    """Return a domain of the payments whose words hold any of these.

    :param str column: one of COLUMNS
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
    """Return a domain of the payments whose purpose matches a regular expression.

    :param str pattern: of PostgreSQL, compared with the purpose on one line
    """
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "%s ~* %s", purpose_on_one_line(alias), pattern
        )
    )


def purpose_on_one_line(alias):
    """Return the SQL of a purpose with single spaces, as the line's label has it."""
    return SQL(
        r"BTRIM(REGEXP_REPLACE(COALESCE(%s, ''), '\s+', ' ', 'g'))",
        SQL.identifier(alias, "purpose"),
    )
