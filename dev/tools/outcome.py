"""The result of a run of tests."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Counts of tests, and a sentence for each problem."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list[str] = field(default_factory=list)

    def __add__(self, other: Outcome) -> Outcome:
        """Return the sum of both outcomes."""
        return Outcome(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.problems + other.problems,
        )

    @property
    def ran(self) -> int:
        """Return how many tests ran to their end."""
        return self.passed + self.failed

    @property
    def good(self) -> bool:
        """Tell whether at least one test ran and there is no failure and no problem."""
        return bool(self.ran) and not self.failed and not self.problems

    def __str__(self) -> str:
        """Return the last line of `dev/test`."""
        counts = f"{self.passed} passed, {self.failed} failed"
        return f"{counts}, {self.skipped} skipped"
