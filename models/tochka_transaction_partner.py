"""Who is on the other side: found by account, INN, KPP or name, or created."""

from odoo import models


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def _recognise_payees(self, found):
        """Read merchant, phone or person from the purposes of the bank's own rows."""

    def _recognise_partners(self, found):
        """Find the counterparties: by bank account, then by INN and KPP, then by INN.

        Ambiguity is nobody. A fixed number of queries for any number of rows.

        :param dict found: of `_recognise`; gets `partner_id`, `tochka_partner_source`
        """
        company = self.company_id
        Partner = self.env["res.partner"].with_company(company)
        visible = [("company_id", "in", (False, company.id))]
        by_account = _unique(
            (bank.sanitized_acc_number, bank.partner_id.commercial_partner_id)
            for bank in self.env["res.partner.bank"].search(
                [
                    ("sanitized_acc_number", "in", _filled(self, "account_number")),
                    ("partner_id.company_id", "in", (False, company.id)),
                ]
            )
        )
        holders = Partner.search(
            [("vat", "in", _filled(self, "inn")), ("parent_id", "=", False), *visible]
        )
        by_inn_kpp = _unique(((p.vat, p.kpp or ""), p) for p in holders)
        by_inn = _unique((p.vat, p) for p in holders)
        for row in self:
            # The bank stands as counterparty of card and SBP rows: it is no customer.
            if row.partner_bic == row.account_id.bic and row.account_number:
                if row.account_number.startswith("302"):
                    continue
            ways = {
                "account": by_account.get(row.account_number),
                "inn_kpp": by_inn_kpp.get((row.inn, row.kpp or "")),
                "inn": by_inn.get(row.inn),
            }
            source = next((way for way, partner in ways.items() if partner), False)
            if source:
                found[row]["partner_id"] = ways[source].id
                found[row]["tochka_partner_source"] = source


def _filled(rows, name):
    """Give the distinct non-empty values of a Char field."""
    return list({value for value in rows.mapped(name) if value})


def _unique(pairs):
    """Give {key: value} of keys that have one distinct value."""
    result, ambiguous = {}, set()
    for key, value in pairs:
        if result.setdefault(key, value) != value:
            ambiguous.add(key)
    return {k: v for k, v in result.items() if k not in ambiguous}
