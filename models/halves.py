"""One bad record never stops the others: what refuses is found by halving."""

import logging
import threading
from contextlib import contextmanager

from odoo.exceptions import RedirectWarning, UserError

from .refusals import NO_REFUSALS, refusal_in_words

_logger = logging.getLogger(__name__)


def in_halves(records, together, races=(), refusals=(UserError, RedirectWarning)):
    """Call a function on all records; where one is refused, find out which it is.

    A rule of Odoo, of another module or of the database may refuse one record in the
    middle of the work, or another module's code may fail: all of it is rolled back
    then, and the halves are tried on their own.

    :param records: any recordset
    :param together: callable of a recordset that returns (records done, dict {record:
        why not}); it may raise
    :param races: exceptions that may come from another process's work, so that the
        caller has to begin anew before they count as a refusal
    :param refusals: exceptions that mean «not this record»; others go to the caller
    :return: the same, for all records
    :raise Exception: what is no refusal: a lost race, a lost database
    """
    if not records:
        return records, {}
    refusal = None
    try:
        with _sql_errors_unlogged(), records.env.cr.savepoint():
            return together(records)
    except (*NO_REFUSALS, *races):
        raise
    except refusals as error:
        refusal = error
    if len(records) == 1:
        _logger.info("%s refused: %s", records, type(refusal).__name__)
        return records.browse(), {records: refusal_in_words(records.env, refusal)}
    middle = len(records) // 2
    done, refused = in_halves(records[:middle], together, races, refusals)
    more_done, more_refused = in_halves(records[middle:], together, races, refusals)
    return done | more_done, refused | more_refused


@contextmanager
def _sql_errors_unlogged():
    """Keep Odoo from logging what the database refuses as errors of this thread.

    It is told to people in words.
    """
    logger, thread = logging.getLogger("odoo.sql_db"), threading.get_ident()

    def of_others(record):
        return record.thread != thread or record.levelno != logging.ERROR

    logger.addFilter(of_others)
    try:
        yield
    finally:
        logger.removeFilter(of_others)
