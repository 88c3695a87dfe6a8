from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .common import TochkaCase


@tagged("post_install", "-at_install")
class TestReview(TochkaCase):
    def setUp(self):
        super().setUp()
        self.account = self.choose()
        self.load(self.account, date(2026, 10, 5), date(2026, 10, 9))
        self.payments = self.lines(self.account)
        self.assertGreater(len(self.payments), 8)

    def _message(self, action):
        return action["params"]["message"]

    def test_confirm_is_safe_to_press_twice(self):
        one = self.payments[0]
        self.assertIn("1", self._message(one.action_tochka_confirm()))
        row = one.tochka_transaction_id
        decided = row.decided_by, row.decided_on
        self.assertEqual((one.tochka_review, row.review), ("confirmed", "confirmed"))
        self.assertTrue(one.checked)
        self.assertEqual(decided[0], self.env.user)
        self.assertIn("0", self._message(one.action_tochka_confirm()))
        self.assertEqual((row.decided_by, row.decided_on), decided)

    def test_reject_deletes_the_line_and_keeps_the_row(self):
        one = self.payments[0]
        row, move = one.tochka_transaction_id, one.move_id
        one.with_user(self.accountant).action_tochka_reject()
        self.assertFalse(one.exists() or move.exists())
        self.assertEqual((row.state, row.review), ("rejected", "rejected"))
        self.assertEqual(row.decided_by, self.accountant)
        self.assertFalse(row.line_id)

    def test_rejecting_is_noted_before_the_line_goes(self):
        one = self.payments[0]
        row = one.tochka_transaction_id
        with patch.object(self.env.registry[one._name], "unlink", return_value=True):
            one.with_user(self.accountant).action_tochka_reject()
        self.assertEqual((row.state, row.decided_by), ("rejected", self.accountant))

    def test_a_rejected_payment_never_comes_back_by_itself(self):
        self.payments[0].action_tochka_reject()
        run = self.load(self.account, date(2026, 10, 5), date(2026, 10, 9))
        self.assertEqual((run.created, run.known), (0, len(self.payments)))
        self.assertEqual(len(self.lines(self.account)), len(self.payments) - 1)

    def test_restore_brings_it_back_as_new(self):
        row = self.payments[0].tochka_transaction_id
        amount = row.amount
        self.payments[0].action_tochka_reject()
        row.with_user(self.accountant).action_restore()
        self.assertEqual((row.state, row.review), ("loaded", "new"))
        self.assertEqual(row.line_id.amount, amount)
        row.action_restore()
        self.assertEqual(len(self.lines(self.account)), len(self.payments))

    def test_deleting_a_line_in_any_way_is_a_rejection(self):
        row = self.payments[0].tochka_transaction_id
        self.payments[0].unlink()
        self.assertEqual(row.review, "rejected")

    def test_deleting_the_entry_is_a_rejection(self):
        new, confirmed = self.payments[:2]
        confirmed.action_tochka_confirm()
        rows = (new | confirmed).tochka_transaction_id
        amounts = rows.mapped("amount")
        for line in new | confirmed:
            line.move_id.button_draft()
            # Core lets only the last of a journal's numbers go otherwise.
            entry = line.move_id.with_user(self.accountant)
            entry.with_context(force_delete=True).unlink()
        self.assertEqual(rows.mapped("review"), ["rejected"] * 2)
        self.assertEqual(rows.decided_by, self.accountant)
        self.assertFalse(rows.line_id)
        run = self.load(self.account, date(2026, 10, 5), date(2026, 10, 9))
        self.assertEqual(run.created, 0)
        rows.action_restore()
        self.assertEqual(rows.mapped("review"), ["new"] * 2)
        self.assertEqual(rows.line_id.mapped("amount"), amounts)

    def test_deleting_another_entry_is_nobodys_rejection(self):
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.account.journal_id.id,
                "date": "2026-10-07",
                "amount": 5.0,
                "payment_ref": "Внесено вручную",
            }
        )
        self.assertTrue(line.checked, "core's own rule stays for other lines")
        line.move_id.button_draft()
        line.move_id.unlink()
        self.assertNotIn("rejected", self.account.transaction_ids.mapped("state"))

    def test_posting_a_draft_by_hand_confirms_nothing(self):
        new, confirmed = self.payments[:2]
        confirmed.action_tochka_confirm()
        both = new | confirmed
        both.move_id.button_draft()
        both.move_id.action_post()
        self.assertEqual(both.mapped("tochka_review"), ["new", "new"])
        self.assertEqual(both.mapped("checked"), [False, False])
        both.action_tochka_confirm()
        self.assertEqual(both.mapped("tochka_review"), ["confirmed"] * 2)

    def test_a_company_with_audit_trail_keeps_the_cancelled_entry(self):
        self.company.restrictive_audit_trail = True
        one = self.payments[0]
        row, move = one.tochka_transaction_id, one.move_id
        one.action_tochka_reject()
        self.assertEqual(row.review, "rejected")
        self.assertEqual(move.state, "cancel")

    def test_back_to_new(self):
        one = self.payments[0]
        one.action_tochka_confirm()
        one.action_tochka_back_to_new()
        self.assertEqual(one.tochka_review, "new")
        self.assertFalse(one.tochka_transaction_id.decided_by)

    def test_undoing_a_reconciliation_leaves_the_review_as_it_is(self):
        new, confirmed = self.payments[:2]
        confirmed.action_tochka_confirm()
        both = new | confirmed
        both.action_undo_reconciliation()
        self.assertEqual(both.mapped("tochka_review"), ["new", "confirmed"])
        rows = both.tochka_transaction_id
        self.assertEqual(rows.mapped("review"), ["new", "confirmed"])
        self.assertEqual(new.amount_residual, -new.amount)

    def test_bulk_reject_leaves_the_refused_ones_and_counts_them(self):
        confirmed, reconciled, locked, *rest = self.payments
        confirmed.action_tochka_confirm()
        self._reconcile(reconciled)
        early = self.payments.sorted("date")[0]
        if early in (confirmed, reconciled):
            early = locked
        lock_day = min(self.payments.mapped("date"))
        self.company.sudo().hard_lock_date = False
        self.company.sudo().fiscalyear_lock_date = False
        in_locked = self.payments.filtered(lambda one: one.date == lock_day)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s",
            [lock_day, self.company.id],
        )
        self.env.invalidate_all()
        message = self._message(self.payments.action_tochka_reject())
        left = self.lines(self.account)
        self.assertEqual(
            left,
            (in_locked | confirmed | reconciled).sorted("internal_index", reverse=True),
        )
        self.assertIn("already confirmed", message)
        self.assertIn("reconciled", message)
        self.assertIn("locked period", message)
        self.assertIn(str(len(self.payments) - len(left)), message)
        self.assertTrue(rest)

    def _reconcile(self, line):
        """Match the payment with a receivable, as a reconciliation tool does."""
        receivable = self.env["account.account"].search(
            [
                ("company_ids", "in", self.company.ids),
                ("account_type", "=", "asset_receivable"),
            ],
            limit=1,
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = receivable
        equity = self.company.get_unaffected_earnings_account()
        counterpart = self.env["account.move"].create(
            {
                "journal_id": self.env["account.journal"]
                .search(
                    [("type", "=", "general"), ("company_id", "=", self.company.id)],
                    limit=1,
                )
                .id,
                "date": line.date,
                "line_ids": [
                    (0, 0, {"account_id": receivable.id, "balance": -suspense.balance}),
                    (
                        0,
                        0,
                        {
                            "account_id": equity.id,
                            "balance": suspense.balance,
                        },
                    ),
                ],
            }
        )
        counterpart.action_post()
        (suspense | counterpart.line_ids[0]).reconcile()
        line.move_id.checked = False

    def test_the_journal_card_shows_what_waits(self):
        journal = self.account.journal_id
        card = journal._get_journal_dashboard_data_batched()[journal.id]["tochka"]
        self.assertEqual(card["new"], len(self.payments))
        self.assertFalse(card["attention"])
        action = journal.action_tochka_payments()
        self.assertEqual(
            self.env["account.bank.statement.line"].search_count(action["domain"]),
            len(self.payments),
        )

    def test_restore_in_a_locked_period_is_refused_and_counted(self):
        row = self.payments[0].tochka_transaction_id
        self.payments[0].action_tochka_reject()
        self.payments[1:].action_tochka_reject()
        self.company.fiscalyear_lock_date = date(2026, 10, 31)
        self.assertIn("locked period", self._message(row.action_restore()))
        self.assertEqual(row.review, "rejected")
