"""From the register to the books: statement lines of the rows that have none."""

from collections import Counter, defaultdict

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tools import SQL

from ..halves import in_halves
from ..walls import as_ours
from . import bank_row, currencies
from .fence import without_notes
from .lines_at_once import LinesAtOnce

LINES_PER_COMMIT = 200
# PostgreSQL's limit for a text in an index is 2,704 bytes; the bank's texts take 500.
_MOST_BYTES = 2000
# So many different reasons are told where there is room for a few words.
MOST_REASONS = 3


def make_lines(account, run=None):
    """Make the statement lines of an account's rows that have none yet.

    Works in batches, each committed when a run is given (otherwise the caller's
    transaction decides). A row that Odoo or another module refuses waits in the
    register with the reason for the next run, and the others are loaded. What rules
    confirm by themselves is confirmed after all lines are safe.

    :param account: one tochka.account
    :param run: tochka.import, which counts and names what is loaded and refused
    :return bool: False when another process took the account meanwhile
    """
    # Those longest untried first: all get their turn, even if a run stops early.
    before = account.env["tochka.transaction"].search(
        refused_rows(account), order="write_date, id"
    )
    made, refused = [], False
    for batch in _waiting(account, before):
        waiting = currencies.reasons_to_wait(batch)
        tried = batch.filtered(lambda row, waiting=waiting: row not in waiting)
        done = _create_or_refuse(account, tried, run)
        if done is None:
            return False
        loaded, reasons = done
        reasons |= waiting
        reasons = {row: _words_of(account.env, why) for row, why in reasons.items()}
        note_refused(batch, reasons)
        refused = refused or bool(reasons)
        made.append(loaded)
        if run:
            redated = loaded.filtered(lambda row: row.line_id.date != row.date)
            run._count(
                {
                    "created": len(loaded),
                    "redated": len(redated),
                    "refused": len(reasons),
                }
            )
            if not _commit_and_lock(account):
                return False
        if tried and not loaded:
            # All for one reason, as a rule, and it is the account's: to try each of
            # thousands would take hours. The next run goes on with the others.
            break
    for loaded in made:
        if run:
            account._commit_anew(loaded._confirm_by_rules)
        else:
            loaded._confirm_by_rules()
    if refused and run:
        run._add_words(f"{account.display_name}: {refusals_in_words(account)}")
    # Committing has let go of the lock.
    return not (run and made) or bool(
        account.try_lock_for_update(allow_referencing=True)
    )


def _waiting(account, refused):
    """Yield batches of the rows that have no line, each row once.

    Those that were refused before come last, so that they do not cost the others the
    attempts to find out which is refused.

    :param refused: tochka.transaction that former runs were refused, in order
    """
    Row = account.env["tochka.transaction"]
    ours = [("account_id", "=", account.id), ("state", "=", "new")]
    fresh = [*ours, ("refusal", "=", False)]
    while batch := Row.search(fresh, order="date, id", limit=LINES_PER_COMMIT):
        yield batch
    for start in range(0, len(refused), LINES_PER_COMMIT):
        again = refused[start : start + LINES_PER_COMMIT]
        # Each batch is committed, which lets other processes in.
        batch = Row.search([*ours, ("id", "in", again.ids)], order="date, id")
        if batch:
            yield batch


def _create_or_refuse(account, rows, run):
    """Make the lines of a batch; find out which rows are refused, and why.

    A value that must be unique may just have been written by another process, as the
    contact of a new counterparty. A new transaction sees and uses it; if it does not
    help, it is a rule that refuses.

    :param run: tochka.import; without one the transaction is the caller's
    :return: of `in_halves`; None when another process took the account meanwhile
    """
    if run:
        try:
            return in_halves(rows, _create_together, (UniqueViolation,), (Exception,))
        except UniqueViolation:
            if not _commit_and_lock(account):
                return None
    # Whatever a module does to one row, the others are loaded.
    return in_halves(rows, _create_together, refusals=(Exception,))


def _commit_and_lock(account):
    """Commit; return whether the account is still ours."""
    account.env["ir.cron"]._commit_progress()
    return bool(account.try_lock_for_update(allow_referencing=True))


def _create_together(rows):
    """Make the lines of rows as `in_halves` wants it: all of them, or an exception."""
    rows._create_lines()
    return rows, {}


def create_lines(rows):
    """Make the statement lines of rows, unreviewed.

    :param rows: tochka.transaction of one account, perhaps none
    :raise UserError: when a rate is missing, or a row is in another currency
    """
    if not rows:
        return
    for reason in currencies.reasons_to_wait(rows).values():
        raise UserError(reason)
    found = rows._recognise()
    values = [row._prepare_line() | found[row] for row in rows]
    Line = rows.env["account.bank.statement.line"].with_company(rows.company_id)
    # OCA's reconciliation guesses by a part of the name: better nobody than wrong.
    Line = Line.with_context(skip_retrieve_partner=True)
    Line = as_ours(without_notes(Line, rows.account_id.journal_id))
    lines = LinesAtOnce(Line, values).make()
    if lines is None:
        lines = Line.create(values)
        # Posting recomputes core's mark to True, so it is taken off afterwards.
        lines.move_id.checked = False
        lines._forget_proposals()
    note_loaded(rows, lines)
    rows._recognise_in_books()


