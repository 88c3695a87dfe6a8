"""What it means that a field of a statement line is written: one table."""

from enum import Flag, auto


class Means(Flag):
    """What it means that a field of a statement line is written."""

    # Core builds the entry anew and drops the counterparts confirmation has booked.
    REBUILDS_ENTRY = auto()
    # Confirmation books by it, so it stays while the payment is confirmed.
    DECIDES_BOOKING = auto()
    # Another field says by what it was found.
    HAS_SOURCE = auto()
    # Set by hand, it is noted in `tochka_by_hand`.
    MARKED_BY_HAND = auto()
    # Invoices are proposed by it, so they are proposed anew.
    CHANGES_PROPOSALS = auto()
    # It only tells why something else was recognised.
    TELLS_WHY = auto()


MEANINGS = {
    "amount": Means.REBUILDS_ENTRY,
    "amount_currency": Means.REBUILDS_ENTRY,
    "currency_id": Means.REBUILDS_ENTRY,
    "foreign_currency_id": Means.REBUILDS_ENTRY,
    "payment_ref": Means.REBUILDS_ENTRY | Means.MARKED_BY_HAND,
    "partner_id": (Means.REBUILDS_ENTRY | Means.HAS_SOURCE | Means.CHANGES_PROPOSALS),
    "cash_flow_item_id": Means.DECIDES_BOOKING | Means.HAS_SOURCE,
    "tochka_analytic_distribution": Means.DECIDES_BOOKING | Means.MARKED_BY_HAND,
    "tochka_is_transfer": (
        Means.DECIDES_BOOKING | Means.MARKED_BY_HAND | Means.CHANGES_PROPOSALS
    ),
    "tochka_partner_source": Means.TELLS_WHY,
    "tochka_item_source": Means.TELLS_WHY,
    "cash_flow_rule_id": Means.TELLS_WHY,
}


def fields_that(meaning):
    """Return the names of the fields of which writing means any of these."""
    return frozenset(name for name, means in MEANINGS.items() if means & meaning)


REBUILDING = fields_that(Means.REBUILDS_ENTRY)
DECIDING = fields_that(Means.DECIDES_BOOKING)
SET_BY_HAND = fields_that(Means.HAS_SOURCE | Means.MARKED_BY_HAND)
PROPOSING = fields_that(Means.CHANGES_PROPOSALS)
TELLING_WHY = fields_that(Means.TELLS_WHY)
