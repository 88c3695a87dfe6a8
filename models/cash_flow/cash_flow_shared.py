from odoo import fields, models


class CashFlowShared(models.AbstractModel):
    """What belongs to one company, or serves all of them."""

    _name = "cash.flow.shared"
    _description = "Of One Company or of All"

    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: for every company.",
    )

    def write(self, vals):
        """Override of `odoo` to let nobody give away what he could not create so."""
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")
        return result
