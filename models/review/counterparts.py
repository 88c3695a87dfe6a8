"""Decide what takes the place of a payment's suspense item; booking writes it."""

from dataclasses import dataclass
from typing import Any

from odoo.exceptions import UserError

ON_PARTNER = ("asset_receivable", "liability_payable")


@dataclass(frozen=True, eq=False)
class Counterpart:
    """The other side of a payment, or of a part of it.

    `amount` is in the payment's currency and has the payment's sign. The records are
    empty where there is no partner, tax or invoice; taxes are included in the amount.
    """

    account: Any  # account.account
    amount: float
    partner: Any  # res.partner
    label: str
    analytic_distribution: dict | bool
    taxes: Any  # account.tax
    invoice: Any  # account.move to reconcile with

    @property
    def is_on_partner(self):
        """Whether it stands on a receivable or payable account."""
        return self.account.account_type in ON_PARTNER


def counterpart(
    line,
    account,
    amount,
    *,
    partner=None,
    label=None,
    analytic_distribution=False,
    taxes=None,
    invoice=None,
):
    """Return a Counterpart with the payment's own values where none are given.

    Items on suspense or partner accounts have neither taxes nor analytics.

    :param account: account.account, empty for the journal's suspense account
    :param float amount: in the payment's currency, with the payment's sign
    """
    suspense = line.journal_id.suspense_account_id
    account = account or suspense
    no_taxes = line.env["account.tax"]
    plain = account == suspense or account.account_type in ON_PARTNER
    return Counterpart(
        account=account,
        amount=amount,
        partner=line.partner_id if partner is None else partner,
        label=line.payment_ref if label is None else label,
        analytic_distribution=False if plain else analytic_distribution,
        taxes=no_taxes if plain or taxes is None else taxes,
        invoice=line.env["account.move"] if invoice is None else invoice,
    )


def decide(line, left):
    """Return the counterparts of one payment; see `_counterparts` of the line."""
    env = line.env
    if line.move_id.state != "posted":
        raise UserError(env._("its journal entry is not posted; post the entry first"))
    if line.tochka_duplicate_id:
        raise UserError(
            env._(
                "looks like another line of the books; say first whether it is the"
                " same payment"
            )
        )
    if line.tochka_booked:
        # The booking of new payments has been undone by now where that was possible.
        raise UserError(line._reason_not_to_change())
    waiting = waiting_item(line)
    if not waiting:
        return []  # booked by another tool
    if line.tochka_is_transfer:
        wanted = [line._counterpart_of_transfer()]
    elif line.part_ids:
        wanted = of_parts(line, left)
    else:
        wanted = [line._counterpart_of_item(line.cash_flow_item_id, line.amount)]
    waits_on = waiting.account_id | line.journal_id.suspense_account_id
    if all(one.account in waits_on for one in wanted):
        return []
    reason = line._reason_not_to_change()
    if reason:
        raise UserError(reason)
    return wanted


def waiting_item(line):
    """Return the journal item that waits for its counterpart.

    The journal may have got another suspense account since the payment was loaded.

    :return: account.move.line, empty when another tool has booked the payment
    """
    _liquidity, suspense, others = line._seek_for_lines()
    if not suspense and others.account_id <= _suspense_accounts(line):
        suspense, others = others, others.browse()
    matched = suspense.matched_debit_ids or suspense.matched_credit_ids
    return suspense.browse() if len(suspense) != 1 or others or matched else suspense


def _suspense_accounts(line):
    """Return all suspense accounts of the company, its default one included."""
    company = line.journal_id.company_id.sudo()
    journals = company.bank_journal_ids
    return journals.suspense_account_id | company.account_journal_suspense_account_id


# === TRANSFERS AND ITEMS === #


def of_transfer(line):
    """Return the counterpart of an own transfer.

    :raise UserError: with a clause, when the company has no transfer account
    """
    account = line.company_id.transfer_account_id
    if not account:
        raise UserError(
            line.env._(
                "an own transfer, but the company %s has no inter-bank transfer"
                " account; choose one in the accounting settings",
                line.company_id.display_name,
            )
        )
    return counterpart(line, account, line.amount)


