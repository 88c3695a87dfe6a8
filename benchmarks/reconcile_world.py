"""Create the company, the accounts and the payments of `dev/bench reconcile`."""

from odoo_here import bind, company_in_roubles, connection_by_key

from odoo.fields import Command

DAY = "2026-03-03"
# Accounts of the simulator: in roubles, in yuan, and one whose journal keeps the
# suspense account (OCA's other mode).
NUMBERS = {
    "roubles": "40702810801500031007",
    "yuan": "40702156001500031008",
    "keeping": "40802810101500044021",
}
EXTRA = "016000"
FIRM = {
    "name": "АО Сверка",
    "inn": "2901055129",
    "kpp": "290101001",
    "account": "40702810400000918273",
    "bic": "044529901",
}
# OCA takes this payer for the customer above, whose name contains it.
NAMESAKE = {**FIRM, "name": "Сверка", "inn": "", "kpp": "", "account": ""}
AUTOMATIC = "Абонентская плата"
# The payment of each case: (direction, amount, account).
CASES = {
    "in": ("credit", "1000.10", "roubles"),
    "out": ("debit", "1100.20", "roubles"),
    "yuan": ("credit", "120.30", "yuan"),
    "analytics": ("credit", "1200.30", "roubles"),
    "without account": ("credit", "1300.40", "roubles"),
    "back": ("credit", "1400.50", "roubles"),
    "undone": ("credit", "1500.60", "roubles"),
    "to check": ("credit", "1600.70", "roubles"),
    "split": ("credit", "1650.70", "roubles"),
    "other firm": ("credit", "1660.70", "roubles"),
    "checked": ("credit", "1700.80", "roubles"),
    "invoice": ("credit", "1800.90", "roubles"),
    "part of an invoice": ("credit", "1850.90", "roubles"),
    "written off": ("debit", "1900.15", "roubles"),
    "automatic": ("debit", "2000.25", "roubles"),
    "undone new": ("credit", "2100.35", "roubles"),
    "kept": ("credit", "2200.45", "keeping"),
    "namesake": ("credit", "2300.55", "roubles"),
}


def purpose(case):
    """Return the payment purpose of a case."""
    return f"{AUTOMATIC if case == 'automatic' else 'Проверка сверки'}: {case}"


def make_world(env, info):
    """Create a company with its accounts, a customer, items and an accountant.

    :return: dict of ids: ``company``, ``person``, ``firm``, ``other_firm``, ``book``
        (an account), ``item`` (booked on it), ``bare_item``, ``analytic``, ``accounts``
        by name, ``extra`` (a list)
    """
    company = company_in_roubles(env)
    env = env(context={"lang": None, "allowed_company_ids": company.ids})
    connection = connection_by_key(env, company, info)
    chosen = connection.account_ids.filtered("is_open")
    for account in chosen:
        bind(account)
    numbers = {one.number: one.id for one in chosen}
    book = env["account.account"].search(
        [("account_type", "=", "income_other"), ("company_ids", "=", company.id)],
        limit=1,
    )
    item, bare_item = env["cash.flow.item"].create(
        [{"name": "Сверено", "account_id": book.id}, {"name": "Без счёта"}]
    )
    return {
        "company": company.id,
        "person": _person(env, company).id,
        "firm": _firm(env).id,
        "other_firm": env["res.partner"].create({"name": "ООО Иная"}).id,
        "book": book.id,
        "item": item.id,
        "bare_item": bare_item.id,
        "analytic": _analytic_account(env, company).id,
        "accounts": {name: numbers[number] for name, number in NUMBERS.items()},
        "extra": [one for number, one in sorted(numbers.items()) if EXTRA in number],
    }


def _person(env, company):
    groups = ("account_tochka.group_tochka_user", "account.group_account_user")
    return env["res.users"].create(
        {
            "name": "Ольга Бухгалтер",
            "login": "bench_accountant",
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.link(env.ref(name).id) for name in groups],
        }
    )


def _firm(env):
    return env["res.partner"].create(
        {
            "name": FIRM["name"],
            "is_company": True,
            "vat": FIRM["inn"],
            "bank_ids": [Command.create({"acc_number": FIRM["account"]})],
        }
    )


def _analytic_account(env, company):
    plan = env["account.analytic.plan"].create({"name": "Проекты"})
    return env["account.analytic.account"].create(
        {"name": "Проект", "plan_id": plan.id, "company_id": company.id}
    )


def set_up_oca(env, world):
    """Set up OCA's write-off models, and the suspense account mode of one journal.

    :return int: the reconcile model to write off by hand
    """
    account = env["tochka.account"].browse(world["accounts"]["keeping"])
    account.journal_id.write(
        {
            "reconcile_mode": "keep",
            "suspense_account_id": env["account.account"].create(
                {
                    "name": "Невыясненное",
                    "code": "TOCHKASUSP",
                    "account_type": "asset_current",
                    "reconcile": True,
                }
            ),
        }
    )
    automatic = {
        "trigger": "auto_reconcile",
        "match_label": "contains",
        "match_label_param": AUTOMATIC,
    }
    by_hand, _by_itself = env["account.reconcile.model"].create(
        [
            {
                "name": name,
                "line_ids": [Command.create({"account_id": world["book"]})],
                **more,
            }
            for name, more in (("Списать", {}), ("Списать самому", automatic))
        ]
    )
    return by_hand.id


def pay(bank, numbers):
    """Make the payments of all cases in the bank.

    :param dict numbers: the bank's number of each account, by its name
    """
    for case, (direction, amount, account) in CASES.items():
        bank.post(
            "/payments",
            account=numbers[account],
            direction=direction,
            amount=amount,
            date=DAY,
            description=purpose(case),
            counterparty=NAMESAKE if case == "namesake" else FIRM,
        )


def open_invoice(env, world, amount):
    """Create and post an invoice of the customer; return its receivable item."""
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": world["firm"],
            "invoice_date": DAY,
            "date": DAY,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Услуги",
                        "quantity": 1,
                        "price_unit": amount,
                        "account_id": world["book"],
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }
    )
    invoice.action_post()
    return invoice.line_ids.filtered(
        lambda item: item.account_type == "asset_receivable"
    )
