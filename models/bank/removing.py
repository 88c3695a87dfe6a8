"""Removing a connection or an account: what is in the books is archived instead."""

from odoo.exceptions import RedirectWarning


def check_no_payments(records, accounts):
    """Refuse to delete what payments hang on, and offer to archive it.

    :param records: what is about to be deleted
    :param accounts: tochka.account that would go with it
    :raise RedirectWarning: when the register or the books hold payments of them
    """
    env = records.env
    used = (
        env["tochka.transaction"]
        .sudo()
        .search_count([("account_id", "in", accounts.ids)], limit=1)
    )
    if not used and not accounts.sudo().opening_line_id:
        return
    raise RedirectWarning(
        env._(
            "Payments of “%s” are loaded. Deleting would lose what the bank sent and"
            " what was decided, and they could come twice. Archive it: then nothing is"
            " loaded any more, and everything stays.",
            ", ".join(records.mapped("display_name")),
        ),
        env.ref(f"account_tochka.action_archive_{records._table}").id,
        env._("Archive"),
        {"active_model": records._name, "active_ids": records.ids},
    )
