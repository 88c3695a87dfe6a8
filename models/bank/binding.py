"""Binding a bank account to a bank journal."""

from odoo import fields, models
from odoo.exceptions import ValidationError


class TochkaAccount(models.Model):
    _inherit = "tochka.account"

    def _propose_journal(self, company):
        """Find the company's bank journal with this account number.

        :param company: res.company that keeps the books of the account
        :return: account.journal, empty when there is none that fits
        """
        self.ensure_one()
        journals = self.env["account.journal"].search(
            [
                ("company_id", "=", company.id),
                ("type", "=", "bank"),
                ("bank_account_id.sanitized_acc_number", "=", self.number),
            ]
        )
        return journals.filtered(lambda j: not self._journal_problem(j, company))[:1]

    def _journal_problem(self, journal, company):
        """Say why the account cannot be bound to the journal.

        :return: a translated sentence, or None when it can
        """
        self.ensure_one()
        if journal.type != "bank":
            return self.env._(
                "“%s” is not a bank journal. Choose a bank journal or let a new one be"
                " created.",
                journal.display_name,
            )
        if journal.company_id != company:
            return self.env._(
                "The journal “%(journal)s” belongs to %(other)s, the account to"
                " %(company)s. Choose a journal of the same company or let a new one be"
                " created.",
                journal=journal.display_name,
                other=journal.company_id.name,
                company=company.name,
            )
        currency = journal.currency_id or journal.company_id.currency_id
        if currency != self.currency_id:
            return self.env._(
                "The journal “%(journal)s” is in %(other)s, the account …%(account)s in"
                " %(currency)s. Choose a journal in the same currency or let a new one"
                " be created.",
                journal=journal.display_name,
                other=currency.name,
                account=self.number[-4:],
                currency=self.currency_id.name,
            )
        number = journal.bank_account_id.sanitized_acc_number
        if number and number != self.number:
            return self.env._(
                "The journal “%(journal)s” is for another bank account, %(number)s."
                " Choose another one or let a new one be created.",
                journal=journal.display_name,
                number=number,
            )
        bound = self.sudo().search(
            [("journal_id", "=", journal.id), ("id", "!=", self.id)], limit=1
        )
        if bound:
            return self.env._(
                "The journal “%(journal)s” is bound to the account %(account)s already."
                " Choose another one or let a new one be created.",
                journal=journal.display_name,
                account=bound.display_name,
            )
        if self.journal_id and self.journal_id != journal and self._has_lines():
            return self.env._(
                "Payments of the account …%(account)s are in the journal “%(journal)s”"
                " already. Choose that journal.",
                account=self.number[-4:],
                journal=self.journal_id.display_name,
            )
        return None

    def _has_lines(self):
        """Whether payments of this account are in the books."""
        self.ensure_one()
        return bool(
            self.env["tochka.transaction"].search_count(
                [("account_id", "=", self.id), ("line_id", "!=", False)], limit=1
            )
        )

    def _bind(self, company, journal, *, auto_import, interval):
        """Choose the account for loading.

        :param journal: account.journal, empty to create one
        :raise ValidationError: when the journal does not fit
        """
        self.ensure_one()
        if not self.is_open:
            raise ValidationError(
                self.env._(
                    "The account %s is closed in the bank. Untick it.",
                    self.display_name,
                )
            )
        elsewhere = self.sudo().search(
            [
                ("number", "=", self.number),
                ("company_id", "=", company.id),
                ("journal_id", "!=", False),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if elsewhere:
            raise ValidationError(
                self.env._(
                    "The account %(account)s is loaded through the connection"
                    " “%(connection)s” already; twice would double its payments. Renew"
                    " that connection instead.",
                    account=self.display_name,
                    connection=elsewhere.connection_id.name,
                )
            )
        self.currency_id.sudo().active = True
        journal = journal or self._propose_journal(company)
        journal = journal or self._create_journal(company)
        problem = self._journal_problem(journal, company)
        if problem:
            raise ValidationError(problem)
        if not journal.bank_account_id:
            journal.sudo().set_bank_account(self.number, self._bank().id)
        vals = {
            "journal_id": journal.id,
            "auto_import": auto_import,
            "interval": interval,
        }
        if auto_import and not self.auto_import_since:
            vals["auto_import_since"] = self._today()
        self.sudo().write(vals)

    def _unbind(self):
        """Take the account out of loading.

        :raise ValidationError: when its payments are in the books
        """
        for account in self.filtered("journal_id"):
            if account._has_lines() or account.opening_line_id:
                raise ValidationError(
                    self.env._(
                        "Payments of the account %s are in the books, so it stays"
                        " chosen. Switch off automatic loading instead.",
                        account.display_name,
                    )
                )
            account.sudo().write({"journal_id": False, "auto_import": False})

    def _bank(self):
        """Give the res.bank of Tochka with this account's BIC, created when missing."""
        self.ensure_one()
        banks = self.env["res.bank"].sudo()
        bank = banks.search([("bic", "=", self.bic)], limit=1)
        return bank or banks.create(
            {
                "name": 'ООО "Банк Точка"',
                "bic": self.bic,
                "country": self.env.ref("base.ru").id,
            }
        )

    def _create_journal(self, company):
        """Create the bank journal (and its ledger account) of this bank account."""
        self.ensure_one()
        journals = self.env["account.journal"]
        journals.check_access("create")
        own_currency = self.currency_id != company.currency_id
        # The company's bank account comes with it, and contacts may be closed to us.
        return (
            journals.sudo()
            .with_company(company)
            .create(
                {
                    "name": self.env._(
                        "Tochka …%(account)s %(currency)s",
                        account=self.number[-4:],
                        currency=self.currency_id.name,
                    ),
                    "type": "bank",
                    "company_id": company.id,
                    "currency_id": self.currency_id.id if own_currency else False,
                    "bank_acc_number": self.number,
                    "bank_id": self._bank().id,
                }
            )
            .sudo(False)
        )

    def _count_foreign_lines(self, journal):
        """Count the journal's lines that did not come from the bank.

        :return int: lines typed by hand or loaded by another tool this month or later
        """
        self.ensure_one()
        return self.env["account.bank.statement.line"].search_count(
            [
                ("journal_id", "=", journal.id),
                ("tochka_transaction_id", "=", False),
                ("date", ">=", fields.Date.start_of(self._today(), "month")),
            ]
        )
