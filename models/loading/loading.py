"""Loading: from the bank to the register, from the register to the books."""

import logging
from collections import Counter
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ... import tochka_api
from ...exceptions import explain
from ..register.making_lines import make_lines, refusals_in_words
from .statement_requests import Orders, difference

_logger = logging.getLogger(__name__)

# A transaction that lost a race against another process begins anew this often.
TRIES = 3
# The other process may also have created the same contact, which is found then.
LOST_RACES = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, UniqueViolation)


class TochkaAccount(models.Model):
    _inherit = "tochka.account"

    def _import(self, date_from, date_to, trigger, run=None):
        """Load a period: the one way in for dialog, push and file.

        Commits after every step, so a process killed in the middle loses nothing: the
        next run goes on from the register.

        :param date date_from: first day, Moscow calendar
        :param date date_to: last day, not in the future
        :param str trigger: one of `tochka.import.trigger`
        :param run: the `tochka.import` that was queued; None makes one
        :return: the `tochka.import` with what came of it
        """
        run = run or self.env["tochka.import"]._open(self, date_from, date_to, trigger)
        windows = tochka_api.month_windows(date_from, date_to)
        run._start(steps=len(self) * (len(windows) + 1))
        self.env["ir.cron"]._commit_progress()
        self._load(dict.fromkeys(self, windows), lambda _account: run)
        run._finish()
        self.env["ir.cron"]._commit_progress()
        return run

    def _load(self, periods, run_of):
        """Load periods of several accounts; a failure keeps to its own account.

        :param dict periods: {tochka.account: list of (first day, last day)}
        :param run_of: callable that gives the `tochka.import` of an account
        """
        with Orders() as orders:
            for account in self:
                orders.place(account, periods[account])
            for account in self:
                run = run_of(account)
                own_run = run.state == "queued"
                if own_run:
                    run._start(steps=len(periods[account]) + 1)
                account._load_safely(orders, run)
                if own_run:
                    run._finish()
                time_left = self.env["ir.cron"]._commit_progress(int(own_run))
                # A run of many accounts is done whole; a pass goes on at its next call.
                if own_run and not time_left:
                    break

    def _load_safely(self, orders, run):
        """Load one account; nothing that goes wrong leaves it."""
        self.ensure_one()
        # A job has no language: it speaks that of the person who will read.
        reader = run.user_id if run.trigger == "manual" else self.connection_id.user_id
        account = self.with_company(self.company_id).with_context(lang=reader.lang)
        run = run.with_context(lang=reader.lang)
        try:
            account._commit_anew(account._load_one, orders, run)
        except Exception as error:
            self.env.cr.rollback()
            account._commit_anew(account._failed, error, run)

    def _commit_anew(self, work, *arguments):
        """Do some work and commit; begin anew when it met another process."""
        for attempt in range(1, TRIES + 1):
            try:
                work(*arguments)
                self.env["ir.cron"]._commit_progress()
            except LOST_RACES:
                self.env.cr.rollback()
                if attempt == TRIES:
                    raise
            else:
                return

    def _load_one(self, orders, run):
        self.ensure_one()
        # The lock is the first thing this transaction sees: with an older snapshot it
        # would trip over what another process has just committed.
        self.env["ir.cron"]._commit_progress()
        if not self.try_lock_for_update(allow_referencing=True):
            run._skip(self)
            return
        self._attempted(run)
        before = orders.requests_made(self)
        seen, failure = Seen(), None
        try:
            for statement in orders.take(self):
                if not self._settle(orders, statement, seen):
                    run._skip(self)
                    return
                run._step()
        except tochka_api.TochkaError as error:
            failure = error
        run._count(seen.counts())
        run.requests_made += orders.requests_made(self) - before
        self.env["tochka.day"]._note_missing(self)
        # What the bank did give enters the books, whatever it refuses after that.
        if not self._make_lines(run):
            run._skip(self)
            return
        self.env["tochka.transaction"]._pair_transfers_of(self)
        if failure:
            raise failure
        self._succeeded(run)
        run._step()

    def _attempted(self, run):
        """Note the time, but for events: they must not put off the schedule."""
        self.ensure_one()
        if run.trigger != "webhook":
            self.last_attempt = fields.Datetime.now()

    def _settle(self, orders, statement, seen):
        """Store a statement; where it does not close, ask again in halves, to days.

        :param tochka_api.Statement statement: Ready, both bounds inclusive
        :param Seen seen: what this run has seen so far
        :return bool: False when another process took the account meanwhile
        """
        self.ensure_one()
        lacks = difference(statement)
        splits = lacks and statement.date_from < statement.date_to
        self._store_statement(statement, seen, lacks)
        self.env["ir.cron"]._commit_progress()
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        if not splits:
            return True
        middle = statement.date_from + (statement.date_to - statement.date_from) // 2
        halves = (
            (statement.date_from, middle),
            (middle + timedelta(days=1), statement.date_to),
        )
        return all(
            self._settle(orders, orders.ask(self, *half), seen) for half in halves
        )

    def _store_statement(self, statement, seen, lacks):
        """Put a statement into the register and move the watermark, together."""
        self.ensure_one()
        seen.add(*self.env["tochka.transaction"]._store(self, statement))
        self.env["tochka.day"]._prove(self, statement, lacks)
        vals = {}
        # The watermark has no holes below it: a statement far ahead does not move it.
        reached = self.loaded_until or self.auto_import_since or statement.date_from
        border = max(reached, self.auto_import_since or reached)
        if statement.date_from <= border + timedelta(days=1):
            vals["loaded_until"] = max(statement.date_to, self.loaded_until or border)
        newest = not self.bank_balance_date or (
            statement.date_to >= self.bank_balance_date
        )
        if newest and statement.closing_balance is not None:
            vals["bank_balance"] = float(statement.closing_balance)
            vals["bank_balance_date"] = statement.date_to
        # Most statements are read again and say the same.
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _lock_or_ask_to_wait(self):
        """Take the account's lock for what a person does to its payments.

        :raise UserError: while another process is loading the account
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "Payments of %s are being loaded now. Try again in a minute.",
                    self.display_name,
                )
            )

    def _succeeded(self, run):
        self.ensure_one()
        refusals = refusals_in_words(self)
        vals = {"last_success": fields.Datetime.now(), "last_error": False}
        if run.trigger in ("hourly", "daily"):
            vals["deep_read_on"] = self._today()
        if refusals:
            vals["last_error"] = self.env._(
                "Odoo did not accept some payments. They wait in the register with the"
                " reason, and the next loading tries them again."
            )
        if refusals and not self.last_error:
            self._call_for_attention(refusals)
        elif self.last_error and not refusals:
            self.activity_unlink(["account_tochka.mail_activity_attention"])
        self.write(vals)
        self.connection_id._works_again()

    def _failed(self, error, run):
        """Remember a failure on the account; one activity when it starts.

        :param Exception error: a bank error, a refusal of Odoo, or anything else
        """
        self.ensure_one()
        of_connection = isinstance(
            error, tochka_api.AccessExpired | tochka_api.UnknownCertificate
        )
        message = self._in_words(error)
        if of_connection:
            # One alarm for the connection, not one for each of its accounts.
            self.connection_id._needs_attention(error)
        elif not self.last_error:
            self._call_for_attention(message)
        self.last_error = message
        self._attempted(run)
        run._fail(self, message)

    def _call_for_attention(self, message):
        """Schedule an activity for the person who looks after the connection."""
        self.activity_schedule(
            "account_tochka.mail_activity_attention",
            summary=self.env._("Payments are not loaded: %s", self.display_name),
            note=message,
            user_id=self.connection_id.user_id.id,
        )

    def _in_words(self, error):
        """Give the sentence for a failure; log it without personal data."""
        if isinstance(error, tochka_api.TochkaError):
            _logger.info("Account %s not loaded: %s", self.id, type(error).__name__)
            return explain(self.env, error)
        if isinstance(error, UserError):
            _logger.info("Account %s not loaded: refused by Odoo", self.id)
            return str(error)
        _logger.error("Account %s not loaded", self.id, exc_info=error)
        return self.env._(
            "Loading stopped on an unexpected error (%s). Nothing is lost. The server's"
            " log has the details for the administrator.",
            type(error).__name__,
        )

    def _make_lines(self, run=None):
        """Make statement lines of the register rows that have none yet.

        :param run: tochka.import, which counts them and commits each batch
        :return bool: False when another process took the account meanwhile
        """
        self.ensure_one()
        return make_lines(self, run)


class Seen:
    """What one run has seen of one account, each row counted once."""

    def __init__(self):
        self._keys = set()
        self._totals = Counter()

    def add(self, keys, counts):
        """Add what the register said of one statement.

        :param set keys: of its rows
        :param dict counts: `inserted`, `changed`, `rejected`, `skipped`
        """
        self._keys |= keys
        self._totals.update(counts)

    def counts(self):
        """Give the counts of `tochka.import`."""
        return {
            "found": len(self._keys),
            "known": len(self._keys) - self._totals["inserted"],
            "changed": self._totals["changed"],
            "rejected": self._totals["rejected"],
            "skipped": self._totals["skipped"],
        }
