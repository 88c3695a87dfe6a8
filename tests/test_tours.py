"""Tours in a real browser: connecting, importing, reviewing."""

import itertools
import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import ChromeBrowser

from .tour_case import TourCase

TERM_DAYS = 90
# As many as `review_tour.js` expects.
TO_REVIEW = 10
# Stands for a person at the bank's pages: signs in, chooses the term, allows.
BANK_VISITOR = """
if (location.origin === %(origin)s) {
    addEventListener("DOMContentLoaded", () => {
        const term = document.querySelector("select#term");
        if (term) {
            term.value = %(term)s;
        }
        document.querySelector("button#login, button#allow").click();
    });
}
"""


@tagged("post_install", "-at_install")
class TestTours(TourCase):
    @contextmanager
    def bank_visitor(self):
        """Make the browser press the buttons of the bank's pages by itself."""
        origin = self.bank.authorize_url.rpartition("/connect")[0]
        script = BANK_VISITOR % {
            "origin": json.dumps(origin),
            "term": json.dumps(str(TERM_DAYS)),
        }
        navigate_to = ChromeBrowser.navigate_to

        def prepare_and_navigate(browser, *args, **kwargs):
            browser._websocket_request(
                "Page.addScriptToEvaluateOnNewDocument", params={"source": script}
            )
            return navigate_to(browser, *args, **kwargs)

        with patch.object(ChromeBrowser, "navigate_to", prepare_and_navigate):
            yield

    @contextmanager
    def worker_between_polls(self):
        """Make the dialog see a run queued, then running, then done by the real job.

        The browser's requests and a worker share one transaction here, so the worker
        does its part while the dialog asks how far it is.
        """
        Run = self.registry["tochka.import"]
        get_progress = Run.get_progress
        polls = itertools.count()

        def work_and_tell(run):
            poll = next(polls)
            if poll == 1:
                run.sudo()._start(steps=2)
            elif poll == 2:
                job = run.env.ref("account_tochka.ir_cron_run_queue").sudo()
                job.method_direct_trigger()
            return get_progress(run)

        with patch.object(Run, "get_progress", work_and_tell):
            yield

    def test_connect_and_choose(self):
        self.connection.write(
            {
                "auth_method": "oauth",
                "client_id": self.bank.client_id,
                "client_secret": self.bank.client_secret,
            }
        )
        with self.bank_visitor():
            self.start_tour(
                f"/odoo/tochka-connections/{self.connection.id}",
                "account_tochka_connect",
                login="tochka_admin",
            )
        self.assertEqual(self.connection.state, "connected")
        days = (self.connection.consent_expires_on - fields.Datetime.now()).days
        self.assertAlmostEqual(days, TERM_DAYS, delta=2)
        account = self.connection.account_ids.filtered("journal_id")
        self.assertEqual(len(account), 1)
        self.assertEqual(account.company_id, self.company)
        self.assertEqual(account.currency_id.name, "RUB")
        self.assertTrue(account.auto_import)
        self.assertEqual(account.interval, "daily")
        journal = account.journal_id
        self.assertEqual(journal.company_id, self.company)
        self.assertEqual(journal.bank_account_id.sanitized_acc_number, account.number)

    def test_import_a_period(self):
        account = self.choose()
        with self.worker_between_polls():
            self.start_tour(
                "/odoo/tochka-payments",
                "account_tochka_import",
                login="tochka_accountant",
            )
        run = self.env["tochka.import"].search([])
        first = self.first_of_last_month(account)
        self.assertEqual((run.state, run.error), ("done", False))
        self.assertEqual(run.user_id, self.accountant)
        self.assertEqual(run.account_ids, account)
        self.assertEqual((run.date_from, run.date_to), (first, first.replace(day=7)))
        self.assertGreater(run.created, 0)
        lines = self.lines(account)
        self.assertEqual(len(lines), run.created)
        self.assertEqual(set(lines.mapped("tochka_review")), {"new"})
        self.assertEqual(set(lines.tochka_transaction_id.mapped("state")), {"loaded"})

    def test_review(self):
        account = self.choose()
        first = self.first_of_last_month(account)
        self.load(account, first, first.replace(day=7))
        surplus = self.lines(account)[TO_REVIEW:]
        rows = surplus.tochka_transaction_id
        surplus.unlink()
        rows.unlink()
        payments = self.lines(account)
        rows = payments.tochka_transaction_id
        self.assertEqual(len(payments), TO_REVIEW)
        # The cog menu has nothing but names to tell its items by.
        reject = self.env.ref("account_tochka.action_server_reject")
        reject.with_context(lang=self.accountant.lang).name = "tour_reject"
        self.start_tour(
            "/odoo/tochka-payments", "account_tochka_review", login="tochka_accountant"
        )

        reviews = rows.sorted("id").mapped("review")
        self.assertEqual(reviews.count("confirmed"), 4)
        self.assertEqual(reviews.count("rejected"), 2)
        self.assertEqual(reviews.count("new"), 4)
        decided = rows.filtered(lambda row: row.review != "new")
        self.assertEqual(decided.decided_by, self.accountant)
        lines = self.lines(account)
        self.assertEqual(lines.mapped("tochka_review").count("confirmed"), 4)
        self.assertEqual(lines.mapped("tochka_review").count("new"), 4)
        for row in rows:
            self.assertEqual(row.state, "rejected" if not row.line_id else "loaded")
            self.assertEqual(row.line_id.amount, row.amount if row.line_id else 0.0)

    def test_fix_the_opening_balance(self):
        account = self.choose()
        first = self.first_of_last_month(account)
        self.start_tour(
            f"/odoo/tochka-accounts/{account.id}",
            "account_tochka_opening",
            login="tochka_admin",
        )
        truth = self.bank.truth(account.bank_account_id, first, first)
        self.assertEqual(account.opening_date, first)
        self.assertAlmostEqual(account.opening_balance, truth["opening"], places=2)
        self.assertEqual(account.opening_line_id.date, first)
        self.assertAlmostEqual(
            account.opening_line_id.amount, truth["opening"], places=2
        )
        self.assertAlmostEqual(account._balance_in_books(), truth["opening"], places=2)
