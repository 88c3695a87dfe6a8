"""Rows of a statement find their register rows, in any order and form."""

import datetime
import itertools
import unittest
from decimal import Decimal

from register_here import bank_row, matching

FIRST, LAST = datetime.date(2026, 10, 1), datetime.date(2026, 10, 31)
_ids = itertools.count(1)


def row(**values):
    """Return a row of the bank with the usual values but for those given."""
    usual = dict.fromkeys(field.name for field in bank_row.FIELDS)
    usual.update(
        transaction_id="t-1",
        payment_id=None,
        date=datetime.date(2026, 10, 14),
        amount=Decimal("-100.50"),
        purpose="Оплата",
        document_number="17",
        account_number="40702810000000000777",
        inn="7707083893",
    )
    return {**usual, **values}


def day(number, month=10):
    return datetime.date(2026, month, number)


def told(**values):
    return matching.Told(row(**values))


def known(*, missing=False, kept=False, state="loaded", **values):
    """Return a register row, as it is read from the database."""
    of_bank = row(**values)
    of_register = {**of_bank, "amount": float(of_bank["amount"])}
    return matching.Known(
        next(_ids),
        of_bank["transaction_id"],
        of_bank["date"],
        bank_row.row_digest(of_bank),
        state,
        missing,
        kept,
        of_register,
    )


def match(rows, register, complete=True, period=(FIRST, LAST)):
    found = matching.Matching(rows, register, period, complete)
    found.match_exact(bank_row.row_digest)
    if found.left or found.lacking:
        found.match_rest(bank_row.content_without_day)
    return [one.match for one in rows]


class TestOneIdForTwo(unittest.TestCase):
    fee = {"amount": Decimal(-15), "purpose": "Комиссия", "inn": "9721194461"}
    fee = {**fee, "account_number": "30232810000000000001", "document_number": "5"}

    def test_the_order_makes_no_difference(self):
        payment, fee = known(), known(**self.fee)
        for register in ((payment, fee), (fee, payment)):
            for one in register:
                one.taken = False
            self.assertEqual(
                match([told(), told(**self.fee)], register), [payment, fee]
            )
            for one in register:
                one.taken = False
            self.assertEqual(
                match([told(**self.fee), told()], register), [fee, payment]
            )

    def test_one_is_never_turned_into_the_other(self):
        for complete in (True, False):
            self.assertEqual(match([told(**self.fee)], [known()], complete), [None])
            self.assertEqual(match([told()], [known(**self.fee)], complete), [None])

    def test_an_id_used_again_in_another_month_is_another_payment(self):
        before = known(date=day(30, 9))
        self.assertEqual(match([told(date=day(1))], [before]), [None])

    def test_a_meaningless_id_finds_each_its_own(self):
        rows = [{"purpose": f"Оплата {n}", "amount": Decimal(n)} for n in (1, 2, 3)]
        register = [known(transaction_id="-1", **one) for one in rows]
        asked = [told(transaction_id="-1", **one) for one in reversed(rows)]
        self.assertEqual(match(asked, register), register[::-1])

    def test_two_truly_equal_rows_find_two(self):
        register = [known(), known()]
        self.assertEqual(set(match([told(), told()], register)), set(register))


class TestChanged(unittest.TestCase):
    def test_another_amount_is_the_same_payment(self):
        one = known()
        self.assertEqual(match([told(amount=Decimal("-7.00"))], [one]), [one])

    def test_another_direction_is_not(self):
        self.assertEqual(match([told(amount=Decimal("100.50"))], [known()]), [None])

    def test_with_two_left_under_the_id_nothing_is_guessed(self):
        register = [known(amount=Decimal(-1)), known(amount=Decimal(-2))]
        rows = [told(amount=Decimal(-3)), told(amount=Decimal(-4))]
        self.assertEqual(match(rows, register), [None, None])


