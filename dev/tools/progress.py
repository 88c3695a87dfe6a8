"""What a person at the terminal sees while something takes its time."""

import contextlib
import sys
import time
from collections.abc import Iterator


def say(text: str) -> None:
    """Print one line of progress at once, apart from results (on stderr)."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a long step, and say how many seconds it took."""
    say(f"· {title} …")
    started = time.monotonic()
    yield
    say(f"  {title}: {time.monotonic() - started:.0f} s")
