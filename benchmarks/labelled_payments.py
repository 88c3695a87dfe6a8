"""The labelled set as the bank's JSON: `labelled/*.txt` read, see README.md there."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from labelled_parties import Someone, everybody, expected_of

from simulator.entry import BANK_ORDER, ORDER, Entry, transaction
from simulator.people import MAIN, SOLE, YUAN

FOLDER = Path(__file__).parent / "labelled"
FILES = ("receipts", "payments", "staff", "taxes", "bank", "finance")
FIRST, DAYS = date(2026, 10, 1), 31
ACCOUNTS = {"main": MAIN, "sole": SOLE, "yuan": YUAN}
YUAN_RATE = 12
TUNING, HELD_OUT = "tuning", "held_out"
_OPTION = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|$)")


@dataclass(frozen=True)
class Payment:
    """One labelled payment.

    `account` is the own account it is on; `row` the bank's Transaction; `item` the
    label, one or several xml ids of cash-flow items without `item_`, `transfer` or
    `unknown`, with slashes between; `who` what `expected_of` gives.
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
        """Tell the half: a digest decides, not a hand; it never moves."""
        digest = hashlib.sha256(f"{self.kind}/{self.serial}".encode()).digest()
        return HELD_OUT if digest[0] % 2 else TUNING


def payments() -> list[Payment]:
    """Read the whole set.

    :raise ValueError: when a line is not well-formed
    """
    found: list[Payment] = []
    all_ = everybody()
    for name in FILES:
        kind, sign, item, common, serial = "", "", "", {}, 0
        for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("== "):
                kind, sign, item, common = _header(line)
                serial = 0
            elif line and not line.startswith("#"):
                serial += 1
                cells, options = _cells(line, common)
                who = all_[cells[0]]
                entry = _entry(sign, who, cells, options, len(found) + 1)
                found.append(
                    Payment(
                        kind,
                        serial,
                        ACCOUNTS[options.get("account", "main")].account_id,
                        transaction(entry),
                        options.get("item", item),
                        expected_of(who, all_),
                    )
                )
    return found


def _header(line: str) -> tuple[str, str, str, dict]:
    kind, labelled, *options = (part.strip() for part in line[3:].split("|"))
    sign, item = labelled.split()
    return kind, sign, item, _options(options)


def _options(parts: list[str]) -> dict:
    if not parts:
        return {}
    options = dict(_OPTION.findall(parts[0]))
    if not options or len(parts) > 1:
        raise ValueError(f"not options: {parts}")
    return options


def _cells(line: str, common: dict) -> tuple[list[str], dict]:
    """Split a line into party, amount, purpose, and its options."""
    cells = [cell.strip(" ") for cell in line.split(" | ")]
    if "card" in common or "to" in common:
        cells.insert(0, common.get("to", "bank"))
    options = {**common, **_options(cells[3:])}
    party, amount, purpose = cells[:3]
    purpose = purpose.replace("\\n", "\n")
    if "card" in options:
        purpose = _purchase(purpose, options.get("money", f"{amount} RUB"), amount)
    return [party, amount, purpose], options


def _purchase(shop: str, money: str, amount: str) -> str:
    """Word a card write-off as the bank does (facts/tochka_api.md §3.3)."""
    minute = int(float(amount)) % 60
    return (
        f"Покупка товара(Терминал:,{shop},дата операции:{minute % 28 + 1:02d}/10/2026"
        f" {9 + minute % 12:02d}:{minute:02d}(МСК),на сумму:{money},"
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
    day = FIRST + timedelta(days=number * 7 % DAYS)
    kind = BANK_ORDER if "card" in options else options.get("type", ORDER)
    return Entry(
        day,
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
    """Fill the tax fields: zeros for the single tax payment, as the rules want."""
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
