"""What confirmation does to the entry: the other side takes its place."""

from odoo import models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"
