"""Making many statement lines at once, as copies of specimens that core makes."""

import logging
from decimal import Decimal
from re import match

from psycopg2.extras import Json

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, float_repr, groupby

from .fence import ITEM, LINE, MOVE, Fence, reason_for_core

_logger = logging.getLogger(__name__)

# Computed fields of other modules than these are left to the ORM …
_OWN = {"account", "account_tochka", "analytic", "base", "mail", "portal"}
# … and so is this one, for it depends on the id.
_LATE = {"internal_index"}
# Fields of the entry that core computes from its partner.
_OF_PARTNER = (
    "commercial_partner_id",
    "partner_shipping_id",
    "partner_bank_id",
    "fiscal_position_id",
    "invoice_partner_display_name",
)
# Two records made of the same row differ in who they are and in nothing else.
_IDENTITY = {
    LINE: {"id", "move_id", "internal_index", "create_date", "write_date"},
    MOVE: {
        *("id", "statement_line_id", "create_date", "write_date"),
        *("name", "sequence_prefix", "sequence_number"),
    },
    ITEM: {
        *("id", "move_id", "statement_line_id", "move_name"),
        *("create_date", "write_date"),
    },
}
# What may belong to a plain entry: its own parts, and its chatter.
_PARTS = {LINE, ITEM, "mail.message", "mail.followers", "mail.activity"}


class NotLikeCore(Exception):
    """Core makes of these rows something else than copies of a specimen."""


