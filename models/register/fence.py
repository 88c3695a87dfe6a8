"""The fence around `LinesAtOnce`: which statement lines may be made all at once.

Making lines at once inserts copies of what core made. That is right only while all
code that takes part in creating and posting an entry is known, so it is switched off as
soon as anything in the three models comes from a module that was not read.
"""

import logging

_logger = logging.getLogger(__name__)

# Below this many rows the specimens cost more than they save.
FEWEST = 20
LINE, MOVE, ITEM = "account.bank.statement.line", "account.move", "account.move.line"
# Modules of which everything was read that they add to the three models and to the
# abstract models these inherit. None of it acts on a new entry of two items without
# product, tax, invoice or order, or it acts on all such entries alike, or it is a
# stored computed field, which the ORM computes here too. What was read is listed in
# `tests/modules_read.txt`, name by name, and a test compares that with the Odoo that
# runs. Electronic invoicing (`account_edi`, `account_peppol`, `l10n_*`) is left out on
# purpose: it decides for each entry when it is posted. So is OCA's
# `account_reconcile_oca`, which reconciles each new line by its text.
READ = {
    # The specimens are made by these.
    *("account", "account_tochka", "analytic", "base", "mail", "portal", "product"),
    # Views, texts, web calls and messages. `rating` and `snailmail_account` act when a
    # record is deleted, `mass_mailing` and `hr` when an e-mail comes in.
    *("base_import", "base_sparse_field", "calendar", "hr", "html_editor"),
    *("mass_mailing", "phone_validation", "rating", "sms", "snailmail"),
    *("snailmail_account", "web", "web_hierarchy", "website"),
    # OCA's: offers methods for jobs. A method it turns into a job counts as a patch.
    "queue_job",
    # Invoices, their payment and their files. `account_debit_note` counts debit notes
    # apart, `account_fleet` and `product_email_template` extend `_post` for bills with
    # vehicles and for products with a letter.
    *("account_debit_note", "account_edi_ubl_cii", "account_fleet", "account_payment"),
    "product_email_template",
    # Entries of expenses only: `hr_expense` overrides computes of partner and totals.
    *("hr_expense", "project_sale_expense", "sale_expense", "sale_expense_margin"),
    # Entries of sessions and orders only: `point_of_sale` overrides computes of names,
    # totals and storno. `pos_hr` adds a plain field to lines.
    *("point_of_sale", "pos_hr", "pos_sale", "pos_self_order"),
    # Vendor bills with orders: `purchase` writes notes on them, `purchase_stock` adds
    # items of price differences to them in `_post`.
    *("mrp_subcontracting_purchase", "purchase", "purchase_stock"),
    # Invoices with orders. The sales team (`sale`) and the website (`website_sale`) are
    # stored computed fields, campaigns (`utm`) come from the request and are the same
    # for all rows. A project in the context (`sale_project`) gives specimens analytic
    # items, which are refused.
    *("event_booth_sale", "sale", "sale_mrp", "sale_project", "sale_stock"),
    *("sale_timesheet", "utm", "website_sale"),
    # Invoices with stored products: items of their cost in `_post`, by product.
    *("mrp_account", "stock", "stock_account", "stock_landed_costs"),
}
# What every class that extends a model has, also one that adds nothing.
_PLAIN = {
    *("_name", "_inherit", "_module", "_register", "_description"),
    *("_field_definitions", "_table_object_definitions"),
}
# Properties that the ORM itself puts into the classes it assembles.
_OF_ASSEMBLED = {"_constraint_methods", "_ondelete_methods", "_onchange_methods"}
# Fields that no module declares.
_OF_ALL_MODELS = {"id", "display_name"}
# Decorators from here stand in front of methods of everybody.
_DECORATORS = ("contextlib", "functools", "warnings", "typing_extensions")


def reason_for_core(Line, journal, values):
    """Return why core itself has to make these lines, or None.

    :param Line: account.bank.statement.line, with its company
    :param list[dict] values: for `create`
    """
    rules = Line.env["account.analytic.distribution.model"].sudo()
    known = Line._fields.keys()
    if len(values) < FEWEST:
        return "few rows"
    if not all(vals["amount"] and vals.keys() <= known for vals in values):
        return "a row without an amount, or a value that is no field"
    if are_secured(journal):
        return "entries are secured"
    if rules.search_count([], limit=1):
        return "analytic distribution by rules"
    return Fence.of(Line.pool).reason()


