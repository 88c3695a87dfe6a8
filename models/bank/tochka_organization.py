from odoo import api, fields, models


class TochkaOrganization(models.Model):
    """One legal entity the bank showed."""

    _name = "tochka.organization"
    _inherit = ["tochka.walled"]
    _description = "Tochka Bank Organisation"
    _order = "name, id"

    connection_id = fields.Many2one(
        "tochka.connection",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    name = fields.Char(required=True, readonly=True)
    full_name = fields.Char(readonly=True)
    customer_code = fields.Char(required=True, readonly=True)
    inn = fields.Char(string="INN", readonly=True)
    kpp = fields.Char(string="KPP", readonly=True)
    ogrn = fields.Char(string="OGRN", readonly=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, help="The company that keeps its books."
    )
    account_ids = fields.One2many(
        "tochka.account", "organization_id", string="Accounts", readonly=True
    )

    _customer_code_unique = models.UniqueIndex(
        "(connection_id, customer_code)",
        "The connection knows this organisation already.",
    )

    @api.model
    def _store(self, connection, customers):
        """Take over what the bank shows: new ones are made, known ones updated.

        :param connection: tochka.connection
        :param list[tochka_api.Customer] customers: organisations, persons included
        """
        known = {o.customer_code: o for o in connection.sudo().organization_ids}
        for customer in customers:
            vals = {
                "name": customer.short_name or customer.full_name,
                "full_name": customer.full_name,
                "inn": customer.inn,
                "kpp": customer.kpp,
                "ogrn": customer.ogrn,
            }
            organization = known.get(customer.customer_code)
            if organization:
                organization.write(vals)
            else:
                self.sudo().create(
                    {
                        "connection_id": connection.id,
                        "customer_code": customer.customer_code,
                        **vals,
                    }
                )

    @api.model
    def _store_unnamed(self, connection, codes):
        """Make the organisations of which the bank shows accounts only.

        Names and INN come later, with the right to read them.

        :param list[str] codes: customer codes of accounts
        """
        known = connection.sudo().organization_ids.mapped("customer_code")
        self.sudo().create(
            [
                {
                    "connection_id": connection.id,
                    "customer_code": code,
                    "name": self.env._("Client %s of the bank", code),
                }
                for code in dict.fromkeys(codes)
                if code not in known
            ]
        )

    def _propose_company(self):
        """Return the company of the current user with this INN (and KPP), or none."""
        self.ensure_one()
        if not self.inn:
            return self.env["res.company"]
        same_inn = self.env.user.company_ids.filtered(lambda c: c.vat == self.inn)
        same_kpp = same_inn.filtered(lambda c: c.partner_id.kpp == self.kpp)
        return (same_kpp or same_inn)[:1]

    def _create_company(self):
        """Create a company from what the bank says, with a chart of accounts.

        :return: res.company, allowed for the current user
        """
        self.ensure_one()
        self.env["res.company"].check_access("create")
        # Its contact, its chart and the user's list of companies come with it.
        root = self.sudo().env
        country, rouble = root.ref("base.ru"), root.ref("base.RUB")
        rouble.active = True
        company = root["res.company"].create(
            {
                "name": self.name,
                "country_id": country.id,
                "currency_id": rouble.id,
                "vat": self.inn,
                "company_registry": self.ogrn,
            }
        )
        company.partner_id.kpp = self.kpp
        root.user.company_ids |= company
        template = self.sudo().connection_id.company_id.chart_template
        root["account.chart.template"].try_loading(
            template or False, company, install_demo=False
        )
        # The chart may bring its country's currency: the books are kept in roubles.
        company.write({"country_id": country.id, "currency_id": rouble.id})
        return company.sudo(False)
