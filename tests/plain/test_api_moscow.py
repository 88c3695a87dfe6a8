"""The bank's day and the months a period falls into."""

import unittest
from datetime import date, datetime, timedelta, timezone

from tochka_api import month_windows, today


class TestToday(unittest.TestCase):
    def test_the_day_begins_at_midnight_in_moscow(self):
        before = datetime(2026, 10, 31, 20, 59, 59, tzinfo=timezone.utc)
        self.assertEqual(today(before), date(2026, 10, 31))
        self.assertEqual(today(before + timedelta(seconds=1)), date(2026, 11, 1))

    def test_any_zone_of_the_instant_gives_the_same_day(self):
        east = timezone(timedelta(hours=12))
        self.assertEqual(
            today(datetime(2026, 11, 1, 8, tzinfo=east)), date(2026, 10, 31)
        )

    def test_a_naive_instant_is_refused(self):
        with self.assertRaises(ValueError):
            today(datetime(2026, 10, 31))

    def test_without_an_instant_it_is_now(self):
        shift = timedelta(hours=3)
        before = (datetime.now(timezone.utc) + shift).date()
        found = today()
        after = (datetime.now(timezone.utc) + shift).date()
        self.assertTrue(before <= found <= after)


class TestMonths(unittest.TestCase):
    def test_a_period_within_a_month_is_one_window(self):
        period = (date(2026, 10, 3), date(2026, 10, 3))
        self.assertEqual(month_windows(*period), [period])

    def test_a_period_is_split_at_the_months_ends(self):
        self.assertEqual(
            month_windows(date(2023, 12, 31), date(2024, 3, 1)),
            [
                (date(2023, 12, 31), date(2023, 12, 31)),
                (date(2024, 1, 1), date(2024, 1, 31)),
                (date(2024, 2, 1), date(2024, 2, 29)),
                (date(2024, 3, 1), date(2024, 3, 1)),
            ],
        )

    def test_windows_cover_every_day_once(self):
        first, last = date(2024, 1, 17), date(2027, 5, 4)
        days = []
        for start, end in month_windows(first, last):
            self.assertEqual((start.year, start.month), (end.year, end.month))
            days += [start + timedelta(n) for n in range((end - start).days + 1)]
        expected = [first + timedelta(n) for n in range((last - first).days + 1)]
        self.assertEqual(days, expected)

    def test_the_last_day_of_all_time_is_reached(self):
        self.assertEqual(
            month_windows(date(9999, 12, 1), date.max),
            [(date(9999, 12, 1), date.max)],
        )

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        with self.assertRaises(ValueError):
            month_windows(date(2026, 10, 2), date(2026, 10, 1))


if __name__ == "__main__":
    unittest.main()
