"""Contacts, bank accounts and banks that payments told of, created in bulk."""

from odoo.tools import mute_logger

from .counterparties import Counterparties
from .res_partner import NO_NOTES

# No person does this, so there are no notes, no followers and no tracking.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tochka_no_notes": NO_NOTES,
    # Syncing reads every contact anew for a parent and children a new one lacks.
    "_partners_skip_fields_sync": True,
}


def create_contacts(known: Counterparties, planned):
    """Create contacts in one call and write the ids into their holders.

    :param known: who is known, with the planned ones added
    :param planned: list of (Holder without an id, Party)
    """
    if not planned:
        return
    russia = known.env.ref("base.ru")
    Partner = known.env["res.partner"].sudo().with_context(**QUIET)
    # When another process makes the same contact, this one begins anew: that is no
    # error to log.
    with mute_logger("odoo.sql_db"):
        partners = Partner.create(
            [_contact(known, russia, party) for _holder, party in planned]
        )
        partners.flush_recordset()
    for (holder, _party), partner in zip(planned, partners, strict=True):
        holder.id = partner.id


def _contact(known, russia, party):
    # A contact of this INN is behind another company's wall: this one stays apart.
    hidden = party.inn in known.hidden_inns
    return {
        "name": party.good_name,
        "is_company": party.is_company,
        "vat": party.inn,
        "kpp": party.kpp or False,
        "country_id": russia.id,
        "lang": known.company.partner_id.lang,
        "company_id": known.company.id if hidden else False,
        "tochka_created": True,
    }


def create_accounts(known: Counterparties, learnt):
    """Create bank accounts of contacts, and the banks they are in.

    :param learnt: list of (Holder, Party with a sure account)
    """
    if not learnt:
        return
    banks = _banks(known.env, {p.bic: p.bank_name for _h, p in learnt})
    # By the name `sanitized_acc_number`, which `res.partner.bank` takes as well, core
    # leaves out a search per account for archived ones: `known` has seen to those.
    known.env["res.partner.bank"].sudo().with_context(**QUIET).create(
        [
            {
                "sanitized_acc_number": party.account,
                "partner_id": holder.id,
                "bank_id": banks[party.bic],
            }
            for holder, party in learnt
        ]
    )


def _banks(env, names):
    """Return {BIC: id of res.bank}, creating those nobody has entered yet.

    :param dict names: {BIC: name of the bank}
    """
    Bank = env["res.bank"].sudo()
    found = {}
    for bank in Bank.search_fetch([("bic", "in", list(names))], ["bic"], order="id"):
        found.setdefault(bank.bic, bank.id)
    missing = [bic for bic in names if bic not in found]
    russia = env.ref("base.ru")
    created = Bank.create(
        [
            {"name": names[bic] or bic, "bic": bic, "country": russia.id}
            for bic in missing
        ]
    )
    return found | dict(zip(missing, created.ids, strict=True))
