"""Compare the books that two ways of making statement lines leave.

Both the tests and `dev/bench import` use it, the latter without this package.
"""

from odoo.tools import SQL

LINE, MOVE, ITEM = "account.bank.statement.line", "account.move", "account.move.line"
TIMES = ("create_date", "write_date")


def books(lines):
    """Return every column of the lines, of their entries and items, in order of id.

    Times are left out, and ids of records made with the lines are replaced by their
    places, so that two ways that do the same return the same.

    :return: {model: list of {column: value}}
    """
    env = lines.env
    env.flush_all()
    ids = {
        "line": sorted(lines.ids),
        "move": sorted(lines.move_id.ids),
        "item": sorted(lines.line_ids.ids),
        "row": lines.tochka_transaction_id.sorted("id").ids,
    }
    places = {
        kind: {one: place for place, one in enumerate(found)}
        for kind, found in ids.items()
    }
    own = {
        LINE: {"id": "line", "move_id": "move", "tochka_transaction_id": "row"},
        MOVE: {"id": "move", "statement_line_id": "line"},
        ITEM: {"id": "item", "move_id": "move", "statement_line_id": "line"},
    }
    result = {}
    for model, kind in ((LINE, "line"), (MOVE, "move"), (ITEM, "item")):
        result[model] = env.execute_query_dict(
            SQL(
                "SELECT * FROM %s WHERE id = ANY(%s) ORDER BY id",
                SQL.identifier(env[model]._table),
                ids[kind],
            )
        )
        for row in result[model]:
            for column in TIMES:
                del row[column]
            for column, of_kind in own[model].items():
                row[column] = places[of_kind].get(row[column], row[column])
    # The index ends with the id, of which only the order has to be the same.
    in_order = sorted(row["internal_index"] for row in result[LINE])
    for row in result[LINE]:
        row["internal_index"] = in_order.index(row["internal_index"])
    return result


def differences(one, other):
    """Return the columns in which two books differ, each with the first two values.

    :return: list of str, empty when they are equal
    """
    found = {}
    for model in one:
        if len(one[model]) != len(other[model]):
            found[model] = f"{len(one[model])} and {len(other[model])} records"
        for left, right in zip(one[model], other[model], strict=False):
            for column in left.keys() | right.keys():
                if left.get(column) != right.get(column):
                    pair = f"{left.get(column)!r} and {right.get(column)!r}"
                    found.setdefault(f"{model}.{column}", pair)
    return [f"{name}: {pair}" for name, pair in found.items()]
