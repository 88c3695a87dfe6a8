"""Company walls and read-only fields hold against a caller, not only a screen.

Each test sends the call that once passed; nothing of it depends on a view.
"""

import json
import logging

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .rpc_case import RpcCase

LINE = "account.bank.statement.line"
NAMED = {"fields": {"display_name": {}}}


class WallCase(RpcCase):
    """Calls of the other company's people, `theirs`, at what `mine` has."""

    def setUp(self):
        super().setUp()
        self.secret = self.marks_of(self.mine)

    def as_role(self, role, side=None):
        """Sign in as a user of the other company, who is the caller in most tests."""
        self.sign_in((side or self.theirs).users[role])

    def assertSilent(self, answer, message=None):
        """Check that nothing of the company is in an answer, and no stumble."""
        self.assertFalse(answer.broken, answer.text[-2000:])
        found = self.secret.search(answer.text)
        self.assertIsNone(found, f"{message or ''}: {answer.text[:1500]}")

    def assertRefused(self, answer, message=None):
        """Check that a call was refused, silently."""
        self.assertTrue(answer.error, f"{message or ''}: {answer.text[:500]}")
        self.assertSilent(answer, message)

    def assertUnchanged(self, record, **values):
        self.env.invalidate_all()
        self.assertEqual({name: record[name] for name in values}, values)


