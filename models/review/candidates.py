"""Who may be the counterparty of a payment for which nobody certain was found."""

from odoo import api, fields, models

from ..recognition.counterparties import (
    Counterparties,
    Party,
    is_the_bank,
    stands_for_another,
)


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    tochka_partner_candidate_ids = fields.Many2many(
        "res.partner",
        string="May Be",
        compute="_compute_tochka_partner_candidate_ids",
        context={"active_test": False},
        help="Contacts with the same INN, account or legal name, archived ones too:"
        " several fit, so a person has to choose.",
    )

    @api.depends("partner_id", "tochka_transaction_id")
    def _compute_tochka_partner_candidate_ids(self):
        self.tochka_partner_candidate_ids = False
        open_lines = self.filtered(
            lambda line: line.tochka_transaction_id and not line.partner_id
        )
        for company, lines in open_lines.grouped("company_id").items():
            lines._offer_partners(company)

    def _offer_partners(self, company):
        """Fill in the candidates of lines of one company."""
        parties = {}
        for line in self:
            row = line.sudo().tochka_transaction_id
            if not is_the_bank(row) and not stands_for_another(row):
                parties[line] = Party.of(row)
        known = Counterparties(self.env, company, parties.values())
        for line, party in parties.items():
            ids = [holder.id for holder in known.candidates(party)]
            partners = self.env["res.partner"].browse(ids)
            line.tochka_partner_candidate_ids = partners._filtered_access("read")
