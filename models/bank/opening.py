"""The opening balance of an account, fixed at a day."""

from odoo import fields
from odoo.exceptions import UserError

from ...exceptions import bank_errors
from ..register import currencies

# Among the lines of one day the greatest sequence stands first (core sorts by
# MAXINT - sequence), so the opening line precedes every payment of its day.
_FIRST_OF_THE_DAY = 2_000_000_000


def fix(account, day, amount):
    """Fix the balance at the start of `day` (see `tochka.account._fix_opening`)."""
    _check_day(account, day)
    account.sudo()._lock_or_ask_to_wait()
    _drop_line(account)
    _move_border(account, day)
    before = fields.Date.subtract(day, days=1)
    difference = account.currency_id.round(amount - account._balance_in_books(before))
    line = account.env["account.bank.statement.line"]
    if difference:
        _check_rate(account, day)
        line = _create_line(account, day, difference)
    account.sudo().write(
        {
            "opening_date": day,
            "opening_balance": amount,
            "opening_line_id": line.id,
        }
    )
    account.sudo()._make_lines()


def release(account):
    """Undo the fixing (see `tochka.account._release_opening`)."""
    account.sudo()._lock_or_ask_to_wait()
    _drop_line(account)
    _move_border(account, False)
    account.sudo().write({"opening_date": False, "opening_balance": 0.0})
    account.sudo()._make_lines()


def _check_day(account, day):
    """Raise UserError when the balance cannot be fixed at the start of this day."""
    env = account.env
    if not account.journal_id:
        raise UserError(
            env._("Choose a journal for the account %s first.", account.display_name)
        )
    if day > account._today():
        raise UserError(
            env._(
                "The day of the opening balance is in the future. Choose today or"
                " an earlier day."
            )
        )
    if account.journal_id.company_id._is_bank_locked_on(day):
        raise UserError(
            env._(
                "%s is in a locked period. Choose a later day, or unlock the period"
                " first.",
                day.strftime("%d.%m.%Y"),
            )
        )
    earlier = env["tochka.transaction"].search_count(
        [
            ("account_id", "=", account.id),
            ("date", "<", day),
            ("review", "=", "confirmed"),
        ]
    )
    if earlier:
        raise UserError(
            env._(
                "%(count)s payments of days before %(day)s are confirmed already."
                " Choose an earlier day, or put these payments back to new first.",
                count=earlier,
                day=day.strftime("%d.%m.%Y"),
            )
        )


def _check_rate(account, day):
    """Raise UserError when nobody knows what the balance is worth in the books."""
    own = account.currency_id == account.company_id.currency_id
    if not own and not rate_note(account, day):
        raise UserError(currencies.no_rate(account, day))


def rate_note(account, day):
    """Return by which rate of Odoo a balance at the start of a day is booked.

    :return str: translated; empty without a rate, and for the books' own currency
    """
    if account.currency_id == account.company_id.currency_id:
        return ""
    rate = currencies.rate_on(currencies.rates_of(account), day)
    return currencies.rate_in_words(account, rate) if rate else ""


def _drop_line(account):
    """Delete the entry of the former opening balance, if there is one."""
    line = account.opening_line_id
    if line:
        line._check_may_change()
        line.unlink()


def _move_border(account, day):
    """Sort register rows around the new border.

    :param date day: first day that enters the books; False lets everything in
    """
    Transaction = account.env["tochka.transaction"].sudo()
    ours = [("account_id", "=", account.id)]
    waiting = Transaction.search([*ours, ("state", "=", "before_opening")])
    waiting.filtered(lambda row: not day or row.date >= day).state = "new"
    if day:
        out = Transaction.search(
            [*ours, ("state", "in", ("new", "loaded")), ("date", "<", day)]
        )
        out._leave_books("before_opening")


def _create_line(account, day, amount):
    """Create the statement line that brings the journal to the balance.

    :param float amount: in the account's currency, positive raises the balance
    """
    company = account.journal_id.company_id
    equity = company.get_unaffected_earnings_account()
    return (
        account.env["account.bank.statement.line"]
        .with_company(company)
        .create(
            {
                "journal_id": account.journal_id.id,
                "date": day,
                "sequence": _FIRST_OF_THE_DAY,
                "amount": amount,
                "payment_ref": account.env._(
                    "Opening balance on %s", day.strftime("%d.%m.%Y")
                ),
                "counterpart_account_id": equity.id,
            }
        )
    )


def ask_bank(account, day):
    """Ask the bank for the balance at a day's start (see `_bank_balance_at_start`)."""
    with bank_errors(account.env), account.connection_id._client() as client:
        statement = client.statement(account.bank_account_id, day, day)
    balance = statement.opening_balance
    return None if balance is None else float(balance)