class LineWalls:
    """Finding 1: a link that a caller may set opens the other side."""

    SHOWN = (
        "tochka_purpose",
        "tochka_inn",
        "tochka_kpp",
        "tochka_bic",
        "tochka_bank_name",
        "tochka_date",
        "tochka_document_number",
        "tochka_bank_change",
        "tochka_partner_reason",
    )

    def _spec(self, *names):
        linked = ("tochka_transaction_id", "tochka_account_id", "tochka_duplicate_id")
        return {
            **{name: {} for name in (*self.SHOWN, *names)},
            **dict.fromkeys(linked, NAMED),
        }

    def test_an_onchange_with_a_foreign_row_shows_nothing(self):
        self.as_role("accountant")
        for row in ("tochka.transaction", "rejected row"):
            answer = self.http_call(
                LINE,
                "onchange",
                [],
                {"tochka_transaction_id": self.mine.of(row).id},
                ["tochka_transaction_id"],
                self._spec(),
            )
            self.assertSilent(answer)

    def test_nor_does_it_of_a_line_that_exists_or_through_its_statement(self):
        self.as_role("accountant")
        row = self.mine.of("tochka.transaction").id
        line = self.theirs.of(LINE).id
        for values in ({}, {"tochka_transaction_id": row}):
            answer = self.http_call(
                LINE, "onchange", [line], values, list(values), self._spec()
            )
            self.assertSilent(answer)
        for command in (
            [Command.CREATE, "virtual_1", {"tochka_transaction_id": row}],
            [Command.UPDATE, line, {"tochka_transaction_id": row}],
        ):
            answer = self.http_call(
                "account.bank.statement",
                "onchange",
                [],
                {"line_ids": [command]},
                ["line_ids"],
                {"line_ids": {"fields": self._spec()}},
            )
            self.assertSilent(answer)

    def test_a_line_of_a_foreign_row_is_not_made(self):
        self.as_role("accountant")
        for row in ("rejected row", "tochka.transaction"):
            values = {
                "journal_id": self.theirs.of("account.journal").id,
                "amount": 5.0,
                "payment_ref": "x",
                "date": "2026-10-14",
                "tochka_transaction_id": self.mine.of(row).id,
            }
            for call in (
                (LINE, "create", [values]),
                (LINE, "web_save", [], values, self._spec()),
            ):
                self.assertRefused(self.http_call(*call))
            del values["tochka_transaction_id"]
            context = {"default_tochka_transaction_id": self.mine.of(row).id}
            answer = self.http_call(
                LINE, "web_save", [], values, self._spec(), context=context
            )
            self.assertSilent(answer)

    def test_a_default_a_user_keeps_sets_no_link(self):
        user = self.theirs.users["accountant"]
        self.env["ir.default"].set(
            LINE,
            "tochka_transaction_id",
            self.mine.of("rejected row").id,
            user_id=user.id,
        )
        self.as_role("accountant")
        journal = self.theirs.of("account.journal").id
        values = {"journal_id": journal, "amount": 5.0, "payment_ref": "x"}
        answer = self.http_call(LINE, "web_save", [], values, self._spec())
        self.assertSilent(answer)
        self.assertFalse(answer.value[0]["tochka_transaction_id"])

    def test_what_the_addon_keeps_of_a_line_is_not_written(self):
        self.as_role("accountant")
        line, own_row = self.theirs.of(LINE), self.theirs.of("rejected row")
        other = self.theirs.of("confirmed line")
        for values in (
            {"tochka_transaction_id": False},
            {"tochka_transaction_id": own_row.id},
            {"tochka_review": "confirmed"},
            {"tochka_booked": True},
            {"tochka_duplicate_id": other.id},
            {"tochka_item_source": "rule"},
            {"tochka_partner_source": "inn"},
            {"tochka_by_hand": []},
            {"tochka_payee": "x"},
            {"cash_flow_rule_id": self.theirs.of("cash.flow.rule").id},
        ):
            self.assertRefused(self.http_call(LINE, "write", [line.id], values), values)
            answer = self.http_call(
                LINE,
                "load",
                [
                    ".id",
                    *(
                        name + "/.id" if name.endswith("_id") else name
                        for name in values
                    ),
                ],
                [[str(line.id), *map(str, values.values())]],
            )
            self.assertTrue(
                answer.error or answer.value["messages"], f"{values} {answer.text}"
            )
        self.assertUnchanged(line, tochka_review="new", checked=False)

    def test_no_context_says_that_the_addon_itself_writes(self):
        self.as_role("accountant")
        line = self.theirs.of(LINE)
        context = dict.fromkeys(
            ("tochka_recognising", "tochka_ours", "tochka_parts_together"), True
        )
        answer = self.http_call(
            LINE, "write", [line.id], {"tochka_booked": True}, context=context
        )
        self.assertRefused(answer)

    def test_the_company_can_bring_its_payment_back(self):
        row = self.mine.of("rejected row")
        self.as_role("accountant")
        self.http_call(
            LINE,
            "create",
            [
                {
                    "journal_id": self.theirs.of("account.journal").id,
                    "amount": 5.0,
                    "payment_ref": "x",
                    "tochka_transaction_id": row.id,
                }
            ],
            keep=True,
        )
        self.as_role("accountant", self.mine)
        answer = self.http_call(
            "tochka.transaction", "action_restore", [row.id], keep=True
        )
        self.assertFalse(answer.error, answer.text)
        self.assertUnchanged(row, review="new")

    def test_a_search_through_links_asks_nothing_of_the_other_company(self):
        words = "Тайное назначение Берёза"
        self.as_role("accountant")
        for path in (
            "tochka_transaction_id.purpose",
            "tochka_purpose",
            "tochka_transaction_id.pair_id.purpose",
            "tochka_duplicate_id.payment_ref",
            "cash_flow_rule_id.name",
        ):
            answer = self.http_call(LINE, "search_count", [(path, "like", words)])
            self.assertFalse(answer.value, path)

    def test_row_and_line_are_of_one_company(self):
        line, row = self.theirs.of(LINE), self.mine.of("rejected row")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            line.sudo().write({"tochka_transaction_id": row.id})

    def test_a_reader_without_the_register_reads_lines(self):
        self.as_role("billing")
        line = self.theirs.of(LINE)
        answer = self.http_call(LINE, "read", [line.id], ["amount", "tochka_inn"])
        self.assertFalse(answer.error, answer.text[-1500:])
        self.assertFalse(answer.value[0]["tochka_inn"])
        self.as_role("accountant")
        answer = self.http_call(
            LINE, "read", [line.id], ["tochka_inn", "tochka_purpose"]
        )
        row = line.tochka_transaction_id
        self.assertEqual(answer.value[0]["tochka_inn"], row.inn)
        self.assertEqual(answer.value[0]["tochka_purpose"], row.purpose)
        found = self.http_call(LINE, "search", [("tochka_inn", "=", row.inn)])
        self.assertEqual(found.value, line.ids)