def line_values(row):
    """Return the values of the statement line of one row, as the bank has it.

    The register keeps texts whole; on the line they have to fit into indexes.
    """
    purpose = _fitting(" ".join((row.purpose or "").split()))
    return {
        "tochka_transaction_id": row.id,
        "journal_id": row.account_id.journal_id.id,
        "date": row.date,
        "amount": row.amount,
        **{shown: _fitting(row[name]) for name, shown in bank_row.on_line().items()},
        "payment_ref": purpose
        or _fitting(row.type_code)
        or _fitting(row.partner_name)
        or "—",
        "transaction_details": row.raw,
    }


def _fitting(text):
    """Return a text, or its beginning where it is too long for an index."""
    if not text or len(text) <= _MOST_BYTES // 4:
        return text
    whole = text.encode()
    if len(whole) <= _MOST_BYTES:
        return text
    return whole[:_MOST_BYTES].decode(errors="ignore") + "…"


def note_loaded(rows, lines):
    """Note in the register that each row has its line, in one statement.

    What a row was refused for before is forgotten.

    :param rows: tochka.transaction
    :param lines: account.bank.statement.line, in the order of the rows
    """
    rows.flush_recordset()
    rows.env.cr.execute(
        SQL(
            "UPDATE tochka_transaction SET state = 'loaded', review = 'new',"
            " line_id = v.line, refusal = NULL, write_uid = %s,"
            " write_date = NOW() AT TIME ZONE 'UTC'"
            " FROM (VALUES %s) v (id, line) WHERE tochka_transaction.id = v.id",
            rows.env.uid,
            SQL(", ").join(
                SQL("(%s, %s)", row.id, line.id)
                for row, line in zip(rows, lines, strict=True)
            ),
        )
    )
    written = ["state", "review", "line_id", "refusal", "write_uid", "write_date"]
    rows.invalidate_recordset(written, flush=False)
    with rows.env.protecting([rows._fields["review"]], rows):
        rows.modified(written)


# === REFUSED ROWS === #


def _words_of(env, why):
    """Return the words of a refusal, which may be none or not translated yet."""
    return str(why).strip() or env._("Odoo refuses this payment and does not say why.")


def note_refused(rows, reasons):
    """Write into the register why rows have no line, in one statement.

    :param rows: tochka.transaction, among them those refused
    :param dict reasons: {row: words, never empty}
    """
    if not reasons:
        return
    rows.flush_recordset()
    rows.env.cr.execute(
        SQL(
            "UPDATE tochka_transaction SET refusal = v.reason, write_uid = %s,"
            " write_date = NOW() AT TIME ZONE 'UTC'"
            " FROM (VALUES %s) v (id, reason) WHERE tochka_transaction.id = v.id",
            rows.env.uid,
            SQL(", ").join(
                SQL("(%s, %s)", row.id, reason) for row, reason in reasons.items()
            ),
        )
    )
    written = ["refusal", "write_uid", "write_date"]
    rows.invalidate_recordset(written, flush=False)
    rows.modified(written)


def refused_rows(accounts):
    """Return the domain of the rows of accounts that wait with a reason."""
    return [
        ("account_id", "in", accounts.ids),
        ("state", "=", "new"),
        ("refusal", "!=", False),
    ]


def count_refusals(accounts):
    """Return {tochka.account: Counter {reason: rows that wait with it}}."""
    counts = defaultdict(Counter)
    for account, reason, count in accounts.env["tochka.transaction"]._read_group(
        refused_rows(accounts), ["account_id", "refusal"], ["__count"]
    ):
        counts[account][reason] = count
    return counts


def refusals_in_words(account):
    """Return how many payments of an account wait with which reasons, or False."""
    counts = count_refusals(account)[account]
    if not counts:
        return False
    return account.env._(
        "Payments that could not enter the books: %(count)s. %(reasons)s",
        count=counts.total(),
        reasons=commonest(counts),
    )


def commonest(counts):
    """Return the commonest reasons, a line each.

    :param Counter counts: {reason: number of rows}
    """
    lines = [
        f"{reason} ({count})" if len(counts) > 1 else reason
        for reason, count in counts.most_common(MOST_REASONS)
    ]
    return "\n".join(lines + ["…"] * (len(counts) > MOST_REASONS))


def waiting_in_words(account):
    """Return what of an account waits for a person, or an empty text."""
    words = [refusals_in_words(account)]
    if account.unreadable_count:
        words.append(
            account.env._(
                "Rows of the bank's statements that cannot be read: %s. The others are"
                " loaded. The account shows them and what is wrong.",
                account.unreadable_count,
            )
        )
    return "\n".join(filter(None, words))
