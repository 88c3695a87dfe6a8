"""What was recognised of a payment, and by what."""

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
# What recognition gives for every row, see `tochka.transaction._recognise`.
NOTHING = {
    "partner_id": False,
    "cash_flow_item_id": False,
    "tochka_analytic_distribution": False,
    "tochka_payee": False,
    "tochka_partner_source": False,
    "tochka_item_source": False,
    "cash_flow_rule_id": False,
    "tochka_is_transfer": False,
}
