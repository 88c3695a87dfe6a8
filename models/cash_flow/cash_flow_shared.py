from odoo import fields, models


class CashFlowShared(models.AbstractModel):
    """Mixin for records of one company, or of all where no company is set."""

    _name = "cash.flow.shared"
    _inherit = ["tochka.walled"]
    _description = "Of One Company or of All"

    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: for every company.",
    )
