from odoo import fields, models


class CashFlowPart(models.Model):
    """One part of a payment: an item, or an invoice it pays, and how much."""

    _name = "cash.flow.part"
    _description = "Part of a Payment"
    _inherit = ["analytic.mixin"]
    _order = "line_id, sequence, id"

    line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Payment",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    sequence = fields.Integer(default=10)
    amount = fields.Monetary(required=True, help="With the sign of the payment.")
    cash_flow_item_id = fields.Many2one("cash.flow.item", ondelete="restrict")
    invoice_id = fields.Many2one(
        "account.move", index="btree_not_null", ondelete="cascade"
    )
    label = fields.Char()
    source = fields.Selection(
        [
            ("hand", "Set by hand"),
            ("named", "Named in the purpose"),
            ("residual", "The only one with this amount due"),
        ],
        required=True,
        default="hand",
        readonly=True,
    )
