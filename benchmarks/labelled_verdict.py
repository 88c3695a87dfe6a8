"""What was recognised beside what was labelled: right, wrong, or neither.

Shares are over all payments. Nothing found is not wrong, but not right either, except
where nothing was to be found.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

RIGHT, WRONG, MISSING = "right", "wrong", "missing"


@dataclass(frozen=True)
class Found:
    """What the books say of one payment.

    `item` is an xml id of the default items without `item_`, another item's name, or
    empty. `partner` is empty when there is none. `known` is the key of a partner that
    was in Odoo before, empty for one made since.
    """

    item: str = ""
    is_transfer: bool = False
    partner: str = ""
    known: str = ""
    inn: str = ""
    kpp: str = ""
    is_company: bool = False
    is_own: bool = False
    payee: str = ""


def item_verdict(label: str, found: Found) -> str:
    """Judge the item.

    :param str label: items with slashes between; `transfer`, `unknown` among them
    """
    labels = label.split("/")
    if found.is_transfer:
        return RIGHT if "transfer" in labels and not found.item else WRONG
    if found.item:
        return RIGHT if found.item in labels else WRONG
    return RIGHT if "unknown" in labels else MISSING


def partner_verdict(who: tuple, found: Found) -> str:
    """Judge the counterparty.

    A partner made with the INN, but another KPP or form, is neither right nor wrong.

    :param tuple who: of `labelled_parties.expected_of`
    """
    if who[0] in ("nobody", "own"):
        own = who[0] == "own" and found.is_own
        return WRONG if found.partner and not own else RIGHT
    if not found.partner:
        return MISSING
    if who[0] == "known":
        return RIGHT if found.known == who[1] else WRONG
    _created, inn, kpps = who
    if found.known or found.is_own or found.inn != inn:
        return WRONG
    exact = found.kpp in kpps and found.is_company == (len(inn) == 10)
    return RIGHT if exact else MISSING


def shares(verdicts) -> dict:
    """Sum up verdicts.

    :param verdicts: (of the counterparty, of the item) for every payment
    :return dict: `payments` and four shares, 0–1
    """
    verdicts = list(verdicts)
    partners = Counter(partner for partner, _item in verdicts)
    items = Counter(item for _partner, item in verdicts)
    count = len(verdicts)

    def share(counter, verdict):
        return round(counter[verdict] / count, 4) if count else 0.0

    return {
        "payments": count,
        "counterparty_right": share(partners, RIGHT),
        "counterparty_wrong": share(partners, WRONG),
        "item_right": share(items, RIGHT),
        "item_wrong": share(items, WRONG),
    }
