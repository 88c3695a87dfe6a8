"""Which counterparties' accounts belong to the owner of the loaded account."""

from odoo.tools import SQL

from .texts.own_transfers import is_bic


def own_accounts(rows):
    """Find which accounts that rows name are the owner's own.

    These are the accounts that the same permission of the bank shows, those of the same
    company and those of the same INN. What another client of an accounting firm pays to
    this one is no transfer. Only numbers are read, so that companies' walls do not
    matter here.

    :param rows: tochka.transaction of one account
    :return dict: {account number: set of its BICs, empty where none is known}
    """
    env = rows.env
    numbers = list(set(filter(None, rows.mapped("account_number"))))
    own_side = rows[:1].account_id
    env["tochka.account"].flush_model(["number", "bic", "company_id"])
    env["tochka.organization"].flush_model(["inn"])
    env["res.partner"].flush_model(["inn_key"])
    env["account.journal"].flush_model(["type", "bank_account_id"])
    env["res.partner.bank"].flush_model(["sanitized_acc_number", "bank_id"])
    env["res.bank"].flush_model(["bic"])
    own = {}
    for number, bic in env.execute_query(
        SQL(
            "SELECT a.number, a.bic FROM tochka_account a"
            " JOIN tochka_organization o ON o.id = a.organization_id"
            " WHERE a.number = ANY(%(numbers)s) AND (o.inn = %(inn)s"
            " OR a.connection_id = %(connection)s AND a.company_id IS NOT NULL"
            " OR a.company_id = %(company)s)"
            " UNION SELECT b.sanitized_acc_number, bank.bic"
            " FROM account_journal j"
            " JOIN res_partner_bank b ON b.id = j.bank_account_id"
            " JOIN res_company c ON c.id = j.company_id"
            " JOIN res_partner p ON p.id = c.partner_id"
            " LEFT JOIN res_bank bank ON bank.id = b.bank_id"
            " WHERE j.type = 'bank' AND b.sanitized_acc_number = ANY(%(numbers)s)"
            " AND (p.inn_key = %(inn)s OR j.company_id = %(company)s)",
            numbers=numbers,
            inn=own_side.organization_id.inn or None,
            connection=own_side.connection_id.id,
            company=own_side.company_id.id,
        )
    ):
        own.setdefault(number, set()).update([bic] if is_bic(bic) else [])
    return own


def holders_of(rows, own):
    """Return who holds the own accounts that rows name.

    :param rows: tochka.transaction of one account
    :param dict own: of `own_accounts`
    :return dict: {(number, BIC, or None for a row without): id of the contact of the
        account's company, or None when it is behind another company's wall}
    """
    env, company = rows.env, rows.company_id.sudo()
    walls = {None, *company.parent_ids.ids}
    env["tochka.account"].flush_model(["number", "bic", "company_id"])
    env["res.company"].flush_model(["partner_id"])
    env["res.partner"].flush_model(["company_id"])
    holders = {}
    for number, bic, partner, owner in env.execute_query(
        SQL(
            "SELECT account.number, account.bic, holder.id, holder.company_id"
            " FROM tochka_account account"
            " JOIN res_company company ON company.id = account.company_id"
            " JOIN res_partner holder ON holder.id = company.partner_id"
            " WHERE account.number = ANY(%s)"
            # The last one stands: this company's own.
            " ORDER BY account.company_id = %s, account.id",
            list(own),
            company.id,
        )
    ):
        # The same 20 digits may exist in two banks.
        if bic in own[number]:
            partner = partner if owner in walls else None
            holders[number, bic] = holders[number, None] = partner
    return holders
