"""Two companies, a user of every kind in each, and calls over RPC as any of them.

The calls are what a browser or a script sends: JSON to `/web/dataset/call_kw`, over
HTTP where that is what is proven, and through the same dispatcher (with both sides
turned into JSON) where thousands of them are made. Each is undone afterwards.
"""

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import psycopg2

from odoo import http
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger
from odoo.tools.json import json_default

from .common import TochkaCase

ADDON = "account_tochka"
ROLES = {
    "accountant": "account_tochka.group_tochka_user",
    "manager": "account_tochka.group_tochka_manager",
    "reader": "account.group_account_readonly",
    "billing": "account.group_account_invoice",
    "employee": "base.group_user",
    "portal": "base.group_portal",
}
QUIET = (
    "odoo.http",
    "odoo.sql_db",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_access",
    "odoo.addons.base.models.ir_model",
    "odoo.models.unlink",
)
# A server that answers with its own traceback is no wall.
REFUSED = (
    "odoo.exceptions.AccessError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.RedirectWarning",
)
# Names and texts below this length stand in answers by chance.
SHORTEST_MARK = 5


@dataclass
class Answer:
    """What a call was answered with.

    :param value: the result, in the types of JSON; None when it was refused
    :param str error: name of the exception, empty when there was none
    :param str text: everything the caller can read of it
    """

    value: object = None
    error: str = ""
    text: str = ""

    @property
    def walled(self):
        """Whether it was refused for want of rights."""
        return self.error == "odoo.exceptions.AccessError"

    @property
    def broken(self):
        """Whether the server stumbled instead of answering."""
        return bool(self.error) and self.error not in REFUSED


@dataclass
class Side:
    """One company and what it has; `of` finds a record of it by model."""

    company: object
    users: dict = field(default_factory=dict)
    records: dict = field(default_factory=dict)

    def of(self, model):
        return self.records[model]


