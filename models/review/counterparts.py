"""What takes the place of the suspense line: decided here, booked elsewhere."""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

ON_PARTNER = ("asset_receivable", "liability_payable")


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    tochka_rest = fields.Monetary(
        string="Left to Split",
        compute="_compute_tochka_rest",
        help="The amount of the payment without its parts.",
    )

    @api.depends("amount", "part_ids.amount")
    def _compute_tochka_rest(self):
        for line in self:
            line.tochka_rest = line.amount - sum(line.part_ids.mapped("amount"))

    def write(self, vals):
        """Override of `account` to judge the parts once all of them are written."""
        if "part_ids" not in vals:
            return super().write(vals)
        together = self.with_context(tochka_parts_together=True)
        result = super(AccountBankStatementLine, together).write(vals)
        self.part_ids._check_amount()
        return result

    def _counterparts(self, left):
        """Say what the other side of one payment shall be.

        :param dict left: {invoice: what is open of it}, of the invoices asked before
            in the same batch; what this payment takes is taken off
        :return list: of dicts for `_counterpart`; empty when the entry stays as it is
        :raise UserError: with a clause, when the payment cannot be confirmed
        """
        self.ensure_one()
        if self.move_id.state != "posted":
            raise UserError(
                self.env._("its journal entry is not posted; post the entry first")
            )
        if self.tochka_duplicate_id:
            raise UserError(
                self.env._(
                    "looks like another line of the books; say first whether it is the"
                    " same payment"
                )
            )
        if self.tochka_booked:
            # It could not be undone to be booked anew.
            raise UserError(self._reason_not_to_change())
        waiting = self._waiting_item()
        if not waiting:
            return []  # another tool has been here
        if self.tochka_is_transfer:
            wanted = [self._counterpart_of_transfer()]
        elif self.part_ids:
            wanted = self._counterparts_of_parts(left)
        else:
            wanted = [self._counterpart_of_item(self.cash_flow_item_id, self.amount)]
        waits_on = waiting.account_id | self.journal_id.suspense_account_id
        if all(one["account"] in waits_on for one in wanted):
            return []
        reason = self._reason_not_to_change()
        if reason:
            raise UserError(reason)
        return wanted

    def _counterpart(self, account, amount, **more):
        """Give one counterpart.

        :param account: account.account, empty for the suspense account
        :param float amount: of the payment's currency, with its sign
        :param more: `partner`, `label`, `analytic_distribution`, `taxes`, `invoice`;
            `settled`: core shall look for no analytic distribution of its own
        """
        account = account or self.journal_id.suspense_account_id
        counterpart = {
            "account": account,
            "amount": amount,
            "partner": self.partner_id,
            "label": self.payment_ref,
            "analytic_distribution": False,
            "taxes": self.env["account.tax"],
            "invoice": self.env["account.move"],
            "settled": account.account_type in ON_PARTNER,
            **more,
        }
        waits = account == self.journal_id.suspense_account_id
        if waits or account.account_type in ON_PARTNER:
            counterpart["analytic_distribution"] = False
            counterpart["taxes"] = self.env["account.tax"]
        return counterpart

    def _counterpart_of_transfer(self):
        account = self.company_id.transfer_account_id
        if not account:
            raise UserError(
                self.env._(
                    "an own transfer, but the company %s has no inter-bank transfer"
                    " account; choose one in the accounting settings",
                    self.company_id.display_name,
                )
            )
        return self._counterpart(account, self.amount)

    def _counterpart_of_item(self, item, amount, part=None):
        """Give the counterpart of an item, for the whole payment or a part of it."""
        more = {
            "analytic_distribution": (part and part.analytic_distribution)
            or self.tochka_analytic_distribution
            or item.analytic_distribution
        }
        if part and part.label:
            more["label"] = part.label
        if item.book_on_partner and self.partner_id:
            account = self._account_of_partner(item.book_on_partner)
        else:
            account = item.with_company(self.company_id).account_id
            # The item may be everybody's, its taxes belong to one company each.
            # A branch uses those of its parent where it has none of its own.
            more["taxes"] = item.sudo().tax_ids._filter_taxes_by_company(
                self.company_id
            )
        return self._counterpart(account, amount, **more)

    def _account_of_partner(self, kind):
        """Give the receivable or payable account of the counterparty.

        :param str kind: `receivable` or `payable`
        """
        partner = self.partner_id.with_company(self.company_id)
        account = partner[f"property_account_{kind}_id"]
        if not account:
            raise UserError(
                self.env._(
                    "the counterparty %s has no account of its own in the books; set"
                    " its receivable and payable accounts",
                    partner.display_name,
                )
            )
        return account

    # === PARTS === #

    def _counterparts_of_parts(self, left):
        """Give a counterpart for every part and for the rest."""
        self._check_parts()
        if any(
            not (part.cash_flow_item_id or part.invoice_id) for part in self.part_ids
        ):
            raise UserError(
                self.env._(
                    "the invoice of a part was deleted; choose an item or another"
                    " invoice, or remove the part"
                )
            )
        wanted = [
            self._counterpart_of_invoice(part, left)
            if part.invoice_id
            else self._counterpart_of_item(part.cash_flow_item_id, part.amount, part)
            for part in self.part_ids
        ]
        if not self.currency_id.is_zero(self.tochka_rest):
            wanted.append(self._counterpart_of_rest())
        suspense = self.journal_id.suspense_account_id
        waiting = [one for one in wanted if one["account"] == suspense]
        if len(waiting) > 1:
            # Core allows one suspense line in an entry.
            amount = sum(one["amount"] for one in waiting)
            wanted = [one for one in wanted if one["account"] != suspense]
            wanted.append(self._counterpart(suspense, amount))
        return wanted

    def _check_parts(self):
        """Refuse parts that do not fit into the payment.

        :raise UserError: with a clause
        """
        currency = self.currency_id
        direction = currency.compare_amounts(self.amount, 0)
        for part in self.part_ids:
            if currency.compare_amounts(part.amount, 0) != direction:
                raise UserError(
                    self.env._("a part has the wrong sign; correct or remove it")
                )
        if currency.compare_amounts(self.tochka_rest, 0) not in (0, direction):
            raise UserError(
                self.env._("its parts exceed the amount; make them smaller")
            )

    def _counterpart_of_invoice(self, part, left):
        """Give the counterpart of a part that pays an invoice."""
        invoice = part.invoice_id
        due = invoice.line_ids.filtered(
            lambda item: (
                item.account_id.account_type in ON_PARTNER
                and not item.reconciled
                and item.parent_state == "posted"
            )
        )
        open_amount = left.get(invoice, invoice.amount_residual)
        if not due or invoice.currency_id.compare_amounts(open_amount, 0) <= 0:
            raise UserError(
                self.env._(
                    "invoice %s is already paid or not posted: choose another or remove"
                    " the part",
                    invoice.display_name,
                )
            )
        left[invoice] = open_amount - self.currency_id._convert(
            abs(part.amount), invoice.currency_id, self.company_id, self.date
        )
        # The label proposed is the invoice's name: the entry keeps the bank's purpose.
        own_label = part.label and part.label != invoice.name
        return self._counterpart(
            due[0].account_id,
            part.amount,
            partner=due[0].partner_id,
            label=part.label if own_label else self.payment_ref,
            invoice=invoice,
        )

    def _counterpart_of_rest(self):
        """Give the counterpart of what the parts leave.

        An overpaid invoice leaves it on the counterparty, items on the payment's own.
        """
        invoices = self.part_ids.invoice_id
        if not invoices:
            return self._counterpart_of_item(self.cash_flow_item_id, self.tochka_rest)
        due = invoices[-1].line_ids.filtered(
            lambda item: item.account_id.account_type in ON_PARTNER
        )[:1]
        return self._counterpart(
            due.account_id, self.tochka_rest, partner=due.partner_id
        )

    # === JOURNAL ITEMS === #

    def _simple_write(self, suspense, counterpart):
        """Give what turns the suspense line into the only counterpart.

        :return: (key of the group that is written together, values)
        """
        vals = {"account_id": counterpart["account"].id}
        if counterpart["analytic_distribution"] or counterpart["settled"]:
            vals["analytic_distribution"] = counterpart["analytic_distribution"]
        if suspense.partner_id != counterpart["partner"]:
            vals["partner_id"] = counterpart["partner"].id
        if suspense.name != counterpart["label"]:
            vals["name"] = counterpart["label"]
        return json.dumps(vals, sort_keys=True), vals

    def _journal_items(self, suspense, wanted):
        """Give the journal items that replace the suspense line, in its amounts.

        :return list: of (values for `create`, the invoice to reconcile with)
        """
        currency, company_currency = suspense.currency_id, suspense.company_currency_id
        rest_currency, rest, items = suspense.amount_currency, suspense.balance, []
        always_exigible = not any(
            one["account"].account_type in ON_PARTNER for one in wanted
        )
        for place, one in enumerate(wanted):
            if place == len(wanted) - 1:
                amount_currency, balance = rest_currency, rest
            else:
                share = one["amount"] / self.amount
                amount_currency = currency.round(suspense.amount_currency * share)
                balance = company_currency.round(suspense.balance * share)
            rest_currency -= amount_currency
            rest -= balance
            item = {
                "move_id": self.move_id.id,
                "name": one["label"],
                "account_id": one["account"].id,
                "partner_id": one["partner"].id,
                "currency_id": currency.id,
                "amount_currency": currency.round(amount_currency),
                "balance": company_currency.round(balance),
            }
            if one["analytic_distribution"] or one["settled"]:
                item["analytic_distribution"] = one["analytic_distribution"]
            if one["taxes"]:
                with_taxes = self._with_taxes(item, one, always_exigible)
                items += [(vals, one["invoice"]) for vals in with_taxes]
            else:
                items.append((item, one["invoice"]))
        return items

    def _with_taxes(self, item, counterpart, always_exigible):
        """Split an item into its base and its taxes, all included in its amount."""
        Tax, company = self.env["account.tax"], self.company_id
        taxes, balance = counterpart["taxes"], item["balance"]
        credit = balance < 0
        use = taxes[:1].type_tax_use
        base_line = Tax._prepare_base_line_for_taxes_computation(
            None,
            tax_ids=taxes,
            price_unit=item["amount_currency"],
            quantity=1.0,
            currency_id=self.env["res.currency"].browse(item["currency_id"]),
            rate=abs(item["amount_currency"] / balance) if balance else 1.0,
            special_mode="total_included",
            is_refund=use == "sale" and not credit or use == "purchase" and credit,
            partner_id=counterpart["partner"],
            account_id=counterpart["account"],
            analytic_distribution=counterpart["analytic_distribution"],
        )
        Tax._add_tax_details_in_base_lines([base_line], company)
        Tax._round_base_lines_tax_details([base_line], company)
        Tax._add_accounting_data_in_base_lines_tax_details(
            [base_line], company, include_caba_tags=always_exigible
        )
        found = Tax._prepare_tax_lines([base_line], company)
        tax_items = [
            {**vals, "move_id": item["move_id"], "display_type": "tax"}
            for vals in found["tax_lines_to_add"]
        ]
        # The base is what the taxes leave: the sum stays the bank's to the kopeck.
        [(_line, base)] = found["base_lines_to_update"]
        base_item = {
            **item,
            "tax_ids": [Command.set(taxes.ids)],
            "tax_tag_ids": base["tax_tag_ids"],
        }
        for name in ("amount_currency", "balance"):
            base_item[name] = item[name] - sum(vals[name] for vals in tax_items)
        return [base_item, *tax_items]
