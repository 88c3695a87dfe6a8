from datetime import date
from itertools import permutations

from odoo.tests import tagged

from .bank_and_register import AgainstTheBank
from .common import LAST_MONTH, TODAY

WEEK = date(2026, 10, 12), date(2026, 10, 18)
SEPTEMBER = date(2026, 9, 1), date(2026, 9, 30)


@tagged("post_install", "-at_install")
class TestOneIdForTwoPayments(AgainstTheBank):
    def test_a_fee_under_the_id_of_its_payment_in_any_order(self):
        for orders in permutations(("payment", "fee")):
            with self.subTest(orders=orders):
                self._with_fee(orders)

    def _with_fee(self, orders):
        row = self.pay(f"{500 + len(self.rows())}.11")
        for first in orders:
            self.bank.heal()
            self.bank.fault(
                "same_id_two_rows", times=None, row=row["transactionId"], first=first
            )
            run = self.load(self.account, *WEEK)
            both = self.row(row)
            self.assertEqual(len(both), 2)
            self.assertEqual(len(both.line_id), 2)
            self.assertFalse(any(both.mapped("bank_change")))
        self.assertEqual(run.created, 0)
        self.assertFalse(self.days("open"))
        self.bank.heal()
        self.load(self.account, *WEEK)
        self.assert_as_the_bank(*WEEK)

    def test_an_id_used_again_over_the_border_of_a_month(self):
        for number, (day, again) in enumerate(
            (("2026-09-30", "2026-10-01"), ("2026-10-01", "2026-09-30"))
        ):
            self.pay(f"{10 + number}.10", day=day)
            self.load(self.account, SEPTEMBER[0], LAST_MONTH[1])
            self.pay(f"{20 + number}.10", day=again)
            self.bank.fault("dummy_ids", times=None, id="0")
            self.load(self.account, SEPTEMBER[0], LAST_MONTH[1])
            self.bank.heal()
        self.assert_as_the_bank(SEPTEMBER[0], LAST_MONTH[1])
        self.assertFalse(self.days("open"))

    def test_ids_of_no_meaning_find_each_row_again(self):
        for identity, ids in (("-1", "both"), ("0", "transactionId"), ("", "both")):
            with self.subTest(id=identity, ids=ids):
                self.bank.fault("dummy_ids", times=None, id=identity, ids=ids)
                self.load(self.account)
                self.assert_as_the_bank()
                self.pay(day="2026-10-20")
                run = self.load(self.account)
                self.assertEqual(run.created, 1)
                self.bank.heal()
                run = self.load(self.account)
                self.assertEqual(run.created, 0)
                self.assert_as_the_bank()
                self.assertFalse(self.days("open"))

    def test_two_equal_rows_under_one_id_counted_twice_are_two(self):
        row = self.pay()
        self.load(self.account, *WEEK)
        self.bank.fault("row_twice", times=None, row=row["transactionId"], counted=2)
        for created in (1, 0):
            self.assertEqual(self.load(self.account, *WEEK).created, created)
        self.assertEqual(len(self.row(row).line_id), 2)
        self.assertFalse(self.days("open"))
        self.bank.heal()
        self.assertEqual(self.load(self.account, *WEEK).taken_back, 1)
        self.assert_as_the_bank(*WEEK)

    def test_a_row_told_twice_and_counted_once_is_one(self):
        row = self.pay()
        self.bank.fault("row_twice", times=None, row=row["transactionId"])
        for _time in range(2):
            self.load(self.account, *WEEK)
            self.assertEqual(len(self.row(row)), 1)
            self.assertFalse(self.days("open"))
        self.assert_as_the_bank(*WEEK)

    def test_a_row_told_twice_without_balances_is_one_and_the_day_is_open(self):
        row = self.pay()
        self.bank.fault("no_balances", times=None)
        self.bank.fault("row_twice", times=None, row=row["transactionId"])
        self.load(self.account, *WEEK)
        self.assertEqual(len(self.row(row)), 1)
        self.assertIn(date(2026, 10, 15), self.days("open"))