class RpcCase(HttpCase, TochkaCase):
    """`mine` and `theirs`: two companies with everything the addon keeps."""

    # The sessions' clock is the real one.
    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._make_side(
            "Берёза", "7714698320", "40702810100000017", cls.company
        )
        other = cls._make_company("Вторые книги")
        cls.theirs = cls._make_side("Осина", "5024002119", "40702810900000044", other)
        cls.both = cls._make_person(
            "both", "account_tochka.group_tochka_manager", cls.mine.company | other
        )
        cls.env.flush_all()

    @classmethod
    def _make_person(cls, login, groups, companies):
        inside = groups != "base.group_portal"
        base = "base.group_user,base.group_allow_export," if inside else ""
        return new_test_user(
            cls.env,
            f"rpc_{login}",
            base + groups,
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
            lang="en_US",
        )

    @classmethod
    def _make_side(cls, name, inn, number, company):
        """Make one record of every model for a company, each with words of its own."""
        side = Side(company)
        users = [
            (role, cls._make_person(f"{role}_{company.id}", groups, company))
            for role, groups in ROLES.items()
        ]
        side.users = dict(users)
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        cls._make_bank_of(side, env, name, inn, number)
        cls._make_books_of(side, env, name)
        cls._make_dialogs_of(side)
        return side

    @classmethod
    def _make_bank_of(cls, side, env, name, inn, number):
        company = side.company
        connection = env["tochka.connection"].create(
            {
                "name": f"Связь {name}",
                "environment": "custom",
                "base_url": cls.bank.base_url,
                "auth_method": "token",
                "jwt_key": cls.bank.token,
                "client_id": f"client-{name}",
                "user_id": side.users["manager"].id,
                "company_id": company.id,
                "push_enabled": False,
            }
        )
        organization = env["tochka.organization"].create(
            {
                "connection_id": connection.id,
                "name": f"Общество {name}",
                "full_name": f"Общество с ограниченной ответственностью {name}",
                "customer_code": f"code-{name}",
                "inn": inn,
                "kpp": inn[:4] + "01001",
                "ogrn": inn + "333",
                "company_id": company.id,
            }
        )
        accounts = env["tochka.account"].create(
            [
                {
                    "organization_id": organization.id,
                    "bank_account_id": f"{number}{tail}/04452510{tail[-1]}",
                    "currency_id": env.ref("base.RUB").id,
                    "is_open": True,
                    "bank_status": f"Enabled-{name}-{tail}",
                    "registration_date": date(2024, 1, int(tail)),
                }
                for tail in ("011", "022")
            ]
        )
        account, spare = accounts
        account._bind(
            company, env["account.journal"], auto_import=False, interval="hourly"
        )
        account.write({"loaded_until": date(2026, 11, 1), "last_error": f"Сбой {name}"})
        side.records |= {
            "tochka.connection": connection,
            "tochka.organization": organization,
            "tochka.account": account,
            "spare account": spare,
            "account.journal": account.journal_id,
            "res.company": company,
            "tochka.day": env["tochka.day"].create(
                {
                    "account_id": account.id,
                    "date": date(2026, 10, 14),
                    "state": "open",
                    "difference": 77123.45 if inn[0] == "5" else 66123.45,
                }
            ),
            "tochka.unreadable": env["tochka.unreadable"].create(
                {
                    "account_id": account.id,
                    "date_from": date(2026, 10, 14),
                    "date_to": date(2026, 10, 14),
                    "raw": f'{{"description": "Нечитаемое {name}"}}',
                    "digest": f"digest-{name}",
                    "lacks": "amount",
                }
            ),
            "tochka.import": env["tochka.import"].create(
                {
                    "trigger": "manual",
                    "user_id": side.users["manager"].id,
                    "account_ids": [Command.set(account.ids)],
                    "date_from": date(2026, 10, 1),
                    "date_to": date(2026, 10, 31),
                    "state": "failed",
                    "error": f"Не вышло у {name}",
                    "request_key": f"key-{name}",
                }
            ),
        }

    @classmethod
    def _make_books_of(cls, side, env, name):
        company, account = side.company, side.of("tochka.account")
        partner = env["res.partner"].create(
            {"name": f"Покупатель {name}", "company_id": company.id, "is_company": True}
        )
        rows = env["tochka.transaction"].create(
            [
                {
                    "account_id": account.id,
                    "company_id": company.id,
                    "currency_id": account.currency_id.id,
                    "transaction_key": f"{name}-{place}",
                    "transaction_id": f"id-{name}-{place}",
                    "payment_id": f"cbs-{name}-{place}",
                    "date": date(2026, 10, 10 + place),
                    "amount": amount,
                    "purpose": f"Тайное назначение {name} {place}",
                    "document_number": f"д{name}{place}",
                    "type_code": "Платежное поручение",
                    "partner_name": f"Тайный плательщик {name} {place}",
                    "inn": f"{7100000000 + place + company.id * 10}",
                    "kpp": f"{710000000 + place + company.id * 10}",
                    "account_number": f"4070281000000{company.id:05}{place:02}",
                    "partner_bic": f"0445{company.id:04}{place}",
                    "bank_name": f"Банк {name} {place}",
                    "raw": {"secret": f"Сырьё {name} {place}"},
                    "state": state,
                }
                for place, (amount, state) in enumerate(
                    [(31001.17, "new"), (32002.27, "new"), (-33003.37, "rejected")]
                )
            ]
        )
        new, confirmed, rejected = rows
        (new | confirmed)._create_lines()
        confirmed.line_id._confirm()
        new.write({"bank_change": f"Назначение: {name}", "booked_values": {}})
        item = env["cash.flow.item"].create(
            {"name": f"Статья {name}", "company_id": company.id}
        )
        rule = env["cash.flow.rule"].create(
            {
                "name": f"Правило {name}",
                "company_id": company.id,
                "purpose_words": f"{name}слово",
                "label": f"Ярлык {name}",
                "cash_flow_item_id": item.id,
            }
        )
        part = env["cash.flow.part"].create(
            {
                "line_id": new.line_id.id,
                "amount": 1111.17,
                "cash_flow_item_id": item.id,
                "label": f"Часть {name}",
            }
        )
        memory = env["cash.flow.memory"].create(
            {
                "company_id": company.id,
                "partner_id": partner.id,
                "payee": f"получатель {name}",
                "direction": "in",
                "cash_flow_item_id": item.id,
                "times": 2,
            }
        )
        side.records |= {
            "res.partner": partner,
            "tochka.transaction": new,
            "confirmed row": confirmed,
            "rejected row": rejected,
            "account.bank.statement.line": new.line_id,
            "confirmed line": confirmed.line_id,
            "cash.flow.item": item,
            "cash.flow.rule": rule,
            "cash.flow.part": part,
            "cash.flow.memory": memory,
        }

    @classmethod
    def _make_dialogs_of(cls, side):
        """Open the dialogs as the company's administrator left them open."""
        env = cls.env(user=side.users["manager"].id)
        connection, account = side.of("tochka.connection"), side.of("tochka.account")
        choice = env["tochka.choose.wizard"].with_context(active_id=connection.id)
        choice = choice.create({})
        side.records |= {
            "tochka.choose.wizard": choice,
            "tochka.choose.organization": choice.organization_line_ids[:1],
            "tochka.choose.account": choice.account_line_ids[:1],
            "tochka.import.wizard": env["tochka.import.wizard"].create({}),
            "tochka.opening.wizard": env["tochka.opening.wizard"]
            .with_context(default_account_id=account.id)
            .create({"day": date(2026, 10, 1)}),
            "tochka.move.wizard": env["tochka.move.wizard"].create(
                {"account_id": account.id}
            ),
        }

    # === CALLS === #

    def sign_in(self, user):
        """Be this user in the calls over HTTP that follow."""
        self.authenticate(user.login, user.login)

    def http_call(self, model, method, *args, keep=False, **kwargs):
        """Call a method over HTTP as who is signed in, and undo what it did.

        :param bool keep: leave what it did in the database
        :return: Answer
        """
        self.env.flush_all()
        self.env.cr.clear()
        with self._undone(keep):
            said = self.opener.post(
                f"{self.base_url()}/web/dataset/call_kw/{model}/{method}",
                json={
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "model": model,
                        "method": method,
                        "args": list(args),
                        "kwargs": kwargs,
                    },
                },
                timeout=60,
            ).json()
        return _read_answer(said)

    def call(
        self, user, model, method, *args, companies=None, before_undoing=None, **kwargs
    ):
        """Call a method as RPC dispatches it, and undo what it did.

        :param companies: res.company switched on; None for what the user begins with
        :param before_undoing: called where the call was not refused
        :return: Answer
        """
        context = dict(kwargs.pop("context", {}))
        if companies is not None:
            context["allowed_company_ids"] = companies.ids
        args, kwargs = _as_json([list(args), {**kwargs, "context": context}])
        with self._undone(False):
            env = self.env(user=user.id, context={})
            try:
                with self.env.cr.savepoint(flush=False):
                    result = call_kw(env[model], method, args, kwargs)
                    env.flush_all()
                said = {"result": _as_json(result)}
                if before_undoing:
                    before_undoing()
            except psycopg2.IntegrityError as error:
                # The server says it in words of its own, see `retrying`.
                words = self.env["base"]._sql_error_to_message(error)
                said = {"error": {"data": _told(ValidationError(words))}}
            except Exception as error:  # the dispatcher answers every one of them
                said = {"error": {"data": _told(error)}}
        return _read_answer(said)

    @contextmanager
    def _undone(self, keep):
        with mute_logger(*QUIET):
            if keep:
                yield
            else:
                with self.env.cr.savepoint(flush=False) as savepoint:
                    yield
                    self.env.transaction.clear()
                    savepoint.rollback()
        self.env.transaction.clear()

    # === WHAT IS SENT === #

    def values_for(self, model, side):
        """Return what a record of a model can be made with, all of one company."""
        own = {
            name.replace(".", "_"): one.id
            for name, one in side.records.items()
            if " " not in name
        }
        item = own["cash_flow_item"]
        return {
            "tochka.connection": {"name": "Ещё одна", "company_id": side.company.id},
            "tochka.organization": {
                "connection_id": own["tochka_connection"],
                "name": "Ещё одна",
                "customer_code": "ещё",
            },
            "tochka.account": {
                "organization_id": own["tochka_organization"],
                "bank_account_id": "40702810000000000001/044525104",
                "currency_id": self.env.ref("base.RUB").id,
            },
            "tochka.transaction": {
                "account_id": own["tochka_account"],
                "company_id": side.company.id,
                "currency_id": self.env.ref("base.RUB").id,
                "transaction_key": "ещё",
                "date": "2026-10-14",
            },
            "tochka.day": {
                "account_id": own["tochka_account"],
                "date": "2026-10-15",
                "state": "open",
            },
            "tochka.import": {
                "trigger": "manual",
                "account_ids": [[6, 0, [own["tochka_account"]]]],
                "date_from": "2026-10-01",
                "date_to": "2026-10-02",
            },
            "tochka.choose.wizard": {},  # the connection is in the context
            "tochka.choose.organization": {
                "wizard_id": own["tochka_choose_wizard"],
                "organization_id": own["tochka_organization"],
            },
            "tochka.choose.account": {
                "wizard_id": own["tochka_choose_wizard"],
                "account_id": own["tochka_account"],
                "interval": "hourly",
            },
            "tochka.import.wizard": {"account_ids": [[6, 0, [own["tochka_account"]]]]},
            "tochka.opening.wizard": {"account_id": own["tochka_account"]},
            "tochka.move.wizard": {"account_id": own["tochka_account"]},
            "tochka.unreadable": {
                "account_id": own["tochka_account"],
                "date_from": "2026-10-15",
                "date_to": "2026-10-15",
                "raw": "{}",
                "digest": "ещё",
                "lacks": "amount",
            },
            "cash.flow.item": {"name": "Ещё одна", "company_id": side.company.id},
            "cash.flow.rule": {
                "name": "Ещё одно",
                "company_id": side.company.id,
                "purpose_words": "ещё",
                "cash_flow_item_id": item,
            },
            "cash.flow.memory": {
                "company_id": side.company.id,
                "payee": "ещё один",
                "direction": "in",
                "cash_flow_item_id": item,
            },
            "cash.flow.part": {
                "line_id": own["account_bank_statement_line"],
                "amount": 1.0,
                "cash_flow_item_id": item,
            },
            "account.bank.statement.line": {
                "journal_id": own["account_journal"],
                "amount": 5.0,
                "date": "2026-10-14",
                "payment_ref": "ещё",
            },
        }[model]

    CHANGED = {
        "tochka.account": "create_partners",
        "tochka.transaction": "purpose",
        "tochka.day": "state",
        "tochka.import": "error",
        "tochka.choose.wizard": "account_line_ids",
        "tochka.choose.organization": "load",
        "tochka.choose.account": "load",
        "tochka.import.wizard": "date_to",
        "tochka.opening.wizard": "fixed",
        "tochka.move.wizard": "account_id",
        "tochka.unreadable": "lacks",
        "cash.flow.memory": "times",
        "cash.flow.part": "label",
        "account.bank.statement.line": "cash_flow_item_id",
    }

    def change_of(self, record):
        """Return the smallest change of a record that a form could offer."""
        name = self.CHANGED.get(record._name, "name")
        return {name: self.value_of(record, name)}

    def value_of(self, record, name):
        """Return what a field holds, as it is sent to `write`."""
        one, value = record._fields[name], record.sudo()[name]
        if one.type in ("one2many", "many2many"):
            return [[6, 0, value.ids]]
        if one.type == "many2one":
            return value.id or False
        return _as_json(one.convert_to_read(value, record.sudo()))

    # === WHAT IS NOT FOR THE OTHER COMPANY === #

    def marks_of(self, side):
        """Return a pattern of the words and numbers only this company knows."""
        other = self.theirs if side is self.mine else self.mine
        known, public = (
            {
                word
                for record in one.records.values()
                for each in record.sudo()
                for word in _words(each)
                if len(word) >= SHORTEST_MARK
            }
            for one in (side, other)
        )
        # … which nobody finds in a word or number of the other one.
        said = "\n".join(public)
        marks = sorted((w for w in known if w not in said), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, marks)))

    def state_of(self, side):
        """Return the stored values of everything of a company, to see changes."""
        self.env.invalidate_all()
        return {
            (record._name, one.id): _stored(one)
            for record in side.records.values()
            for one in record.sudo()
        }


def _stored(record):
    names = [
        name
        for name, one in record._fields.items()
        if one.store and one.column_type and not one.inherited
    ]
    return record.read(names, load=None)[0]


def _words(record):
    for name, one in record._fields.items():
        if ADDON not in one._modules or not one.store:
            continue
        value = record[name]
        if one.type in ("char", "text") and value:
            yield from (value, json.dumps(value)[1:-1])
        elif one.type in ("monetary", "float") and abs(value) > 1000:
            yield f"{abs(value):.2f}"
        elif one.type == "json" and isinstance(value, dict):
            yield from (v for v in value.values() if isinstance(v, str))
    if record.display_name != f"{record._name},{record.id}":
        yield record.display_name or ""


def _as_json(value):
    return json.loads(json.dumps(value, default=json_default))


def _told(error):
    return http.serialize_exception(error)


def _read_answer(said):
    data = said.get("error", {}).get("data")
    if data is None:
        value = said.get("result")
        return Answer(value, text=json.dumps(value, ensure_ascii=False))
    # The traceback in `debug` reaches the caller as well.
    return Answer(
        error=data["name"], text=json.dumps(data, ensure_ascii=False, default=str)
    )
