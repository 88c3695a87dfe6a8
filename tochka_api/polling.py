"""Read statements that come in two forms, late, and with passing errors (§3)."""

from __future__ import annotations

from collections.abc import Iterator

from .answers import Answer
from .parsing import Reader

FIRST_POLL = 0.25
LONGEST_POLL = 5.0
# Seconds a statement is waited for (§3.5: other clients give up after 150).
DEADLINE = 150.0


def statement_rows(data: Reader) -> list[Reader]:
    """Return ``Data.Statement``: an object after init, an array after a poll (§3.1)."""
    if data.is_array("Statement"):
        items = data.items("Statement")
        return [Reader(item, path) for item, path in items if item is not None]
    return [data.child("Statement")]


def is_hiccup(answer: Answer) -> bool:
    """Return whether a poll got an empty answer or an error with status 200 (§3.5)."""
    body = answer.json()
    if isinstance(body, dict):
        return "Errors" in body and not body.get("Data")
    text = answer.content.decode("utf-8", "replace").strip('" \r\n').casefold()
    return text in ("", "internal server error")


def poll_pauses() -> Iterator[float]:
    """Yield the seconds between polls, growing to a limit, without end."""
    pause = FIRST_POLL
    while True:
        yield pause
        pause = min(pause * 1.5, LONGEST_POLL)
