"""Print the progress of long steps to the terminal."""

import contextlib
import sys
import time
from collections.abc import Iterator


def say(text: str) -> None:
    """Print one line of progress to stderr, so that it does not mix with results."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print the title of a long step, and at its end the seconds it took."""
    say(f"· {title} …")
    started = time.monotonic()
    yield
    say(f"  {title}: {time.monotonic() - started:.0f} s")
