from odoo import api, fields, models

from .texts.legal_names import legal_key
from .texts.requisites import inn_of_vat

# The context value that says «loading payments creates this»; JSON cannot carry it, so
# nobody sends it over RPC.
NO_NOTES = object()


class ResPartner(models.Model):
    _inherit = "res.partner"

    kpp = fields.Char(
        string="KPP",
        size=9,
        help="Tax registration reason code: tells the branches of one INN apart.",
    )
    # Two keys to look contacts up by, in one query, however people typed them.
    inn_key = fields.Char(
        compute="_compute_inn_key", store=True, index="btree_not_null"
    )
    legal_key = fields.Char(
        compute="_compute_legal_key", store=True, index="btree_not_null"
    )
    tochka_created = fields.Boolean(
        string="Created from a Payment",
        readonly=True,
        copy=False,
        help="Loading payments of Tochka Bank made this contact from what the bank told"
        " of the counterparty.",
    )

    # Two processes may meet a new counterparty at the same moment: one of them begins
    # anew and finds the other's contact. What people enter is theirs to decide.
    _tochka_created_unique = models.UniqueIndex(
        "(inn_key, COALESCE(kpp, ''), COALESCE(company_id, 0))"
        " WHERE tochka_created AND active AND parent_id IS NULL",
        "There is a contact with this INN and KPP, made from a payment. Use that one.",
    )

    @api.depends("vat", "country_id")
    def _compute_inn_key(self):
        russia = self.env.ref("base.ru")
        for partner in self:
            abroad = partner.country_id and partner.country_id != russia
            partner.inn_key = not abroad and inn_of_vat(partner.vat)

    @api.depends("name")
    def _compute_legal_key(self):
        for partner in self:
            partner.legal_key = legal_key(partner.name) or False

    def _message_log(self, **kwargs):
        """Override of `mail` to leave out notes of what loading payments created."""
        if self.env.context.get("tochka_no_notes") is NO_NOTES:
            return self.env["mail.message"]
        return super()._message_log(**kwargs)
