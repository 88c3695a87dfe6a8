"""What recognition can find out about a payment, and by what."""

PARTNER_SOURCES = [
    ("account", "By the account number"),
    ("inn_kpp", "By INN and KPP"),
    ("inn", "By INN"),
    ("name", "By the name"),
    ("created", "Created from the payment"),
    ("own", "Own account"),
    ("rule", "By a rule"),
    ("hand", "Set by hand"),
]
ITEM_SOURCES = [
    ("rule", "By a rule"),
    ("memory", "Learnt"),
    ("hand", "Set by hand"),
]
# What recognition returns for a row before anything is found: values of fields of
# account.bank.statement.line.
NOTHING_FOUND = {
    "partner_id": False,
    "cash_flow_item_id": False,
    "tochka_analytic_distribution": False,
    "tochka_payee": False,
    "tochka_partner_source": False,
    "tochka_item_source": False,
    "cash_flow_rule_id": False,
    "tochka_is_transfer": False,
}
