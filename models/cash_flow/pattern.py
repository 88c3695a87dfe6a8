"""Regular expressions of rules: checked before they are saved, and bounded in time."""

import re
from contextlib import contextmanager

from psycopg2 import errors

from odoo.tools import SQL

from ..recognition.folded_words import purpose_on_one_line

LONGEST_PATTERN = 200
# So long may one query with a pattern run for a batch of payments. A pattern is only
# saved if it manages PURPOSES_TRIED purposes of the books, and a nasty text, meanwhile.
MILLISECONDS = 1000
PURPOSES_TRIED = 3000
_NASTY = ("a" * 300 + "1" * 300 + "а " * 300 + "!") * 2
# PostgreSQL ends some greedy patterns for the memory they want, before the time is up.
TOO_MUCH = (errors.QueryCanceled, errors.OutOfMemory, errors.InternalError_)


def problem(env, pattern):
    """Say what is wrong with a regular expression.

    :param str pattern: in PostgreSQL's syntax, perhaps empty
    :return: a translated sentence, or None
    """
    if not pattern:
        return None
    if len(pattern) > LONGEST_PATTERN:
        return env._(
            "The pattern is too long (more than %s characters). Make it shorter,"
            " or use words instead.",
            LONGEST_PATTERN,
        )
    if _has_back_reference(pattern):
        return env._(
            "The pattern refers back to a group (\\1 and the like), which can take"
            " for ever. Write what is meant in full."
        )
    try:
        with bounded(env.cr):
            env.cr.execute(_trial(env, pattern), log_exceptions=False)
    except errors.InvalidRegularExpression as error:
        return env._(
            "The pattern “%(pattern)s” cannot be understood: %(mistake)s.",
            pattern=pattern,
            mistake=_mistake(env, str(error)),
        )
    except TOO_MUCH:
        return env._(
            "The pattern “%s” takes too long. Make it simpler, or use words instead.",
            pattern,
        )
    return None


def _trial(env, pattern):
    """Return the query that runs a pattern over the latest purposes and a bad text."""
    return SQL(
        "SELECT COUNT(*) FROM (SELECT %s AS words FROM tochka_transaction t"
        " WHERE company_id = ANY(%s) ORDER BY id DESC LIMIT %s) tried"
        " WHERE words ~* %s OR (%s ~* %s)",
        purpose_on_one_line("t"),
        env.companies.ids,
        PURPOSES_TRIED,
        pattern,
        _NASTY,
        pattern,
    )


def _mistake(env, said):
    """Translate PostgreSQL's words on a regular expression into the user's."""
    known = {
        "parenthes": env._("a parenthesis ( or ) has no partner"),
        "bracket": env._("a square bracket [ or ] has no partner"),
        "braces": env._("a brace { or } has no partner"),
        "quantifier": env._("a sign like *, + or ? has nothing to repeat"),
        "repetition": env._("the numbers in braces { } are not allowed"),
        "escape": env._("a backslash \\ is followed by the wrong letter"),
        "character range": env._("a range in square brackets is upside down"),
        "character class": env._("there is no character class of this name"),
        "too complex": env._("it is too complex"),
    }
    words = (clause for part, clause in known.items() if part in said)
    return next(words, None) or said.strip().splitlines()[0]


@contextmanager
def bounded(cr):
    """Run what follows in a savepoint and within MILLISECONDS.

    :raise psycopg2.errors.QueryCanceled: when time is up; the transaction goes on
    """
    with cr.savepoint(flush=False):
        cr.execute("SELECT current_setting('statement_timeout')")
        [before] = cr.fetchone()
        cr.execute(
            "SELECT set_config('statement_timeout', %s, true)", [str(MILLISECONDS)]
        )
        yield
        cr.execute("SELECT set_config('statement_timeout', %s, true)", [before])


def _has_back_reference(pattern):
    """Whether a group is referred to; two backslashes are a plain one."""
    return bool(re.search(r"\\[1-9]", pattern.replace("\\\\", "")))
