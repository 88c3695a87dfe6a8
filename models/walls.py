"""Walls against a caller: what RPC may send to the models of the addon.

A read-only field and a hidden button protect a screen; anybody with a login can send
the call behind it. So each model here refuses, whatever sends it:

- values of fields that are declared read-only and stored: the addon keeps them. Its own
  code writes them with `sudo()` or through `as_ours()`, neither of which RPC can send;
- links to records the caller may not read, before anything of them is computed;
- records that end up outside the caller's companies;
- texts the database cannot store.
"""

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tools import frozendict

ADDON = "account_tochka"
# Fields of these modules are checked; what third ones add is theirs to guard.
_CHECKED = {ADDON, "account", "analytic"}
# JSON cannot carry it, so nobody sends it over RPC.
_OURS = object()


def as_ours(records):
    """Return records whose kept fields may be written: the addon itself writes."""
    return records.with_context(tochka_ours=_OURS)


def is_caller(env):
    """Whether what is done in this environment may be what somebody sent."""
    return not env.su and env.context.get("tochka_ours") is not _OURS


def is_walled(model):
    """Whether a model keeps these walls."""
    return isinstance(model, model.pool["tochka.walled"])


def is_kept(field):
    """Whether a field (None: an unknown one) is set by the addon alone."""
    return bool(field and field.store and field.readonly and ADDON in field._modules)


class TochkaWalled(models.AbstractModel):
    """Refuses what no screen offers, to every caller but the addon itself."""

    _name = "tochka.walled"
    _description = "Holds against any Caller"

    @api.model
    def default_get(self, fields):
        """Override of `base`: neither context nor user defaults set what is kept."""
        if not is_caller(self.env):
            return super().default_get(fields)
        kept = {name for name in fields if is_kept(self._fields.get(name))}
        values = super().default_get([name for name in fields if name not in kept])
        for name in kept:
            if self._fields[name].default:
                values[name] = self._fields[name].default(self)
        _check_links(self, [values])
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to check what was sent."""
        check_sent(self, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base` to check what was sent, and where it has led."""
        check_sent(self, [vals])
        result = super().write(vals)
        if is_caller(self.env) and any(self._fields[name].relational for name in vals):
            # A record may not be put where its author could not have made it.
            self.check_access("write")
        return result


class Base(models.AbstractModel):
    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        """Override of `web`: a form of any model may hold lines of ours."""
        if not is_caller(self.env):
            return super().onchange(values, field_names, fields_spec)
        values = _without_kept(self, values)
        _check_texts(self, [values])
        _check_links(self, [values])
        changed = [name for name in field_names if not _holds(self, name)]
        if field_names and not changed:
            return {"value": {}}  # no names would mean a new form
        return super().onchange(values, changed, fields_spec)


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """Override of `base`, which names what is closed to those in debug mode."""
        error = super()._make_access_error(operation, records)
        if not is_walled(records):
            return error
        words = error.args[0]
        for record in records[:6].sudo():
            words = words.replace(f", {record.display_name} (", " (")
        nameless = AccessError(words)
        if hasattr(error, "context"):
            nameless.context = error.context
        return nameless


def _holds(model, name):
    """Whether a model keeps a field of this name from its callers."""
    return is_walled(model) and is_kept(model._fields.get(name))


def check_sent(records, vals_list):
    """Refuse values that a caller may not set.

    :param records: of a walled model, with the caller's rights
    :param list[dict] vals_list: as for `create`
    :raise AccessError: for a field the addon keeps, and a link to a closed record
    :raise ValidationError: for a text that cannot be stored
    """
    if is_caller(records.env):
        refuse_kept(records, vals_list)
        _check_texts(records, vals_list)
        _check_links(records, vals_list)


def refuse_kept(records, vals_list):
    """Refuse values of fields that the addon keeps, on a model of core as well.

    :param list[dict] vals_list: as for `create`
    :raise AccessError: for the first of them
    """
    kept = (
        records._fields[name]
        for vals in vals_list
        for name in vals
        if is_kept(records._fields.get(name))
    )
    field = next(kept, None)
    if field and is_caller(records.env):
        raise AccessError(
            records.env._(
                "“%(field)s” is set by loading and by the buttons only, nobody can"
                " write it. Leave it out of what you send or import.",
                field=field._description_string(records.env),
            )
        )


def _check_texts(model, vals_list):
    """Refuse what PostgreSQL cannot store."""
    if not is_walled(model):
        return
    for vals in vals_list:
        for name, value in vals.items():
            if isinstance(value, str) and "\0" in value:
                field = model._fields.get(name)
                label = field._description_string(model.env) if field else name
                raise ValidationError(
                    model.env._(
                        "“%s” has a sign in it that cannot be stored (a zero byte)."
                        " Type the text anew instead of pasting it.",
                        label,
                    )
                )


def _check_links(model, vals_list):
    """Refuse links to records the caller may not read, all of a model at once."""
    linked = defaultdict(set)
    for vals in vals_list:
        _collect_links(model, vals, linked)
    for comodel, ids in linked.items():
        model.env[comodel].browse(ids).check_access("read")


def _collect_links(model, vals, linked):
    """Add the ids that values name to `linked`, {model: ids}, nested ones as well."""
    walled = is_walled(model)
    for name, value in vals.items():
        field = model._fields.get(name)
        if not (value and field and field.relational):
            continue
        checked = (
            walled and not field.inherited and not _CHECKED.isdisjoint(field._modules)
        )
        if field.type == "many2one":
            if checked and isinstance(value, int):
                linked[field.comodel_name].add(value)
            continue
        comodel = model.env[field.comodel_name]
        for ids, nested in map(
            _parts_of_command, value if isinstance(value, list | tuple) else ()
        ):
            if checked:
                linked[field.comodel_name].update(ids)
            if nested:
                _collect_links(comodel, nested, linked)


def _parts_of_command(command):
    """Return (ids a command links, values it carries)."""
    match command:
        case int():
            return [command], None
        case dict() | frozendict():
            return [], command
        case [Command.CREATE, _, dict() as values]:
            return [], values
        case [Command.UPDATE, int() as own, dict() as values]:
            return [own], values
        case [Command.LINK, int() as own, *_]:
            return [own], None
        case [Command.SET, _, [*ids]]:
            return [one for one in ids if isinstance(one, int)], None
    return [], None


def _without_kept(model, values):
    """Return the values of a form without what the addon keeps, at any depth.

    A form shows such fields and sends them back; their values are in the record.
    """
    result = {}
    for name, value in values.items():
        if _holds(model, name):
            continue
        field = model._fields.get(name)
        if (
            field
            and field.type in ("one2many", "many2many")
            and isinstance(value, list)
        ):
            comodel = model.env[field.comodel_name]
            value = [_command_without_kept(comodel, command) for command in value]
        result[name] = value
    return result


def _command_without_kept(comodel, command):
    match command:
        case [code, own, dict() as values]:
            return [code, own, _without_kept(comodel, values)]
        case dict():
            return _without_kept(comodel, command)
    return command
