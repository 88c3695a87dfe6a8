"""The conditions of a rule: checked, and compiled into a domain over the register."""

from odoo.fields import Domain

from ..recognition.folded_words import pattern_domain, words_domain
from ..recognition.texts.folding import entries, fold

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


def narrows(rule):
    """Whether a rule has any condition, so that it does not take every payment."""
    return rule.direction != "both" or any(rule[name] for name in CONDITIONS)


def way(rule):
    """Return the direction in which a rule and its item agree, or None.

    :return: `in`, `out` or `both`
    """
    ways = {rule.direction, rule.cash_flow_item_id.direction or "both"} - {"both"}
    return None if len(ways) > 1 else next(iter(ways), "both")


def contradiction(rule):
    """Say which fields of a rule do not go together.

    :return: a translated sentence, or None
    """
    env = rule.env
    if rule.amount_from < 0 or rule.amount_to < 0:
        return env._(
            "Amounts of a rule have no sign. Use the direction to choose between"
            " money in and money out."
        )
    if rule.amount_to and rule.amount_from > rule.amount_to:
        return env._(
            "The least amount is above the greatest one, so no payment would"
            " match. Change one of them."
        )
    if not way(rule):
        return env._(
            "The item “%s” is for the other direction of money. Choose another"
            " item or another direction.",
            rule.cash_flow_item_id.display_name,
        )
    for name in ("kbk", "account_prefixes"):
        if not all(code.isdigit() for code in _codes(rule[name])):
            return env._(
                "“%(codes)s”: write digits only, with commas between the codes.",
                codes=rule[name],
            )
    for name in ("purpose_words", "purpose_not_words", "party_words"):
        written = entries(rule[name])
        if rule[name] and not (written and all(map(fold, written))):
            return env._(
                "A line of the words of the rule “%s” has signs only. Write one"
                " word or phrase in each line.",
                rule.name,
            )
    return None


def domain(rule):
    """Compile the conditions of a rule, saved or not, into a Domain.

    :return: a Domain over `tochka.transaction`; of what a rule that contradicts itself
        asks for, nothing is found
    """
    parts = [make(rule) for name, make in _DOMAINS.items() if rule[name]]
    if rule.amount_to or rule.amount_from:
        parts.append(_amount_domain(rule.amount_from, rule.amount_to))
    agreed = way(rule)
    if agreed != "both":
        parts.append(Domain("amount", ">" if agreed == "in" else "<", 0))
    if not agreed:
        parts.append(Domain.FALSE)
    if rule.company_id:
        parts.append(Domain("company_id", "=", rule.company_id.id))
    return Domain.AND(parts)


def _codes(text):
    return [code.strip() for code in (text or "").split(",") if code.strip()]


def _begins_domain(name, text):
    return Domain.OR(Domain(name, "=like", f"{code}%") for code in _codes(text))


def _amount_domain(least, most):
    """Match amounts of either sign by their size, in the currency of the account."""
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
