from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..recognition.texts.folding import entries
from . import conditions, matching, pattern
from .cash_flow_item import DIRECTIONS
from .conditions import CONDITIONS

# The bank's own words, see docs/bank_api.md §3.2.
OPERATION_TYPES = [
    ("Платежное поручение", "Payment order"),
    ("Банковский ордер", "Bank order"),
    ("Мемориальный ордер", "Memorial order"),
    ("Платежное требование", "Payment demand"),
    ("Требование-поручение", "Demand order"),
    ("Инкассовое поручение", "Collection order"),
    ("Платежный ордер", "Partial payment order"),
    ("Банковские карты", "Bank cards"),
    ("Денежный чек, РКО", "Cash cheque"),
    ("Объявление на взнос наличными, ПКО", "Cash deposit"),
    ("Расчетный чек", "Settlement cheque"),
    ("Аккредитив", "Letter of credit"),
    ("Погашение кредита", "Repayment of a credit"),
    ("Выдача кредита", "Issue of a credit"),
    ("Авизо", "Advice note"),
    ("Ордер по передаче ценностей", "Transfer of valuables"),
    ("Программный ордер", "Programme order"),
    ("Импортированная запись", "Imported record"),
    ("Неопределенное значение", "Not defined"),
]
# The list of rules shows so many words: default rules have many.
SHOWN_WORDS = 4
# The form of a rule shows so many payments.
SHOWN_LINES = 40
_RESULTS = (
    "cash_flow_item_id",
    "partner_id",
    "analytic_distribution",
    "label",
    "auto_confirm",
)


