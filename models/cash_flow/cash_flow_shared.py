from odoo import fields, models


class CashFlowShared(models.AbstractModel):
    """Mixin for records of one company, or of all where no company is set."""

    _name = "cash.flow.shared"
    _description = "Of One Company or of All"

    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: for every company.",
    )

    def write(self, vals):
        """Override of `base` to check the record rules again after the company changed.

        Nobody may make a record for all companies, or another one, who could not have
        created it so.
        """
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")
        return result
