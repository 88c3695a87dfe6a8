from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _compute_checked(self):
        """Override of `account`: posting the entry of a payment does not confirm it.

        Core takes whatever is posted for reviewed; what came from the bank waits for a
        person, however often its entry is reset to draft and posted.
        """
        result = super()._compute_checked()
        for move in self:
            if move.statement_line_id.tochka_transaction_id:
                move.checked = False
        return result

    def unlink(self):
        """Override of `account` to remember payments of deleted entries as rejected.

        The database deletes their lines without asking anybody.
        """
        self.sudo().statement_line_ids._note_rejected()
        return super().unlink()
