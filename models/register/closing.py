"""Whether a statement closes: opening balance + booked rows = closing balance."""


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
