from odoo import api, fields, models
from odoo.exceptions import UserError

from ... import tochka_api
from ..loading import intervals, loading, schedule
from ..register.making_lines import (
    MOST_REASONS,
    commonest,
    count_refusals,
    make_lines,
    refused_rows,
)
from ..register.taken_back import taken_back_rows, undecided
from . import binding, ending, moving, opening, removing


class TochkaAccount(models.Model):
    """One bank account, bound to one bank journal."""

    _name = "tochka.account"
    _inherit = ["tochka.walled", "mail.thread", "mail.activity.mixin"]
    _description = "Tochka Bank Account"
    _order = "organization_id, is_open desc, number"
    _rec_names_search = ["number", "organization_id.name"]
    _check_company_auto = True

    organization_id = fields.Many2one(
        "tochka.organization",
        string="Organisation",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    connection_id = fields.Many2one(
        related="organization_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(related="organization_id.company_id", store=True)
    bank_account_id = fields.Char(
        string="Account ID",
        required=True,
        readonly=True,
        help="The bank's name of the account: 20 digits, a slash, BIC.",
    )
    number = fields.Char(compute="_compute_number", store=True)
    bic = fields.Char(string="BIC", compute="_compute_number", store=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    bank_status = fields.Char(
        readonly=True, help="Status of the account in the bank, as the bank names it."
    )
    active = fields.Boolean(default=True)
    is_open = fields.Boolean(readonly=True)
    is_listed = fields.Boolean(
        string="Shown by the Bank",
        default=True,
        readonly=True,
        copy=False,
        help="Whether the bank's list of accounts has it still.",
    )
    closed_on = fields.Date(
        readonly=True,
        copy=False,
        help="Day the bank closed or blocked the account, or stopped showing it.",
    )
    read_to_end = fields.Boolean(
        readonly=True,
        copy=False,
        help="Loaded to its last payment: the bank is not asked about it any more.",
    )
    former_ids = fields.Char(
        string="Former Numbers",
        readonly=True,
        copy=False,
        help="What the bank called this account before it moved: number, slash, BIC.",
    )
    former_until = fields.Date(
        readonly=True,
        copy=False,
        help="Payments up to this day came under a former number, and statements of"
        " today's number do not show them.",
    )
    may_be_moved = fields.Boolean(compute="_compute_may_be_moved")
    registration_date = fields.Date(
        string="Opened On", readonly=True, help="Day the bank opened the account."
    )
    journal_id = fields.Many2one(
        "account.journal", readonly=True, index="btree_not_null", check_company=True
    )
    auto_import = fields.Boolean(
        string="Automatic Loading", readonly=True, tracking=True
    )
    interval = fields.Selection(
        intervals.CHOICES,
        required=True,
        default=intervals.DEFAULT,
        readonly=True,
        tracking=True,
    )
    create_partners = fields.Boolean(
        string="Create Contacts",
        default=True,
        tracking=True,
        help="Loading creates a contact for a counterparty nobody has entered yet: with"
        " INN, KPP and bank account. Otherwise such payments wait for you to choose"
        " one.",
    )
    auto_import_since = fields.Date(
        string="Automatic Since",
        readonly=True,
        help="Automatic loading never asks for earlier days; load them by hand.",
    )
    loaded_until = fields.Date(
        readonly=True,
        copy=False,
        help="Every day up to this one was loaded. Each run reads the last days again:"
        " a week, and five weeks once a day.",
    )
    deep_read_on = fields.Date(
        readonly=True, copy=False, help="Day the long overlap was last read."
    )
    last_attempt = fields.Datetime(readonly=True, copy=False)
    last_success = fields.Datetime(readonly=True, copy=False)
    last_error = fields.Text(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("off", "Not loaded"),
            ("ok", "In order"),
            ("attention", "Needs attention"),
            ("closed", "Closed"),
        ],
        compute="_compute_state",
        store=True,
    )
    bank_balance = fields.Monetary(
        string="Balance in the Bank",
        readonly=True,
        copy=False,
        help="Closing balance of the latest statement the bank gave.",
    )
    bank_balance_date = fields.Date(readonly=True, copy=False)
    odoo_balance = fields.Monetary(
        string="Balance in Odoo",
        compute="_compute_odoo_balance",
        help="Balance of the journal's bank account in the general ledger on the same"
        " day.",
    )
    rejected_balance = fields.Monetary(
        string="Rejected Sum",
        compute="_compute_odoo_balance",
        help="Sum of the rejected payments: the bank has them, the books do not.",
    )
    balance_difference = fields.Monetary(
        compute="_compute_odoo_balance", help="Bank minus Odoo minus what was rejected."
    )
    opening_date = fields.Date(
        string="Opening Balance On",
        readonly=True,
        tracking=True,
        help="Payments of earlier days never enter the books.",
    )
    opening_balance = fields.Monetary(
        readonly=True, tracking=True, help="Balance at the start of that day."
    )
    opening_line_id = fields.Many2one(
        "account.bank.statement.line",
        readonly=True,
        copy=False,
        ondelete="set null",
        check_company=True,
        help="The entry that brings the journal to the opening balance.",
    )
    transaction_ids = fields.One2many("tochka.transaction", "account_id", readonly=True)
    new_count = fields.Integer(string="To Review", compute="_compute_counts")
    before_opening_count = fields.Integer(
        string="Before the Opening Balance", compute="_compute_counts"
    )
    refused_count = fields.Integer(
        string="Not Accepted",
        compute="_compute_refused",
        help="Payments that Odoo or another module refused. They wait in the register"
        " with the reason, and the next loading tries again.",
    )
    refusals = fields.Text(compute="_compute_refused")
    unreadable_count = fields.Integer(
        string="Unreadable Rows",
        readonly=True,
        copy=False,
        help="Rows of the bank's statements that cannot be read. They are kept as they"
        " are, and their days stay open until the bank repairs them.",
    )
    unreadables = fields.Text(compute="_compute_unreadables")
    taken_back_count = fields.Integer(
        string="Taken Back",
        compute="_compute_taken_back",
        help="Payments the bank does not have any more.",
    )
    undecided_count = fields.Integer(
        string="Taken Back, to Decide",
        compute="_compute_taken_back",
        help="Payments in the books that the bank took back: remove or keep them.",
    )

    day_ids = fields.One2many("tochka.day", "account_id", readonly=True)
    open_day_count = fields.Integer(
        string="Open Days",
        compute="_compute_open_day_count",
        help="Days whose payments and balances do not agree yet; they are asked again.",
    )

    _bank_account_unique = models.UniqueIndex(
        "(connection_id, bank_account_id)", "The connection knows this account already."
    )
    _journal_unique = models.UniqueIndex(
        "(journal_id) WHERE journal_id IS NOT NULL",
        "This journal is bound to another account of the bank.",
    )

    @api.depends("bank_account_id")
    def _compute_number(self):
        for account in self:
            number, _slash, bic = (account.bank_account_id or "").partition("/")
            account.number, account.bic = number, bic

    @api.depends("number", "currency_id", "organization_id.name")
    def _compute_display_name(self):
        for account in self:
            account.display_name = (
                f"…{(account.number or '')[-4:]} {account.currency_id.name or ''}"
                f" · {account.organization_id.name}"
            )

    @api.depends("journal_id", "last_error", "read_to_end")
    def _compute_state(self):
        for account in self:
            if not account.journal_id:
                account.state = "off"
            elif account.read_to_end:
                account.state = "closed"
            else:
                account.state = "attention" if account.last_error else "ok"

    def _compute_may_be_moved(self):
        for account in self:
            found = account._move_candidates()
            # An account in good order has no reason to, whatever else is there.
            gone = not account.is_open or account.last_error
            same = account.number in found.mapped("number")
            account.may_be_moved = bool(found and (gone or same))

    def _compute_odoo_balance(self):
        for account in self:
            until = account.bank_balance_date
            account.odoo_balance = account._balance_in_books(until)
            account.rejected_balance = account._rejected_amount(until)
            account.balance_difference = (
                account.currency_id.round(
                    account.bank_balance
                    - account.odoo_balance
                    - account.rejected_balance
                )
                if until
                else 0.0
            )

    def _compute_counts(self):
        counts = {
            (account, state): count
            for account, state, count in self.env["tochka.transaction"]._read_group(
                [("account_id", "in", self.ids)],
                ["account_id", "review"],
                ["__count"],
            )
        }
        for account in self:
            account.new_count = counts.get((account, "new"), 0)
            account.before_opening_count = counts.get((account, "before_opening"), 0)

    def _compute_refused(self):
        reasons = count_refusals(self)
        for account in self:
            account.refused_count = reasons[account].total()
            account.refusals = commonest(reasons[account])

    @api.depends("unreadable_count")
    def _compute_unreadables(self):
        rows = self.env["tochka.unreadable"]
        for account in self:
            account.unreadables = bool(account.unreadable_count) and rows._in_words(
                account, MOST_REASONS
            )

    def _compute_taken_back(self):
        Row = self.env["tochka.transaction"]
        counts, open_counts = (
            dict(Row._read_group(domain, ["account_id"], ["__count"]))
            for domain in (taken_back_rows(self), undecided(self))
        )
        for account in self:
            account.taken_back_count = counts.get(account, 0)
            account.undecided_count = open_counts.get(account, 0)

    def _compute_open_day_count(self):
        counts = dict(
            self.env["tochka.day"]._read_group(
                [("account_id", "in", self.ids), ("state", "=", "open")],
                ["account_id"],
                ["__count"],
            )
        )
        for account in self:
            account.open_day_count = counts.get(account, 0)

    def _rejected_amount(self, until):
        """Return the sum of the rejected payments that would be in the books.

        :param date until: last day that counts; None for everything
        :return float: in the account's currency, credit positive
        """
        self.ensure_one()
        domain = [
            ("account_id", "=", self.id),
            ("state", "=", "rejected"),
            ("taken_back_on", "=", False),
        ]
        if until:
            domain.append(("date", "<=", until))
        if self.opening_date:
            domain.append(("date", ">=", self.opening_date))
        [(total,)] = self.env["tochka.transaction"]._read_group(
            domain, aggregates=["amount:sum"]
        )
        return total or 0.0

    def _balance_in_books(self, until=None):
        """Return the balance of the journal's bank account, in the account's currency.

        :param date until: last day that counts; None for everything
        :return float: debit positive
        """
        self.ensure_one()
        ledger_account = self.journal_id.default_account_id
        if not ledger_account:
            return 0.0
        domain = [
            ("account_id", "=", ledger_account.id),
            ("parent_state", "=", "posted"),
        ]
        if until:
            domain.append(("date", "<=", until))
        [(total,)] = self.env["account.move.line"]._read_group(
            domain, aggregates=["amount_currency:sum"]
        )
        return self.currency_id.round(total or 0.0)

    # === ACTIONS === #

    def action_open_payments(self):
        """Open the payments of this account in the books."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_tochka.action_payments"
        )
        action["domain"] = [("journal_id", "=", self.journal_id.id)]
        action["context"] = {}
        return action

    def action_open_register(self):
        """Open every row the bank ever showed for this account."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_tochka.action_register"
        )
        action["domain"] = [("account_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_refused(self):
        """Open the rows that could not enter the books, with the reasons."""
        self.ensure_one()
        self.check_access("read")
        action = self.action_open_register()
        action["domain"] = refused_rows(self)
        action["context"] = {"show_refusal": True}
        return action

    def action_open_unreadable(self):
        """Open the rows of the bank's statements that cannot be read."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_tochka.action_unreadable"
        )
        action["domain"] = [("account_id", "=", self.id)]
        return action

    def action_open_taken_back(self):
        """Open the payments the bank took back, first those to decide about."""
        self.ensure_one()
        self.check_access("read")
        action = self.action_open_register()
        action["domain"] = (
            undecided(self) if self.undecided_count else taken_back_rows(self)
        )
        return action

    def action_open_days(self):
        """Open the days of this account: which are whole, which are not."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_tochka.action_days"
        )
        action["domain"] = [("account_id", "=", self.id)]
        return action

    def action_load_period(self):
        """Open the dialog «Import from Tochka Bank» for this account."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_tochka.action_import_wizard"
        )
        action["context"] = {"default_account_ids": self.ids}
        return action

    def action_fix_opening_balance(self):
        """Open the dialog of the opening balance."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Opening balance"),
            "res_model": "tochka.opening.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": self.id},
        }

    def action_move(self):
        """Open the dialog that moves the account to another one of the bank."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move to another bank account"),
            "res_model": "tochka.move.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": self.id},
        }

    # === WHAT THE BANK SHOWS === #

    @api.model
    def _store(self, connection, accounts, customer_codes=()):
        """Take over what the bank shows: new accounts are made, known ones updated.

        :param connection: tochka.connection whose organisations are stored already
        :param list[tochka_api.Account] accounts: open and closed ones
        :param customer_codes: organisations the access covers; those of the accounts
            are among them anyway
        """
        organizations = {o.customer_code: o for o in connection.organization_ids}
        ours = connection.with_context(active_test=False).account_ids
        known = {account.bank_account_id: account for account in ours}
        former = {one for account in ours for one in account._former_ids()}
        currencies = {
            currency.name: currency
            for currency in self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "in", [account.currency for account in accounts])])
        }
        for account in accounts:
            organization = organizations.get(account.customer_code)
            currency = currencies.get(account.currency)
            if not organization or not currency:
                continue
            if account.account_id in known:
                record = known[account.account_id].sudo()
                vals = ending.values_of(record, account)
                # Most say the same, and another process may be loading them.
                changed = {k: v for k, v in vals.items() if record[k] != v}
                if changed:
                    record.write(changed)
                continue
            if account.account_id in former:
                # The bank shows it for a time after it has moved.
                continue
            vals = ending.values_of(self, account)
            self.sudo().create(
                {
                    "organization_id": organization.id,
                    "bank_account_id": account.account_id,
                    "currency_id": currency.id,
                    "registration_date": account.registration_date,
                    **vals,
                }
            )
        ending.note_missing(connection, accounts, set(customer_codes))

    def _may_be_over(self, error):
        """Return whether an error may mean that the bank has the account no more."""
        return ending.may_be_over(error)

    def _end_if_read(self):
        """Let a closed account be once its last payments have been loaded."""
        self.ensure_one()
        ending.end_if_read(self)

    def _end_if_refused(self, error):
        """Let an account be that the bank has no more.

        :param Exception error: what came instead of a statement
        :return str: what to tell, translated; None when it is a failure like any other
        """
        self.ensure_one()
        return ending.end_if_refused(self, error)

    # === ANOTHER NUMBER === #

    def _former_ids(self):
        """Return what the bank called this account before it moved (list)."""
        self.ensure_one()
        return (self.former_ids or "").split(", ") if self.former_ids else []

    def _move_candidates(self):
        """Find the bank accounts this one may have become, the likeliest first."""
        self.ensure_one()
        return moving.candidates(self) if self.journal_id else self.browse()

    def _move_to(self, target):
        """Go on as another account of the bank, with register, journal and rules.

        :param target: tochka.account, one of `_move_candidates`; it is deleted
        :raise UserError: when it is none of them, or the bank refuses its statement
        """
        self.ensure_one()
        moving.move(self, target)

    # === REMOVING === #

    @api.ondelete(at_uninstall=False)
    def _unlink_without_payments(self):
        removing.check_no_payments(self, self)

    def action_archive_instead(self):
        """Archive accounts that cannot be deleted; they are loaded no more."""
        self.check_access("write")
        self.action_archive()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _today(self):
        """Return today's date at the bank (Moscow)."""
        return tochka_api.today()

    # === THE JOURNAL === #

    def _propose_journal(self, company):
        """Find the company's bank journal with this account number.

        :param company: res.company that keeps the books of the account
        :return: account.journal, empty when there is none that fits
        """
        self.ensure_one()
        return binding.propose_journal(self, company)

    def _journal_problem(self, journal, company):
        """Return why the account cannot be bound to the journal, None when it can.

        :return str: a translated sentence
        """
        self.ensure_one()
        return binding.journal_problem(self, journal, company)

    def _count_foreign_lines(self, journal):
        """Count the journal's lines that did not come from the bank.

        :return int: lines typed by hand or loaded by another tool this month or later
        """
        self.ensure_one()
        return binding.count_foreign_lines(self, journal)

    def _bind(self, company, journal, *, auto_import, interval):
        """Choose the account for loading.

        :param company: res.company that keeps the books of the account
        :param journal: account.journal, empty to create one
        :param str interval: key of `intervals.INTERVALS`
        :raise ValidationError: when the journal does not fit
        """
        self.ensure_one()
        binding.bind(self, company, journal, auto_import=auto_import, interval=interval)

    def _unbind(self):
        """Take the accounts out of loading.

        :raise ValidationError: when payments of one are in the books
        """
        binding.unbind(self)

    # === THE OPENING BALANCE === #

    def _fix_opening(self, day, amount):
        """Fix the balance at the start of `day`.

        The journal gets one entry that brings its balance to `amount`; register rows of
        earlier days are kept out of the books, those of later days enter them.

        :param date day: the day whose start has this balance
        :param float amount: in the account's currency
        :raise UserError: when earlier payments of the bank are in the books already
        """
        self.ensure_one()
        opening.fix(self, day, amount)

    def _release_opening(self):
        """Undo the fixing: the entry goes, earlier payments may enter the books."""
        self.ensure_one()
        opening.release(self)

    def _bank_balance_at_start(self, day):
        """Ask the bank what the account held at the start of `day`.

        :return float: in the account's currency; None when the bank does not tell
        :raise UserError: when the bank cannot be asked
        """
        self.ensure_one()
        return opening.ask_bank(self, day)

    def _opening_rate_note(self, day):
        """Return by which rate of Odoo the balance at the start of `day` is booked.

        :return str: translated; empty without a rate, and for the books' own currency
        """
        self.ensure_one()
        return opening.rate_note(self, day)

    # === THE SCHEDULE === #

    @api.model
    def _cron_import(self, interval):
        """Load every account that asks for this interval and is due.

        One account's failure never stops the others. When the time of the job runs out,
        the next call goes on with the accounts that are still due.

        :param str interval: key of `intervals.INTERVALS`
        """
        schedule.load_due(self, interval)

    def _import_scheduled(self, interval):
        """Load this account as the schedule does; a job of queue_job.

        :param str interval: key of `intervals.INTERVALS`
        """
        self.ensure_one()
        schedule.load_in_own_transaction(self, interval)

    @api.model
    def _scheduled_domain(self, interval):
        """Return the domain of the accounts that the schedule loads.

        :param str interval: key of `intervals.INTERVALS`
        """
        return schedule.scheduled_domain(interval)

    def _scheduled_periods(self):
        """Return the periods a scheduled run asks for.

        :return: list of (first day, last day), the days that did not close last
        """
        self.ensure_one()
        return schedule.scheduled_periods(self)

    def _scheduled_start(self):
        """Return the first day a scheduled run asks for, today at the latest."""
        self.ensure_one()
        return schedule.scheduled_start(self)

    def _push_period(self, day):
        """Return the days to load for an event: the usual overlap, and the event's day.

        :param date day: of the payment, None when the event does not say
        :return: (first day, last day); None when automatic loading began later
        """
        self.ensure_one()
        return schedule.period_of_event(self, day)

    # === LOADING === #

    def _import(self, date_from, date_to, trigger, run=None):
        """Load a period: the one way in for dialog, push and file.

        Commits after every step, so a process killed in the middle loses nothing: the
        next run goes on from the register.

        :param date date_from: first day, Moscow calendar
        :param date date_to: last day, not in the future
        :param str trigger: one of `tochka.import.trigger`
        :param run: the `tochka.import` that was queued; None makes one
        :return: the `tochka.import` with what came of it
        """
        return loading.import_period(self, date_from, date_to, trigger, run)

    def _load(self, periods, run_of):
        """Load periods of several accounts; a failure stays within its own account.

        :param dict periods: {tochka.account: list of (first day, last day)}
        :param run_of: callable that returns the `tochka.import` of an account
        """
        loading.load(self, periods, run_of)

    def _commit_anew(self, work, *arguments):
        """Do some work and commit; begin anew when it met another process."""
        loading.commit_anew(self.env, work, *arguments)

    def _had_former_number_on(self, day):
        """Return whether payments of a day came under a number left behind by a move.

        Statements of today's number do not show them, so they prove nothing of that
        day (see `former_until`).
        """
        return bool(self.former_until and day <= self.former_until)

    def _knows_payment(self, payment_id, day):
        """Return whether the register has this payment: its event was sent again."""
        self.ensure_one()
        domain = [
            ("account_id", "=", self.id),
            ("date", "=", day),
            ("payment_id", "=", payment_id),
        ]
        known = self.env["tochka.transaction"].search_count(domain, limit=1)
        return bool(payment_id and day and known)

    def _lock_or_ask_to_wait(self):
        """Take the account's lock for what a person does to its payments.

        :raise UserError: while another process is loading the account
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "Payments of %s are being loaded now. Try again in a minute.",
                    self.display_name,
                )
            )

    def _make_lines(self, run=None):
        """Make statement lines of the register rows that have none yet.

        :param run: tochka.import, which counts them and commits each batch; None leaves
            the transaction to the caller
        :return bool: False when another process took the account meanwhile
        """
        self.ensure_one()
        return make_lines(self, run)