class WizardWalls:
    """Finding 2: wizards take any id."""

    def test_choosing_does_not_unbind_another_companys_account(self):
        manager = self.theirs.users["manager"]
        connection = self.theirs.of("tochka.connection")
        wizard = (
            self.env["tochka.choose.wizard"]
            .with_user(manager)
            .with_context(active_id=connection.id)
            .create({})
        )
        own = wizard.account_line_ids.filtered("load")
        self.sign_in(manager)
        extra = {"organization_id": self.mine.of("tochka.organization").id}
        foreign = {"account_id": self.mine.of("spare account").id, "load": False}
        for values in (
            {"organization_line_ids": [Command.create({**extra, "load": False})]},
            {"account_line_ids": [Command.create(foreign)]},
            {"account_line_ids": [Command.update(own.id, foreign)]},
            {"connection_id": self.mine.of("tochka.connection").id},
        ):
            answer = self.http_call(
                "tochka.choose.wizard", "write", [wizard.id], values
            )
            self.assertRefused(answer, values)
            answer = self.http_call("tochka.choose.wizard", "create", [values])
            self.assertRefused(answer, values)
        self.assertUnchanged(
            self.mine.of("tochka.organization"), company_id=self.mine.company
        )

    def test_an_account_of_another_connection_is_not_chosen(self):
        # Both are the manager's own, but they are two accesses to the bank.
        manager = self.theirs.users["manager"]
        second = self.theirs.of("tochka.connection").copy({"name": "Второй доступ"})
        wizard = (
            self.env["tochka.choose.wizard"]
            .with_user(manager)
            .with_context(active_id=second.id)
            .create({})
        )
        self.sign_in(manager)
        for values in (
            {
                "account_line_ids": [
                    Command.create({"account_id": self.theirs.of("tochka.account").id})
                ]
            },
            {
                "organization_line_ids": [
                    Command.create(
                        {"organization_id": self.theirs.of("tochka.organization").id}
                    )
                ]
            },
        ):
            answer = self.http_call(
                "tochka.choose.wizard", "write", [wizard.id], values
            )
            self.assertTrue(answer.error, answer.text)

    def test_the_dialogs_show_no_ones_names_and_balances(self):
        self.as_role("manager")
        account = self.mine.of("tochka.account").id
        calls = (
            (
                "tochka.choose.account",
                {"account_id": account},
                {
                    "account_id": NAMED,
                    "organization_id": NAMED,
                    "number": {},
                    "warning": {},
                },
            ),
            (
                "tochka.choose.organization",
                {"organization_id": self.mine.of("tochka.organization").id},
                {"organization_id": NAMED, "name": {}, "inn": {}, "kpp": {}},
            ),
            (
                "tochka.opening.wizard",
                {"account_id": account, "day": "2026-11-01"},
                {
                    "account_id": NAMED,
                    "balance": {},
                    "balance_in_books": {},
                    "adjustment": {},
                },
            ),
            (
                "tochka.import.wizard",
                {"run_id": self.mine.of("tochka.import").id},
                {"run_id": NAMED, "run_state": {}},
            ),
            (
                "tochka.import.wizard",
                {"account_ids": [[4, account]]},
                {"account_ids": NAMED},
            ),
        )
        for model, values, spec in calls:
            for answer in (
                self.http_call(model, "onchange", [], values, list(values), spec),
                self.http_call(model, "create", [values]),
                self.http_call(model, "web_save", [], values, spec),
                self.http_call(
                    model,
                    "default_get",
                    list(values),
                    context={
                        f"default_{name}": value for name, value in values.items()
                    },
                ),
                self.http_call(
                    model,
                    "onchange",
                    [],
                    {},
                    [],
                    spec,
                    context={
                        f"default_{name}": value for name, value in values.items()
                    },
                ),
            ):
                self.assertSilent(answer, (model, values))

    def test_nested_lines_of_the_choice_show_nothing(self):
        self.as_role("manager")
        lines = {
            "account_line_ids": [
                [0, "virtual_1", {"account_id": self.mine.of("tochka.account").id}]
            ],
            "organization_line_ids": [
                [
                    0,
                    "virtual_2",
                    {"organization_id": self.mine.of("tochka.organization").id},
                ]
            ],
        }
        spec = {
            "account_line_ids": {
                "fields": {"number": {}, "account_id": NAMED, "warning": {}}
            },
            "organization_line_ids": {
                "fields": {"name": {}, "inn": {}, "organization_id": NAMED}
            },
        }
        connection = self.theirs.of("tochka.connection").id
        for name in lines:
            answer = self.http_call(
                "tochka.choose.wizard",
                "onchange",
                [],
                {"connection_id": connection, name: lines[name]},
                [name],
                spec,
            )
            self.assertSilent(answer, name)

    def test_another_administrators_dialog_is_closed(self):
        self.as_role("manager")
        for model in (
            "tochka.choose.wizard",
            "tochka.choose.organization",
            "tochka.choose.account",
            "tochka.import.wizard",
            "tochka.opening.wizard",
        ):
            record = self.mine.of(model)
            self.assertRefused(self.http_call(model, "read", record.ids), model)
            answer = self.http_call(model, "search_read", [])
            self.assertSilent(answer, model)
            self.assertNotIn(record.id, [one["id"] for one in answer.value], model)


