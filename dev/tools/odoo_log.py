"""Read Odoo's log: the tests that ran and their results, errors and warnings."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .outcome import Outcome
from .paths import ADDON, cache

HEAD = re.compile(
    r"[\d-]+ [\d:,]+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)", re.DOTALL
)
STARTED = re.compile(r"Starting (\S+) \.\.\.")
SKIPPED = re.compile(r"skipped (.+?) : (.*)", re.DOTALL)
BROKEN = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?((?:\w+ \(\S+\))|\S+)")
# Odoo's totals of failures that it has reported one by one.
SUM = re.compile(
    r"Module \w+: \d+ failures|\d+ failed, \d+ error|At least one test fail"
)
BROWSER = re.compile(r"chrom|websocket|browser", re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """One record of the log with its continuation lines."""

    level: str
    logger: str
    text: str

    @property
    def ours(self) -> bool:
        """Tell whether the record is about this addon."""
        text = self.text.replace(
            str(cache()), ""
        )  # the path of the cache has our name in it
        return ADDON in self.logger or ADDON in text


def records(lines: Iterable[str]) -> Iterator[Record]:
    """Yield the records of a log; lines before the first record have no level."""
    current, text = ("", ""), []
    for line in lines:
        head = HEAD.match(line)
        if head:
            if text:
                yield Record(*current, "".join(text).rstrip())
            current, text = (head["level"], head["logger"]), [head["text"]]
        else:
            text.append(line)
    if text:
        yield Record(*current, "".join(text).rstrip())


@dataclass
class Report:
    """The results in a log: call `add` for each record, then `outcome`."""

    results: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, record: Record) -> str:
        """Add one record; return its kind, or '' where it does not matter.

        `started`, `failed`, `skipped` are about tests, `problem` and `warning`
        about anything else.
        """
        text = record.text
        if found := STARTED.match(text):
            return self._record_result(record, found[1], "started", "passed")
        if found := SKIPPED.match(text):
            if BROWSER.search(found[2]):
                self.problems.append(f"a browser test did not run: {text}")
            return self._record_result(record, found[1], "skipped", "skipped")
        if record.level == "WARNING" and record.ours:
            self.warnings.append(f"{record.logger}: {text}")
            return "warning"
        if record.level not in ("ERROR", "CRITICAL") or SUM.match(text):
            return ""
        if found := BROKEN.match(text):
            return self._record_result(record, found[1], "failed", "failed")
        self.problems.append(f"{record.level} in the log: {record.logger}: {text}")
        return "problem"

    def _record_result(self, record: Record, test: str, event: str, result: str) -> str:
        key = f"{record.logger} {test}"
        if self.results.get(key) != "failed":
            self.results[key] = result
        return event

    def outcome(self) -> Outcome:
        """Return the counts and the problems: failed tests, errors, warnings."""
        results = list(self.results.values())
        counts = [results.count(result) for result in ("passed", "failed", "skipped")]
        failed = [test for test, result in self.results.items() if result == "failed"]
        wrong = [f"failed: {test}" for test in failed] + self.problems
        wrong += [f"WARNING in the log: {text}" for text in self.warnings]
        return Outcome(*counts, wrong)
