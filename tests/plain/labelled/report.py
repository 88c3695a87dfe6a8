"""What `dev/bench recognition` shows: of the half held out, nothing but figures."""

from __future__ import annotations

from collections import defaultdict

from .payments import HELD_OUT, TUNING
from .verdict import MISSING, RIGHT, WRONG, shares


def doubtful(judged):
    """Return lines on what is not right in the tuning half.

    :param list judged: of `verdict.judge`
    """
    lines = []
    for one, said, partner, item in judged:
        if one.half != TUNING or partner == item == RIGHT:
            continue
        lines.append(f"{one.kind}: {one.row['description']!r}")
        if partner != RIGHT:
            got = said.known or f"{said.partner} {said.inn} {said.kpp}".strip()
            lines.append(f"  counterparty {partner}: {got or 'nobody'}, not {one.who}")
        if item != RIGHT:
            got = "transfer" if said.is_transfer else said.item
            lines.append(f"  item {item}: {got or 'none'}, not {one.item}")
    return lines


def names(judged):
    """Return lines on how new counterparties and payees of the tuning half are named.

    :param list judged: of `verdict.judge`
    """
    lines = {}
    for one, said, *_verdicts in judged:
        if one.half == TUNING:
            party = one.row.get("DebtorParty") or one.row.get("CreditorParty") or {}
            if said.partner and not (said.known or said.is_own):
                lines[f"created: {party.get('name')} → {said.partner}"] = None
            if said.payee:
                lines[f"payee: {one.row['description']!r} → {said.payee}"] = None
    return list(lines)


def by_kind(judged):
    """Return (heads, rows) of a table of the tuning half by kind.

    :param list judged: of `verdict.judge`
    """
    kinds = defaultdict(list)
    for one, _said, partner, item in judged:
        if one.half == TUNING:
            kinds[one.kind].append((partner, item))
    table = []
    for kind, verdicts in kinds.items():
        counts = [
            [pair[place] for pair in verdicts].count(verdict)
            for place in (0, 1)
            for verdict in (RIGHT, WRONG, MISSING)
        ]
        table.append([kind, len(verdicts), *(count or "" for count in counts)])
    heads = ["tuning half", "payments", "counterparty right", "wrong", "missing"]
    return [*heads, "item right", "wrong", "missing"], table


def totals(judged):
    """Return the shares of the whole set, with those of each half under its name.

    :param list judged: of `verdict.judge`
    """
    halves = {
        half: shares(verdicts[2:] for verdicts in judged if verdicts[0].half == half)
        for half in (TUNING, HELD_OUT)
    }
    return {**shares(verdicts[2:] for verdicts in judged), **halves}


def totals_table(figures):
    """Return (heads, rows) of a table of the figures of `totals`."""
    whole = {key: one for key, one in figures.items() if key not in (TUNING, HELD_OUT)}
    named = {"whole set": whole, "tuning half": figures[TUNING]}
    named["held-out half"] = figures[HELD_OUT]
    heads = ["", "payments", "counterparty right", "wrong", "item right", "wrong"]
    rows = [
        [name, one["payments"]]
        + [f"{share:.1%}" for key, share in one.items() if key != "payments"]
        for name, one in named.items()
    ]
    return heads, rows