class ManagerWalls:
    """Finding 3: managers write what no screen offers."""

    def test_what_no_screen_offers_is_not_written(self):
        self.as_role("manager")
        account, journal = "tochka.account", "account.journal"
        for model, values in (
            (account, {"journal_id": self.mine.of(journal).id}),
            (account, {"journal_id": False}),
            (account, {"connection_id": self.mine.of("tochka.connection").id}),
            (account, {"organization_id": self.mine.of("tochka.organization").id}),
            (account, {"bank_account_id": self.mine.of(account).bank_account_id}),
            (account, {"company_id": self.mine.company.id}),
            (account, {"loaded_until": "2020-01-01"}),
            (account, {"opening_balance": 1.0}),
            (account, {"opening_date": "2020-01-01"}),
            (account, {"last_error": False}),
            (account, {"auto_import_since": "2020-01-01"}),
            (
                "tochka.organization",
                {"connection_id": self.mine.of("tochka.connection").id},
            ),
            ("tochka.organization", {"company_id": self.mine.company.id}),
            ("tochka.organization", {"inn": "7700000000"}),
            ("tochka.connection", {"company_id": self.mine.company.id}),
            ("tochka.connection", {"state": "connected"}),
            ("tochka.connection", {"consent_id": "x"}),
            ("tochka.connection", {"push_state": "on"}),
            ("tochka.connection", {"push_key": "x" * 43}),
            ("tochka.connection", {"secrets": "x"}),
            ("tochka.connection", {"user_id": self.mine.users["manager"].id}),
            ("tochka.connection", {"account_ids": [[4, self.mine.of(account).id]]}),
            (
                "tochka.connection",
                {
                    "organization_ids": [
                        [1, self.theirs.of("tochka.organization").id, {"inn": "1"}]
                    ]
                },
            ),
        ):
            record = self.theirs.of(model)
            for method in ("write", "web_save"):
                spec = ({},) if method == "web_save" else ()
                answer = self.http_call(model, method, record.ids, values, *spec)
                self.assertRefused(answer, (method, values))

    def test_a_connection_is_not_made_for_another_company(self):
        self.as_role("manager")
        answer = self.http_call(
            "tochka.connection",
            "create",
            [{"name": "x", "company_id": self.mine.company.id}],
        )
        self.assertRefused(answer)

    def test_what_the_form_offers_is_written(self):
        self.as_role("manager")
        for model, values in (
            ("tochka.connection", {"name": "Новое имя", "push_enabled": True}),
            ("tochka.connection", {"client_secret": "x", "scope": "accounts"}),
            ("tochka.account", {"create_partners": False}),
        ):
            answer = self.http_call(model, "write", self.theirs.of(model).ids, values)
            self.assertFalse(answer.error, answer.text)

    def test_the_banks_own_address_cannot_be_replaced(self):
        self.as_role("manager")
        connection = self.theirs.of("tochka.connection")
        for values in (
            {"environment": "production", "base_url": "https://thief.example"},
            {"environment": "sandbox", "base_url": "https://thief.example"},
        ):
            answer = self.http_call(
                "tochka.connection", "write", connection.ids, values
            )
            self.assertRefused(answer, values)


