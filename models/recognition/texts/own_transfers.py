"""The wording of transfers between accounts of one owner. Plain Python."""

import re

# Accounts of clients: current and special ones (405–408) and deposits (410–429). All
# others are the bank's own (cards, conversion, cash desk), whoever is named there.
# PostgreSQL understands this expression as well.
CLIENT_ACCOUNT = "^(40[5-8]|4[12])"
# … of these, the accounts of sole traders.
_TRADER_ACCOUNT = "40802"
_EXCHANGE = re.compile(
    r"(?:покупк|продаж|обмен)\w*\s+(?:иностранн\w+\s+)?валют|конверси|конвертаци", re.I
)
# What one taxpayer owes another, even when one person owns both.
_DEAL = re.compile(
    r"договор|\bдог\.|за[йеё]м|\bсч[её]т\w*\s*№|\bсч\.|\bакт\b|\bупд\b|аренд|дивиденд"
    r"|процент|за\s+услуг",
    re.I,
)
# «Наличных денежных средств» is cash and says nothing of its owner.
_OWN_MONEY = re.compile(r"\bсобственн\w+\s+(?:денежн\w+\s+)?средств", re.I)
# Founders lend money or bring it in, clients get theirs back: «собственные средства»
# in such a purpose are not the company's.
_OF_OTHERS = re.compile(
    r"\bза[её]м|\bзайм|учредит|участник|устав|капитал|вклад|клиент|возврат", re.I
)
# A fee for an exchange is not the exchange; nor are cards, phones and cash.
_OTHER_THINGS = re.compile(
    r"комисси|\bкарт|телефон|\bсбп\b|\bналичн|банкомат|самообслуж|\bатм\b", re.I
)


def is_client_account(number):
    """Whether a bank keeps this account for a client, not for itself."""
    return bool(re.match(CLIENT_ACCOUNT, number or ""))


def is_trader_account(number):
    """Whether this is the account of a sole trader."""
    return (number or "").startswith(_TRADER_ACCOUNT)


def is_bic(code):
    """Whether a code is a Russian BIC; Odoo's field may hold a SWIFT code as well."""
    return bool(re.fullmatch(r"\d{9}", code or ""))


def is_deal(purpose):
    """Whether a payment settles a deal between two taxpayers: contract, loan, invoice.

    :param purpose: as the bank sent it, or nothing
    """
    return bool(_DEAL.search(purpose or ""))


def is_exchange(purpose):
    """Whether money is exchanged for another currency; the fee for that is not."""
    text = purpose or ""
    return bool(_EXCHANGE.search(text)) and not _OTHER_THINGS.search(text)


def is_own_money(purpose):
    """Whether the payer moves money of its own, not of founders or clients."""
    text = purpose or ""
    return bool(_OWN_MONEY.search(text)) and not (
        _OF_OTHERS.search(text) or _OTHER_THINGS.search(text)
    )
