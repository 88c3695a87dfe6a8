"""Binding a bank account to a bank journal."""

from odoo import fields
from odoo.exceptions import ValidationError


def propose_journal(account, company):
    """Find the company's bank journal with this account number.

    :param company: res.company that keeps the books of the account
    :return: account.journal, empty when there is none that fits
    """
    journals = account.env["account.journal"].search(
        [
            ("company_id", "=", company.id),
            ("type", "=", "bank"),
            ("bank_account_id.sanitized_acc_number", "=", account.number),
        ]
    )
    return journals.filtered(lambda j: not account._journal_problem(j, company))[:1]


def journal_problem(account, journal, company):
    """Return why the account cannot be bound to the journal, None when it can.

    :return str: a translated sentence
    """
    env = account.env
    if journal.type != "bank":
        return env._(
            "“%s” is not a bank journal. Choose a bank journal or let a new one be"
            " created.",
            journal.display_name,
        )
    if journal.company_id != company:
        return env._(
            "The journal “%(journal)s” belongs to %(other)s, the account to"
            " %(company)s. Choose a journal of the same company or let a new one be"
            " created.",
            journal=journal.display_name,
            other=journal.company_id.name,
            company=company.name,
        )
    currency = journal.currency_id or journal.company_id.currency_id
    if currency != account.currency_id:
        return env._(
            "The journal “%(journal)s” is in %(other)s, the account …%(account)s in"
            " %(currency)s. Choose a journal in the same currency or let a new one"
            " be created.",
            journal=journal.display_name,
            other=currency.name,
            account=account.number[-4:],
            currency=account.currency_id.name,
        )
    number = journal.bank_account_id.sanitized_acc_number
    if number and number != account.number:
        return env._(
            "The journal “%(journal)s” is for another bank account, %(number)s."
            " Choose another one or let a new one be created.",
            journal=journal.display_name,
            number=number,
        )
    bound = account.sudo().with_context(active_test=False)
    bound = bound.search(
        [("journal_id", "=", journal.id), ("id", "!=", account.id)], limit=1
    )
    if bound:
        return env._(
            "The journal “%(journal)s” is bound to the account %(account)s already."
            " Choose another one or let a new one be created. If the bank has given"
            " that account a new number or BIC, open it and press “Move to another"
            " bank account” instead.",
            journal=journal.display_name,
            account=bound.display_name,
        )
    if account.journal_id and account.journal_id != journal and _has_lines(account):
        return env._(
            "Payments of the account …%(account)s are in the journal “%(journal)s”"
            " already. Choose that journal.",
            account=account.number[-4:],
            journal=account.journal_id.display_name,
        )
    return None


def _has_lines(account):
    """Return whether payments of this account are in the books."""
    return bool(
        account.env["tochka.transaction"].search_count(
            [("account_id", "=", account.id), ("line_id", "!=", False)], limit=1
        )
    )


def bind(account, company, journal, *, auto_import, interval):
    """Choose the account for loading (see `tochka.account._bind`)."""
    _check_may_be_bound(account, company)
    account.currency_id.sudo().active = True
    journal = journal or account._propose_journal(company)
    journal = journal or _create_journal(account, company)
    problem = account._journal_problem(journal, company)
    if problem:
        raise ValidationError(problem)
    if not journal.bank_account_id:
        journal.sudo().set_bank_account(account.number, bank_of(account).id)
    vals = {
        "journal_id": journal.id,
        "auto_import": auto_import,
        "interval": interval,
    }
    if auto_import and not account.auto_import_since:
        vals["auto_import_since"] = account._today()
    account.sudo().write(vals)


def _check_may_be_bound(account, company):
    """Raise ValidationError for an account that is closed or loaded elsewhere."""
    env = account.env
    if not account.is_open and not account.journal_id:
        raise ValidationError(
            env._(
                "The account %s is closed in the bank. Untick it.",
                account.display_name,
            )
        )
    # Payments of an archived one are in the books as well.
    everywhere = account.sudo().with_context(active_test=False)
    elsewhere = everywhere.search(
        [
            ("number", "=", account.number),
            ("company_id", "=", company.id),
            ("journal_id", "!=", False),
            ("id", "!=", account.id),
        ],
        limit=1,
    )
    if elsewhere and elsewhere.bank_account_id != account.bank_account_id:
        raise ValidationError(
            env._(
                "The account %(account)s was loaded with the BIC %(former)s until now;"
                " twice would double its payments. Open that account and press “Move"
                " to another bank account”: its payments, journal and rules go on.",
                account=account.display_name,
                former=elsewhere.bic,
            )
        )
    if elsewhere:
        raise ValidationError(
            env._(
                "The account %(account)s is loaded through the connection"
                " “%(connection)s” already; twice would double its payments. Renew"
                " that connection instead: the key or application of another person"
                " can be put there as well.",
                account=account.display_name,
                connection=elsewhere.connection_id.name,
            )
        )


def unbind(accounts):
    """Take accounts out of loading (see `tochka.account._unbind`)."""
    for account in accounts.filtered("journal_id"):
        if _has_lines(account) or account.opening_line_id:
            raise ValidationError(
                account.env._(
                    "Payments of the account %s are in the books, so it stays"
                    " chosen. Switch off automatic loading instead.",
                    account.display_name,
                )
            )
        account.sudo().write({"journal_id": False, "auto_import": False})


def bank_of(account):
    """Return the res.bank with this account's BIC, created when missing."""
    banks = account.env["res.bank"].sudo()
    bank = banks.search([("bic", "=", account.bic)], limit=1)
    return bank or banks.create(
        {
            "name": 'ООО "Банк Точка"',
            "bic": account.bic,
            "country": account.env.ref("base.ru").id,
        }
    )


def _create_journal(account, company):
    """Create the bank journal (and its ledger account) of this bank account."""
    journals = account.env["account.journal"]
    journals.check_access("create")
    own_currency = account.currency_id != company.currency_id
    # The company's bank account comes with it, and contacts may be closed to us.
    return (
        journals.sudo()
        .with_company(company)
        .create(
            {
                "name": account.env._(
                    "Tochka …%(account)s %(currency)s",
                    account=account.number[-4:],
                    currency=account.currency_id.name,
                ),
                "type": "bank",
                "company_id": company.id,
                "currency_id": account.currency_id.id if own_currency else False,
                "bank_acc_number": account.number,
                "bank_id": bank_of(account).id,
            }
        )
        .sudo(False)
    )


def count_foreign_lines(account, journal):
    """Count the journal's lines that did not come from the bank.

    :return int: lines typed by hand or loaded by another tool this month or later
    """
    return account.env["account.bank.statement.line"].search_count(
        [
            ("journal_id", "=", journal.id),
            ("tochka_transaction_id", "=", False),
            ("date", ">=", fields.Date.start_of(account._today(), "month")),
        ]
    )
