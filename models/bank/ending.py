"""The end of an account: closed in the bank, or gone from the bank's list.

The bank tells of it by its list of accounts only, which is read once a day and
whenever it refuses an account. A closed account is loaded until its last payments
are sure to be there, then it is left alone.
"""

import logging
from contextlib import suppress
from datetime import timedelta, timezone

from odoo.exceptions import UserError

from ... import tochka_api
from ..loading.loading import LOST_RACES, commit_anew

_logger = logging.getLogger(__name__)

CLOSED = "Deleted"
# Days after the end during which what does not close or is refused is tried again.
PATIENCE = timedelta(days=7)
# What the bank answers about accounts that it does not have any more.
_REFUSALS = (
    tochka_api.AccessDenied,
    tochka_api.BadRequest,
    tochka_api.StatementFailed,
)
_ALARM = "account_tochka.mail_activity_attention"


# === WHAT THE BANK'S LIST SAYS ===


def values_of(account, told):
    """Return what the bank's list says of an account, as values of `tochka.account`.

    :param account: tochka.account, empty for a new one
    :param tochka_api.Account told: what the list says
    """
    vals = {"bank_status": told.status, "is_open": told.is_open, "is_listed": True}
    if told.is_open:
        return {**vals, "closed_on": False, "read_to_end": False}
    changed = told.status_changed_at
    day = tochka_api.today(changed) if changed else account.closed_on
    vals["closed_on"] = day or account._today()
    if told.status != account.bank_status or not account.is_listed:
        # It may be loaded once more, or again.
        vals["read_to_end"] = False
    return vals


def note_missing(connection, accounts, customer_codes):
    """Note which accounts the bank's list does not show any more.

    An organisation that is shown no more is a matter of the access, not of accounts.

    :param list[tochka_api.Account] accounts: what the list shows
    :param set customer_codes: organisations the access covers
    """
    shown = {account.account_id for account in accounts}
    codes = customer_codes | {account.customer_code for account in accounts}
    known = connection.with_context(active_test=False).account_ids
    for account in known.sudo().filtered("is_listed"):
        if account.bank_account_id in shown:
            continue
        if account.organization_id.customer_code in codes:
            account.write(
                {
                    "is_listed": False,
                    "is_open": False,
                    "closed_on": account.closed_on or account._today(),
                }
            )


def look_at_list(connection, client):
    """Read the bank's list of accounts and take over what it says.

    :param tochka_api.TochkaClient client: of this connection
    :raise tochka_api.TochkaError: as the bank says
    """
    accounts, codes = client.accounts(), set()
    shown = {account.customer_code for account in accounts}
    loaded = connection.account_ids.filtered("journal_id").organization_id
    if set(loaded.mapped("customer_code")) - shown:
        # Not every access may read the organisations.
        with suppress(tochka_api.AccessDenied):
            codes = {customer.customer_code for customer in client.customers()}
    connection.env["tochka.account"]._store(connection, accounts, codes)


def look_once_a_day(connection):
    """Read the bank's list of accounts; failures are told where payments are loaded."""
    if not connection.active or not connection.account_ids.filtered("journal_id"):
        return
    # What was done before must not be lost when this meets a loading.
    connection.env["ir.cron"]._commit_progress()
    try:
        with connection._client() as client:
            commit_anew(connection.env, look_at_list, connection, client)
    except (tochka_api.TochkaError, UserError, *LOST_RACES) as error:
        connection.env.cr.rollback()
        name = type(error).__name__
        _logger.info("Connection %s, accounts not read: %s", connection.id, name)


# === THE END ===


def end_if_read(account):
    """Let a closed account be once its last payments have been loaded.

    Called after a good load. Payments of the last day may come late on that day, and
    days that do not close lack some.
    """
    if account.read_to_end or account.bank_status != CLOSED:
        return
    if account.refused_count:
        # Each loading tries them again.
        return
    today, last = account._today(), _last_day(account)
    if today <= last or (today <= last + PATIENCE and account.open_day_count):
        return
    words = account.env._(
        "The bank closed the account on %s. Its payments are loaded to the last one;"
        " the bank is not asked about it any more.",
        _shown(last),
    )
    _end(account, words)


def may_be_over(error):
    """Return whether an error may mean that the bank has the account no more."""
    return isinstance(error, _REFUSALS) and not isinstance(error, tochka_api.ClockAhead)


def end_if_refused(account, error):
    """Let an account be that the bank has no more, or not for the time being.

    :param Exception error: what came instead of a statement
    :return str: what happened and what to do, translated; None when the account is in
        use and the error a failure like any other
    """
    if account.is_open or not isinstance(error, tochka_api.TochkaError):
        return None
    closed = account.bank_status == CLOSED
    tired = closed and account._today() > _last_day(account) + PATIENCE
    if not tired and not may_be_over(error):
        return None
    words = _words_of_refusal(account)
    if not account.read_to_end:
        blocked = account.is_listed and not closed
        _end(account, words, alarm=not blocked and _may_lack_payments(account))
    return words


def _may_lack_payments(account):
    """Return whether the account may have got payments after it was last loaded.

    It was not loaded after its last day, nor was everything paid out by then.
    """
    if account.bank_balance_date and account.currency_id.is_zero(account.bank_balance):
        return False
    if not account.last_success:
        return True
    read = account.last_success.replace(tzinfo=timezone.utc)
    return tochka_api.today(read) <= _last_day(account)


def _last_day(account):
    """Return the day the account ended; today where the bank's list is not read yet."""
    return account.closed_on or account._today()


def _words_of_refusal(account):
    """Return what happened to an account that the bank refuses, and what to do."""
    env, day = account.env, _shown(_last_day(account))
    if not account.is_listed:
        words = env._(
            "Since %s the bank shows this account no more and gives no statements of"
            " it. If the bank has given it another number or BIC, open it and press"
            " “Move to another bank account”. If the access no longer includes it,"
            " renew the access.",
            day,
        )
    elif account.bank_status == CLOSED:
        words = env._(
            "The bank closed the account on %s and gives no statements of it any"
            " more. Compare the last days with the bank's own statement.",
            day,
        )
    else:
        words = env._(
            "Since %(day)s the bank has blocked the account (%(status)s) and gives no"
            " statements of it. When the bank opens it, loading goes on by itself.",
            day=day,
            status=account.bank_status,
        )
    if account.loaded_until:
        until = _shown(account.loaded_until)
        words += " " + env._("Payments are loaded up to %s.", until)
    return words


def _shown(day):
    return day.strftime("%d.%m.%Y")


def _end(account, words, alarm=False):
    """Ask the bank no more about an account, and say so once.

    :param str words: what happened
    :param bool alarm: whether a person has something to do
    """
    account.activity_unlink([_ALARM])
    account.write({"read_to_end": True, "last_error": False})
    account.message_post(body=words)
    if alarm:
        account.activity_schedule(
            _ALARM,
            summary=account.env._(
                "The bank has this account no more: %s", account.display_name
            ),
            note=words,
            user_id=account.connection_id.user_id.id,
        )
