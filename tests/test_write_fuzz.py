"""Every stored field, sent with the other company's value in every way there is.

Nothing of the other company may come back in an answer, nothing of it may change.
"""

import logging

from odoo.tests import tagged
from odoo.tools import SQL

from .rpc_case import ADDON, RpcCase
from .test_rights_table import RIGHTS

_logger = logging.getLogger(__name__)

NAMED = {"fields": {"display_name": {}}}
# Fields of core that a line brings with it, beside ours.
_CORE_OF_LINE = {"journal_id", "statement_id", "partner_id", "company_id", "move_id"}


@tagged("post_install", "-at_install")
class TestWriteFuzz(RpcCase):
    def setUp(self):
        super().setUp()
        self.secret = self.marks_of(self.mine)
        self.before = self._digest()
        self.made, self.passed, self.leaks, self.changes = 0, 0, [], []

    def _digest(self):
        """Return a digest of all rows the company has in the tables of the addon."""
        parts = []
        for model in (*RIGHTS, "account.move"):
            Model = self.env[model]
            mine = SQL(
                "id = ANY(%s)",
                [r.id for r in self.mine.records.values() if r._name == model],
            )
            for name in ("company_id", "connection_id", "account_id", "line_id"):
                one = Model._fields.get(name)
                if not (one and one.store and one.column_type) or one.inherited:
                    continue
                own = [
                    r.id
                    for r in self.mine.records.values()
                    if r._name == one.comodel_name
                ]
                mine = SQL("%s OR %s = ANY(%s)", mine, SQL.identifier(name), own)
            parts.append(
                SQL(
                    "SELECT %s"
                    " || MD5(COALESCE(STRING_AGG(t::text, '|' ORDER BY id), ''))"
                    " FROM %s t WHERE %s",
                    model,
                    SQL.identifier(Model._table),
                    mine,
                )
            )
        self.env.cr.execute(SQL(" UNION ALL ").join(parts))
        return sorted(row for [row] in self.env.cr.fetchall())

    def _fields(self, model):
        for name, one in sorted(self.env[model]._fields.items()):
            ours = ADDON in one._modules or name in _CORE_OF_LINE
            if one.store and ours and not one.inherited:
                yield name, one

    def _value(self, model, name, one):
        """Return what the other company has in a field, as it is sent."""
        theirs = self.mine.of(model)
        if one.type in ("many2one", "one2many", "many2many"):
            record = self.mine.records.get(one.comodel_name)
            if record is None:
                record = self._of_core(one.comodel_name)
            return record.id if one.type == "many2one" else [[4, record.id, 0]]
        value = self.value_of(theirs, name)
        return (
            value
            if value not in (False, None)
            else {"char": "х", "text": "х"}.get(one.type, value)
        )

    def _of_core(self, model):
        """Return a record of core that is the other company's where it can be."""
        if model == "res.users":
            return self.mine.users["manager"]
        Model = self.env[model].with_context(active_test=False)
        for name in ("company_id", "company_ids"):
            if name in Model._fields:
                return Model.search([(name, "in", self.mine.company.ids)], limit=1)
        return Model.search([], limit=1) or Model.create({"name": "Метка"})

    def _whole(self, model):
        """Return the specification of all that a form of a model may ask for."""
        return {
            name: NAMED if one.relational else {}
            for name, one in self.env[model]._fields.items()
            if (ADDON in one._modules or name in ("display_name", *_CORE_OF_LINE))
            and not one.groups
        }

    def _calls(self, model, name, one, value, whole):
        """Give (method, arguments, more) of the calls that carry a value.

        :param dict whole: what to ask for; False for the field only: computing all of
            a form takes most of the time, and is the same for every role
        """
        own = self.theirs.of(model)
        made = {**self.values_for(model, self.theirs), name: value}
        field = NAMED if one.relational else {}
        spec = whole or {name: field, "display_name": {}}
        yield "write", (own.ids, {name: value}), {}
        yield "create", ([made],), {}
        yield "onchange", (own.ids, {name: value}, [name], spec), {}
        yield "onchange", ([], made, [name], spec), {}
        yield "onchange", ([], {}, [], spec), {"context": {f"default_{name}": value}}
        yield "web_save", (own.ids, {name: value}, spec), {}
        yield "web_save", ([], made, spec), {}
        if "load" in own._fields:
            return  # the field hides the method: nothing can be imported
        column, cell = name, value
        if one.type == "many2one":
            column, cell = f"{name}/.id", str(value)
        elif one.relational:
            column, cell = f"{name}/.id", str(value[0][1])
        yield "load", ([".id", column], [[str(own.id), str(cell)]]), {}

    def test_nothing_comes_back_and_nothing_changes(self):
        people = [(user, None) for user in self.theirs.users.values()]
        people.append((self.both, self.theirs.company))
        for user, companies in people:
            for model in RIGHTS:
                manages = user == self.theirs.users["manager"]
                whole = manages and self._whole(model)
                for name, one in self._fields(model):
                    value = self._value(model, name, one)
                    for method, args, more in self._calls(
                        model, name, one, value, whole
                    ):
                        self._try(user, companies, model, method, args, more)
        _logger.info(
            "Fuzz: %s calls made, %s not refused, %s leaks, %s changes",
            self.made,
            self.passed,
            len(self.leaks),
            len(self.changes),
        )
        told = [f"leak {one}" for one in self.leaks] + [
            f"change {one}" for one in self.changes
        ]
        self.assertFalse(told, "\n".join(told[:60]))

    def _try(self, user, companies, model, method, args, more):
        self.made += 1
        call = (user.login, model, method, str(args)[:200], str(more))
        changed = []
        answer = self.call(
            user,
            model,
            method,
            *args,
            companies=companies,
            before_undoing=lambda: changed.append(self._digest() != self.before),
            **more,
        )
        if answer.broken:
            self.leaks.append((*call, "stumbled: " + answer.text[-700:]))
        self.passed += not answer.error
        if any(changed):
            self.changes.append(call)
        # Who works in both companies is told which one to switch on.
        sent = f"{args} {more} {' '.join(user.sudo().company_ids.mapped('name'))}"
        for found in self.secret.finditer(answer.text):
            if found.group() not in sent:
                self.leaks.append((*call, found.group()))
                break
