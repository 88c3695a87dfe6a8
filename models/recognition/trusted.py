"""Payments that are confirmed by themselves, because their rule is trusted."""

import logging

_logger = logging.getLogger(__name__)


def confirm_by_rules(rows):
    """Confirm what the rules trust, unless it needs a person's decision.

    A possible duplicate, a guessed invoice, a change by the bank, a payment the bank
    took back and a counterparty found by a name alone do. What cannot be confirmed
    stays new.

    :param rows: tochka.transaction
    """
    lines = rows.env["account.bank.statement.line"].search(
        [
            ("tochka_transaction_id", "in", rows.ids),
            ("tochka_review", "=", "new"),
            ("tochka_item_source", "=", "rule"),
            ("cash_flow_rule_id.auto_confirm", "=", True),
            ("tochka_partner_source", "!=", "name"),
            ("tochka_duplicate_id", "=", False),
            ("tochka_transaction_id.bank_change", "=", False),
            ("tochka_transaction_id.taken_back_on", "=", False),
            ("part_ids", "not any", [("source", "=", "residual")]),
        ]
    )
    _confirmed, refused = lines._confirm()
    for line in refused:
        _logger.info("Line %s is not confirmed by its rule: refused", line.id)
