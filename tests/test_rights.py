from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TochkaCase


@tagged("post_install", "-at_install")
class TestRights(TochkaCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose()
        self.load(self.account)

    def test_the_accountant_reviews_and_loads(self):
        lines = self.lines(self.account).with_user(self.accountant)
        lines[0].action_tochka_confirm()
        lines[0].action_tochka_back_to_new()
        row = lines[1].tochka_transaction_id
        lines[1].action_tochka_reject()
        row.with_user(self.accountant).action_restore()
        self.assertEqual(row.review, "new")
        wizard = self.env["tochka.import.wizard"].with_user(self.accountant).create({})
        wizard.action_import()
        self.assertTrue(wizard.run_id)

    @mute_logger(
        "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_access"
    )
    def test_the_accountant_does_not_connect(self):
        connection = self.connection.with_user(self.accountant)
        for method in (
            "action_connect",
            "action_check",
            "action_fetch_accounts",
            "action_disconnect",
        ):
            with self.assertRaises(AccessError, msg=method):
                getattr(connection, method)()
        with self.assertRaises(AccessError):
            self.env["tochka.choose.wizard"].with_user(self.accountant).create(
                {"connection_id": connection.id}
            )
        with self.assertRaises(AccessError):
            self.env["tochka.opening.wizard"].with_user(self.accountant).create(
                {"account_id": self.account.id, "day": "2026-10-01"}
            )
        with self.assertRaises(AccessError):
            connection.client_id = "other"

    @mute_logger(
        "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_access"
    )
    def test_the_register_cannot_be_rewritten_or_deleted(self):
        rows = self.account.transaction_ids.with_user(self.accountant)
        with self.assertRaises(AccessError):
            rows[0].unlink()
        with self.assertRaises(AccessError):
            rows[0].amount = 1.0
        with self.assertRaises(AccessError):
            self.env["tochka.transaction"].with_user(self.accountant).create({})

    @mute_logger(
        "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_access"
    )
    def test_secrets_are_for_the_system_only(self):
        for user in (self.accountant, self.administrator):
            connection = self.connection.with_user(user)
            with self.assertRaises(AccessError):
                connection.read(["secrets"])
            self.assertNotIn("secrets", connection.fields_get())
        self.assertNotIn(
            "jwt_key", self.connection.with_user(self.accountant).fields_get()
        )
        read = self.connection.with_user(self.administrator).read(["jwt_key"])
        self.assertFalse(read[0]["jwt_key"])

    @mute_logger(
        "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_access"
    )
    def test_another_company_sees_nothing(self):
        other = self._make_company("За стеной")
        stranger = new_test_user(
            self.env,
            "stranger",
            "base.group_user,account_tochka.group_tochka_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        run = self.env["tochka.import"].search([], limit=1)
        for record in (
            self.connection,
            self.account,
            self.account.organization_id,
            self.account.transaction_ids[:1],
            self.lines(self.account)[:1],
            run,
        ):
            self.assertTrue(record)
            seen = self.env[record._name].with_user(stranger)
            self.assertNotIn(record, seen.search([]), record._name)
            with self.assertRaises(AccessError, msg=record._name):
                record.with_user(stranger).read(["create_date"])
        with self.assertRaises(AccessError):
            self.env["tochka.import.wizard"].with_user(stranger).create(
                {"account_ids": [Command.set(self.account.ids)]}
            ).action_import()

    def test_an_employee_without_a_role_has_no_menu(self):
        employee = new_test_user(self.env, "employee", "base.group_user")
        root = self.env.ref("account_tochka.menu_root")
        visible = {
            user: self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for user in (employee, self.accountant)
        }
        self.assertNotIn(root.id, visible[employee])
        self.assertIn(root.id, visible[self.accountant])

    def test_secrets_never_follow_a_changed_address(self):
        connection = self.connection.with_user(self.administrator)
        connection.name = "Другое имя"
        self.assertTrue(self.connection.has_jwt_key)
        connection.base_url = "https://other.example.com/uapi"
        self.assertFalse(self.connection.has_jwt_key)
        self.assertEqual(self.connection.state, "draft")

    def test_an_address_without_encryption_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "https"):
            self.connection.base_url = "http://other.example.com/uapi"
