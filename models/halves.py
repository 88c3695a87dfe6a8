"""One bad record never stops the others: what refuses is found by halving."""

from odoo.exceptions import RedirectWarning, UserError


def in_halves(records, together):
    """Call a function on all records; where Odoo refuses, find out which they are.

    A rule of core or of another module may refuse one record in the middle of the work:
    all of it is rolled back then, and the halves are tried on their own.

    :param records: any recordset
    :param together: callable of a recordset that returns (records done, dict {record:
        why not}); it may raise UserError or RedirectWarning
    :return: the same, for all records
    """
    if not records:
        return records, {}
    try:
        with records.env.cr.savepoint():
            return together(records)
    except (UserError, RedirectWarning) as error:
        if len(records) == 1:
            return records.browse(), {records: error.args[0]}
    middle = len(records) // 2
    done, refused = in_halves(records[:middle], together)
    more_done, more_refused = in_halves(records[middle:], together)
    return done | more_done, refused | more_refused
