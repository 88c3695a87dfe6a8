"""Open invoices a payment is for: named in the purpose, or the only one that fits."""

from collections import defaultdict

from odoo.tools import SQL

from .texts.invoice_numbers import FOLD_FROM, FOLD_TO, fold_number, numbers, tail

# Money in pays what customers owe and what suppliers give back.
_INCOMING = ("out_invoice", "in_refund")
_OUTGOING = ("in_invoice", "out_refund")
# The bank's currencies have no finer unit.
_DIGITS = 2
_WRITTEN = ("name", "payment_reference", "ref")


def propose_invoices(rows):
    """Propose open invoices as parts of the new payments of rows that have none.

    An invoice is proposed that the purpose names and the counterparty has open;
    where the purpose names none, the only one whose residual equals the payment.
    The same currency only. What other new payments are going to pay of an invoice
    is not proposed again. A fixed number of queries for any number of rows.

    :param rows: tochka.transaction
    """
    payments = _payments_without_parts(rows)
    for payment in payments:
        payment["named"] = numbers(payment["purpose"])
    invoices = _open_invoices(rows.env, payments)
    if not invoices:
        return
    left = _left_of(rows.env, invoices)
    of_partner, by_name = defaultdict(list), defaultdict(list)
    for invoice in invoices:
        invoice["folded"] = {
            fold_number(invoice[name]) for name in _WRITTEN if invoice[name]
        }
        of_partner[invoice["partner"], _key(invoice)].append(invoice)
        by_name[fold_number(invoice["name"]), _key(invoice)].append(invoice)
    parts = []
    for payment in payments:
        if payment["partner"]:
            candidates = of_partner[payment["partner"], _key(payment)]
            parts += _of_partner(payment, candidates, left)
        else:
            parts += _of_nobody(payment, by_name, left)
    _insert_parts(rows.env, parts)


def _payments_without_parts(rows):
    """Return what is needed of the new lines of rows, in the bank's order.

    :return list: of dicts `line`, `amount`, `currency`, `partner` (commercial),
        `purpose`, `incoming`, `company`
    """
    for model in ("account.bank.statement.line", "cash.flow.part", "res.partner"):
        rows.env[model].flush_model()
    rows.flush_recordset()
    return rows.env.execute_query_dict(
        SQL(
            "SELECT line.id AS line, line.amount, line.currency_id AS currency,"
            " line.company_id AS company, partner.commercial_partner_id AS partner,"
            " own.purpose, line.amount > 0 AS incoming"
            " FROM tochka_transaction own"
            " JOIN account_bank_statement_line line ON line.id = own.line_id"
            " LEFT JOIN res_partner partner ON partner.id = line.partner_id"
            " WHERE own.id = ANY(%s) AND line.tochka_review = 'new'"
            " AND line.amount <> 0 AND line.tochka_is_transfer IS NOT TRUE"
            " AND NOT EXISTS (SELECT FROM cash_flow_part WHERE line_id = line.id)"
            " ORDER BY own.date, own.id",
            rows.ids,
        )
    )


def _open_invoices(env, payments):
    """Return the open invoices of the counterparties, and those named in full.

    :return list: of dicts `id`, `name`, `payment_reference`, `ref`, `invoice_date`,
        `residual`, `currency`, `company`, `partner`, `incoming`
    """
    partners = {one["partner"] for one in payments if one["partner"]}
    full_names = {
        fold_number(number)
        for one in payments
        if not one["partner"]
        for number, _day in one["named"]
        if not number.isdigit()
    }
    if not partners and not full_names:
        return []
    env["account.move"].flush_model()
    return env.execute_query_dict(
        SQL(
            "SELECT id, name, payment_reference, ref, invoice_date,"
            " amount_residual AS residual, currency_id AS currency,"
            " company_id AS company, commercial_partner_id AS partner,"
            " move_type IN %s AS incoming"
            " FROM account_move"
            " WHERE company_id = ANY(%s) AND state = 'posted'"
            " AND payment_state IN ('not_paid', 'partial')"
            " AND move_type IN %s AND amount_residual > 0"
            " AND (commercial_partner_id = ANY(%s)"
            " OR translate(name, %s, %s) = ANY(%s))"
            " ORDER BY invoice_date, id",
            _INCOMING,
            list({one["company"] for one in payments}),
            _INCOMING + _OUTGOING,
            list(partners),
            FOLD_FROM,
            FOLD_TO,
            list(full_names),
        )
    )


