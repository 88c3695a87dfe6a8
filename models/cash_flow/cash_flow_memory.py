from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..recognition.folded_words import words_domain
from ..recognition.texts.folding import fold

# Corrections in a row after which «always do so?» is offered.
ENOUGH = 2
# Rules made of memories are asked before the others.
LEARNT_SEQUENCE = 5


class CashFlowMemory(models.Model):
    """The item a person set by hand for a counterparty and a direction.

    The counterparty is a partner, or, where the bank stands in its place, the payee
    read from the purpose.
    """

    _name = "cash.flow.memory"
    _description = "Learnt Cash Flow Item"
    _order = "write_date desc, id desc"
    _rec_name = "cash_flow_item_id"

    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Counterparty", ondelete="cascade", index=True
    )
    payee = fields.Char(index=True, help="In small letters, without signs.")
    direction = fields.Selection(
        [("in", "Money in"), ("out", "Money out")], required=True
    )
    cash_flow_item_id = fields.Many2one(
        "cash.flow.item", required=True, ondelete="cascade"
    )
    times = fields.Integer(
        default=1, help="How often the same correction was made in a row."
    )
    offer = fields.Selection(
        [("accepted", "Accepted"), ("declined", "Declined")],
        readonly=True,
        help="What became of “always do so?”.",
    )
    rule_id = fields.Many2one(
        "cash.flow.rule",
        readonly=True,
        ondelete="set null",
        help="The rule that was made of it.",
    )

    _who_unique = models.UniqueIndex(
        "(company_id, direction, COALESCE(partner_id, 0), COALESCE(payee, ''))"
    )

    @api.model
    def _learn(self, corrections):
        """Remember corrections made by hand, in one SQL statement.

        The same item again adds to `times`; another item starts counting anew, and the
        question «always do so?» may be put again.

        :param Counter corrections: {(company id, partner id or None, folded payee or
            None, direction, item id): number of payments}
        """
        if not corrections:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "INSERT INTO cash_flow_memory AS m (company_id, partner_id, payee,"
                " direction, cash_flow_item_id, times, create_uid, create_date,"
                " write_uid, write_date) VALUES %s"
                " ON CONFLICT (company_id, direction, COALESCE(partner_id, 0),"
                " COALESCE(payee, '')) DO UPDATE SET"
                " times = EXCLUDED.times + CASE"
                " WHEN m.cash_flow_item_id = EXCLUDED.cash_flow_item_id"
                " THEN m.times ELSE 0 END,"
                " offer = CASE WHEN m.cash_flow_item_id = EXCLUDED.cash_flow_item_id"
                " THEN m.offer END,"
                " cash_flow_item_id = EXCLUDED.cash_flow_item_id,"
                " write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s,"
                        " %s, NOW() AT TIME ZONE 'UTC', %s, NOW() AT TIME ZONE 'UTC')",
                        *key,
                        times,
                        self.env.uid,
                        self.env.uid,
                    )
                    for key, times in corrections.items()
                ),
            )
        )
        self.invalidate_model()

    @api.model
    def _of_lines(self, lines):
        """Return the memories of the counterparties, directions and items of lines."""
        keys = set(lines._correction_keys())
        if not keys:
            return self.browse()
        companies, partners, payees, _ways, items = map(set, zip(*keys, strict=True))
        return self.search(
            [
                ("company_id", "in", list(companies)),
                ("cash_flow_item_id", "in", list(items)),
                "|",
                ("partner_id", "in", list(partners - {None})),
                ("payee", "in", list(payees - {None})),
            ]
        ).filtered(lambda memory: memory._key() in keys)

    def _key(self):
        """Return what the memory is found by, a key of `_learn`."""
        self.ensure_one()
        return (
            self.company_id.id,
            self.partner_id.id or None,
            self.payee or None,
            self.direction,
            self.cash_flow_item_id.id,
        )

    # === ALWAYS DO SO? === #

    def _offer(self):
        """Put the question «always do so?», until it is answered.

        :return: False, or dict of `memory_id`, `title`, `message`, `count`
        """
        asked = self.filtered(lambda one: one.times >= ENOUGH and not one.offer)[:1]
        if not asked:
            return False
        count = len(asked._untouched())
        return {
            "memory_id": asked.id,
            "title": self.env._("Always do so?"),
            "message": self.env._(
                "You have set “%(item)s” for %(counterparty)s again. Make it a rule?"
                " New payments it would touch: %(count)s.",
                item=asked.cash_flow_item_id.display_name,
                counterparty=asked._who(),
                count=count,
            ),
            "count": count,
        }

    def _who(self):
        """Return the name of the counterparty, as the user reads it."""
        return self.partner_id.display_name or f"«{self.payee}»"

    def _untouched(self):
        """Return the lines of new payments of this counterparty with another item."""
        self.ensure_one()
        rows = self.env["tochka.transaction"].search(
            self._row_domain()
            & Domain("review", "=", "new")
            & Domain("state", "=", "loaded")
            & Domain("line_id.tochka_item_source", "!=", "hand")
            & Domain("line_id.cash_flow_item_id", "!=", self.cash_flow_item_id.id)
        )
        return rows.line_id

    def _row_domain(self):
        """Return the Domain over `tochka.transaction` of this counterparty's rows."""
        way = Domain("amount", ">" if self.direction == "in" else "<", 0)
        mine = Domain("company_id", "=", self.company_id.id)
        if self.partner_id:
            who = Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
        else:
            who = words_domain("party_folded", f'"{self.payee}"')
        return way & mine & who

    def action_always(self):
        """Make a rule of the memory, and apply it to the payments that are still new.

        :return: a notification with the number of payments changed
        """
        self.ensure_one()
        self.check_access("write")
        item = self.cash_flow_item_id
        if not self.rule_id:
            self.rule_id = self.env["cash.flow.rule"].create(self._prepare_rule())
        elif self.rule_id.cash_flow_item_id != item:
            self.rule_id.write({"cash_flow_item_id": item.id, "active": True})
        self.offer = "accepted"
        return self.rule_id.action_apply()

    def action_not_always(self):
        """Make no rule: the item goes on being proposed for each payment."""
        self.check_access("write")
        self.offer = "declined"

    def _prepare_rule(self):
        """Return the values of the rule that does what the memory says."""
        who = (
            {"partner_ids": self.partner_id.ids}
            if self.partner_id
            else {"party_words": f'"{self.payee}"'}
        )
        return {
            **who,
            "name": f"{self._who()} → {self.cash_flow_item_id.display_name}",
            "company_id": self.company_id.id,
            "sequence": LEARNT_SEQUENCE,
            "direction": self.direction,
            "cash_flow_item_id": self.cash_flow_item_id.id,
        }


def payee_key(payee):
    """Return the form in which a payee is remembered, or None for an empty one."""
    return fold(payee) or None
