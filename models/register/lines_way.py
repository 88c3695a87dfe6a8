"""Which way statement lines are made: all at once, or by core's `create`."""

# Below this many rows the specimens cost more than they save.
FEWEST = 20
LINE, MOVE, ITEM = "account.bank.statement.line", "account.move", "account.move.line"
# What creating and posting an entry goes through, and the modules that were read: they
# do nothing there to an entry of two items without product and without tax. Any other
# module that takes part decides row by row what it does, so its rows go core's way.
_WAY_IN = {
    LINE: ("create", "write", "_synchronize_from_moves"),
    MOVE: ("create", "write", "_post", "action_post", "_compute_name"),
    ITEM: ("create", "write", "_create_analytic_lines", "_reconcile_marked"),
}
_READ = {
    *("account", "account_tochka", "analytic", "mail"),
    *("account_fleet", "hr_expense", "product_email_template", "stock_account"),
    *("pos_sale", "purchase", "purchase_stock", "sale", "sale_timesheet"),
}


def reason_for_core(Line, journal, values):
    """Say why core itself has to make these lines, or None.

    :param Line: account.bank.statement.line, with its company
    :param list[dict] values: for `create`
    """
    rules = Line.env["account.analytic.distribution.model"].sudo()
    known = Line._fields.keys()
    if len(values) < FEWEST:
        return "few rows"
    if not all(vals["amount"] and vals.keys() <= known for vals in values):
        return "a row without an amount, or a value that is no field"
    if journal.company_id.restrictive_audit_trail or journal.restrict_mode_hash_table:
        return "entries are secured"
    if rules.search_count([], limit=1):
        return "analytic distribution by rules"
    return unread_module(Line.env)


def unread_module(env):
    """Say which module not read takes part in creating lines, and where, or None."""
    for model, methods in _WAY_IN.items():
        for part in type(env[model]).mro():
            overrides = vars(part).keys() & set(methods)
            # What stands in an assembled class was put there at run time.
            patched = "pool" in vars(part)
            by_the_orm = part.__module__ == "odoo.orm.models" and not patched
            if not overrides or by_the_orm:
                continue
            module = "a patch" if patched else part._module
            if module not in _READ:
                return f"{module} overrides {model}.{min(overrides)}"
    return None
