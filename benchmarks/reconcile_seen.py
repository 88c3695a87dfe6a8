"""Read a statement line: its entry, and what OCA's screens show of it."""

FORM = "account_reconcile_oca.bank_statement_line_form_reconcile_view"
CARDS = "account_reconcile_oca.bank_statement_line_reconcile_view"


def entry(line):
    """Return the items of a line's entry: [id, account, partner, balance, matched]."""
    return [
        [item.id, *_what(item), bool(item.matched_debit_ids + item.matched_credit_ids)]
        for item in line.line_ids.sorted("id")
    ]


def sums(line):
    """Return the items of the entry, sorted: [account, partner, balance] each."""
    return sorted(_what(item) for item in line.line_ids)


def _what(item):
    return [item.account_id.display_name, item.partner_id.name or "", item.balance]


def on_suspense(line):
    """Tell whether the other side of the entry is still the suspense account."""
    return line.journal_id.suspense_account_id in line.line_ids.account_id


def register(line):
    """Return the review that the register of payments has."""
    return line.tochka_transaction_id.review


def in_oca(line):
    """Return what OCA's screens show of a line.

    :return: dict of ``reconciled``, ``listed`` (to be reconciled), ``to_check``,
        ``balanced``, ``open`` (an amount has no other side yet), ``others`` (names of
        partners that are not the line's)
    """
    shown = _read_as_the_form(line)
    lines = shown["reconcile_data_info"]["data"]
    return {
        "reconciled": shown["is_reconciled"],
        "listed": line in _waiting(line),
        "to_check": not shown["checked"],
        "balanced": line.company_currency_id.is_zero(
            sum(one["amount"] for one in lines)
        ),
        "open": any(one["kind"] == "suspense" for one in lines),
        "others": [
            one["partner_id"][1]
            for one in lines
            if one["partner_id"] and one["partner_id"][0] not in line.partner_id.ids
        ],
    }


def _read_as_the_form(line):
    """Read all fields of OCA's form and of its cards, as the browser does."""
    values = {}
    for name, kind in ((CARDS, "kanban"), (FORM, "form")):
        view = line.get_view(line.env.ref(name).id, kind)
        fields = {field: {} for field in view["models"][line._name]}
        [read] = line.web_read(fields)
        values.update(read)
    return values


def _waiting(line):
    """Return the lines that OCA's «Reconcile» of the journal's card lists."""
    domain = [("journal_id", "=", line.journal_id.id), ("is_reconciled", "=", False)]
    return line.search(domain)