class TestMoved(unittest.TestCase):
    def test_within_the_statement(self):
        one = known()
        self.assertEqual(match([told(date=day(20))], [one]), [one])
        one.taken = False
        other_ids = told(date=day(20), transaction_id="t-9", payment_id="p-9")
        self.assertEqual(match([other_ids], [one]), [one])

    def test_over_a_border_once_its_day_lacks_it(self):
        asked = {"date": day(1), "transaction_id": "t-9"}
        there = known(date=day(30, 9))
        self.assertEqual(match([told(**asked)], [there]), [None])
        gone = known(date=day(30, 9), missing=True)
        self.assertEqual(match([told(**asked)], [gone]), [gone])

    def test_the_nearest_day_is_taken_and_the_same_day_first(self):
        days = (3, 10, 20)
        register = [known(date=day(n), transaction_id=f"t-{n}") for n in days]
        rows = [told(date=day(n), transaction_id=f"n-{n}") for n in (11, 3, 25)]
        found = match(rows, register)
        self.assertEqual([one.date.day for one in found], [10, 3, 20])

    def test_a_statement_that_does_not_close_moves_nothing(self):
        other_ids = told(date=day(20), transaction_id="t-9")
        self.assertEqual(match([other_ids], [known()], complete=False), [None])

    def test_what_was_rejected_or_kept_is_moved_by_its_ids_only(self):
        for state in ({"state": "rejected"}, {"kept": True}):
            one = known(date=day(30, 9), missing=True, **state)
            alike = told(date=day(1), transaction_id="t-9")
            self.assertEqual(match([alike], [one]), [None])
            self.assertEqual(match([told(date=day(1))], [one]), [one])


class TestWithoutDays(unittest.TestCase):
    def test_it_keeps_the_day_that_is_known(self):
        for identity in ("t-1", None):
            one = known(transaction_id=identity)
            asked = told(transaction_id=identity, date=None)
            self.assertEqual(match([asked], [one]), [one])
            self.assertEqual(asked.date, day(14))

    def test_each_takes_one_of_several(self):
        register = [known(date=day(n), transaction_id=None) for n in (3, 10)]
        rows = [told(date=None, transaction_id=None) for _n in range(3)]
        rows.append(told(date=day(10), transaction_id=None))
        found = match(rows, register)
        self.assertIs(found[3], register[1])
        self.assertEqual([bool(one) for one in found], [True, False, False, True])

    def test_no_row_of_other_days_is_taken(self):
        gone = known(date=day(30, 9), missing=True)
        self.assertEqual(match([told(date=None)], [gone]), [None])


class TestRepetitions(unittest.TestCase):
    def settle(self, rows, lacks):
        lacks = None if lacks is None else Decimal(lacks)
        return matching.settle_repetitions(rows, lacks, bank_row.row_digest)

    def rows(self):
        return [told(), told(), told(amount=Decimal(5), transaction_id="t-2")]

    def spare(self, rows):
        return [one.spare for one in rows]

    def test_they_are_payments_when_the_statement_closes_with_them(self):
        left, lacks = self.settle(self.rows(), 0)
        self.assertEqual((self.spare(left), lacks), ([False] * 3, 0))

    def test_they_are_none_when_it_closes_without_them(self):
        left, lacks = self.settle(self.rows(), "100.50")
        self.assertEqual((len(left), lacks), (2, 0))

    def test_one_is_taken_when_it_closes_neither_way(self):
        left, lacks = self.settle(self.rows(), 1)
        self.assertEqual((self.spare(left), lacks), ([False, True, False], 1))

    def test_without_balances_one_is_taken(self):
        left, lacks = self.settle(self.rows(), None)
        self.assertEqual((self.spare(left), lacks), ([False, True, False], None))

    def test_only_those_that_are_too_many_go(self):
        rows = [*self.rows(), told(amount=Decimal(5), transaction_id="t-2")]
        left, lacks = self.settle(rows, -5)
        self.assertEqual((len(left), lacks), (3, 0))
        self.assertEqual(sum(one.row["transaction_id"] == "t-1" for one in left), 2)

    def test_equal_rows_without_an_id_are_payments(self):
        rows = [told(transaction_id=None), told(transaction_id=None)]
        left, _lacks = self.settle(rows, None)
        self.assertEqual(self.spare(left), [False, False])


if __name__ == "__main__":
    unittest.main()
