"""Loading: from the bank to the register, from the register to the books."""

import logging
from collections import Counter
from contextlib import suppress
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ... import tochka_api
from ...exceptions import explain
from ..register.making_lines import waiting_in_words
from .intervals import INTERVALS
from .statement_requests import StatementRequests

_logger = logging.getLogger(__name__)

# A transaction that lost a race against another process begins anew this often.
TRIES = 3
# Periods that one run reads again because balances do not meet at their ends.
BORDERS_PER_RUN = 2
# The other process may also have created the same contact, which is found then.
LOST_RACES = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, UniqueViolation)


def import_period(accounts, date_from, date_to, trigger, run=None):
    """Load a period of some accounts in one run (see `tochka.account._import`)."""
    env = accounts.env
    run = run or env["tochka.import"]._open(accounts, date_from, date_to, trigger)
    windows = tochka_api.month_windows(date_from, date_to)
    run._start(steps=len(accounts) * (len(windows) + 1))
    env["ir.cron"]._commit_progress()
    accounts._load(dict.fromkeys(accounts, windows), lambda _account: run)
    run._finish()
    env["ir.cron"]._commit_progress()
    return run


def load(accounts, periods, run_of):
    """Load periods of several accounts; a failure stays within its own account.

    :param dict periods: {tochka.account: list of (first day, last day)}
    :param run_of: callable that returns the `tochka.import` of an account
    """
    with StatementRequests() as requests:
        for account in accounts:
            requests.place(account, periods[account])
        for account in accounts:
            run = run_of(account)
            own_run = run.state == "queued"
            if own_run:
                run._start(steps=len(periods[account]) + 1)
            AccountLoad(account, requests, run).load_safely()
            if own_run:
                run._finish()
            time_left = accounts.env["ir.cron"]._commit_progress(int(own_run))
            # A run of many accounts is done whole; a pass goes on at its next call.
            if own_run and not time_left:
                break


def commit_anew(env, work, *arguments):
    """Do some work and commit; begin anew when it met another process."""
    for attempt in range(1, TRIES + 1):
        try:
            work(*arguments)
            env["ir.cron"]._commit_progress()
        except LOST_RACES:
            env.cr.rollback()
            if attempt == TRIES:
                raise
        else:
            return


