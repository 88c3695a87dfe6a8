from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override to delete what was learnt twice.

        The wizard handles unique constraints, but not unique indexes.
        """
        self._forget_doubled_memories(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _forget_doubled_memories(self, src_partners, dst_partner):
        """Keep one memory of each company, direction and payee.

        That of the destination is kept, else the latest one.
        """
        Memory = self.env["cash.flow.memory"].sudo()
        partners = src_partners | dst_partner
        known, doubled = set(), Memory.browse()
        # The model is ordered by the latest first, and sorting is stable.
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
        """Override to copy INN and KPP to a contact while the others still have them.

        The unique index covers contacts made from payments, so the sources lose that
        mark first; the destination keeps its own.
        """
        sources = src_partners.sudo()
        sources.tochka_created = False
        sources.flush_recordset(["tochka_created"])
        return super()._update_values(src_partners, dst_partner)
