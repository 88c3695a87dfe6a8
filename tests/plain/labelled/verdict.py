"""Compare what was recognised with the labels: right, wrong, or neither.

Shares are over all payments. Nothing found is not wrong, but not right either, except
where nothing was to be found.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .payments import HELD_OUT, TUNING

RIGHT, WRONG, MISSING = "right", "wrong", "missing"
# Least shares of what is right, largest shares of what is wrong.
COUNTERPARTY = {"right": 0.98, "wrong": 0.0}
ITEM = {"right": 0.90, "wrong": 0.02}


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
    """Return the verdict on the item.

    :param str label: items with slashes between; `transfer`, `unknown` among them
    """
    labels = label.split("/")
    if found.is_transfer:
        return RIGHT if "transfer" in labels and not found.item else WRONG
    if found.item:
        return RIGHT if found.item in labels else WRONG
    return RIGHT if "unknown" in labels else MISSING


def partner_verdict(who: tuple, found: Found) -> str:
    """Return the verdict on the counterparty.

    A partner made with the INN, but another KPP or form, is neither right nor wrong.

    :param tuple who: of `parties.expected_of`
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
    """Return the shares of verdicts.

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


def judge(chosen, found):
    """Return (payment, what was found, verdict on the partner, on the item) of each.

    :param list chosen: payments of the set
    :param dict found: {key of a payment: fields of `Found`}
    """
    judged = []
    for one in chosen:
        said = Found(**found[one.key])
        verdicts = partner_verdict(one.who, said), item_verdict(one.item, said)
        judged.append((one, said, *verdicts))
    return judged


def good(figures):
    """Return whether the goals are reached, those of speed if it was measured."""
    recognised = not figures["doubles"] and all(
        half["counterparty_right"] >= COUNTERPARTY["right"]
        and half["counterparty_wrong"] <= COUNTERPARTY["wrong"]
        and half["item_right"] >= ITEM["right"]
        and half["item_wrong"] <= ITEM["wrong"]
        for half in (figures[TUNING], figures[HELD_OUT])
    )
    if "queries" not in figures:
        return recognised
    return (
        recognised
        and figures["queries"] == figures["queries_500"]
        and figures["seconds"] < figures["create_seconds"]
    )