class AccountLoad:
    """The load of one account within a run: its statements, then its lines."""

    def __init__(self, account, requests, run):
        """
        :param account: one tochka.account
        :param StatementRequests requests: placed already
        :param run: the tochka.import that counts
        """
        # A job has no language: it speaks that of the person who will read.
        manual = run.trigger == "manual"
        reader = run.user_id if manual else account.connection_id.user_id
        account = account.with_company(account.company_id)
        self.account = account.with_context(lang=reader.lang)
        self.run = run.with_context(lang=reader.lang)
        self.env = self.account.env
        self.requests = requests
        self._forget()

    def _forget(self):
        """Begin anew, with nothing read so far."""
        self.seen, self.read_until = Seen(), None
        self.has_borders = self.days_left_out = False

    def load_safely(self):
        """Load the account; whatever goes wrong is kept on it and not raised."""
        try:
            self.account._commit_anew(self._load)
        except Exception as error:
            self.env.cr.rollback()
            if self.account._may_be_over(error) and self.requests.is_first_refusal(
                self.account
            ):
                self.account._commit_anew(self._look_at_list)
            self.account._commit_anew(self._fail, error)

    def _load(self):
        account, run = self.account, self.run
        # The lock is the first thing this transaction sees: with an older snapshot it
        # would trip over what another process has just committed.
        self.env["ir.cron"]._commit_progress()
        if not self._lock():
            run._skip(account)
            return
        self._note_attempt()
        before = self.requests.requests_made(account)
        self._forget()
        failure = None
        try:
            if not self._read_statements():
                run._skip(account)
                return
        except tochka_api.TochkaError as error:
            failure = error
        run._count(self.seen.counts())
        run.requests_made += self.requests.requests_made(account) - before
        if self.days_left_out or self.read_until != account._today():
            self.env["tochka.day"]._note_missing(account)
        # What the bank did give enters the books, whatever it refuses after that.
        if not account._make_lines(run):
            run._skip(account)
            return
        self.env["tochka.transaction"]._pair_transfers_of(account)
        if failure:
            raise failure
        self._succeed()
        run._step()

    def _read_statements(self):
        """Store the statements that were asked for, and what they make necessary.

        :return bool: False when another process took the account meanwhile
        """
        for statement in self.requests.take(self.account):
            if not self._settle(statement):
                return False
            self.run._step()
        return self._mend_borders()

    def _lock(self):
        """Return whether the account is ours until the next commit."""
        return bool(self.account.try_lock_for_update(allow_referencing=True))

    def _note_attempt(self):
        """Note the time, but for events: they must not put off the schedule."""
        if self.run.trigger != "webhook":
            self.account.last_attempt = fields.Datetime.now()

    def _settle(self, statement):
        """Store a statement; where it does not close, ask again in halves, to days.

        So it is where rows lack their day: a statement of one day tells it.

        :param tochka_api.Statement statement: Ready, both bounds inclusive
        :return bool: False when another process took the account meanwhile
        """
        stored = self._store(statement)
        self.env["ir.cron"]._commit_progress()
        if not self._lock():
            return False
        if not (stored.lacks or stored.undated):
            return True
        # The days are those that were asked for, so halving them comes to an end.
        if statement.date_from >= statement.date_to:
            return True
        middle = statement.date_from + (statement.date_to - statement.date_from) // 2
        halves = (
            (statement.date_from, middle),
            (middle + timedelta(days=1), statement.date_to),
        )
        return all(
            self._settle(self.requests.ask(self.account, *half)) for half in halves
        )

    def _mend_borders(self):
        """Read days again whose balances do not meet, a few periods in each run.

        A payment dated back far is found so: the balances after it no longer begin
        where those before it ended.

        :return bool: False when another process took the account meanwhile
        """
        for _time in range(BORDERS_PER_RUN if self.has_borders else 0):
            period = self.env["tochka.day"]._period_of_border(self.account)
            if not period:
                break
            if not self._settle(self.requests.ask(self.account, *period)):
                return False
        return True

    def _store(self, statement):
        """Put a statement into the register and move the watermark, together.

        :return Stored: what came of it
        """
        account = self.account
        stored = self.env["tochka.transaction"]._take_in(account, statement)
        self.seen.add(stored)
        proof = self.env["tochka.day"]._prove(account, statement, stored)
        self.has_borders |= proof.has_borders
        self.days_left_out |= not proof.joins
        self.read_until = max(statement.date_to, self.read_until or statement.date_to)
        unreadable = self.env["tochka.unreadable"]._store(account, statement)
        self.seen.unreadable |= unreadable
        vals = {}
        # The watermark has no holes below it: a statement far ahead does not move it.
        since = account.auto_import_since
        reached = account.loaded_until or since or statement.date_from
        border = max(reached, since or reached)
        if statement.date_from <= border + timedelta(days=1):
            until = account.loaded_until or border
            vals["loaded_until"] = max(statement.date_to, until)
        newest = not account.bank_balance_date or (
            statement.date_to >= account.bank_balance_date
        )
        if newest and statement.closing_balance is not None:
            vals["bank_balance"] = float(statement.closing_balance)
            vals["bank_balance_date"] = statement.date_to
        # Most statements are read again and say the same.
        changed = {
            name: value for name, value in vals.items() if account[name] != value
        }
        if changed:
            account.write(changed)
        return stored

    def _succeed(self):
        """Note the success; the alarm stays while rows of the account wait."""
        account = self.account
        # A quiet pass asks nothing: what waited before stands in the last error.
        may_wait = account.last_error or self.run.refused or account.unreadable_count
        waiting = waiting_in_words(account) if may_wait else ""
        vals = {"last_success": fields.Datetime.now(), "last_error": False}
        if self.run.trigger in INTERVALS:
            vals["deep_read_on"] = account._today()
        if waiting and account.refused_count:
            vals["last_error"] = self.env._(
                "Odoo did not accept some payments. They wait in the register with the"
                " reason, and the next loading tries them again."
            )
        elif waiting:
            vals["last_error"] = waiting
        if waiting and not account.last_error:
            self._call_for_attention(waiting)
        elif account.last_error and not waiting:
            account.activity_unlink(["account_tochka.mail_activity_attention"])
        account.write(vals)
        account._end_if_read()
        account.connection_id._works_again()

    def _look_at_list(self):
        """Ask the bank whether it has the account still; it may have closed it."""
        with suppress(tochka_api.TochkaError):
            client = self.requests.client(self.account)
            self.account.connection_id._look_at_list(client)

    def _fail(self, error):
        """Keep a failure on the account; make one activity when it starts.

        :param Exception error: a bank error, a refusal of Odoo, or anything else
        """
        account = self.account
        if words := account._end_if_refused(error):
            if self.run.trigger == "manual":
                self.run._fail(account, words)
            else:
                self.run._add_words(f"{account.display_name}: {words}")
            return
        of_connection = isinstance(
            error, tochka_api.AccessExpired | tochka_api.UnknownCertificate
        )
        message = self._in_words(error)
        if of_connection:
            # One alarm for the connection, not one for each of its accounts.
            account.connection_id._needs_attention(error)
        elif not account.last_error:
            self._call_for_attention(message)
        account.last_error = message
        self._note_attempt()
        self.run._fail(account, message)

    def _call_for_attention(self, message):
        """Schedule an activity for the person who looks after the connection."""
        self.account.activity_schedule(
            "account_tochka.mail_activity_attention",
            summary=self.env._(
                "Payments are not loaded: %s", self.account.display_name
            ),
            note=message,
            user_id=self.account.connection_id.user_id.id,
        )

    def _in_words(self, error):
        """Return the sentence for a failure; log it without personal data."""
        account_id = self.account.id
        if isinstance(error, tochka_api.TochkaError):
            _logger.info("Account %s not loaded: %s", account_id, type(error).__name__)
            return explain(self.env, error)
        if isinstance(error, UserError):
            _logger.info("Account %s not loaded: refused by Odoo", account_id)
            return str(error)
        _logger.error("Account %s not loaded", account_id, exc_info=error)
        return self.env._(
            "Loading stopped on an unexpected error (%s). Nothing is lost. The server's"
            " log has the details for the administrator.",
            type(error).__name__,
        )


class Seen:
    """What one run has seen of one account, each row counted once."""

    def __init__(self):
        self._ids, self._inserted = set(), set()
        self._totals = Counter()
        self.unreadable = set()

    def add(self, stored):
        """Add what came of one statement.

        :param Stored stored: see `Intake.store`
        """
        self._ids |= stored.ids
        self._inserted |= stored.inserted
        for gone, row_id in stored.merged.items():
            if gone in self._ids:
                self._ids.remove(gone)
                self._ids.add(row_id)
            self._inserted.discard(gone)
        self._totals.update(stored.counts())

    def counts(self):
        """Return the counts of `tochka.import`."""
        names = ("changed", "rejected", "skipped", "taken_back")
        return {
            "found": len(self._ids),
            "known": len(self._ids) - len(self._inserted),
            **{name: self._totals[name] for name in names},
            "unreadable": len(self.unreadable),
        }