class CashFlowRule(models.Model):
    """Which payments get which cash-flow item: plain fields, compiled into a domain.

    Rules are asked in order, the first that matches wins. A general rule gives way to
    what was learnt of the counterparty.
    """

    _name = "cash.flow.rule"
    _description = "Cash Flow Rule"
    _inherit = ["analytic.mixin", "cash.flow.shared"]
    _order = "general, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    general = fields.Boolean(
        help="Asked last: what was learnt of the counterparty goes first."
    )
    direction = fields.Selection(DIRECTIONS, required=True, default="both")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Counterparties",
        help="Payments of their contacts count as theirs.",
    )
    partner_tag_ids = fields.Many2many(
        "res.partner.category", string="Tags of the Counterparty"
    )
    purpose_words = fields.Text(
        string="Purpose Contains",
        help="Any of these, one in a line. The beginning of a word is enough: “rent”"
        " finds “rental”, but not “current”. In quotes: whole words only. “interest …"
        " loan”: anything may stand between. Capitals, punctuation and the dots of the"
        " letter Ё do not matter.",
    )
    words_in_short = fields.Char(string="Words", compute="_compute_words_in_short")
    purpose_not_words = fields.Text(
        string="But Does Not Contain",
        help="None of these, one in a line, written like what the purpose contains.",
    )
    party_words = fields.Text(
        string="Name Contains",
        help="Any of these in the counterparty's name as the bank writes it, or in the"
        " merchant or person read from the purpose; one in a line, written like what"
        " the purpose contains.",
    )
    purpose_pattern = fields.Char(
        string="Purpose Matches",
        help="A regular expression of PostgreSQL; capitals do not matter. Line breaks"
        " and runs of spaces in the purpose are read as one space.",
    )
    amount_from = fields.Float(
        digits=(16, 2), help="Without sign, in the currency of the account."
    )
    amount_to = fields.Float(
        digits=(16, 2),
        help="Without sign, in the currency of the account. 0: no upper bound.",
    )
    type_code = fields.Selection(OPERATION_TYPES, string="Operation Type")
    account_ids = fields.Many2many("tochka.account", string="Own Accounts")
    account_prefixes = fields.Char(
        string="Counterparty's Account Begins With",
        help="How the number begins; commas between. 40817 is a person, 40802 a sole"
        " trader, 40702 a company.",
    )
    kbk = fields.Char(
        string="Budget Code (KBK)", help="The code, or how it begins; commas between."
    )
    cash_flow_item_id = fields.Many2one(
        "cash.flow.item", index=True, ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Counterparty to Set",
        help="Set where nobody was found, or only by the name.",
    )
    label = fields.Char(help="Takes the place of the payment's label in the books.")
    auto_confirm = fields.Boolean(
        string="Confirm by Itself",
        help="The payment is confirmed as soon as it is loaded, unless a question is"
        " open: a possible duplicate, a guessed invoice, a change by the bank.",
    )

    slow_on = fields.Datetime(
        string="Ran Out of Time",
        readonly=True,
        copy=False,
        help="The pattern took too long on these payments and was skipped. Make it"
        " simpler, or use words instead.",
    )
    match_count = fields.Integer(
        string="Loaded payments that match", compute="_compute_matches"
    )
    new_match_count = fields.Integer(
        string="New ones it would touch",
        compute="_compute_matches",
        help="Not confirmed yet, not decided by an earlier rule or by hand.",
    )
    new_match_ids = fields.Many2many(
        "account.bank.statement.line", compute="_compute_matches"
    )
    problem = fields.Char(compute="_compute_matches")

    @api.depends("purpose_words")
    def _compute_words_in_short(self):
        for rule in self:
            words = entries(rule.purpose_words)
            shown = words[:SHOWN_WORDS] + ["…"] * (len(words) > SHOWN_WORDS)
            rule.words_in_short = ", ".join(shown)

    @api.depends(
        *CONDITIONS, "direction", "cash_flow_item_id", "company_id", "general",
        "sequence",
    )  # fmt: skip
    def _compute_matches(self):
        for rule in self:
            narrows = conditions.narrows(rule)
            rule.problem = narrows and (
                conditions.contradiction(rule)
                or pattern.problem(self.env, rule.purpose_pattern)
            )
            rows, lines = self.env["tochka.transaction"], rule.new_match_ids.browse()
            if narrows and not rule.problem:
                rows, lines = rule._matches()
            rule.match_count = len(rows)
            rule.new_match_count = len(lines)
            rule.new_match_ids = lines[:SHOWN_LINES]

    @api.constrains("direction", "cash_flow_item_id", *CONDITIONS, *_RESULTS)
    def _check_sense(self):
        for rule in self:
            problem = rule._lacking() or conditions.contradiction(rule)
            if problem:
                raise ValidationError(problem)

    @api.constrains("purpose_pattern")
    def _check_pattern(self):
        for rule in self:
            problem = pattern.problem(self.env, rule.purpose_pattern)
            if problem:
                raise ValidationError(problem)

    def _lacking(self):
        """Say what a rule lacks: a translated sentence, or None."""
        if not conditions.narrows(self):
            return self.env._(
                "The rule “%s” has no condition, it would take every payment. Say"
                " which payments it is for.",
                self.name,
            )
        if not any(self[name] for name in _RESULTS):
            return self.env._(
                "The rule “%s” sets nothing. Choose a cash flow item or anything else"
                " it should set.",
                self.name,
            )
        return None

    def write(self, vals):
        """Override of `base` to give a changed pattern a new chance."""
        if "purpose_pattern" in vals:
            vals = {**vals, "slow_on": False}
        return super().write(vals)

    # === WHICH PAYMENTS IT IS FOR === #

    def _domain(self):
        """Compile the conditions into a Domain over `tochka.transaction`."""
        self.ensure_one()
        return conditions.domain(self)

    @api.model
    def _in_force(self, company):
        """Return the rules of a company, in order, that may set what they say."""
        return (
            self.sudo()
            .search([("company_id", "in", (False, company.id))])
            .filtered(lambda rule: rule._may_serve(company))
        )

    def _may_serve(self, company):
        """Whether a company may use the item of this rule."""
        item = self.cash_flow_item_id
        return not item or (item.active and item.company_id <= company)

    def _goes_before(self, other):
        """Whether this rule is asked before another one, which may be unsaved."""
        mine, its = (
            (rule.general, rule.sequence, rule._origin.id or float("inf"))
            for rule in (self, other)
        )
        return mine < its

    def _first_of(self, row_ids):
        """Ask these rules in their order about rows of the register.

        One query for all rules without a pattern that stand together, one for each
        rule with a pattern. A rule that runs out of time is left out, and marked.

        :param row_ids: of tochka.transaction
        :return dict: {row id: the first rule that matches}
        """
        return matching.first_of(self, row_ids)

    def _matches(self):
        """Find what a rule, saved or not, is about.

        Where it takes too long, `problem` says so and nothing is found.

        :return: (all loaded rows, the lines of those it would decide)
        """
        try:
            rows = matching.matching_rows(self)
        except pattern.TOO_MUCH:
            self.problem = self.env._("Too many payments to count them here.")
            return self.env["tochka.transaction"], self.new_match_ids.browse()
        return rows, matching.undecided_lines(self, rows)

    # === WHAT IT SETS === #

    def action_apply(self):
        """Let the rules decide the new payments they match, and confirm if they may.

        :return: a notification with the number of payments changed
        """
        self.check_access("read")
        changed, left = self.env["account.bank.statement.line"], Counter()
        for rule in self:
            _rows, lines = rule._matches()
            lines.check_access("write")
            lines = lines.filtered(lambda line, r=rule: r._may_serve(line.company_id))
            given = {line: line._as_recognised() for line in lines}
            for line, values in given.items():
                rule._set_on(values, line.company_id)
            own_changed, own_left = lines._take_recognised(given)
            changed |= own_changed
            left += own_left
            rows = lines.tochka_transaction_id
            rows.sudo()._propose_invoices()
            rows._confirm_by_rules()
        return changed._tell_review(
            self.env._("Payments changed: %s.", len(changed)), left, after="reload"
        )

    def _set_on(self, values, company):
        """Put what a rule sets into the values of a line.

        A counterparty found by account or INN is surer than the rule's own.

        :param dict values: of `tochka.transaction._recognise`, for one row; changed
        :param company: res.company of the line, which may not see the rule's partner
        """
        self.ensure_one()
        item = self.cash_flow_item_id
        values["cash_flow_rule_id"] = self.id
        values["tochka_item_source"] = "rule"
        values["cash_flow_item_id"] = item.id
        distribution = self.analytic_distribution or item.analytic_distribution
        values["tochka_analytic_distribution"] = distribution or False
        if self.label:
            values["payment_ref"] = self.label
        visible = self.partner_id.company_id <= company
        if (
            self.partner_id
            and visible
            and values["tochka_partner_source"] in (False, "name")
        ):
            values["partner_id"] = self.partner_id.id
            values["tochka_partner_source"] = "rule"
