"""The bank gave an account another number or BIC: the account goes on under it.

The account keeps its record, with the register, the journal, the rules and the opening
balance; only the bank's name of it changes. So nothing can be there twice.
"""

from odoo import fields
from odoo.exceptions import UserError

from ...exceptions import bank_errors
from . import binding

# Days before the last one loaded that tell whether the history has moved as well.
_COMPARED_DAYS = 35


def candidates(account):
    """Find the bank accounts this one may have become.

    :return: tochka.account, open ones of the same owner and currency without payments;
        those with the same number first
    """
    owner = account.organization_id
    same_owner = [("organization_id", "=", owner.id)]
    if owner.inn:
        same_owner = ["|", *same_owner, ("organization_id.inn", "=", owner.inn)]
    found = account.search(
        [
            ("id", "!=", account.id),
            ("is_open", "=", True),
            ("journal_id", "=", False),
            ("currency_id", "=", account.currency_id.id),
            ("transaction_ids", "=", False),
            ("organization_id.company_id", "in", (account.company_id.id, False)),
            *same_owner,
        ]
    )
    return found.sorted(lambda one: (one.number != account.number, one.id))


def move(account, target):
    """Let an account go on as another bank account (see `tochka.account._move_to`)."""
    env = account.env
    if not account.journal_id or target not in candidates(account):
        raise UserError(
            env._(
                "The account %(account)s cannot go on as %(target)s. Choose an open"
                " account of the same owner in the same currency that is not loaded"
                " yet; press “Check” in the connection if the list lacks it.",
                account=account.display_name,
                target=target.display_name or "—",
            )
        )
    left_on = _history_left_on(account, target)
    account = account.sudo()
    account._lock_or_ask_to_wait()
    former = account.bank_account_id
    vals = _values_of_move(account, target.sudo(), left_on)
    target.sudo().unlink()
    env.flush_all()
    account.activity_unlink(["account_tochka.mail_activity_attention"])
    account.write(vals)
    _renumber_journal(account)
    account.message_post(
        body=env._(
            "The bank has given the account another number or BIC: %(former)s →"
            " %(now)s. Payments, journal and rules go on.",
            former=former,
            now=account.bank_account_id,
        )
    )


def _history_left_on(account, target):
    """Ask the bank whether the new account shows the payments that are loaded.

    :return: None when it does; otherwise the last day (date) with a payment loaded,
        since statements of the new account tell nothing of that day and earlier ones
    :raise UserError: when the bank gives no statement of the new account
    """
    today = account._today()
    until = account.loaded_until or today
    first = min(fields.Date.subtract(until, days=_COMPARED_DAYS), today)
    rows = account.env["tochka.transaction"].search(
        [("account_id", "=", account.id), ("date", ">=", first)], order="date desc"
    )
    first = max(first, target.registration_date or first)
    with bank_errors(account.env), target.connection_id._client() as client:
        statement = client.statement(target.bank_account_id, min(first, today), today)
    known = {mark for row in rows for mark in _marks(row)}
    shown = {mark for row in statement.transactions for mark in _marks(row)}
    return rows[0].date if known and not known & shown else None


def _marks(payment):
    """Return what tells that two payments are the same, whichever ids they bear.

    :param payment: tochka.transaction or tochka_api.Transaction
    """
    marks = {payment.transaction_id, payment.payment_id} - {None, False}
    content = payment.date, f"{payment.amount:.2f}", payment.document_number or ""
    return {*marks, content}


def _values_of_move(account, target, left_on):
    """Return the values that make an account another one of the bank."""
    if target.organization_id.company_id != account.company_id:
        target.organization_id.company_id = account.company_id
    former = account.former_ids
    vals = {
        "organization_id": target.organization_id.id,
        "bank_account_id": target.bank_account_id,
        "former_ids": f"{former}, " * bool(former) + account.bank_account_id,
        "bank_status": target.bank_status,
        "is_open": True,
        "is_listed": True,
        "closed_on": False,
        "read_to_end": False,
        "last_error": False,
        # Due at once, and the long overlap is read under the new number.
        "last_attempt": False,
        "deep_read_on": False,
    }
    if left_on:
        since = account.auto_import_since
        vals["former_until"] = left_on
        vals["auto_import_since"] = max(since, left_on) if since else left_on
        vals["registration_date"] = target.registration_date
    return vals


def _renumber_journal(account):
    """Give the journal the new number and BIC."""
    journal, bank = account.journal_id, binding.bank_of(account)
    journal.set_bank_account(account.number, bank.id)
    journal.bank_account_id.bank_id = bank