class LinesAtOnce:
    """Makes the lines of a batch as core's `create` would, but all at once.

    Core spends some 20 ms and seven queries on a line, spread over so many steps per
    record (a write, a number, ninety computed fields, posting) that leaving out
    tracking, synchronisation, balance checks and the search for the next number gains
    a fifth. So core makes only *specimens*: of the earliest row and of one row of every
    other kind (direction, with or without a partner). They are read and taken back,
    and the batch is inserted as copies of the first, with what differs by row filled
    in. In the end the rows of the specimens must equal them in every column of the
    three tables. Whatever this addon does not know of (a lock date that moves the
    earliest row, a field of another module that depends on the amount) shows there,
    and the batch goes core's way instead.

    The numbers come from core's `_get_next_sequence_format` and `_locked_increment`,
    called on the inserted entries: formats, gaps and two users at once stay its job.
    Other modules' computed fields are computed by the ORM. `fence` keeps out databases
    where code that nobody read takes part, and says why neither way leaves notes.
    """

    def __init__(self, Line, values):
        """Take the model, with its company, and the values for `create`, in order."""
        self.env, self.values = Line.env, values
        self.Line, self.Move, self.Item = Line, self.env[MOVE], self.env[ITEM]
        self.journal = self.env["account.journal"].browse(values[0]["journal_id"])
        self.company_currency = self.journal.company_id.sudo().currency_id

    def make(self):
        """Return the lines in the order of the values, posted and unreviewed.

        :return: None when core has to make them; nothing is written then
        :raise: what PostgreSQL says when another process was faster: the whole
            transaction has to begin anew
        """
        reason = reason_for_core(self.Line, self.journal, self.values)
        if not reason:
            try:
                with self.env.cr.savepoint():
                    return self._make()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except NotLikeCore as difference:
                reason = difference
            except Exception as error:
                # Where core stumbles too, its `create` says so about the right row.
                Fence.of(self.Line.pool).warn(error)
                reason = type(error).__name__
        _logger.debug("Lines are made by core's create: %s", reason)
        return None

    def _make(self):
        specimens = self._make_specimens()
        template = next(iter(specimens.values()))
        moves, lines = self._insert_moves_and_lines(template)
        pairs = [line._prepare_move_line_default_vals() for line in lines]
        names = self._number(moves, lines, pairs)
        self._insert_items(template, moves, lines, pairs, names)
        self._compute_the_rest(moves, lines)
        for place, specimen in specimens.items():
            self._compare(specimen, self._read(lines[place]))
        return lines

    # === SPECIMENS === #

    def _make_specimens(self):
        """Let core make the earliest row and the last one of every other kind.

        :return: {place in the values: what `_read` returned}
        """
        values, kinds = self.values, {}
        for place, vals in enumerate(values):
            kinds[vals["amount"] > 0, bool(vals["partner_id"])] = place
        earliest = min(range(len(values)), key=lambda place: values[place]["date"])
        places = dict.fromkeys((earliest, *kinds.values()))
        savepoint = self.env.cr.savepoint()
        try:
            lines = self.Line.create([dict(values[place]) for place in places])
            lines.move_id.checked = False
            self._check_alone(lines)
            self.env.flush_all()
            return dict(zip(places, map(self._read, lines), strict=True))
        finally:
            savepoint.close(rollback=True)

    def _check_alone(self, lines):
        """Refuse specimens to which records of other tables belong."""
        for records in (lines, lines.move_id, lines.line_ids):
            for name, field in records._fields.items():
                stored = field.store or not (field.compute or field.related)
                many = field.type == "many2many" or (
                    field.type == "one2many" and field.comodel_name not in _PARTS
                )
                if many and stored and records.sudo()[name]:
                    raise NotLikeCore(f"{records._name}.{name}")

    def _read(self, line):
        """Return every column of a line, its entry and its items.

        :return: {model: list of {column: value}}
        """
        return {
            model: self.env.execute_query_dict(
                SQL(
                    "SELECT * FROM %s WHERE %s = %s ORDER BY id",
                    SQL.identifier(self.env[model]._table),
                    SQL.identifier(column),
                    value,
                )
            )
            for model, column, value in (
                (LINE, "id", line.id),
                (MOVE, "id", line.move_id.id),
                (ITEM, "move_id", line.move_id.id),
            )
        }

    def _compare(self, wanted, got):
        """Raise NotLikeCore if two results of `_read` differ in more than identity."""
        for model, identity in _IDENTITY.items():
            for one, other in zip(wanted[model], got[model], strict=True):
                for column in one.keys() - identity:
                    if one[column] != other[column]:
                        raise NotLikeCore(f"{model}.{column}")

    # === INSERTION === #

    def _insert_moves_and_lines(self, template):
        [move_like], [line_like] = template[MOVE], template[LINE]
        numberless = dict.fromkeys(
            ("name", "sequence_prefix", "sequence_number", "statement_line_id")
        )
        of_partner = self._of_partners(move_like)
        move_rows, line_rows = [], []
        for vals in self.values:
            own = {**self._columns(self.Move, vals), **of_partner[vals["partner_id"]]}
            move_rows.append({**move_like, **own, **numberless})
            own = self._columns(self.Line, vals)
            own["amount"] = _money(vals["amount"], self._currency(line_like))
            own["amount_residual"] = -float(own["amount"])
            line_rows.append({**line_like, **own, "internal_index": None})
        moves = self._insert(self.Move, move_rows)
        for row, move in zip(line_rows, moves, strict=True):
            row["move_id"] = move.id
        return moves, self._insert(self.Line, line_rows)

    def _of_partners(self, move_like):
        """Return what core computes for entries from their partners.

        :return dict: {partner's id: {column: value}}
        """
        kept = ("move_type", "journal_id", "company_id", "currency_id")
        like = {name: move_like[name] for name in kept}
        partners = list(dict.fromkeys(vals["partner_id"] for vals in self.values))
        # Core asks for each by its id: they are read together before that.
        self.env["res.partner"].browse(filter(None, partners)).mapped(
            "property_account_position_id"
        )
        moves = self.Move.union(
            *(self.Move.new({**like, "partner_id": partner}) for partner in partners)
        )
        return {
            partner: self._columns(
                self.Move, {name: move[name] for name in _OF_PARTNER}
            )
            for partner, move in zip(partners, moves, strict=True)
        }

    def _number(self, moves, lines, pairs):
        """Write numbers, in core's order, and totals into the entries.

        :return: the numbers, in the order of the values
        """
        # Iterating keeps the records together for reading, indexing would not.
        moves, lines, names = list(moves), list(lines), {}
        order = sorted(
            range(len(moves)),
            key=lambda at: (self.values[at]["date"], self.values[at]["ref"] or "", at),
        )
        for _day, places in groupby(order, lambda at: self.values[at]["date"]):
            first = moves[places[0]]
            form, parts = first._get_next_sequence_format()
            for at in places:
                names[at] = moves[at]._locked_increment(form, dict(parts))
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move SET name = v.name, statement_line_id = v.line,"
                    " sequence_prefix = v.prefix, sequence_number = v.number,"
                    " amount_total = v.total, amount_total_signed = v.debit,"
                    " amount_total_in_currency_signed = ABS(v.total)"
                    " FROM (VALUES %s) v (id, line, name, prefix, number, total, debit)"
                    " WHERE account_move.id = v.id",
                    SQL(", ").join(
                        self._numbered(moves[at], lines[at], names[at], pairs[at])
                        for at in places
                    ),
                )
            )
            self.Move.invalidate_model(
                ["name", "sequence_prefix", "sequence_number"], flush=False
            )
        self.Move.invalidate_model(flush=False)
        return [names[at] for at in range(len(moves))]

    def _numbered(self, move, line, name, pair):
        split = match(move._sequence_fixed_regex, name)
        debited = max(pair, key=lambda item: item["debit"])
        return SQL(
            "(%s, %s, %s, %s, %s, %s, %s)",
            move.id,
            line.id,
            name,
            name[: split.start("seq")],
            int(split["seq"] or 0),
            _money(debited["amount_currency"], self._currency(debited)),
            _money(debited["debit"], self.company_currency),
        )

    def _insert_items(self, template, moves, lines, pairs, names):
        rows = []
        for vals, *made, pair in zip(
            self.values, moves, lines, names, pairs, strict=True
        ):
            for like, item in zip(template[ITEM], pair, strict=True):
                rows.append(self._item(like, vals, made, item))
        self._insert(self.Item, rows)

    def _item(self, like, vals, made, item):
        move, line, name = made
        balance = _money(item["debit"] - item["credit"], self.company_currency)
        amount_currency = _money(item["amount_currency"], self._currency(item))
        open_item = bool(like["amount_residual"])
        return {
            **like,
            **self._columns(self.Item, item),
            "move_id": move.id,
            "statement_line_id": line.id,
            "move_name": name,
            "ref": vals["ref"] or None,
            "date": vals["date"],
            "debit": _money(item["debit"], self.company_currency),
            "credit": _money(item["credit"], self.company_currency),
            "balance": balance,
            "amount_currency": amount_currency,
            "amount_residual": balance if open_item else 0,
            "amount_residual_currency": amount_currency if open_item else 0,
            "price_subtotal": amount_currency,
            "price_total": amount_currency,
        }

    def _columns(self, model, vals):
        """Return those of the values that are columns of the model, except money."""
        columns = {}
        for name, value in vals.items():
            field = model._fields.get(name)
            if field and field.store and field.column_type and field.type != "monetary":
                value = field.convert_to_write(value, model)
                columns[name] = field.convert_to_column_insert(value, model)
        return columns

    def _currency(self, vals):
        return self.env["res.currency"].browse(vals["currency_id"])

    def _insert(self, model, rows):
        """Insert rows of {column: value} without their ids; return the records."""
        columns = [name for name in rows[0] if name != "id"]
        return model.browse(
            row_id
            for [row_id] in self.env.execute_query(
                SQL(
                    "INSERT INTO %s (%s) VALUES %s RETURNING id",
                    SQL.identifier(model._table),
                    SQL(", ").join(map(SQL.identifier, columns)),
                    SQL(", ").join(
                        SQL("%s", tuple(_adapted(row[name]) for name in columns))
                        for row in rows
                    ),
                )
            )
        )

    # === WHAT IS LEFT === #

    def _compute_the_rest(self, moves, lines):
        """Let the ORM compute what depends on the new records, here and elsewhere."""
        written = (moves, lines, self.Item.search([("move_id", "in", moves.ids)]))
        done, left = [], []
        for records in written:
            for field in records._fields.values():
                if field.store and field.compute and not field.inherited:
                    own = set(field._modules) <= _OWN and field.name not in _LATE
                    (done if own else left).append((field, records))
        with self.env.protecting([([field], records) for field, records in done]):
            for records in written:
                stored = [name for name, f in records._fields.items() if f.store]
                records.modified(stored, create=True)
            for field, records in left:
                self.env.add_to_compute(field, records)
            moves._set_next_made_sequence_gap(False)
            self.env.flush_all()


def _money(amount, currency):
    """Return the amount as a Decimal, rounded as the ORM rounds its columns."""
    rounded = float_repr(currency.round(amount), currency.decimal_places)
    return Decimal(rounded)


def _adapted(value):
    return Json(value) if isinstance(value, dict | list) else value
