"""Why a record was refused, in words for people: no SQL, no names of programs' parts.

Refused means: by a rule of Odoo, of another module or of the database. An error in
another module's code counts as well, for it concerns the record at hand.
"""

import re

import psycopg2
from psycopg2 import errors

from odoo.exceptions import ConcurrencyError, RedirectWarning, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# Lost races, and a database or memory that is gone: no record is to blame.
NO_REFUSALS = (
    *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
    ConcurrencyError,
    errors.QueryCanceled,
    errors.AdminShutdown,
    errors.OutOfMemory,
    errors.DiskFull,
    errors.TooManyConnections,
    psycopg2.InterfaceError,
    MemoryError,
)
_LONGEST = 300
_KEY = re.compile(r"\((?P<columns>.*?)\)=\((?P<values>.*)\)")


def refusal_in_words(env, error):
    """Return why a record was refused.

    :param Exception error: what was raised, its transaction rolled back
    :return str: translated as far as the refusing module has words of its own
    """
    if isinstance(error, UserError | RedirectWarning):
        return str(error.args[0] if error.args else "")
    if isinstance(error, psycopg2.Error):
        return _of_database(env, error)
    return env._(
        "Another module failed on it: %(error)s",
        error=": ".join(filter(None, (type(error).__name__, _short(str(error))))),
    )


def _of_database(env, error):
    """Return what a refusal of the database means."""
    diag = error.diag
    model = _model_of(env, diag.table_name)
    if model is not None:
        declared = model._table_objects.get(diag.constraint_name or "")
        words = declared and model._sql_error_to_message(error)
        if words and "violates" not in words and "Detail:" not in words:
            return words
    names = {"model": _name_of(env, model, diag.table_name)}
    if isinstance(error, errors.NotNullViolation):
        names["field"] = _label(model, diag.column_name)
        return env._("%(model)s: the field “%(field)s” has to be filled in.", **names)
    if isinstance(error, errors.UniqueViolation):
        names["values"] = _key(model, diag.message_detail)
        return env._("%(model)s: there is one already with %(values)s.", **names)
    if isinstance(error, psycopg2.IntegrityError):
        names["rule"] = diag.constraint_name or type(error).__name__
        return env._("%(model)s: the rule “%(rule)s” does not admit it.", **names)
    return env._("The database does not accept it: %s", _short(diag.message_primary))


def _model_of(env, table):
    """Return the model of a table, None when it is not known."""
    return next(
        (
            env[model._name]
            for model in env.registry.values()
            if table and model._table == table and not model._abstract
        ),
        None,
    )


def _name_of(env, model, table):
    """Return a model's name as people know it."""
    if model is None:
        return table or env._("Database")
    return env["ir.model"].sudo()._get(model._name).name or model._description


def _label(model, column):
    """Return a column's label, or its name where it has none."""
    field = model is not None and model._fields.get(column)
    return field._description_string(model.env) if field else column or "?"


def _key(model, detail):
    """Return columns and values of «Key (vat, kpp)=(7701, 1) already exists.»"""
    found = _KEY.search(detail or "")
    if not found:
        return "?"
    columns = re.split(r",\s*", found["columns"])
    labels = ", ".join(_label(model, column) for column in columns)
    return f"{labels}: {_short(found['values'])}"


def _short(text):
    line = " ".join((text or "").split())
    return f"{line[:_LONGEST]}…" if len(line) > _LONGEST else line
