from odoo import fields, models


class CashFlowMemory(models.Model):
    """The item a person set by hand for a counterparty and a direction.

    The counterparty is a partner, or, where the bank stands in its place, the payee
    read from the purpose.
    """

    _name = "cash.flow.memory"
    _description = "Learnt Cash Flow Item"
    _order = "write_date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one("res.partner", ondelete="cascade", index=True)
    payee = fields.Char(index=True)
    direction = fields.Selection(
        [("in", "Money in"), ("out", "Money out")], required=True
    )
    cash_flow_item_id = fields.Many2one(
        "cash.flow.item", required=True, ondelete="cascade"
    )
    times = fields.Integer(
        default=1, help="How often the same correction was made in a row."
    )
    offer = fields.Selection(
        [("made", "Offered"), ("accepted", "Accepted"), ("declined", "Declined")],
        readonly=True,
        help="What became of «always do so?».",
    )

    _who_unique = models.UniqueIndex(
        "(company_id, direction, COALESCE(partner_id, 0), COALESCE(payee, ''))"
    )