@tagged("post_install", "-at_install")
class TestMoved(AgainstTheBank):
    def test_to_another_day_or_month_with_and_without_other_ids(self):
        self.load(self.account, SEPTEMBER[0], LAST_MONTH[1])
        count = len(self.rows())
        days = ("2026-10-20", "2026-10-03", "2026-09-30", "2026-09-02", "2026-10-15")
        for new_ids in (False, True):
            told = self.pay(f"{100 + new_ids}.01")
            count += 1
            self.load(self.account, SEPTEMBER[0], LAST_MONTH[1])
            row = self.row(told)
            row.line_id.action_tochka_confirm()
            line = row.line_id
            for day in days:
                with self.subTest(day=day, new_ids=new_ids):
                    self.change(row.transaction_id, date=day, new_ids=new_ids)
                    run = self.load(self.account, SEPTEMBER[0], LAST_MONTH[1])
                    self.assertEqual(row.date.isoformat(), day)
                    self.assertEqual(row.line_id, line)
                    self.assertEqual(len(self.rows()), count)
                    self.assertEqual(run.created, 0)
                    self.assertFalse(row.taken_back_on)
                    self.assertEqual(bool(row.bank_change), day != "2026-10-15")
                    self.assert_as_the_bank(SEPTEMBER[0], LAST_MONTH[1])
                    self.assertFalse(self.days("open"))

    def test_loaded_apart_the_two_days_are_one_payment_in_the_end(self):
        told = self.pay(day="2026-10-02")
        self.load(self.account, SEPTEMBER[0], LAST_MONTH[1])
        row, count = self.row(told), len(self.rows())
        self.change(told, date="2026-09-29", new_ids=True)
        self.load(self.account, *SEPTEMBER)
        self.load(self.account, *LAST_MONTH)
        self.assertEqual(row.date, date(2026, 9, 29))
        self.assertEqual(len(self.rows()), count)
        self.assert_as_the_bank(SEPTEMBER[0], LAST_MONTH[1])

    def test_equal_payments_of_other_days_stay_where_they_are(self):
        for day in ("2026-09-30", "2026-10-01", "2026-10-02"):
            self.pay("50.00", day=day)
        self.load(self.account, SEPTEMBER[0], LAST_MONTH[1])
        for fault in ({"name": "missing_ids"}, {"name": "reissued_ids"}):
            self.bank.fault(times=None, **fault)
            run = self.load(self.account, SEPTEMBER[0], LAST_MONTH[1])
            self.assertEqual((run.created, run.taken_back), (0, 0))
            self.bank.heal()
        self.assert_as_the_bank(SEPTEMBER[0], LAST_MONTH[1])


@tagged("post_install", "-at_install")
class TestWithoutDays(AgainstTheBank):
    def _asked(self):
        log = self.bank.control("/log", "GET")
        return sum(
            entry["method"] == "POST" and entry["path"].endswith("/statements")
            for entry in log
        )

    def test_they_keep_the_day_and_cost_nothing_afterwards(self):
        for ids in ("kept", "both"):
            with self.subTest(ids=ids):
                self.bank.reset()
                self.env["tochka.day"].search([]).unlink()
                self.rows().line_id.unlink()
                self.rows().sudo().unlink()
                if ids == "both":
                    self.bank.fault("missing_ids", times=None, ids=ids)
                self.pay("50.00", day="2026-10-13", times=2)
                self.pay("50.00", day="2026-10-17")
                self.bank.fault("missing_dates", times=None)
                self.load(self.account, *WEEK)
                self.assert_as_the_bank(*WEEK)
                self.bank.control("/log", "DELETE")
                run = self.load(self.account, *WEEK)
                self.assertEqual((run.created, self._asked()), (0, 1))
                self.pay("60.00", day="2026-10-14")
                self.assertEqual(self.load(self.account, *WEEK).created, 1)
                self.assert_as_the_bank(*WEEK)
                self.bank.heal()
                run = self.load(self.account, *WEEK)
                self.assertEqual((run.created, run.taken_back), (0, 0))
                self.assert_as_the_bank(*WEEK)
                self.assertFalse(self.days("open"))

    def test_every_other_without_its_day(self):
        self.load(self.account, *WEEK)
        self.bank.fault("missing_dates", times=None, every=2)
        run = self.load(self.account, *WEEK)
        self.assertEqual((run.created, run.changed, run.taken_back), (0, 0, 0))
        self.assert_as_the_bank(*WEEK)

    def test_a_new_line_moves_to_the_day_the_bank_tells_at_last(self):
        told = self.pay(day="2026-10-15")
        self.bank.fault("missing_dates", times=None)
        self.load(self.account, *WEEK)
        row = self.row(told)
        self.change(told, date="2026-10-13")
        self.bank.heal()
        self.load(self.account, *WEEK)
        self.assertEqual((row.date, row.line_id.date), (date(2026, 10, 13),) * 2)
        self.assertFalse(row.bank_change)

    def test_a_confirmed_line_stays_and_is_flagged(self):
        told = self.pay(day="2026-10-15")
        self.bank.fault("missing_dates", times=None)
        self.load(self.account, *WEEK)
        row = self.row(told)
        row.line_id.action_tochka_confirm()
        self.change(told, date="2026-10-13")
        self.bank.heal()
        self.load(self.account, *WEEK)
        self.assertEqual(row.line_id.date, date(2026, 10, 15))
        self.assertTrue(row.bank_change)

    def test_today(self):
        self.bank.fault("missing_dates", times=None)
        for _time in range(2):
            self.load(self.account, date(2026, 11, 16), TODAY)
            self.assert_as_the_bank(date(2026, 11, 16), TODAY)
