"""The command line: start a bank, print one line of JSON, serve until told to end."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading

from . import start
from .clock import parse_moment


def main(argv: list[str] | None = None) -> int:
    """Run a bank until SIGTERM, SIGINT or, when asked, the end of stdin."""
    parser = argparse.ArgumentParser(prog="simulator", description="A bank to test on.")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--now", type=parse_moment, help="ISO 8601; else real time")
    parser.add_argument("--frozen", action="store_true", help="the clock stands still")
    parser.add_argument("--tls", action="store_true", help="self-made certificates")
    parser.add_argument("--extra-accounts", type=int, default=0, metavar="N")
    parser.add_argument("--until-stdin-closes", action="store_true")
    options = parser.parse_args(argv)
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    try:
        running = start(
            options.seed,
            host=options.host,
            port=options.port,
            now=options.now,
            running=not options.frozen,
            with_tls=options.tls,
            extra_accounts=options.extra_accounts,
        )
    except OSError as error:
        parser.error(f"cannot listen on {options.host}:{options.port}: {error}")
    if options.until_stdin_closes:
        threading.Thread(target=_until_closed, args=(ended,), daemon=True).start()
    with running:
        sys.stdout.write(json.dumps(running.info) + "\n")
        sys.stdout.flush()
        ended.wait()
    return 0


def _until_closed(ended: threading.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    ended.set()


if __name__ == "__main__":
    sys.exit(main())
