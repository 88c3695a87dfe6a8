"""The folded words of a payment, kept by the database beside what the bank sent.

So they are never stale, and a search over all payments need not prepare them anew.
"""

from odoo import models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from ..recognition.folded_words import folded_sql

_COLUMNS = {
    "purpose_folded": SQL("COALESCE(purpose, '')"),
    "party_folded": SQL("COALESCE(partner_name, '') || ' ' || COALESCE(payee, '')"),
}


class TochkaTransaction(models.Model):
    _inherit = "tochka.transaction"

    def init(self):
        """Let the database keep the folded words."""
        for name, text in _COLUMNS.items():
            if not column_exists(self.env.cr, self._table, name):
                self.env.cr.execute(
                    SQL(
                        "ALTER TABLE %s ADD COLUMN %s text"
                        " GENERATED ALWAYS AS (' ' || %s || ' ') STORED",
                        SQL.identifier(self._table),
                        SQL.identifier(name),
                        folded_sql(text),
                    )
                )
        return super().init()
