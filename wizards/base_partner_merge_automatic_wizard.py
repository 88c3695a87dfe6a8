from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override to let go of what was learnt twice.

        The wizard knows what constraints forbid, but not what a unique index does.
        """
        self._forget_doubled_memories(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _forget_doubled_memories(self, src_partners, dst_partner):
        """Keep one memory for each company and direction: what stays, or the latest."""
        Memory = self.env["cash.flow.memory"].sudo()
        partners = src_partners | dst_partner
        known, doubled = set(), Memory.browse()
        # The order of the model is the latest first; sorting keeps it.
        for memory in Memory.search([("partner_id", "in", partners.ids)]).sorted(
            lambda memory: memory.partner_id != dst_partner
        ):
            key = (memory.company_id, memory.direction, memory.payee)
            if key in known:
                doubled |= memory
            known.add(key)
        doubled.unlink()

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Override to give INN and KPP to a contact while the others still have them.

        What stays keeps its own mark: a person's contact was not made by a payment.
        """
        sources = src_partners.sudo()
        sources.tochka_created = False
        sources.flush_recordset(["tochka_created"])
        return super()._update_values(src_partners, dst_partner)
