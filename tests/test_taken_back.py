from datetime import date

from odoo.tests import freeze_time, tagged

from .bank_and_register import AgainstTheBank

OCTOBER_15 = date(2026, 10, 15)


@tagged("post_install", "-at_install")
class TestTakenBack(AgainstTheBank):
    """Rows that a statement which closes does not have any more."""

    def setUp(self):
        super().setUp()
        self.told = self.pay()
        self.load(self.account)
        self.line = self.row(self.told).line_id
        self.register_row = self.row(self.told)

    def _take_back(self):
        self.change(self.told, removed=True)
        return self.load(self.account)

    def test_a_new_payment_leaves_the_books_and_stays_in_the_register(self):
        run = self._take_back()
        self.assertFalse(self.line.exists())
        row = self.register_row
        self.assertEqual((row.state, row.review), ("taken_back", "taken_back"))
        self.assertTrue(row.taken_back_on)
        self.assertEqual((run.taken_back, run.created, run.state), (1, 0, "done"))
        self.assertIn("took these payments back: 1", run._summary()["message"])
        self.account.invalidate_recordset()
        self.assertEqual(self.account.taken_back_count, 1)
        self.assertEqual(self.account.undecided_count, 0)
        self.assertEqual(len(self.days("proven")), 31)
        self.assert_as_the_bank()

    def test_it_is_taken_back_once(self):
        self._take_back()
        again = self.load(self.account)
        self.assertEqual((again.taken_back, again.created), (0, 0))

    def test_a_confirmed_payment_waits_for_a_person(self):
        self.line.action_tochka_confirm()
        self._take_back()
        self.assertTrue(self.line.exists())
        self.assertEqual(self.register_row.state, "loaded")
        self.assertTrue(self.line.tochka_taken_back_on)
        self.account.invalidate_recordset()
        self.assertEqual(self.account.undecided_count, 1)
        action = self.account.action_open_taken_back()
        found = self.env["tochka.transaction"].search(action["domain"])
        self.assertEqual(found, self.register_row)
        self.assertEqual(len(self.days("proven")), 31)

    def test_one_that_a_person_worked_on_waits_too(self):
        self.line.cash_flow_item_id = self.env["cash.flow.item"].search(
            [
                ("direction", "in", ("both", "in")),
                ("id", "!=", self.line.cash_flow_item_id.id),
            ],
            limit=1,
        )
        self._take_back()
        self.assertTrue(self.line.exists())
        self.assertTrue(self.line.tochka_taken_back_on)

    def test_a_person_rejects_it_with_one_click(self):
        self.line.action_tochka_confirm()
        self._take_back()
        self.line.with_user(self.accountant).action_tochka_remove_taken_back()
        self.assertFalse(self.line.exists())
        self.assertEqual(self.register_row.state, "taken_back")
        self.assertEqual(self.register_row.decided_by, self.accountant)
        self.account.invalidate_recordset()
        self.assertEqual(self.account.undecided_count, 0)
        self.assertFalse(self.load(self.account).created)

    def test_a_person_keeps_it_with_one_click(self):
        self.line.action_tochka_confirm()
        self._take_back()
        self.line.with_user(self.accountant).action_tochka_keep_taken_back()
        self.load(self.account)
        self.assertEqual(self.line.tochka_review, "confirmed")
        self.assertTrue(self.register_row.taken_back_kept)
        self.account.invalidate_recordset()
        self.assertEqual(self.account.undecided_count, 0)

    def test_what_the_bank_shows_again_comes_back_by_itself(self):
        self.bank.fault("row_removed", times=1, row=self.told["transactionId"])
        self.load(self.account)
        self.assertEqual(self.register_row.state, "taken_back")
        run = self.load(self.account)
        self.assertEqual((run.created, run.found), (1, run.known))
        self.assertEqual(self.register_row.state, "loaded")
        self.assertFalse(self.register_row.taken_back_on)
        self.assert_as_the_bank()

    def test_a_confirmed_one_is_as_it_was_when_it_comes_back(self):
        self.line.action_tochka_confirm()
        self.bank.fault("row_removed", times=1, row=self.told["transactionId"])
        self.load(self.account)
        self.load(self.account)
        self.assertFalse(self.register_row.taken_back_on)
        self.assertEqual(self.line.tochka_review, "confirmed")

    def test_one_rejected_because_it_was_gone_comes_back_too(self):
        self.line.action_tochka_confirm()
        self.bank.fault("row_removed", times=1, row=self.told["transactionId"])
        self.load(self.account)
        self.line.action_tochka_remove_taken_back()
        self.load(self.account)
        self.assertEqual(self.register_row.state, "loaded")
        self.assert_as_the_bank()

    def test_a_rejected_one_stays_rejected(self):
        self.line.action_tochka_reject()
        self.bank.fault("row_removed", times=1, row=self.told["transactionId"])
        self.load(self.account)
        self.assertEqual(self.register_row.state, "rejected")
        self.load(self.account)
        self.assertEqual(self.register_row.state, "rejected")

    def test_back_to_pending_is_taken_back(self):
        self.bank.fault("row_back_to_pending", times=1, row=self.told["transactionId"])
        run = self.load(self.account)
        self.assertEqual((run.taken_back, run.skipped), (1, 1))
        self.assertEqual(self.register_row.state, "taken_back")
        self.load(self.account)
        self.assert_as_the_bank()

    def test_an_incomplete_statement_takes_nothing_back(self):
        for fault in (
            {"name": "no_balances", "times": None},
            {"name": "rows_cut_at_100", "times": None, "limit": 1},
        ):
            self.bank.heal()
            self.bank.fault(**fault)
            run = self.load(self.account, OCTOBER_15, OCTOBER_15)
            self.assertEqual(run.taken_back, 0)
        self.assertTrue(self.line.exists())

    def test_an_older_statement_takes_nothing_back(self):
        account = self.account
        with account.connection_id._client() as client:
            older = client.statement(self.number, OCTOBER_15, OCTOBER_15)
        self.bank.control("/time", advance=60)
        newer = self.pay("88.88")
        with freeze_time("2026-11-20 12:02:00"):
            self.load(account, OCTOBER_15, OCTOBER_15)
            stored = self.env["tochka.transaction"]._take_in(account, older)
        self.assertEqual(stored.taken_back, 0)
        self.assertTrue(self.row(newer).line_id)

    def test_the_opening_balance_brings_none_back(self):
        self.account.sudo()._fix_opening(date(2026, 11, 1), 0.0)
        self._take_back()
        self.account.sudo()._release_opening()
        self.assertFalse(self.register_row.line_id)
        self.assert_as_the_bank()
