from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..recognition.folded_words import pattern_domain, words_domain
from ..recognition.texts.folding import entries, fold
from .cash_flow_item import DIRECTIONS

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
# In the list of rules, for the default ones have many.
SHOWN_WORDS = 4
CONDITIONS = (
    "partner_ids",
    "partner_tag_ids",
    "purpose_words",
    "purpose_not_words",
    "party_words",
    "purpose_pattern",
    "amount_from",
    "amount_to",
    "type_code",
    "account_ids",
    "account_prefixes",
    "kbk",
)
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

    @api.depends("purpose_words")
    def _compute_words_in_short(self):
        for rule in self:
            words = entries(rule.purpose_words)
            shown = words[:SHOWN_WORDS] + ["…"] * (len(words) > SHOWN_WORDS)
            rule.words_in_short = ", ".join(shown)

    @api.constrains("direction", "cash_flow_item_id", *CONDITIONS, *_RESULTS)
    def _check_sense(self):
        for rule in self:
            problem = rule._lacking() or rule._contradiction()
            if problem:
                raise ValidationError(problem)

    def _lacking(self):
        """Say what a rule lacks, or None."""
        if self.direction == "both" and not any(self[name] for name in CONDITIONS):
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

    def _contradiction(self):
        """Say which fields of a rule do not go together, or None."""
        if self.amount_from < 0 or self.amount_to < 0:
            return self.env._(
                "Amounts of a rule have no sign. Use the direction to choose between"
                " money in and money out."
            )
        if self.amount_to and self.amount_from > self.amount_to:
            return self.env._(
                "The least amount is above the greatest one, so no payment would"
                " match. Change one of them."
            )
        if not self._way():
            return self.env._(
                "The item “%s” is for the other direction of money. Choose another"
                " item or another direction.",
                self.cash_flow_item_id.display_name,
            )
        for name in ("kbk", "account_prefixes"):
            if not all(code.isdigit() for code in _codes(self[name])):
                return self.env._(
                    "“%(codes)s”: write digits only, with commas between the codes.",
                    codes=self[name],
                )
        for name in ("purpose_words", "purpose_not_words", "party_words"):
            written = entries(self[name])
            if self[name] and not (written and all(map(fold, written))):
                return self.env._(
                    "A line of the words of the rule “%s” has signs only. Write one"
                    " word or phrase in each line.",
                    self.name,
                )
        return None

    def _way(self):
        """Give the direction in which a rule and its item agree, or None."""
        ways = {self.direction, self.cash_flow_item_id.direction or "both"} - {"both"}
        return None if len(ways) > 1 else next(iter(ways), "both")

    def _domain(self):
        """Compile the conditions into a domain over `tochka.transaction`."""
        self.ensure_one()
        parts = [make(self) for name, make in _DOMAINS.items() if self[name]]
        if self.amount_to or self.amount_from:
            parts.append(_amount_domain(self.amount_from, self.amount_to))
        way = self._way()
        if way != "both":
            parts.append(Domain("amount", ">" if way == "in" else "<", 0))
        if not way:
            parts.append(Domain.FALSE)
        if self.company_id:
            parts.append(Domain("company_id", "=", self.company_id.id))
        return Domain.AND(parts)


def _codes(text):
    return [code.strip() for code in (text or "").split(",") if code.strip()]


def _begins_domain(name, text):
    return Domain.OR(Domain(name, "=like", f"{code}%") for code in _codes(text))


def _amount_domain(least, most):
    """Match amounts of either sign by their size."""
    money_in, money_out = Domain("amount", ">=", least), Domain("amount", "<=", -least)
    if most:
        money_in &= Domain("amount", "<=", most)
        money_out &= Domain("amount", ">=", -most)
    return money_in | money_out


def _partner_domain(rule):
    parties = rule.partner_ids._origin.commercial_partner_id
    return Domain("partner_id.commercial_partner_id", "in", parties.ids)


_DOMAINS = {
    "partner_ids": _partner_domain,
    "partner_tag_ids": lambda rule: Domain(
        "partner_id.category_id", "in", rule.partner_tag_ids._origin.ids
    ),
    "purpose_words": lambda rule: words_domain("purpose_folded", rule.purpose_words),
    "purpose_not_words": lambda rule: (
        ~words_domain("purpose_folded", rule.purpose_not_words)
    ),
    "party_words": lambda rule: words_domain("party_folded", rule.party_words),
    "purpose_pattern": lambda rule: pattern_domain(rule.purpose_pattern),
    "type_code": lambda rule: Domain("type_code", "=", rule.type_code),
    "account_ids": lambda rule: Domain(
        "account_id", "in", rule.account_ids._origin.ids
    ),
    "account_prefixes": lambda rule: _begins_domain(
        "account_number", rule.account_prefixes
    ),
    "kbk": lambda rule: _begins_domain("kbk", rule.kbk),
}
