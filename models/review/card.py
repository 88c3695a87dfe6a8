"""What a person reads of the recognition: by what, and how sure it is."""

from odoo import api, fields, models
from odoo.tools import format_date

CONFIDENCE = [("sure", "Certain"), ("likely", "Likely"), ("check", "Please check")]
# A name alone may belong to somebody else; a general rule goes by words of the purpose.
_OF_PARTNER = {"name": "check", "rule": "likely"}


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    tochka_partner_confidence = fields.Selection(
        CONFIDENCE, compute="_compute_tochka_confidence"
    )
    tochka_item_confidence = fields.Selection(
        CONFIDENCE, compute="_compute_tochka_confidence"
    )
    tochka_partner_reason = fields.Char(compute="_compute_tochka_reasons")
    tochka_item_reason = fields.Char(compute="_compute_tochka_reasons")
    tochka_duplicate_words = fields.Char(compute="_compute_tochka_duplicate_words")

    @api.onchange("partner_id")
    def _onchange_partner_by_hand(self):
        """Show at once what saving will note: a person chose."""
        self.tochka_partner_source = "hand"

    @api.onchange("cash_flow_item_id")
    def _onchange_item_by_hand(self):
        """Show at once what saving will note: a person chose."""
        self.tochka_item_source = "hand"
        self.cash_flow_rule_id = False

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
        """Say how sure the item is; a rule's origin is asked with its own rights."""
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
