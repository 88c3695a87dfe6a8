"""Common base of tours in a real browser."""

from contextlib import contextmanager
from datetime import timedelta

from odoo.tests import HttpCase

from .common import NOW_MOSCOW, TochkaCase


class TourCase(HttpCase, TochkaCase):
    # The browser uses the real time, so Odoo and the bank have to use it as well.
    freeze_time = None

    def setUp(self):
        super().setUp()
        self.bank.reset(now=None)

    def tearDown(self):
        self.bank.reset(NOW_MOSCOW)
        super().tearDown()

    @contextmanager
    def worker(self):
        """Override: an `HttpCase` is in test mode already."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            yield self.env(cr=cr)
        self.env.invalidate_all()

    def first_of_last_month(self, account):
        before = account._today().replace(day=1) - timedelta(days=1)
        return before.replace(day=1)
