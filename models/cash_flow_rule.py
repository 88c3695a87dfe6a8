from odoo import fields, models

from .cash_flow_item import DIRECTIONS


class CashFlowRule(models.Model):
    """Which payments get which cash-flow item: plain fields, compiled into a domain.

    Rules are asked in order, the first that matches wins. A general rule gives way to
    what was learnt of the counterparty.
    """

    _name = "cash.flow.rule"
    _description = "Cash Flow Rule"
    _inherit = ["analytic.mixin"]
    _order = "general, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    general = fields.Boolean(
        help="Asked last: what was learnt of the counterparty goes first."
    )
    direction = fields.Selection(DIRECTIONS, required=True, default="both")
    partner_ids = fields.Many2many("res.partner", string="Counterparties")
    partner_tag_ids = fields.Many2many(
        "res.partner.category", string="Tags of the Counterparty"
    )
    purpose_words = fields.Text(
        string="Purpose Contains",
        help="Any of these, one in a line; capitals do not matter.",
    )
    purpose_pattern = fields.Char(
        string="Purpose Matches", help="A regular expression of PostgreSQL."
    )
    amount_from = fields.Float(digits=(16, 2))
    amount_to = fields.Float(digits=(16, 2), help="0: no upper bound.")
    type_code = fields.Char(string="Operation Type")
    account_ids = fields.Many2many("tochka.account", string="Own Accounts")
    kbk = fields.Char(
        string="Budget Code (KBK)", help="The code, or how it begins; commas between."
    )
    cash_flow_item_id = fields.Many2one("cash.flow.item", ondelete="restrict")
    partner_id = fields.Many2one("res.partner", string="Counterparty to Set")
    label = fields.Char(help="Takes the place of the payment's label in the books.")
    auto_confirm = fields.Boolean(string="Confirm by Itself")
