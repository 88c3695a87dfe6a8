"""A bank on localhost: state plus HTTP, for tests, the demo and the benchmarks.

``with simulator.start(seed=1) as bank_server: ...`` runs one inside a program;
``python3 -m simulator`` runs one alone. ``control`` lists what a test may do to it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from . import control, tls
from .bank import Bank
from .server import Server

__all__ = ["Running", "start"]


class Running(AbstractContextManager):
    """A bank that answers; ``info`` is what its clients need to know."""

    def __init__(self, server: Server):
        self.server = server
        self.bank = server.bank
        self.info: dict[str, Any] = control.access(self.bank)
        if server.ca_pem:
            self.info["ca_pem"] = server.ca_pem

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop it and free its port."""
        self.server.stop()


def start(
    seed: int = 1,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    now: datetime | None = None,
    running: bool = True,
    with_tls: bool = False,
    extra_accounts: int = 0,
) -> Running:
    """Start a bank and return when it listens.

    :param seed: chooses the history and the client's id, secret and JWT key
    :param host: address to listen on
    :param port: 0: any free one
    :param now: moment its clock starts from (aware); None: real time
    :param running: whether the clock goes by itself
    :param with_tls: speak TLS with a self-made CA
    :param extra_accounts: quiet accounts besides the four
    :raise OSError: the port is taken
    """
    bank = Bank(seed, now, running, extra_accounts)
    server = Server(bank, host, port, tls.make() if with_tls else None)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    scheme = "https" if with_tls else "http"
    bank.base = f"{scheme}://{shown}:{server.server_address[1]}"
    server.start()
    return Running(server)
