"""Who is on the other side: found by account, INN, KPP or name, or created."""

from odoo import models
from odoo.tools import SQL

from .contacts import create_accounts, create_contacts
from .counterparties import (
    Counterparties,
    Party,
    is_the_bank,
    person_behind,
    stands_for_another,
)
from .texts.legal_names import good_name
from .texts.purposes import payee

READ = (
    *("account_id", "company_id", "inn", "kpp", "account_number", "partner_bic"),
    *("partner_name", "bank_name", "purpose"),
)


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def _recognise_payees(self, found):
        """Read merchant, phone or person where a bank stands in their place.

        :param dict found: of `_recognise`; gets `tochka_payee`
        """
        # One query, however many rows; reading would take a thousand at a time.
        self.fetch(READ)
        for row, values in found.items():
            if is_the_bank(row):
                values["tochka_payee"] = payee(row.purpose) or False
            elif stands_for_another(row):
                values["tochka_payee"] = good_name(person_behind(row), person=True)

    def _recognise_partners(self, found):
        """Find the counterparties, create those who are missing.

        By the account, then by INN and KPP, then by INN, then by the legal name;
        ambiguity is nobody. The bank itself is never a counterparty. A fixed number of
        queries for any number of rows.

        Without a valid INN nobody is created: firms from abroad (five digits of KIO,
        or nothing) and persons without an INN are for a person to enter.

        :param dict found: of `_recognise`; gets `partner_id`, `tochka_partner_source`
        """
        own = self._own_partners()
        rows = []
        for row, values in found.items():
            if is_the_bank(row) or stands_for_another(row):
                continue
            if row in own:
                values["partner_id"] = own[row] or False
                values["tochka_partner_source"] = bool(own[row]) and "own"
            else:
                rows.append(row)
        self._recognise_others(rows, found)

    def _own_partners(self):
        """Find whose the own accounts and the own INN are that these rows name.

        :return dict: {row: id of our company's contact, or None when it is behind
            another company's wall}, without the rows that name nothing of our own
        """
        holders = self._own_holders()
        inn = self.account_id.organization_id.sudo().inn
        found = {}
        for row in self:
            account = (row.account_number, row.partner_bic or None)
            if account in holders:
                found[row] = holders[account]
            if inn and row.inn == inn and not found.get(row):
                found[row] = self.company_id.sudo().partner_id.id
        return found

    def _own_holders(self):
        """Give who holds the own accounts these rows name, as transfers know them.

        :return dict: {(number, BIC, or None for a row without): id of the contact of
            the account's company, or None when it is behind another company's wall}
        """
        own, company = self._own_accounts(), self.company_id.sudo()
        walls = {None, *company.parent_ids.ids}
        self.env["tochka.account"].flush_model(["number", "bic", "company_id"])
        self.env["res.company"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["company_id"])
        holders = {}
        for number, bic, partner, owner in self.env.execute_query(
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

    def _recognise_others(self, rows, found):
        """Find or create the counterparties of rows that are not our own.

        :param list rows: of this batch, with those of transfers, who are only found
        """
        parties = {row: Party.of(row) for row in rows}
        known = Counterparties(self.env, self.company_id, parties.values())
        may_create = self.account_id.create_partners
        holders, planned, learnt = {}, [], []
        # Who tells most goes first: the others of the same batch will mean them.
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
