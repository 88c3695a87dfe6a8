from odoo import api, fields, models
from odoo.exceptions import UserError

DIRECTIONS = [("in", "Money in"), ("out", "Money out"), ("both", "Both")]
ACTIVITIES = [
    ("operating", "Operating"),
    ("investing", "Investing"),
    ("financing", "Financing"),
]
# Fields that keep an item from being deleted: (model, field).
_USERS = (
    ("account.bank.statement.line", "cash_flow_item_id"),
    ("cash.flow.part", "cash_flow_item_id"),
    ("cash.flow.rule", "cash_flow_item_id"),
    ("cash.flow.item", "parent_id"),
)


class CashFlowItem(models.Model):
    """What a payment was for, in the cash flow statement («статья ДДС»).

    On confirmation the item decides where the other side of the payment is booked: on
    the counterparty's own account, on `account_id`, or nowhere yet (suspense).
    """

    _name = "cash.flow.item"
    _description = "Cash Flow Item"
    _inherit = ["analytic.mixin", "cash.flow.shared"]
    _parent_store = True
    _order = "sequence, id"
    _rec_names_search = ["name", "parent_id.name"]

    name = fields.Char(required=True, translate=True)
    display_name = fields.Char(recursive=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one("cash.flow.item", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    direction = fields.Selection(DIRECTIONS, required=True, default="both")
    activity = fields.Selection(ACTIVITIES, required=True, default="operating")
    book_on_partner = fields.Selection(
        [
            ("receivable", "Receivable: as a customer"),
            ("payable", "Payable: as a supplier"),
        ],
        string="On the Counterparty's Account",
        help="The other side is booked on the receivable or payable account of the"
        " counterparty, where invoices can be matched with it.",
    )
    account_id = fields.Many2one(
        "account.account",
        string="Counterpart Account",
        company_dependent=True,
        domain="[('account_type', 'not in', ('asset_cash', 'liability_credit_card'))]",
        help="Takes the place of the suspense account when a payment is confirmed."
        " Empty: the payment waits for the reconciliation tool.",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        help="Included in the amount of the payment.",
    )

    @api.depends("name", "parent_id.display_name")
    def _compute_display_name(self):
        for item in self:
            parts = (item.parent_id.display_name, item.name)
            item.display_name = " / ".join(filter(None, parts))

    @api.ondelete(at_uninstall=False)
    def _refuse_while_in_use(self):
        """Keep items that payments, parts, rules or other items refer to.

        :raise UserError: with the number of records that refer to the item
        """
        for item in self:
            # Records of companies the user may not see count as well.
            used = sum(
                item.env[model]
                .sudo()
                .with_context(active_test=False)
                .search_count([(name, "=", item.id)])
                for model, name in _USERS
            )
            if used:
                raise UserError(
                    self.env._(
                        "The item “%(item)s” is in use (%(count)s times: in payments,"
                        " rules or as a parent). Archive it instead, then it is no"
                        " longer proposed.",
                        item=item.display_name,
                        count=used,
                    )
                )
