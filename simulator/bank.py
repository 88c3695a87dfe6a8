"""The bank as a whole: its clock, its books, its rights, its faults."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from dataclasses import dataclass, fields
from datetime import datetime

from .clock import Clock
from .faults import Faults
from .ledger import Ledger
from .oauth import Oauth
from .statements import Statements
from .webhooks import Webhooks


@dataclass
class Settings:
    """What control may set; see the control API."""

    statement_seconds: float = 0.15
    application_name: str = "Odoo"
    redirect_uri: str = ""
    consent_answer: str = "flat"
    webhook_any_url: bool = True
    webhook_retry_seconds: float = 10.0
    webhook_retries: int = 30
    webhook_timeout: float = 5.0

    def update(self, values: dict) -> None:
        """Take new values.

        :raise ValueError: a name is unknown or a value of another kind
        """
        kinds = {item.name: type(getattr(self, item.name)) for item in fields(self)}
        for name, value in values.items():
            if name not in kinds:
                raise ValueError(f"unknown setting {name}")
            kind = kinds[name]
            if kind is float and type(value) is int:
                value = float(value)
            if type(value) is not kind:
                raise ValueError(f"setting {name} must be a {kind.__name__}")
            setattr(self, name, value)


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
        """Begin afresh; what is not given is as it was at the start."""
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
        self.oauth = Oauth(self)
        self.statements = Statements(self)
        self.faults = Faults()
        self.webhooks = Webhooks(self)
        self.log.clear()

    def derived(self, what: str, length: int) -> str:
        """Make a hexadecimal text that belongs to the seed."""
        text = f"{self.seed}|{what}".encode()
        return hashlib.sha512(text).hexdigest()[:length]

    def pause(self, seconds: float) -> None:
        """Wait in real time, or until the bank closes."""
        self._closed.wait(seconds)

    def close(self) -> None:
        """Stop what works in the background or waits."""
        self._closed.set()
        self.webhooks.close()
