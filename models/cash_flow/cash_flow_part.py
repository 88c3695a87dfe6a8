from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# The context value that says «the payment checks all its parts together»; JSON cannot
# carry it, so nobody sends it over RPC.
PARTS_TOGETHER = object()


class CashFlowPart(models.Model):
    """One part of a payment: how much of it goes to an item or pays an invoice.

    Parts of new payments may be changed. Confirmation books them; then they stay until
    the payment is put back to new.
    """

    _name = "cash.flow.part"
    _description = "Part of a Payment"
    _inherit = ["analytic.mixin"]
    _order = "line_id, sequence, id"
    _check_company_auto = True

    line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Payment",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    payment_amount = fields.Monetary(
        related="line_id.amount", string="Amount of the Payment"
    )
    commercial_partner_id = fields.Many2one(
        related="line_id.partner_id.commercial_partner_id", string="Counterparty"
    )
    sequence = fields.Integer(default=10)
    amount = fields.Monetary(required=True, help="With the sign of the payment.")
    cash_flow_item_id = fields.Many2one(
        "cash.flow.item", ondelete="restrict", check_company=True
    )
    invoice_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        ondelete="set null",  # keep the part: without it another amount would be booked
        check_company=True,
        domain="[('company_id', '=', company_id), ('state', '=', 'posted'),"
        " ('amount_residual', '>', 0),"
        " ('amount_residual_signed', payment_amount > 0 and '>' or '<', 0),"
        " ('move_type', '!=', 'entry'),"
        " ('commercial_partner_id', '=?', commercial_partner_id)]",
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

    # === WHAT IS PROPOSED WHILE SPLITTING === #

    @api.onchange("invoice_id")
    def _onchange_invoice_id(self):
        """Propose what the invoice has open, but no more than is left of the payment.

        Invoices in another currency are converted at the rate of the payment's day.
        """
        invoice = self.invoice_id
        if not invoice:
            return
        line = self.line_id
        rest = abs(line.amount - sum((line.part_ids - self).mapped("amount")))
        due = invoice.currency_id._convert(
            invoice.amount_residual,
            self.currency_id,
            self.company_id,
            line.date or fields.Date.context_today(self),
        )
        self.amount = min(rest, due) * (-1 if line.amount < 0 else 1)
        self.label = invoice.name

    @api.onchange("amount")
    def _onchange_amount(self):
        """Set the sign of the payment on the part, whatever sign was typed."""
        if self.amount * self.line_id.amount < 0:
            self.amount = -self.amount

    # === WHAT IS REFUSED === #

    @api.constrains("amount", "cash_flow_item_id", "invoice_id")
    def _check_what_for(self):
        if any(not (part.cash_flow_item_id or part.invoice_id) for part in self):
            raise ValidationError(
                self.env._(
                    "A part of a payment needs a cash-flow item or an invoice. Choose"
                    " one of them or remove the part."
                )
            )

    @api.constrains("amount", "line_id")
    def _check_amount(self):
        """Refuse parts that do not fit into their payments.

        While a payment writes all its parts, it calls this once they are written.
        """
        if self.env.context.get("tochka_parts_together") is PARTS_TOGETHER:
            return
        for line in self.line_id:
            try:
                line._check_parts()
            except UserError as reason:
                raise ValidationError(
                    self.env._(
                        "The payment of %(day)s for %(amount)s cannot be split like"
                        " this: %(reason)s.",
                        day=line.date.strftime("%d.%m.%Y"),
                        amount=line.currency_id.format(line.amount),
                        reason=reason.args[0],
                    )
                ) from reason

    @api.constrains("invoice_id", "line_id")
    def _check_invoice(self):
        for part in self.filtered("invoice_id"):
            invoice = part.invoice_id
            incoming = invoice.move_type in ("out_invoice", "in_refund", "out_receipt")
            outgoing = invoice.move_type in ("in_invoice", "out_refund", "in_receipt")
            if not (incoming if part.line_id.amount > 0 else outgoing):
                raise ValidationError(
                    self.env._(
                        "%(invoice)s cannot be paid by this payment: the money goes the"
                        " other way. Choose another invoice.",
                        invoice=invoice.display_name,
                    )
                )

    def _check_lines_are_new(self):
        """Refuse to change the parts of payments that are confirmed or not the bank's.

        :raise UserError: with what to do next
        """
        lines = self.line_id
        lines.check_access("write")
        for line in lines:
            if line.tochka_review != "new":
                raise UserError(
                    self.env._(
                        "Only new payments of Tochka Bank can be split. Put the payment"
                        " of %s back to new first.",
                        line.date.strftime("%d.%m.%Y"),
                    )
                )
        lines._undo_booking_of_new()

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to leave confirmed payments as they are."""
        parts = super().create(vals_list)
        parts._check_lines_are_new()
        return parts

    def write(self, vals):
        """Override of `base` to leave confirmed payments as they are."""
        self._check_lines_are_new()
        result = super().write(vals)
        self._check_lines_are_new()
        return result

    def unlink(self):
        """Override of `base` to leave confirmed payments as they are."""
        self._check_lines_are_new()
        return super().unlink()
