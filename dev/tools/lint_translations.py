"""Check the translations: `.pot` is what Odoo exports, `ru.po` has every term."""

import re
import tempfile
from collections import Counter
from pathlib import Path

import polib

from .environment import DevEnvironment
from .paths import ADDON, CHECKOUT

FOLDER = CHECKOUT / "i18n"
TEMPLATE = FOLDER / f"{ADDON}.pot"
RUSSIAN = FOLDER / "ru.po"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdifr]|\{\w*\}")


def template(dev: DevEnvironment, database: str, fix: bool) -> list[str]:
    """Compare the `.pot` with the terms of `database`; with `fix`, rewrite it."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / TEMPLATE.name
        export = ["i18n", "export", "-d", database, "-l", "pot", "-o", str(fresh)]
        done = dev.run_odoo([*export, ADDON], capture_output=True, text=True)
        if done.returncode or not fresh.exists():
            return [f"the terms could not be exported: {done.stderr[-2000:]}"]
        wanted = _terms(fresh)
        gone, new = _terms(TEMPLATE) - wanted, wanted - _terms(TEMPLATE)
        if not (gone or new):
            return []
        if fix:
            FOLDER.mkdir(exist_ok=True)
            TEMPLATE.write_text(fresh.read_text())
            return []
    named = [f"  new: {msgid!r}" for msgid, _places in new]
    named += [f"  gone: {msgid!r}" for msgid, _places in gone]
    return [f"{TEMPLATE.name} is not up to date; run dev/lint --fix", *sorted(named)]


def russian(fix: bool) -> list[str]:
    """Return what is wrong in `ru.po`; with `fix`, first merge the `.pot` into it."""
    if not TEMPLATE.exists():
        return []
    if fix:
        _merge()
    if not RUSSIAN.exists():
        return [f"there is no {RUSSIAN.name}; run dev/lint --fix"]
    pot, po = polib.pofile(str(TEMPLATE)), polib.pofile(str(RUSSIAN))
    wanted, there = {e.msgid for e in pot}, {e.msgid for e in po if not e.obsolete}
    found = [f"not in ru.po: {msgid!r}" for msgid in sorted(wanted - there)]
    found += [f"only in ru.po: {msgid!r}" for msgid in sorted(there - wanted)]
    for entry in po:
        found += [f"ru.po:{entry.linenum}: {text}" for text in _faults(entry)]
    return found


def _faults(entry: polib.POEntry) -> list[str]:
    if entry.obsolete:
        return [f"obsolete: {entry.msgid!r}"]
    if not entry.msgstr:
        return [f"not translated: {entry.msgid!r}"]
    found = [f"fuzzy: {entry.msgid!r}"] if entry.fuzzy else []
    if _placeholders(entry.msgid) != _placeholders(entry.msgstr):
        found.append(f"other placeholders than in {entry.msgid!r}")
    return found


def _placeholders(text: str) -> Counter:
    return Counter(PLACEHOLDER.findall(text.replace("%%", "")))


def _terms(path: Path) -> Counter:
    """Return the terms with their occurrences, so that a moved term is a difference."""
    if not path.exists():
        return Counter()
    entries = polib.pofile(str(path))
    return Counter((e.msgid, tuple(sorted(e.occurrences))) for e in entries)


def _merge() -> None:
    """Write the terms of the `.pot` to `ru.po`: new ones empty, old ones dropped."""
    pot = polib.pofile(str(TEMPLATE), wrapwidth=0)
    old = polib.pofile(str(RUSSIAN)) if RUSSIAN.exists() else polib.POFile()
    known = {entry.msgid: entry.msgstr for entry in old}
    for entry in pot:
        entry.msgstr = known.get(entry.msgid, "")
    pot.metadata = {**pot.metadata, **old.metadata, "Language": "ru"}
    pot.save(str(RUSSIAN))
