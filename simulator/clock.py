"""The bank's time: real, shifted, or standing still.

Everything that has a moment in the simulator (payments, statements, tokens,
consents) asks this clock; only waiting for a statement to be made is real time.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone

MOSCOW = timezone(timedelta(hours=3), "MSK")


def parse_moment(text: str) -> datetime:
    """Return the aware moment of an ISO 8601 text; without a zone it is Moscow's.

    :raise ValueError: the text is not a moment
    """
    moment = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)


def utc_text(moment: datetime) -> str:
    """Return a moment as the bank writes it: with microseconds and ``+00:00``."""
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")


class Clock:
    """A clock that can be moved and stopped.

    :param now: moment it starts from; None: real time
    :param running: whether it goes on by itself
    """

    def __init__(self, now: datetime | None = None, running: bool = True):
        self._base = now or datetime.now(timezone.utc)
        self._started = time.monotonic()
        self._running = running

    def now(self) -> datetime:
        """Return the present moment, aware, in Moscow's zone."""
        moment = self._base
        if self._running:
            moment += timedelta(seconds=time.monotonic() - self._started)
        return moment.astimezone(MOSCOW)

    def today(self) -> date:
        """Return the bank's day: Moscow's calendar day."""
        return self.now().date()

    @property
    def running(self) -> bool:
        """Return whether time goes by itself."""
        return self._running

    def set(self, now: datetime) -> None:
        """Jump to a moment."""
        self._base, self._started = now, time.monotonic()

    def advance(self, seconds: float) -> None:
        """Jump forward (or back, with a negative number)."""
        self.set(self.now() + timedelta(seconds=seconds))

    def run(self, running: bool) -> None:
        """Let time go on, or stop it where it is."""
        self.set(self.now())
        self._running = bool(running)
