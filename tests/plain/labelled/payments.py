"""Read the labelled set into the bank's JSON: the format is in README.md."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from simulator.entry import BANK_ORDER, ORDER, Entry, transaction
from simulator.people import MAIN, SOLE, YUAN

from .parties import Someone, everybody, expected_of

FOLDER = Path(__file__).parent
FILES = ("receipts", "payments", "staff", "taxes", "bank", "finance")
# The days of the payments, later than all days their texts mention.
FIRST, DAYS = date(2026, 10, 12), 20
ACCOUNTS = {"main": MAIN, "sole": SOLE, "yuan": YUAN}
YUAN_RATE = 12
TUNING, HELD_OUT = "tuning", "held_out"
_OPTION = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|$)")


@dataclass(frozen=True)
class Payment:
    """One labelled payment.

    `account` is the own account it is on; `row` the bank's Transaction; `item` the
    label, one or several xml ids of cash-flow items without `item_`, `transfer` or
    `unknown`, with slashes between; `who` what `expected_of` returns.
    """

    kind: str
    serial: int
    account: str
    row: dict
    item: str
    who: tuple

    @property
    def key(self) -> str:
        """The bank's id, unique in the set."""
        return self.row["transactionId"]

    @property
    def half(self) -> str:
        """Return the half: a digest of the place decides, so that it never changes."""
        digest = hashlib.sha256(f"{self.kind}/{self.serial}".encode()).digest()
        return HELD_OUT if digest[0] % 2 else TUNING


def payments() -> list[Payment]:
    """Read the whole set.

    :raise ValueError: when a line is not well-formed
    :raise KeyError: when a party is not in `parties.txt`
    """
    all_ = everybody()
    lines = (line for name in FILES for line in _lines(FOLDER / f"{name}.txt"))
    return [_payment(*line, number, all_) for number, line in enumerate(lines, 1)]


def _lines(file: Path) -> Iterator[tuple[str, int, str]]:
    """Yield each line with the heading of its kind and its place in the kind."""
    heading, serial = "", 0
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            heading, serial = line[3:], 0
        elif line and not line.startswith("#"):
            serial += 1
            yield heading, serial, line


def _payment(heading: str, serial: int, line: str, number: int, all_: dict) -> Payment:
    kind, labelled, *common = (part.strip() for part in heading.split("|"))
    sign, item = labelled.split()
    cells, options = _cells(line, _options(common), number)
    who = all_[cells[0]]
    return Payment(
        kind,
        serial,
        ACCOUNTS[options.get("account", "main")].account_id,
        transaction(_entry(sign, who, cells, options, number)),
        options.get("item", item),
        expected_of(who, all_),
    )


def _options(parts: list[str]) -> dict:
    if not parts:
        return {}
    options = dict(_OPTION.findall(parts[0]))
    if not options or len(parts) > 1:
        raise ValueError(f"not options: {parts}")
    return options


def _day(number: int) -> date:
    return FIRST + timedelta(days=number * 7 % DAYS)


def _cells(line: str, common: dict, number: int) -> tuple[list[str], dict]:
    """Split a line into party, amount, purpose, and its options."""
    cells = [cell.strip(" ") for cell in line.split(" | ")]
    if "card" in common or "to" in common:
        cells.insert(0, common.get("to", "bank"))
    options = {**common, **_options(cells[3:])}
    party, amount, purpose = cells[:3]
    purpose = purpose.replace("\\n", "\n")
    if "card" in options:
        purpose = _purchase(purpose, options.get("money", f"{amount} RUB"), number)
    return [party, amount, purpose], options


def _purchase(shop: str, money: str, number: int) -> str:
    """Return a card write-off in the bank's words (docs/bank_api.md §3.3)."""
    bought = _day(number) - timedelta(days=number % 3 + 1)
    return (
        f"Покупка товара(Терминал:,{shop},дата операции:{bought:%d/%m/%Y}"
        f" {9 + number % 12:02d}:{number * 13 % 60:02d}(МСК),на сумму:{money},"
        f"карта 2204********7013)"
    )


def _entry(
    sign: str, who: Someone, cells: list[str], options: dict, number: int
) -> Entry:
    _party, amount, purpose = cells
    party = who.party
    if "name" in options:
        party = type(party)(
            options["name"], party.inn, party.kpp, party.account, party.agent
        )
    kopecks = round(float(amount) * 100)
    account = ACCOUNTS[options.get("account", "main")]
    kind = BANK_ORDER if "card" in options else options.get("type", ORDER)
    return Entry(
        _day(number),
        None,
        {"+": True, "-": False}[sign],
        kopecks,
        kind,
        purpose,
        party,
        str(number * 37 % 9000 + 1),
        tax=_tax(options["tax"]) if "tax" in options else None,
        national=kopecks * YUAN_RATE if account is YUAN else 0,
        account_id=account.account_id,
        currency=account.currency,
        transaction_id=f"cbs-tb;{9100000000 + number};1",
        payment_id=f"cbs-tb-92-{9200000000 + number}",
    )


def _tax(kbk: str) -> dict:
    """Return the tax fields, with zeros where the single tax payment must have them."""
    single = kbk.startswith("182010612010100005")
    return {
        "originatorStatus": "01",
        "kbk": kbk,
        "oktmo": "0" if single or kbk == "0" else "99701000",
        "base": "0",
        "documentNumber": "0",
        "documentDate": 0,
        "type": "",
        "field107": "0" if single else "МС.09.2026",
    }
