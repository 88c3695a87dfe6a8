"""Who is on the other side: found by account, INN, KPP or name, or created."""

from odoo.tools import SQL

from .contacts import create_accounts, create_contacts
from .counterparties import Counterparties, Party, is_the_bank, stands_for_another
from .own_accounts import holders_of


def find_partners(rows, found, own):
    """Find the counterparties of rows, create those who are missing.

    By the account, then by INN and KPP, then by INN, then by the legal name; where
    several fit, nobody is found. The bank itself is never a counterparty. A fixed
    number of queries for any number of rows.

    Without a valid INN nobody is created: firms from abroad (five digits of KIO, or
    nothing) and persons without an INN are for a person to enter.

    :param rows: tochka.transaction of one account
    :param dict found: {row: values of its line}; gets `partner_id` and
        `tochka_partner_source`
    :param dict own: of `own_accounts.own_accounts`
    """
    ours = _own_partners(rows, own)
    others = []
    for row in rows:
        if is_the_bank(row) or stands_for_another(row):
            continue
        if row in ours:
            found[row]["partner_id"] = ours[row] or False
            found[row]["tochka_partner_source"] = bool(ours[row]) and "own"
        else:
            others.append(row)
    _find_others(rows, others, found)


def note_parties(rows, found):
    """Write partners and payees into the register, where rules ask for them.

    :param rows: tochka.transaction
    :param dict found: {row: values of its line}, of the same rows
    """
    rows.flush_recordset()
    rows.env.cr.execute(
        SQL(
            "UPDATE tochka_transaction SET partner_id = v.partner, payee = v.payee"
            " FROM (VALUES %s) v (id, partner, payee)"
            " WHERE tochka_transaction.id = v.id",
            SQL(", ").join(
                SQL(
                    "(%s, %s::int, %s)",
                    row.id,
                    values["partner_id"] or None,
                    values["tochka_payee"] or None,
                )
                for row, values in found.items()
            ),
        )
    )
    written = ["partner_id", "payee"]
    rows.invalidate_recordset(written, flush=False)
    rows.modified(written)


def _own_partners(rows, own):
    """Find whose the own accounts and the own INN are that rows name.

    :return dict: {row: id of our company's contact, or None when it is behind another
        company's wall}, without the rows that name nothing of our own
    """
    holders = holders_of(rows, own)
    inn = rows.account_id.organization_id.sudo().inn
    found = {}
    for row in rows:
        account = (row.account_number, row.partner_bic or None)
        if account in holders:
            found[row] = holders[account]
        if inn and row.inn == inn and not found.get(row):
            found[row] = row.company_id.sudo().partner_id.id
    return found


def _find_others(batch, rows, found):
    """Find or create the counterparties of rows that are not our own.

    :param batch: tochka.transaction, all rows of one account
    :param list rows: those of the batch that are not our own; of transfers the
        counterparty is only found, not created
    """
    parties = {row: Party.of(row) for row in rows}
    known = Counterparties(batch.env, batch.company_id, parties.values())
    may_create = batch.account_id.create_partners
    holders, planned, learnt = {}, [], []
    # Sort complete rows first, so that poorer rows find contacts made from richer ones.
    for row in sorted(
        rows, key=lambda row: (not parties[row].inn, not parties[row].kpp)
    ):
        party, transfer = parties[row], found[row]["tochka_is_transfer"]
        holder, way = known.find(party)
        if not holder and may_create and not transfer and known.lacks(party):
            holder, way = known.add(party), "created"
            planned.append((holder, party))
        if holder:
            holders[row] = holder
            found[row]["tochka_partner_source"] = way
            if known.learn(holder, party, way):
                learnt.append((holder, party))
    create_contacts(known, planned)
    create_accounts(known, learnt)
    for row, holder in holders.items():
        found[row]["partner_id"] = holder.id
