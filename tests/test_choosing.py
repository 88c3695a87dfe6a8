from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import TochkaCase


@tagged("post_install", "-at_install")
class TestChoosing(TochkaCase):
    def setUp(self):
        super().setUp()
        self.connection.action_connect()
        self.first, self.second = self.connection.organization_ids
        rouble = self.connection.account_ids.filtered(
            lambda one: one.is_open and one.currency_id.name == "RUB"
        )
        self.account = rouble.filtered(lambda one: one.organization_id == self.first)[
            :1
        ]

    def _wizard(self):
        return (
            self.env["tochka.choose.wizard"]
            .with_context(active_id=self.connection.id)
            .create({})
        )

    def _line(self, wizard, account):
        return wizard.account_line_ids.filtered(lambda one: one.account_id == account)

    def _tick(self, wizard, account, **vals):
        organization = wizard.organization_line_ids.filtered(
            lambda one: one.organization_id == account.organization_id
        )
        organization.write({"load": True, "company_id": self.company.id})
        self._line(wizard, account).write({"load": True, **vals})

    def test_the_bank_shows_two_organisations_and_four_accounts(self):
        self.assertEqual(len(self.connection.organization_ids), 2)
        accounts = self.connection.account_ids
        self.assertEqual(len(accounts), 4)
        self.assertEqual(accounts.mapped("is_open").count(False), 1)
        self.assertIn("CNY", accounts.currency_id.mapped("name"))

    def test_a_journal_is_created_and_shown_when_reopened(self):
        wizard = self._wizard()
        self._tick(wizard, self.account, auto_import=True, interval="daily")
        wizard.action_save()
        journal = self.account.journal_id
        self.assertEqual(
            journal.bank_account_id.sanitized_acc_number, self.account.number
        )
        self.assertEqual(journal.bank_account_id.bank_id.bic, self.account.bic)
        self.assertEqual(journal.company_id, self.company)
        again = self._wizard()
        line = self._line(again, self.account)
        self.assertEqual(
            (line.load, line.journal_id, line.auto_import, line.interval),
            (True, journal, True, "daily"),
        )
        again.action_save()
        self.assertEqual(self.account.journal_id, journal)

    def test_an_existing_journal_is_proposed_by_account_number(self):
        journal = self.env["account.journal"].create(
            {
                "name": "Расчётный счёт",
                "type": "bank",
                "company_id": self.company.id,
                "bank_acc_number": self.account.number,
            }
        )
        wizard = self._wizard()
        self._tick(wizard, self.account)
        self.assertEqual(self._line(wizard, self.account).journal_id, journal)
        wizard.action_save()
        self.assertEqual(self.account.journal_id, journal)

    def test_a_journal_of_another_currency_is_refused(self):
        yuan = self.connection.account_ids.filtered(
            lambda one: one.currency_id.name == "CNY"
        )
        journal = self.env["account.journal"].create(
            {"name": "Рубли", "type": "bank", "company_id": self.company.id}
        )
        wizard = self._wizard()
        self._tick(wizard, yuan, journal_id=journal.id)
        self.assertIn("CNY", self._line(wizard, yuan).warning)
        with self.assertRaisesRegex(ValidationError, "same currency"):
            wizard.action_save()
        self.assertFalse(yuan.journal_id)

    def test_a_journal_of_another_company_is_refused(self):
        other = self._make_company("Другая")
        journal = self.env["account.journal"].create(
            {"name": "Чужой", "type": "bank", "company_id": other.id}
        )
        wizard = self._wizard()
        self._tick(wizard, self.account)
        self._line(wizard, self.account).journal_id = journal
        with self.assertRaisesRegex(ValidationError, "same company"):
            wizard.action_save()

    def test_a_closed_account_cannot_be_chosen(self):
        closed = self.connection.account_ids.filtered(lambda one: not one.is_open)
        wizard = self._wizard()
        self._tick(wizard, closed)
        self.assertIn("Closed", self._line(wizard, closed).warning)
        with self.assertRaisesRegex(ValidationError, "closed"):
            wizard.action_save()
        self.assertFalse(closed.journal_id)

    def test_a_journal_with_payments_of_this_month_is_warned_of(self):
        journal = self.env["account.journal"].create(
            {"name": "Ручной", "type": "bank", "company_id": self.company.id}
        )
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "date": "2026-11-05",
                "amount": 100.0,
                "payment_ref": "Внесено вручную",
            }
        )
        wizard = self._wizard()
        self._tick(wizard, self.account, journal_id=journal.id)
        self.assertIn("1 payments", self._line(wizard, self.account).warning)
        wizard.action_save()
        self.assertEqual(self.account.journal_id, journal)

    def test_a_company_is_created_from_the_organisation(self):
        wizard = self._wizard()
        line = wizard.organization_line_ids.filtered(
            lambda one: one.organization_id == self.first
        )
        line.load = True
        self._line(wizard, self.account).load = True
        wizard.action_save()
        company = self.first.company_id
        self.assertEqual(company.name, self.first.name)
        self.assertEqual(company.vat, self.first.inn)
        self.assertEqual(company.partner_id.kpp, self.first.kpp)
        self.assertEqual(company.currency_id.name, "RUB")
        self.assertEqual(self.account.journal_id.company_id, company)
        self.assertTrue(company.chart_template)

    def test_nothing_ticked_is_refused_with_a_sentence(self):
        with self.assertRaisesRegex(ValidationError, "at least one organisation"):
            self._wizard().action_save()

    def test_an_account_without_its_organisation_is_refused(self):
        wizard = self._wizard()
        self._tick(wizard, self.account)
        stranger = self.connection.account_ids.filtered(
            lambda one: one.organization_id == self.second and one.is_open
        )[:1]
        self._line(wizard, stranger).load = True
        with self.assertRaisesRegex(ValidationError, "organisation is not"):
            wizard.action_save()

    def test_an_account_with_payments_stays_chosen(self):
        wizard = self._wizard()
        self._tick(wizard, self.account)
        wizard.action_save()
        self.load(self.account)
        again = self._wizard()
        self._line(again, self.account).load = False
        with self.assertRaises(ValidationError):
            again.action_save()
        self.assertTrue(self.account.journal_id)

    def test_the_form_opens_with_the_defaults(self):
        form = Form(
            self.env["tochka.choose.wizard"].with_context(active_id=self.connection.id)
        )
        self.assertEqual(len(form.account_line_ids), 4)

    def test_a_new_company_is_not_in_the_switcher_yet(self):
        limited = self.env["tochka.choose.wizard"].with_user(self.administrator)
        self.administrator.group_ids += self.env.ref("base.group_erp_manager")
        wizard = limited.with_context(
            active_id=self.connection.id, allowed_company_ids=self.company.ids
        ).create({})
        wizard.organization_line_ids.filtered(
            lambda one: one.organization_id == self.first
        ).load = True
        self._line(wizard, self.account).load = True
        wizard.action_save()
        self.assertNotEqual(self.first.company_id, self.company)
        self.assertEqual(self.account.journal_id.company_id, self.first.company_id)

    def test_one_account_is_not_loaded_through_two_connections(self):
        wizard = self._wizard()
        self._tick(wizard, self.account)
        wizard.action_save()
        second = self.connection.copy()
        second.jwt_key = self.bank.token
        second.action_connect()
        twin = second.account_ids.filtered(
            lambda one: one.number == self.account.number
        )
        with self.assertRaisesRegex(ValidationError, "Renew"):
            twin._bind(
                self.company,
                self.env["account.journal"],
                auto_import=False,
                interval="hourly",
            )