class MethodWalls:
    """Finding 4: an access check of the wrong model."""

    def test_a_change_of_the_bank_is_dismissed_by_its_company(self):
        row = self.mine.of("tochka.transaction")
        words = row.bank_change
        for role in ("accountant", "manager", "employee", "reader"):
            self.as_role(role)
            answer = self.http_call(
                "tochka.transaction", "action_dismiss_change", row.ids, keep=True
            )
            self.assertRefused(answer, role)
        self.as_role("reader", self.mine)
        answer = self.http_call(
            "tochka.transaction", "action_dismiss_change", row.ids, keep=True
        )
        self.assertTrue(answer.error)
        self.assertUnchanged(row, bank_change=words)

    def test_a_part_of_a_foreign_payment_answers_nothing(self):
        self.as_role("accountant")
        for amount in (1.0, -1.0, 99999999.0):
            values = {
                "line_id": self.mine.of(LINE).id,
                "amount": amount,
                "cash_flow_item_id": self.theirs.of("cash.flow.item").id,
            }
            for call in (
                ("create", [values]),
                (
                    "onchange",
                    [],
                    values,
                    ["line_id"],
                    {
                        "payment_amount": {},
                        "line_id": NAMED,
                        "commercial_partner_id": NAMED,
                    },
                ),
                (
                    "write",
                    self.theirs.of("cash.flow.part").ids,
                    {"line_id": values["line_id"]},
                ),
            ):
                answer = self.http_call("cash.flow.part", *call)
                self.assertRefused(answer, call)

    def test_what_was_learnt_stays_in_its_company(self):
        self.as_role("accountant")
        memory = self.theirs.of("cash.flow.memory")
        for values in (
            {"company_id": self.mine.company.id},
            {"cash_flow_item_id": self.mine.of("cash.flow.item").id},
            {"partner_id": self.mine.of("res.partner").id},
            {"rule_id": self.mine.of("cash.flow.rule").id},
        ):
            answer = self.http_call("cash.flow.memory", "write", memory.ids, values)
            self.assertRefused(answer, values)
        answer = self.http_call(
            "cash.flow.memory",
            "create",
            [
                {
                    "company_id": self.mine.company.id,
                    "direction": "in",
                    "payee": "кто-то",
                    "cash_flow_item_id": self.theirs.of("cash.flow.item").id,
                }
            ],
        )
        self.assertRefused(answer)

    def test_a_refusal_names_nothing_even_in_debug_mode(self):
        user = self.theirs.users["employee"]
        for role in ("accountant", "manager", "reader", "employee"):
            user = self.theirs.users[role]
            self.authenticate(user.login, user.login, session_extra={"debug": "1"})
            for model, record in self.mine.records.items():
                if not model.startswith(("tochka.", "cash.flow.")):
                    continue
                answer = self.http_call(model, "read", record.ids)
                self.assertRefused(answer, (role, model))


