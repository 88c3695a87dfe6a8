from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    kpp = fields.Char(
        string="KPP",
        size=9,
        help="Tax registration reason code: tells the branches of one INN apart.",
    )
