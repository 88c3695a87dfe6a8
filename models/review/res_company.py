from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _is_bank_locked_on(self, day):
        """Whether an entry of a bank journal cannot be booked or changed on a day."""
        self.ensure_one()
        return bool(
            self._get_lock_date_violations(
                day, fiscalyear=True, sale=False, purchase=False, tax=False, hard=True
            )
        )
