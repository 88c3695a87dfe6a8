"""Payments in foreign currency: whose worth in the books is sure, and whose is not.

Core converts at a rate of 1 where it knows none, without a word.
"""

from odoo.tools import format_date


def reasons_to_wait(rows):
    """Return why rows cannot be booked yet, as far as currencies are concerned.

    :param rows: tochka.transaction of one account
    :return dict: {row: translated reason}
    """
    reasons, account = {}, rows.account_id
    rates = None
    for row in rows:
        told = row.bank_currency
        if told and told != account.currency_id.name:
            reasons[row] = row.env._(
                "The bank gives this payment in %(told)s, but the account is in"
                " %(own)s. What it is worth there is for a person to say: enter it by"
                " hand, or wait until the bank corrects it.",
                told=told[:20],
                own=account.currency_id.name,
            )
        elif _needs_rate(row):
            rates = rates_of(account) if rates is None else rates
            if not rate_on(rates, row.date):
                reasons[row] = no_rate(account, row.date)
    return reasons


def _needs_rate(row):
    """Whether the books need a rate of Odoo, as the bank does not tell the worth."""
    books = row.company_id.currency_id
    if row.currency_id == books or not row.amount:
        return False
    return books.name != "RUB" or not row.amount_company


def rates_of(account):
    """Return Odoo's rates of an account's currency, as core prefers them."""
    company = account.company_id
    return (
        account.env["res.currency.rate"]
        .sudo()
        .search(
            [
                ("currency_id", "=", account.currency_id.id),
                ("company_id", "in", (False, company.root_id.id)),
            ],
            # Core prefers a company's own rate to a later common one.
            order="company_id.id, name desc",
        )
    )


def rate_on(rates, day):
    """Return the rate in force on a day, nothing where the first one is later."""
    return next((rate for rate in rates if rate.name <= day), rates.browse())


def no_rate(account, day):
    """Return the words for a sum that cannot be booked for want of a rate."""
    return account.env._(
        "The bank does not tell what it is worth in %(books)s, and Odoo has no rate of"
        " %(currency)s on %(day)s. Enter the rate under Currencies; the next loading"
        " goes on by itself.",
        books=account.company_id.currency_id.name,
        currency=account.currency_id.name,
        day=format_date(account.env, day),
    )


def rate_in_words(account, rate):
    """Return the words that tell by which rate of Odoo a sum is booked.

    :param rate: res.currency.rate
    """
    currency, books = account.currency_id, account.company_id.currency_id
    worth = currency._get_conversion_rate(
        currency, books, account.company_id, rate.name
    )
    return account.env._(
        "Booked at Odoo's rate of %(day)s, 1 %(currency)s = %(rate)s %(books)s: the"
        " bank did not tell the worth.",
        day=format_date(account.env, rate.name),
        currency=currency.name,
        rate=f"{worth:.4f}",
        books=books.name,
    )


def notes(rows):
    """Return {row: by which rate of Odoo it is booked}, of rows that needed one."""
    found = {}
    for account in rows.account_id:
        rates = None
        for row in rows:
            if row.account_id == account and _needs_rate(row):
                rates = rates_of(account) if rates is None else rates
                rate = rate_on(rates, row.date)
                if rate:
                    found[row] = rate_in_words(account, rate)
    return found
