"""Regular expressions of rules: checked as they are saved, and bounded in time."""

import re
from contextlib import contextmanager

from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..recognition.folded_words import purpose_on_one_line

LONGEST_PATTERN = 200
# A pattern is given this long for one batch of payments, …
MILLISECONDS = 1000
# … and must manage this many purposes of the books, and a nasty text, in that time.
PURPOSES_TRIED = 3000
_NASTY = ("a" * 300 + "1" * 300 + "а " * 300 + "!") * 2
# PostgreSQL ends some greedy patterns for the memory they want, before the time is up.
TOO_MUCH = (errors.QueryCanceled, errors.OutOfMemory, errors.InternalError_)


class CashFlowRule(models.Model):
    _inherit = "cash.flow.rule"

    slow_on = fields.Datetime(
        string="Ran Out of Time",
        readonly=True,
        copy=False,
        help="The pattern took too long on these payments and was skipped. Make it"
        " simpler, or use words instead.",
    )

    @api.constrains("purpose_pattern")
    def _check_pattern(self):
        for rule in self:
            problem = rule._pattern_problem()
            if problem:
                raise ValidationError(problem)

    def write(self, vals):
        """Override of `odoo` to give a changed pattern a new chance."""
        if "purpose_pattern" in vals:
            vals = {**vals, "slow_on": False}
        return super().write(vals)

    def _pattern_problem(self):
        """Say what is wrong with the regular expression, or None."""
        pattern = self.purpose_pattern
        if not pattern:
            return None
        if len(pattern) > LONGEST_PATTERN:
            return self.env._(
                "The pattern is too long (more than %s characters). Make it shorter,"
                " or use words instead.",
                LONGEST_PATTERN,
            )
        if _has_back_reference(pattern):
            return self.env._(
                "The pattern refers back to a group (\\1 and the like), which can take"
                " for ever. Write what is meant in full."
            )
        try:
            with bounded(self.env.cr):
                self.env.cr.execute(self._trial(pattern), log_exceptions=False)
        except errors.InvalidRegularExpression as error:
            return self.env._(
                "The pattern “%(pattern)s” cannot be understood: %(mistake)s.",
                pattern=pattern,
                mistake=self._mistake(str(error)),
            )
        except TOO_MUCH:
            return self.env._(
                "The pattern “%s” takes too long. Make it simpler, or use words"
                " instead.",
                pattern,
            )
        return None

    def _trial(self, pattern):
        return SQL(
            "SELECT COUNT(*) FROM (SELECT %s AS words FROM tochka_transaction t"
            " WHERE company_id = ANY(%s) ORDER BY id DESC LIMIT %s) tried"
            " WHERE words ~* %s OR (%s ~* %s)",
            purpose_on_one_line("t"),
            self.env.companies.ids,
            PURPOSES_TRIED,
            pattern,
            _NASTY,
            pattern,
        )

    def _mistake(self, said):
        """Put PostgreSQL's words on a regular expression into the user's."""
        known = {
            "parenthes": self.env._("a parenthesis ( or ) has no partner"),
            "bracket": self.env._("a square bracket [ or ] has no partner"),
            "braces": self.env._("a brace { or } has no partner"),
            "quantifier": self.env._("a sign like *, + or ? has nothing to repeat"),
            "repetition": self.env._("the numbers in braces { } are not allowed"),
            "escape": self.env._("a backslash \\ is followed by the wrong letter"),
            "character range": self.env._("a range in square brackets is upside down"),
            "character class": self.env._("there is no character class of this name"),
            "too complex": self.env._("it is too complex"),
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