def are_secured(journal):
    """Return whether the law wants every step of the journal's entries on record."""
    company = journal.company_id
    return company.restrictive_audit_trail or journal.restrict_mode_hash_table


def without_notes(Line, journal):
    """Return the model so that a new line brings no notes and no followers.

    Lines made at once have none, so that lines made by core's `create` get none either:
    how many payments come must not show in the entries. Secured entries keep core's.

    :param Line: account.bank.statement.line
    """
    return Line if are_secured(journal) else Line.with_context(tracking_disable=True)


class Fence:
    """What the code loaded into a registry says about making lines at once.

    Asked for every batch, so the answer is kept on the registry and found anew only
    when a class of the three models came, went or got another attribute: by installing
    a module, or by a patch at run time. Looking for that takes less than 0.1 ms.
    """

    def __init__(self, registry):
        self.registry = registry
        self._seen, self._reason, self._warned = None, None, False

    @classmethod
    def of(cls, registry):
        """Return the fence of a registry, one for its life."""
        return vars(registry).setdefault("_account_tochka_fence", cls(registry))

    def reason(self):
        """Return what in the three models was not read and where, or None."""
        now = {
            part: vars(part)
            for name in (LINE, MOVE, ITEM)
            for part in self.registry[name].__mro__
        }
        if now != self._seen:
            self._seen = {part: dict(attributes) for part, attributes in now.items()}
            self._reason = self._find_unread()
            if self._reason:
                _logger.info("Statement lines are made one by one: %s", self._reason)
        return self._reason

    def warn(self, error):
        """Log once that lines could not be made at once; without any data of theirs."""
        if not self._warned:
            self._warned = True
            _logger.warning(
                "Statement lines could not be made at once (%s), core's create makes"
                " them. Further failures are not logged.",
                type(error).__name__,
            )

    def _find_unread(self):
        for name in (LINE, MOVE, ITEM):
            model = self.registry[name]
            for part in model.__mro__[:-1]:  # without `object`
                if what := _unread_in(part):
                    return f"{what} in {name}"
            for field in model._fields.values():
                if what := _unread_field(field):
                    return f"{what} in {name}"
        return None


def _unread_in(part):
    """Return what in one class was not read, or None."""
    assembled = "pool" in vars(part)
    by_orm = part.__module__.startswith("odoo.orm.")
    module = None if assembled or by_orm else _module_of(part)
    if module and module not in READ:
        added = {
            name
            for name in vars(part)
            if not name.startswith("__") and name not in _PLAIN
        }
        return f"{min(added)} of {module}" if added else None
    for name, value in vars(part).items():
        if assembled and name in _OF_ASSEMBLED:
            continue
        for function in _functions(value):
            # What stands in an assembled class was put there at run time.
            if assembled or not _belongs(function, module):
                return f"a patch of {name}"
    return None


def _module_of(part):
    """Return the name of the module a class comes from, or of its Python file."""
    if module := vars(part).get("_module"):
        return module
    path = part.__module__
    return path.split(".")[2] if path.startswith("odoo.addons.") else path


def _functions(value):
    """Return the functions behind an attribute of a class."""
    if isinstance(value, property):
        return list(filter(None, (value.fget, value.fset, value.fdel)))
    if isinstance(value, classmethod | staticmethod):
        value = value.__func__
    return [value] if callable(value) and not isinstance(value, type) else []


def _belongs(function, module):
    """Return whether a function was written in a module, or in the ORM for None.

    Its globals tell: unlike `__module__`, `functools.wraps` does not copy them.
    """
    while _origin(function) in _DECORATORS or _is_core(_origin(function)):
        if not hasattr(function, "__wrapped__"):
            return module is None
        function = function.__wrapped__
    origin = f"{_origin(function)}."
    return origin.startswith(f"odoo.addons.{module}.") and ".tests." not in origin


def _origin(function):
    return getattr(function, "__globals__", {}).get("__name__", "")


def _is_core(origin):
    return origin.startswith("odoo.") and not origin.startswith("odoo.addons.")


def _unread_field(field):
    """Return why a field was not read, or None.

    A custom field (made by a person, without code) may be there, as long as its value
    does not depend on the row.
    """
    if field.manual:
        depends = field.store and (field.compute or field.related)
        return f"the computed custom field {field.name}" if depends else None
    unread = set(field._modules) - READ
    if unread or not (field._modules or field.name in _OF_ALL_MODELS):
        return f"the field {field.name} of {min(unread, default='nobody')}"
    return None