def of_item(line, item, amount, part):
    """Return the counterpart of an item, for the whole payment or a part of it.

    :param part: cash.flow.part, or None for the payment or its rest
    """
    taxes = None
    if item.book_on_partner and line.partner_id:
        account = line._account_of_partner(item.book_on_partner)
    else:
        account = item.with_company(line.company_id).account_id
        # The item may be shared by all companies, its taxes belong to one company
        # each. A branch without taxes of its own uses those of its parent.
        taxes = item.sudo().tax_ids._filter_taxes_by_company(line.company_id)
    return counterpart(
        line,
        account,
        amount,
        label=part and part.label or None,
        analytic_distribution=(part and part.analytic_distribution)
        or line.tochka_analytic_distribution
        or item.analytic_distribution,
        taxes=taxes,
    )


def account_of_partner(line, kind):
    """Return the receivable or payable account of the counterparty.

    :param str kind: `receivable` or `payable`
    :raise UserError: with a clause, when it has none
    """
    partner = line.partner_id.with_company(line.company_id)
    account = partner[f"property_account_{kind}_id"]
    if not account:
        raise UserError(
            line.env._(
                "the counterparty %s has no account of its own in the books; set"
                " its receivable and payable accounts",
                partner.display_name,
            )
        )
    return account


# === PARTS === #


def of_parts(line, left):
    """Return a counterpart for every part and for the rest.

    :param dict left: {invoice: what is open of it in this batch}; changed
    :raise UserError: with a clause
    """
    line._check_parts()
    parts = line.part_ids
    if any(not (part.cash_flow_item_id or part.invoice_id) for part in parts):
        raise UserError(
            line.env._(
                "the invoice of a part was deleted; choose an item or another"
                " invoice, or remove the part"
            )
        )
    wanted = [
        line._counterpart_of_invoice(part, left)
        if part.invoice_id
        else line._counterpart_of_item(part.cash_flow_item_id, part.amount, part)
        for part in parts
    ]
    if not line.currency_id.is_zero(line.tochka_rest):
        wanted.append(_of_rest(line))
    suspense = line.journal_id.suspense_account_id
    waiting = [one for one in wanted if one.account == suspense]
    if len(waiting) > 1:
        # Core allows one suspense item in an entry.
        amount = sum(one.amount for one in waiting)
        wanted = [one for one in wanted if one.account != suspense]
        wanted.append(counterpart(line, suspense, amount))
    return wanted


def check_parts(line):
    """Refuse parts that do not fit into the payment.

    :raise UserError: with a clause
    """
    currency = line.currency_id
    direction = currency.compare_amounts(line.amount, 0)
    for part in line.part_ids:
        if currency.compare_amounts(part.amount, 0) != direction:
            raise UserError(
                line.env._("a part has the wrong sign; correct or remove it")
            )
    if currency.compare_amounts(line.tochka_rest, 0) not in (0, direction):
        raise UserError(line.env._("its parts exceed the amount; make them smaller"))


def of_invoice(line, part, left):
    """Return the counterpart of a part that pays an invoice.

    :param dict left: {invoice: what is open of it in this batch}; changed
    :raise UserError: with a clause, when nothing is open
    """
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
            line.env._(
                "invoice %s is already paid or not posted: choose another or remove"
                " the part",
                invoice.display_name,
            )
        )
    left[invoice] = open_amount - line.currency_id._convert(
        abs(part.amount), invoice.currency_id, line.company_id, line.date
    )
    # The label proposed is the invoice's name; the entry keeps the bank's purpose then.
    own_label = part.label and part.label != invoice.name
    return counterpart(
        line,
        due[0].account_id,
        part.amount,
        partner=due[0].partner_id,
        label=part.label if own_label else None,
        invoice=invoice,
    )


def _of_rest(line):
    """Return the counterpart of what the parts leave.

    What is paid beyond invoices stays on the counterparty's account; beside parts of
    items alone, the rest goes by the item of the payment.
    """
    invoices = line.part_ids.invoice_id
    if not invoices:
        return line._counterpart_of_item(line.cash_flow_item_id, line.tochka_rest)
    due = invoices[-1].line_ids.filtered(
        lambda item: item.account_id.account_type in ON_PARTNER
    )[:1]
    return counterpart(line, due.account_id, line.tochka_rest, partner=due.partner_id)
