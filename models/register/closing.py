"""What a statement proves: whether it closes, and of which moment it is."""

from datetime import datetime, timezone


def difference(statement):
    """Return what a statement lacks to close, None when it has no balances.

    :return Decimal: closing balance − (opening balance + booked rows), in the account's
        currency
    """
    opening, closing = statement.opening_balance, statement.closing_balance
    if opening is None or closing is None:
        return None
    booked = (row.amount for row in statement.transactions if row.status == "Booked")
    return closing - opening - sum(booked)


def in_utc(moment):
    """Return an aware moment as the database keeps it: in UTC and without saying so."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def is_older(created_at, made_on):
    """Whether a statement was made before the one that told of a day last.

    It waited while another process read a newer one, and says nothing of that day.

    :param datetime created_at: of the statement, aware, or None
    :param datetime made_on: of the one read last, in UTC, or None
    """
    if not created_at or not made_on or made_on <= in_utc(created_at):
        return False
    # A moment that is still to come was told by a wrong clock.
    return made_on <= in_utc(datetime.now(timezone.utc))
