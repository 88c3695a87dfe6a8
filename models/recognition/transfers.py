"""Own transfers: payments whose other side is an account of the same owner.

The bank shows each side in the statement of its own account, at its own moment, and
names the other one as the counterparty (docs/bank_api.md §3.3). Here each side is
recognised by itself; `pairs` puts the two together.
"""

from .texts.own_transfers import (
    is_client_account,
    is_deal,
    is_exchange,
    is_own_money,
    is_trader_account,
)


def mark_transfers(rows, found, own):
    """Mark the rows whose other side is an own account.

    :param rows: tochka.transaction of one account
    :param dict found: {row: values of its line}; gets `tochka_is_transfer`
    :param dict own: of `own_accounts.own_accounts`
    """
    account = rows[:1].account_id
    same_books = set(
        rows.env["tochka.account"]
        .sudo()
        .search([("company_id", "=", account.company_id.id)])
        .mapped("number")
    )
    for row in rows:
        if _is_own_transfer(row, own, same_books, account.organization_id.inn):
            found[row]["tochka_is_transfer"] = True


def _is_own_transfer(row, own, same_books, inn):
    """Whether the other side of a row is the same owner's money.

    :param dict own: of `own_accounts.own_accounts`
    :param set same_books: numbers of the accounts kept in the same company's books
    :param inn: of the organisation whose account was loaded
    """
    account, number = row.account_id, row.account_number or ""
    if number == account.number:
        return False
    if number in own:
        # The same 20 digits may exist in two banks.
        bics = own[number]
        if bics and row.partner_bic and row.partner_bic not in bics:
            return False
        # Two taxpayers of one owner, each with books of its own, deal with each other
        # like strangers.
        strangers = row.inn and row.inn != inn and number not in same_books
        return not (strangers and is_deal(row.purpose))
    company = len(inn or "") == 10
    if is_client_account(number):
        # What a sole trader moves to a person's account is what the owner takes.
        ours = company or is_trader_account(number)
        return bool(inn and row.inn == inn and ours)
    by_the_bank = row.partner_bic in (account.bic, False)
    own_money = company and is_own_money(row.purpose)
    return by_the_bank and (is_exchange(row.purpose) or own_money)
