"""A payment that looks like a line entered before: the same one, or another."""


def reason_not_to_merge(line):
    """Say why one line cannot be merged with its candidate.

    :return: a translated clause, or None when it can
    """
    env, before = line.env, line.tochka_duplicate_id.exists()
    if not line.tochka_transaction_id:
        return env._("not from Tochka Bank")
    if not before:
        return env._("looks like no other line")
    if line.tochka_review != "new":
        return env._("already confirmed, put it back to new first")
    if before.tochka_transaction_id:
        return env._(
            "the line entered before belongs to another payment of the bank; say"
            " that this one is different"
        )
    if before.move_id.state != "posted":
        return env._(
            "the entry of the line entered before is not posted; post it, or say"
            " that this payment is different"
        )
    if (before.journal_id, before.amount) != (line.journal_id, line.amount):
        return env._(
            "the line entered before has another account or amount now; say that"
            " this one is different"
        )
    return line._reason_not_to_change()


def merge(lines):
    """Hand the bank's rows over to the lines entered before, and delete these lines."""
    merged = [
        (
            line.tochka_duplicate_id,
            line.tochka_transaction_id,
            line.tochka_is_transfer,
        )
        for line in lines
    ]
    lines.tochka_transaction_id.sudo()._leave_books("new")
    for before, row, is_transfer in merged:
        # None of this belongs to the entry, so core leaves the entry alone.
        before.write(
            {
                "tochka_transaction_id": row.id,
                "tochka_is_transfer": is_transfer or before.tochka_is_transfer,
            }
        )
        row._decide(state="duplicate", line_id=before.id)


def keep_as_different(lines):
    """Remember that lines are not what they look like, and look for other candidates.

    :param lines: those that look like a line entered before
    """
    lines.tochka_transaction_id._note_distinct(lines)
    lines.tochka_duplicate_id = False
    lines.sudo().tochka_transaction_id._find_duplicates()
