from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.http import request


class TochkaChooseWizard(models.TransientModel):
    """Choice of organisations and accounts to load, after connecting or later."""

    _name = "tochka.choose.wizard"
    _inherit = ["tochka.walled"]
    _description = "What to Load from Tochka Bank"

    connection_id = fields.Many2one(
        "tochka.connection", required=True, readonly=True, ondelete="cascade"
    )
    organization_line_ids = fields.One2many("tochka.choose.organization", "wizard_id")
    account_line_ids = fields.One2many("tochka.choose.account", "wizard_id")

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("What to load")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        # The return from the bank opens it by the address …/<id>/tochka-choice.
        connection_id = values.get("connection_id") or self.env.context.get("active_id")
        connection = self.env["tochka.connection"].browse(connection_id).exists()
        if not connection:
            raise UserError(self.env._("Open this dialog from a connection."))
        connection.check_access("write")
        values["connection_id"] = connection.id
        companies = {}
        organization_lines = []
        for organization in connection.organization_ids:
            company = organization.company_id or organization._propose_company()
            companies[organization] = company
            organization_lines.append(
                Command.create(
                    {
                        "organization_id": organization.id,
                        "load": bool(organization.company_id),
                        "company_id": company.id,
                    }
                )
            )
        values["organization_line_ids"] = organization_lines
        values["account_line_ids"] = [
            Command.create(self._account_defaults(account, companies))
            for account in connection.account_ids
            if account.is_listed or account.journal_id
        ]
        return values

    def _account_defaults(self, account, companies):
        company = companies[account.organization_id]
        journal = account.journal_id or (
            account._propose_journal(company) if company else account.journal_id
        )
        return {
            "account_id": account.id,
            "load": bool(account.journal_id),
            "journal_id": journal.id,
            "auto_import": account.auto_import if account.journal_id else True,
            "interval": account.interval,
            "create_partners": account.create_partners,
        }

    def action_save(self):
        """Bind what is ticked and unbind the rest; pressing twice does no harm."""
        self.ensure_one()
        self.check_access("write")
        self.connection_id.check_access("write")
        self._check_choice()
        for line in self.account_line_ids.filtered(lambda one: not one.load):
            line.account_id._unbind()
        switched_on = self.env.companies
        for line in self.organization_line_ids:
            organization = line.organization_id.sudo()
            if line.load:
                organization.company_id = line.company_id or line._create_company()
                switched_on |= organization.company_id
            elif organization.company_id:
                organization.company_id = False
        # Otherwise a new company, or one switched off by the user, is not visible.
        seen = self.with_context(allowed_company_ids=switched_on.ids)
        for line in seen.account_line_ids.filtered("load"):
            line.account_id._bind(
                line.account_id.organization_id.company_id,
                line.journal_id,
                auto_import=line.auto_import,
                interval=line.interval,
            )
            line.account_id.create_partners = line.create_partners
        if switched_on == self.env.companies or not request:
            return self.action_cancel()
        request.future_response.set_cookie("cids", "-".join(map(str, switched_on.ids)))
        return {
            "type": "ir.actions.act_url",
            "url": f"/odoo/tochka-connections/{self.connection_id.id}",
            "target": "self",
        }

    def action_cancel(self):
        """Go back to the connection without changing anything."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_tochka.action_connections"
        )
        return {
            **action,
            "res_id": self.connection_id.id,
            "views": [(False, "form")],
            "target": "main",
        }

    def _check_choice(self):
        """Check that the ticks fit together, before anything is changed.

        :raise ValidationError: when they do not
        """
        loaded = self.organization_line_ids.filtered("load").organization_id
        if not loaded:
            raise ValidationError(
                self.env._("Tick at least one organisation and one of its accounts.")
            )
        for line in self.account_line_ids.filtered("load"):
            if line.account_id.organization_id not in loaded:
                raise ValidationError(
                    self.env._(
                        "The account %(account)s is ticked, its organisation is not."
                        " Tick the organisation too.",
                        account=line.account_id.display_name,
                    )
                )
        for organization in loaded:
            chosen = self.account_line_ids.filtered("load").account_id
            if organization not in chosen.organization_id:
                raise ValidationError(
                    self.env._("Tick at least one account of %s.", organization.name)
                )


class TochkaChooseOrganization(models.TransientModel):
    _name = "tochka.choose.organization"
    _inherit = ["tochka.walled"]
    _description = "Organisation to Load from Tochka Bank"

    wizard_id = fields.Many2one(
        "tochka.choose.wizard", required=True, ondelete="cascade"
    )
    organization_id = fields.Many2one(
        "tochka.organization",
        string="Organisation",
        required=True,
        ondelete="cascade",
    )
    name = fields.Char(related="organization_id.name", related_sudo=False)
    inn = fields.Char(related="organization_id.inn", string="INN", related_sudo=False)
    kpp = fields.Char(related="organization_id.kpp", string="KPP", related_sudo=False)
    load = fields.Boolean()
    company_id = fields.Many2one(
        "res.company",
        domain=lambda self: [("id", "in", self.env.user.company_ids.ids)],
        help="Empty: a new company is created from what the bank says.",
    )

    @api.constrains("wizard_id", "organization_id")
    def _check_connection(self):
        _check_of_connection(self, self.organization_id)

    def _create_company(self):
        """Create and return the company.

        :raise UserError: when the user may not create companies
        """
        self.ensure_one()
        if not self.env["res.company"].has_access("create"):
            raise UserError(
                self.env._(
                    "You may not create companies. Choose an existing company for"
                    " %(name)s, or ask an administrator of Odoo to create one.",
                    name=self.name,
                )
            )
        return self.organization_id._create_company()


class TochkaChooseAccount(models.TransientModel):
    _name = "tochka.choose.account"
    _inherit = ["tochka.walled"]
    _description = "Account to Load from Tochka Bank"

    wizard_id = fields.Many2one(
        "tochka.choose.wizard", required=True, ondelete="cascade"
    )
    account_id = fields.Many2one("tochka.account", required=True, ondelete="cascade")
    organization_id = fields.Many2one(
        related="account_id.organization_id", string="Organisation", related_sudo=False
    )
    number = fields.Char(related="account_id.number", related_sudo=False)
    currency_id = fields.Many2one(related="account_id.currency_id", related_sudo=False)
    is_open = fields.Boolean(related="account_id.is_open", related_sudo=False)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    load = fields.Boolean()
    journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_journal_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Empty: a new bank journal is created.",
    )
    auto_import = fields.Boolean(string="Automatic Loading", default=True)
    interval = fields.Selection(
        lambda self: self._interval_choices(), string="How Often", required=True
    )
    create_partners = fields.Boolean(
        string="Create Contacts",
        default=True,
        help="Create a contact for a counterparty nobody has entered yet.",
    )
    warning = fields.Char(compute="_compute_warning")

    @api.model
    def _interval_choices(self):
        """Return the intervals an account may have, translated."""
        field = self.env["tochka.account"]._fields["interval"]
        return field._description_selection(self.env)

    @api.constrains("wizard_id", "account_id")
    def _check_connection(self):
        _check_of_connection(self, self.account_id)

    @api.depends("wizard_id.organization_line_ids.company_id")
    def _compute_company_id(self):
        for line in self:
            owner = line.wizard_id.organization_line_ids.filtered(
                lambda one, own=line.account_id.organization_id: (
                    one.organization_id._origin == own._origin
                )
            )
            line.company_id = owner.company_id

    @api.depends("company_id")
    def _compute_journal_id(self):
        for line in self:
            if line.journal_id and line.journal_id.company_id == line.company_id:
                continue
            line.journal_id = (
                line.account_id._propose_journal(line.company_id)
                if line.company_id
                else False
            )

    @api.depends("journal_id", "company_id", "load")
    def _compute_warning(self):
        for line in self:
            line.warning = line._problem()

    def _problem(self):
        """Return what the user should know before saving this line, or False."""
        self.ensure_one()
        account = self.account_id._origin
        if not account.is_open:
            return self.env._("Closed in the bank")
        if not self.journal_id:
            return False
        problem = account._journal_problem(self.journal_id, self.company_id)
        if problem:
            return problem
        foreign = account._count_foreign_lines(self.journal_id)
        if foreign:
            return self.env._(
                "The journal already holds %s payments of this month that did not come"
                " from the bank: they may double. A new journal is safer.",
                foreign,
            )
        return False


def _check_of_connection(lines, records):
    """Refuse lines about what another connection shows.

    :param records: the organisations or accounts of the lines
    """
    if records.connection_id - lines.wizard_id.connection_id:
        raise ValidationError(
            lines.env._(
                "This dialog is about one connection. Open the other one to choose"
                " what it loads."
            )
        )
