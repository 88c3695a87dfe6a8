"""All state of the bank: clock, books, consents, statements, faults, webhooks."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime

from .clock import Clock
from .faults import Faults
from .ledger import Ledger
from .oauth import Oauth
from .settings import Settings
from .statements import Statements
from .webhooks import Webhooks


class Bank:
    """All state of one bank.

    :param seed: chooses the history, the client's id and secret and the JWT key
    :param now: moment the clock starts from; None: real time
    :param running: whether the clock goes by itself
    :param extra_accounts: how many quiet accounts to keep besides the four
    """

    def __init__(
        self,
        seed: int = 1,
        now: datetime | None = None,
        running: bool = True,
        extra_accounts: int = 0,
    ):
        self.lock = threading.RLock()
        self._closed = threading.Event()
        self._start = (seed, now, running, extra_accounts)
        self.log: deque[dict] = deque(maxlen=20000)
        self.base = ""
        self.webhooks = None
        self.reset()

    def reset(
        self,
        seed: int | None = None,
        now: datetime | None = None,
        running: bool | None = None,
        extra_accounts: int | None = None,
    ) -> None:
        """Begin afresh; what is not given is what the bank was made with."""
        start_seed, start_now, start_running, start_extra = self._start
        if self.webhooks:
            self.webhooks.close()
        self.seed = start_seed if seed is None else seed
        extra = start_extra if extra_accounts is None else extra_accounts
        self.settings = Settings()
        self.clock = Clock(
            now or start_now, start_running if running is None else running
        )
        self.ledger = Ledger(self.seed, extra)
        self.oauth = Oauth(self.seed, self.clock, self.settings)
        self.faults = Faults()
        self.statements = Statements(
            self.clock, self.settings, self.ledger, self.faults
        )
        self.webhooks = Webhooks(self.clock, self.settings, self.ledger)
        self.log.clear()

    def pause(self, seconds: float) -> None:
        """Wait in real time, or until the bank closes."""
        self._closed.wait(seconds)

    def close(self) -> None:
        """Stop what works in the background or waits."""
        self._closed.set()
        self.webhooks.close()
