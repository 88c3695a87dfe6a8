"""Payments the bank took back: a statement that closes does not have them any more.

A new payment nobody touched leaves the books; any other stays and is shown, and a
person decides. What the bank shows again comes back by itself.
"""

from odoo import fields
from odoo.exceptions import UserError

TAKEN_BACK = "taken_back"


def take_back(rows):
    """Mark rows as taken back by the bank.

    :param rows: tochka.transaction of one account, whose lock is held
    """
    if not rows:
        return
    rows.write({"taken_back_on": fields.Datetime.now(), "taken_back_kept": False})
    waiting = rows.filtered(lambda row: row.state in ("new", "before_opening"))
    if waiting:
        waiting.write({"state": TAKEN_BACK})
    leaving = rows.filtered(is_untouched)
    if leaving:
        leaving._leave_books(TAKEN_BACK)


def is_untouched(row):
    """Whether a row has a line in the books that nobody has worked on."""
    line = row.line_id
    return (
        row.state == "loaded"
        and line.tochka_review == "new"
        and not line.tochka_booked
        and not line.tochka_by_hand
        and "hand" not in (line.tochka_partner_source, line.tochka_item_source)
        and "hand" not in line.part_ids.mapped("source")
        and not line._reason_not_to_change()
    )


def bring_back(rows):
    """Let rows that the bank shows again be what they were.

    :param rows: tochka.transaction of one account
    """
    # What was removed or rejected since then had been taken back.
    gone = rows.filtered(
        lambda row: (
            row.state == TAKEN_BACK
            or row.state == "rejected"
            and row.decided_on
            and row.decided_on > row.taken_back_on
        )
    )
    rows.write({"taken_back_on": False, "taken_back_kept": False})
    for row in gone:
        row.write(
            {
                "state": row._state_at(row.account_id, row.date),
                "decided_by": False,
                "decided_on": False,
            }
        )


def taken_back_rows(accounts):
    """Return the domain of the payments the bank does not have any more."""
    return [("account_id", "in", accounts.ids), ("taken_back_on", "!=", False)]


def undecided(accounts):
    """Return the domain of the payments a person has to decide about."""
    return [
        *taken_back_rows(accounts),
        ("taken_back_kept", "=", False),
        ("line_id", "!=", False),
    ]


def remove(rows):
    """Remove payments the bank took back from the books, as a person decides.

    :param rows: tochka.transaction; those that are not in the books are left alone
    :raise UserError: when the entry of one must stay as it is
    """
    rows = rows.filtered(lambda row: row.taken_back_on and row.line_id)
    for account in rows.account_id:
        account.sudo()._lock_or_ask_to_wait()
    for line in rows.line_id:
        line._check_may_change()
    confirmed = rows.line_id.filtered(lambda line: line.tochka_review == "confirmed")
    _back, refused = confirmed._put_back()
    for reason in refused.values():
        raise UserError(str(reason))
    rows.sudo()._leave_books(TAKEN_BACK)
    rows._decide(taken_back_kept=False)


def keep(rows):
    """Keep payments in the books that the bank took back, as a person decides.

    :param rows: tochka.transaction
    """
    rows.filtered("taken_back_on")._decide(taken_back_kept=True)
