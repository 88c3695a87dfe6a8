"""How often an account is loaded by itself: the one list of intervals.

A key of INTERVALS is a value of `tochka.account.interval`, the `tochka.import.trigger`
of the runs that the schedule makes, and the argument of the job `ir_cron_import_<key>`
in `data/ir_cron.xml`, which a new interval needs as well.
"""

from typing import NamedTuple

from dateutil.relativedelta import relativedelta


class Interval(NamedTuple):
    """One way to be loaded by schedule."""

    choice: str
    """What a person chooses, in English: Odoo translates labels of selections."""
    trigger: str
    """What a run of the schedule shows, in English."""
    due_after: relativedelta
    """An account is due when its last attempt is older than this."""
    reads_deep: bool
    """Whether every run reads the long overlap, not only the first one of a day."""


INTERVALS = {
    "hourly": Interval(
        "Every hour (recommended)", "Every hour", relativedelta(minutes=50), False
    ),
    "daily": Interval("Every day", "Every day", relativedelta(hours=20), True),
}
DEFAULT = "hourly"
CHOICES = [(name, interval.choice) for name, interval in INTERVALS.items()]
TRIGGERS = [(name, interval.trigger) for name, interval in INTERVALS.items()]