class AddressWalls:
    """Finding 5: the check of the address is passed. Nothing is sent to any of them."""

    ODD = (
        "http://bank.example\\@localhost",
        "https://bank.example\\@localhost",
        "ftp://localhost",
        "https://",
        "https:///uapi",
        "http://localhost:abc",
        "https://bank.example:abc",
        "https://bank.example:99999",
        "https://user:password@bank.example/uapi",
        "https://bank.example@localhost/uapi",
        "https://bank example/uapi",
        "https://bank.example/uapi?x=1",
        "https://bank.example/uapi#x",
        "https://bank.example\n.thief.example/",
        " https://bank.example\t",
        "//localhost",
        "localhost",
        "http://localhost.thief.example",
        "http://127.0.0.1.thief.example",
        "http://bank.example",
        "https://-bank.example",
        "https://bank..example",
        "https://%6cocalhost",
        "javascript:alert(1)",
    )
    OWN_NETWORK = (
        "http://localhost:8069/uapi",
        "https://localhost/uapi",
        "http://127.0.0.1:1/uapi",
        "https://127.1.2.3/uapi",
        "http://[::1]:1/uapi",
        "https://10.0.0.5/uapi",
        "https://192.168.1.1/uapi",
        "https://172.16.0.1/uapi",
        "https://169.254.169.254/latest",
        "https://0.0.0.0/",
        "https://[fe80::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://intranet/uapi",
        "https://bank.local/uapi",
        "https://bank.localhost/uapi",
    )

    def _in_production(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("account_tochka.allow_own_network", False)
        parameters.set_param("web.base.url", "https://odoo.example")

    def _write(self, address):
        return self.http_call(
            "tochka.connection",
            "write",
            self.theirs.of("tochka.connection").ids,
            {"environment": "custom", "base_url": address},
        )

    def test_odd_addresses_are_refused(self):
        self.as_role("manager")
        for address in self.ODD:
            answer = self._write(address)
            self.assertEqual(
                answer.error, "odoo.exceptions.ValidationError", repr(address)
            )

    def test_plain_addresses_are_taken(self):
        self.as_role("manager")
        for address in (
            "https://bank.example",
            "https://bank.example/uapi",
            "https://bank.example:8443/uapi/",
            "https://8.8.8.8/uapi",
            "https://xn--80aswg.example/uapi",
            "http://localhost:8069/uapi",
            "http://127.0.0.1:1/uapi",
            "http://[::1]:1/uapi",
        ):
            answer = self._write(address)
            self.assertFalse(answer.error, (address, answer.text[:500]))

    def test_the_own_network_needs_a_system_parameter(self):
        self._in_production()
        self.as_role("manager")
        for address in self.OWN_NETWORK:
            answer = self._write(address)
            self.assertEqual(
                answer.error, "odoo.exceptions.ValidationError", repr(address)
            )
        self.env["ir.config_parameter"].set_param(
            "account_tochka.allow_own_network", "True"
        )
        for address in ("http://127.0.0.1:1/uapi", "https://bank.local/uapi"):
            self.assertFalse(self._write(address).error, address)

    def test_a_name_that_leads_there_is_not_called(self):
        self._in_production()
        connection = self.theirs.of("tochka.connection")
        asked = len(self.bank.control("/log", "GET"))
        self.as_role("manager")
        answer = self.http_call("tochka.connection", "action_check", connection.ids)
        self.assertEqual(answer.error, "odoo.exceptions.UserError", answer.text[-1500:])
        self.assertEqual(len(self.bank.control("/log", "GET")), asked)


class SharedWalls:
    """Finding 6: what is of all companies is the system administrator's."""

    def _values(self):
        item = self.env.ref("account_tochka.item_out_rent")
        return (
            (
                "cash.flow.rule",
                {
                    "name": "Для всех",
                    "direction": "out",
                    "cash_flow_item_id": item.id,
                    "auto_confirm": True,
                    "sequence": -1,
                    "purpose_words": "а",
                },
            ),
            ("cash.flow.item", {"name": "Для всех"}),
        )

    def test_a_manager_makes_nothing_for_all_companies(self):
        self.as_role("manager")
        for model, values in self._values():
            shared = self.env[model].create(
                {**values, "company_id": False, "direction": "both"}
            )
            own = self.theirs.of(model)
            for call in (
                ("create", [{**values, "company_id": False}]),
                ("write", own.ids, {"company_id": False}),
                ("write", shared.ids, {"name": "x"}),
                ("write", shared.ids, {"company_id": self.theirs.company.id}),
                ("unlink", shared.ids),
                ("copy", shared.ids),
                (
                    "load",
                    ["name", "direction", "purpose_words", "company_id/.id"],
                    [["x", "in", "а", ""]],
                ),
            ):
                answer = self.http_call(model, *call)
                refused = answer.error or (
                    call[0] == "load" and answer.value["messages"]
                )
                self.assertTrue(refused, (model, call, answer.text))

    def test_the_system_administrator_does(self):
        user = self._make_person(
            "system",
            "base.group_system,account_tochka.group_tochka_manager",
            self.theirs.company,
        )
        self.sign_in(user)
        for model, values in self._values():
            answer = self.http_call(model, "create", [{**values, "company_id": False}])
            self.assertFalse(answer.error, answer.text)


class SmallWalls:
    """Finding 7: raw words of the database, and keys in logs."""

    def test_a_sign_that_cannot_be_kept_is_told_in_words(self):
        self.as_role("accountant")
        rule = self.theirs.of("cash.flow.rule")
        for name in (
            "purpose_words",
            "purpose_not_words",
            "party_words",
            "name",
            "label",
            "kbk",
            "account_prefixes",
            "purpose_pattern",
        ):
            values = {name: "аренда\0дом"}
            for call in (
                ("write", rule.ids, values),
                ("create", [{**values, "direction": "in", "label": "x"} | values]),
                (
                    "onchange",
                    rule.ids,
                    values,
                    [name],
                    {"match_count": {}, "problem": {}},
                ),
                ("web_save", rule.ids, values, {}),
            ):
                answer = self.http_call("cash.flow.rule", *call)
                self.assertFalse(answer.broken, (call, answer.text[-1500:]))
                self.assertNotIn("psycopg", answer.text, call)

    def test_the_log_of_requests_has_no_key_of_events(self):
        connection = self.mine.of("tochka.connection")
        connection._push_later()
        key, seen = connection.push_key, []
        handler = logging.Handler()
        handler.emit = lambda record: seen.append(record.getMessage())
        logger = logging.getLogger("werkzeug")
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)
        for path in (
            f"/account_tochka/webhook/{key}",
            f"/account_tochka/webhook/{key}?x={key}",
            f"//account_tochka/webhook/{key}/",
        ):
            self.url_open(path, data=b"x", method="POST")
            self.url_open(path)
        told = "\n".join(seen)
        self.assertIn("/account_tochka/webhook/key-", told)
        self.assertNotIn(key, told)

    def test_a_line_deleted_without_a_role_of_ours_is_a_rejection_of_its_author(self):
        user = self._make_person(
            "basic", "account.group_account_basic", self.theirs.company
        )
        line, row = self.theirs.of(LINE), self.theirs.of("tochka.transaction")
        self.sign_in(user)
        answer = self.http_call(LINE, "unlink", line.ids, keep=True)
        self.assertFalse(answer.error, answer.text)
        self.assertUnchanged(row, state="rejected", decided_by=user)
        answer = self.http_call("tochka.transaction", "action_restore", row.ids)
        self.assertTrue(answer.walled)


