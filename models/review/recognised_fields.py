"""What was recognised of a payment, as fields of its statement line."""

from odoo import fields, models

from ..recognition.recognised import ITEM_SOURCES, PARTNER_SOURCES


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    cash_flow_item_id = fields.Many2one(
        "cash.flow.item",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        check_company=True,
        domain="[('company_id', 'in', (company_id, False)),"
        " ('direction', 'in', ('both', amount > 0 and 'in' or 'out'))]",
    )
    cash_flow_rule_id = fields.Many2one(
        "cash.flow.rule", string="Rule", readonly=True, copy=False, ondelete="set null"
    )
    # Not analytic.mixin: OCA's reconciliation has a field of its name and label here.
    tochka_analytic_distribution = fields.Json(string="Analytics", copy=False)
    analytic_precision = fields.Integer(
        store=False,
        default=lambda self: self.env["decimal.precision"].precision_get(
            "Percentage Analytic"
        ),
    )
    part_ids = fields.One2many("cash.flow.part", "line_id", string="Parts", copy=False)
    tochka_payee = fields.Char(
        string="Payee",
        readonly=True,
        copy=False,
        help="Merchant, phone or person, read from the purpose where the bank itself"
        " stands as the counterparty.",
    )
    tochka_partner_source = fields.Selection(
        PARTNER_SOURCES, string="Partner Found", readonly=True, copy=False
    )
    tochka_item_source = fields.Selection(
        ITEM_SOURCES, string="Item Found", readonly=True, copy=False
    )
    tochka_is_transfer = fields.Boolean(
        string="Own Transfer",
        copy=False,
        help="Money between own accounts: neither income nor expense.",
    )
    tochka_duplicate_id = fields.Many2one(
        "account.bank.statement.line",
        string="Looks Like",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="A line entered before that may be the same payment.",
    )
    tochka_booked = fields.Boolean(
        readonly=True,
        copy=False,
        help="Confirmation has put the other side of the entry in place.",
    )