def _left_of(env, invoices):
    """Return what the parts of other new payments leave of each invoice.

    :return dict: {id of the invoice: amount in its currency}
    """
    taken = dict(
        env.execute_query(
            SQL(
                "SELECT part.invoice_id, SUM(ABS(part.amount))"
                " FROM cash_flow_part part"
                " JOIN account_bank_statement_line line ON line.id = part.line_id"
                " JOIN account_move invoice ON invoice.id = part.invoice_id"
                " WHERE part.invoice_id = ANY(%s) AND line.tochka_review = 'new'"
                " AND line.currency_id = invoice.currency_id"
                " GROUP BY part.invoice_id",
                [one["id"] for one in invoices],
            )
        )
    )
    return {one["id"]: one["residual"] - taken.get(one["id"], 0) for one in invoices}


def _insert_parts(env, parts):
    """Insert parts at once: the ORM would ask anew for every hundred of them.

    :param list parts: of dicts `line`, `company`, `sequence`, `amount`, `invoice`,
        `label`, `source`
    """
    if not parts:
        return
    env.cr.execute(
        SQL(
            "INSERT INTO cash_flow_part (line_id, company_id, sequence, amount,"
            " invoice_id, label, source, create_uid, create_date, write_uid,"
            " write_date) VALUES %s",
            SQL(", ").join(
                SQL(
                    "(%s, %s, %s, %s, %s, %s, %s, %s, NOW() AT TIME ZONE 'UTC', %s,"
                    " NOW() AT TIME ZONE 'UTC')",
                    part["line"],
                    part["company"],
                    part["sequence"],
                    part["amount"],
                    part["invoice"],
                    part["label"],
                    part["source"],
                    env.uid,
                    env.uid,
                )
                for part in parts
            ),
        )
    )
    env["cash.flow.part"].invalidate_model(flush=False)
    env["account.bank.statement.line"].invalidate_model(
        ["part_ids", "tochka_rest"], flush=False
    )


def _key(one):
    """Return what a payment and an invoice must have in common to meet."""
    return one["company"], one["currency"], one["incoming"]


def _of_partner(payment, candidates, left):
    """Return the parts of a payment of a known counterparty.

    :param list candidates: its open invoices in currency and direction of the payment
    :param dict left: {invoice: what is left}, changed by what the parts take
    """
    if payment["named"]:
        found = (_named(number, day, candidates) for number, day in payment["named"])
        chosen = list({one["id"]: one for one in found if one}.values())
        return _parts(payment, chosen, left, "named")
    amount = abs(payment["amount"])
    equal = [one for one in candidates if one["residual"] == amount]
    if len(equal) == 1 and left[equal[0]["id"]] == amount:
        return _parts(payment, equal, left, "residual")
    return []


def _named(number, day, candidates):
    """Find the only invoice a number means, by its whole or by its digits at the end.

    Digits alone never reach into another year than the one that was told.
    """
    folded = fold_number(number)
    exact = [one for one in candidates if folded in one["folded"]]
    if not exact and number.isdigit():
        exact = [
            one
            for one in candidates
            if int(number) in map(tail, one["folded"])
            and (not day or day.year == one["invoice_date"].year)
        ]
    if len(exact) > 1:
        exact = [one for one in exact if one["invoice_date"] == day]
    return exact[0] if len(exact) == 1 else None


def _of_nobody(payment, by_name, left):
    """Return the part of a payment without counterparty, if it is certain.

    :param dict by_name: {(folded name, key): invoices}
    """
    for number, _day in payment["named"]:
        same = by_name[fold_number(number), _key(payment)]
        if len(same) == 1 and not number.isdigit():
            invoice = same[0]
            if invoice["residual"] == abs(payment["amount"]) == left[invoice["id"]]:
                return _parts(payment, same, left, "named")
    return []


def _parts(payment, invoices, left, source):
    """Return the parts that pay invoices in their order, while the money lasts."""
    rest, parts = abs(payment["amount"]), []
    for invoice in invoices:
        amount = min(rest, left[invoice["id"]])
        if amount <= 0:
            continue
        rest = round(rest - amount, _DIGITS)
        left[invoice["id"]] = round(left[invoice["id"]] - amount, _DIGITS)
        parts.append(
            {
                "line": payment["line"],
                "company": payment["company"],
                "sequence": 10 * (len(parts) + 1),
                "amount": amount if payment["incoming"] else -amount,
                "invoice": invoice["id"],
                "label": invoice["name"],
                "source": source,
            }
        )
    return parts
