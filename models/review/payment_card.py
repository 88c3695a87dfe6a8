"""What only the screen shows of a payment: how sure, why, and what else it may be."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..recognition.counterparties import (
    Counterparties,
    Party,
    is_the_bank,
    stands_for_another,
)

CONFIDENCE = [("sure", "Certain"), ("likely", "Likely"), ("check", "Please check")]
# A name alone may be somebody else's; a rule that sets a partner goes by words.
_OF_PARTNER = {"name": "check", "rule": "likely"}


class TochkaPaymentCard(models.AbstractModel):
    """Computed fields of a statement line that nothing is booked by."""

    _name = "tochka.payment.card"
    _description = "Card of a Payment of Tochka Bank"

    tochka_partner_confidence = fields.Selection(
        CONFIDENCE, compute="_compute_tochka_confidence"
    )
    tochka_item_confidence = fields.Selection(
        CONFIDENCE, compute="_compute_tochka_confidence"
    )
    tochka_partner_reason = fields.Char(compute="_compute_tochka_reasons")
    tochka_item_reason = fields.Char(compute="_compute_tochka_reasons")
    tochka_duplicate_words = fields.Char(compute="_compute_tochka_duplicate_words")
    tochka_partner_candidate_ids = fields.Many2many(
        "res.partner",
        string="May Be",
        compute="_compute_tochka_partner_candidate_ids",
        context={"active_test": False},
        help="Contacts with the same INN, account or legal name, archived ones too:"
        " several fit, so a person has to choose.",
    )
    tochka_pair_id = fields.Many2one(
        "account.bank.statement.line",
        string="Other Side",
        compute="_compute_tochka_pair",
        search="_search_tochka_pair_id",
        help="The same money on the other own account, where you may see it.",
    )
    tochka_pair_name = fields.Char(
        string="Other Account",
        compute="_compute_tochka_pair",
        help="The own account the other side was found on.",
    )

    # === HOW SURE, AND WHY === #

    @api.depends(
        "partner_id",
        "cash_flow_item_id",
        "tochka_partner_source",
        "tochka_item_source",
        "cash_flow_rule_id.general",
    )
    def _compute_tochka_confidence(self):
        for line in self:
            line.tochka_partner_confidence = bool(line.partner_id) and _OF_PARTNER.get(
                line.tochka_partner_source, "sure"
            )
            line.tochka_item_confidence = (
                bool(line.cash_flow_item_id) and line._item_confidence()
            )

    def _item_confidence(self):
        """Return how sure the item is, whether or not the user may read its rule."""
        self.ensure_one()
        if self.tochka_item_source == "rule":
            return "likely" if self.sudo().cash_flow_rule_id.general else "sure"
        return "likely" if self.tochka_item_source == "memory" else "sure"

    @api.depends(
        "partner_id",
        "cash_flow_item_id",
        "tochka_partner_source",
        "tochka_item_source",
        "cash_flow_rule_id.name",
    )
    def _compute_tochka_reasons(self):
        sources = self.fields_get(["tochka_partner_source", "tochka_item_source"])
        partner_words = dict(sources["tochka_partner_source"]["selection"])
        item_words = dict(sources["tochka_item_source"]["selection"])
        for line in self:
            line.tochka_partner_reason = bool(line.partner_id) and partner_words.get(
                line.tochka_partner_source
            )
            rule = line.sudo().cash_flow_rule_id
            if not line.cash_flow_item_id:
                line.tochka_item_reason = False
            elif line.tochka_item_source == "rule" and rule:
                line.tochka_item_reason = self.env._("By the rule “%s”", rule.name)
            else:
                line.tochka_item_reason = item_words.get(line.tochka_item_source)

    @api.depends("tochka_duplicate_id")
    def _compute_tochka_duplicate_words(self):
        for line in self:
            twin = line.tochka_duplicate_id
            parts = twin and (
                format_date(self.env, twin.date),
                twin.currency_id.format(twin.amount),
                twin.partner_id.display_name or twin.partner_name,
                twin.payment_ref,
            )
            line.tochka_duplicate_words = " · ".join(filter(None, parts or ()))

    # === WHO, AND WHICH OTHER SIDE, IT MAY BE === #

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

    @api.depends("tochka_transaction_id.pair_id.line_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_tochka_pair(self):
        pairs = {line: line.sudo().tochka_transaction_id.pair_id for line in self}
        others = self.browse(pair.line_id.id for pair in pairs.values() if pair.line_id)
        # The other account may be kept in books that are closed to this user.
        visible = others._filtered_access("read")
        for line, pair in pairs.items():
            line.tochka_pair_id = pair.line_id.sudo(False) & visible
            known = pair.company_id <= self.env.companies
            line.tochka_pair_name = (
                pair.account_id.display_name
                if known
                else self.env._("an account of another company")
            )

    def _search_tochka_pair_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        field = "tochka_transaction_id.pair_id"
        alone = Domain(field, "=", False) if False in value else Domain.FALSE
        others = [line_id for line_id in value if line_id]
        return alone | Domain(f"{field}.line_id", "in", others)
