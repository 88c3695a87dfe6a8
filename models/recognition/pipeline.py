"""Recognition: what a payment is, as a list of steps.

Each step has a file of its own, takes all rows of a batch together and needs a fixed
number of queries for them. The steps before the line exists fill in `found`, the values
of the lines to make: {tochka.transaction: dict of the keys of NOTHING_FOUND}.
"""

from .items import decide_items
from .own_accounts import own_accounts
from .partners import find_partners, note_parties
from .payees import read_payees
from .recognised import NOTHING_FOUND
from .transfers import mark_transfers

# What the steps read of a row.
READ = (
    *("account_id", "company_id", "inn", "kpp", "account_number", "partner_bic"),
    *("partner_name", "bank_name", "purpose"),
)


def recognise(rows, kept=None):
    """Take the steps before the lines exist.

    :param rows: tochka.transaction of one account
    :param dict kept: {row: values set by hand}, of rows that have lines
    :return dict: {row: dict of the keys of NOTHING_FOUND, for its line}
    """
    # One query, however many rows; reading would take a thousand at a time.
    rows.fetch(READ)
    found = {row: dict(NOTHING_FOUND) for row in rows}
    own = own_accounts(rows)
    read_payees(rows, found)
    mark_transfers(rows, found, own)
    find_partners(rows, found, own)
    for row, values in (kept or {}).items():
        found[row].update(values)
    note_parties(rows, found)
    decide_items(rows, found)
    return found


def recognise_in_books(rows):
    """Take the steps once the lines exist: hooks of the model, for others to override.

    To confirm what rules trust (`_confirm_by_rules`) is left to the caller, because
    loading commits the lines before that.

    :param rows: tochka.transaction of one account, whose lines have just been made
    """
    rows._pair_transfers_of(rows[:1].account_id)
    rows._find_duplicates()
    rows._propose_invoices()