class HeldWalls:
    """What was tried and held: secrets in every way of reading, formulas in exports.

    Others are beside what they are about: redirects in `test_api_transport`, events in
    `test_webhook`, the way back from the bank in `test_connection`, patterns in
    `test_rules`.
    """

    SECRET = ("secrets", "push_key", "push_jwk", "push_client_id")

    def _assertNoSecret(self, answer):
        connection = self.mine.of("tochka.connection")
        for secret in (self.bank.token, connection.push_key, connection.secrets):
            self.assertNotIn(secret, answer.text)

    def test_secrets_are_read_in_no_way(self):
        connection = self.mine.of("tochka.connection")
        connection._push_later()
        model, ids = "tochka.connection", connection.ids
        for role in ("manager", "accountant"):
            self.as_role(role, self.mine)
            for name in self.SECRET:
                for call in (
                    ("read", ids, [name]),
                    ("web_read", ids, {name: {}}),
                    ("search_count", [(name, "like", "a")]),
                    ("search_read", [], [name]),
                    ("formatted_read_group", [], [name], ["__count"]),
                    ("web_read_group", [], [name]),
                    ("export_data", ids, [name]),
                    ("search_read", [], ["id"], 0, 1, name),
                ):
                    answer = self.http_call(model, *call)
                    self.assertTrue(answer.error, (role, call, answer.text[:300]))
                    self._assertNoSecret(answer)
            for call in (
                ("read", ids),
                ("fields_get",),
                ("export_data", ids, ["jwt_key", "client_secret", "name"]),
                ("onchange", ids, {"name": "x"}, ["name"], {"jwt_key": {}}),
            ):
                self._assertNoSecret(self.http_call(model, *call))
        self.as_role("manager", self.mine)
        read = self.http_call(model, "read", ids, ["jwt_key", "client_secret"])
        self.assertEqual(
            (read.value[0]["jwt_key"], read.value[0]["client_secret"]), (False, False)
        )

    def test_a_copy_and_the_chatter_have_no_secret(self):
        connection = self.mine.of("tochka.connection")
        self.as_role("manager", self.mine)
        model = "tochka.connection"
        values = {"jwt_key": "header.tell-nobody.sign", "base_url": self.bank.base_url}
        self.http_call(model, "write", connection.ids, values, keep=True)
        copied = self.http_call(model, "copy", connection.ids, keep=True).value[0]
        answer = self.http_call(model, "read", [copied], ["has_jwt_key"])
        self.assertFalse(answer.value[0]["has_jwt_key"])
        self.env.invalidate_all()
        said = self.env["mail.message"].search(
            [("model", "=", model), ("res_id", "in", [connection.id, copied])]
        )
        told = " ".join(said.mapped("body")) + str(said.tracking_value_ids.read())
        self.assertNotIn("tell-nobody", told)

    def test_formulas_in_exports_are_text(self):
        row = self.mine.of("tochka.transaction")
        row.purpose = '=HYPERLINK("http://thief.example";"Оплата")'
        self.as_role("accountant", self.mine)
        asked = {
            "model": "tochka.transaction",
            "fields": [{"name": "purpose", "label": "Purpose", "type": "text"}],
            "ids": row.ids,
            "domain": [],
            "import_compat": False,
            "groupby": [],
        }
        answer = self.url_open(
            "/web/export/csv",
            data={
                "data": json.dumps(asked),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        self.assertEqual(answer.status_code, 200)
        self.assertIn("\"'=HYPERLINK", answer.text)


@tagged("post_install", "-at_install")
class TestWallsOverRpc(
    LineWalls,
    WizardWalls,
    ManagerWalls,
    MethodWalls,
    AddressWalls,
    SharedWalls,
    SmallWalls,
    HeldWalls,
    WallCase,
):
    """All findings in one class, because two companies take long to make."""

    allow_inherited_tests_method = True
