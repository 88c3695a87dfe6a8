"""The parties of the labelled set, and how Odoo knows them: `parties.txt`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator import people
from simulator.checkdigits import account_key, company_inn, inn_is_valid, person_inn
from simulator.parties import (
    BANKS,
    CHINA_AGENT,
    TOCHKA,
    TREASURY_AGENT,
    Party,
    client_account,
)

FILE = Path(__file__).parent / "parties.txt"
USUAL_KPP = "997001001"
# No tax office has the code 9970, so no INN of the set is anybody's.
OFFICE = "9970"
TRADERS = ("ИП ", "ИНДИВИДУАЛЬНЫЙ", "ГЛАВА")

# The other two answers of `expected_of` are ("known", key) and ("created", inn, kpps).
NOBODY, OWN = ("nobody",), ("own",)


@dataclass(frozen=True)
class Someone:
    """A party of the set: what the bank says of it, and how Odoo knows it.

    `manner` is one of the words explained in the file, `known_name` its name in Odoo.
    """

    key: str
    party: Party
    manner: str = ""
    known_name: str = ""
    account_of: str = ""


def _own(name, product, serial, agent, organisation) -> Someone:
    account = client_account(product, serial, agent)
    owner = Party(
        organisation.short_name, organisation.inn, organisation.kpp, account, agent
    )
    return Someone(name, owner)


COMPANY, TRADER = people.COMPANY, people.TRADER
SPECIAL = {
    one.key: one
    for one in (
        Someone("none", Party("")),
        Someone("bank", people.THE_BANK),
        Someone("bankfee", people.BANK_INCOME),
        Someone("yuan", people.YUAN.owner),
        Someone("closed", people.CLOSED.owner),
        Someone("herself", people.TRADER_HERSELF),
        _own("own_known", "40702810", 7710000001, BANKS[0], COMPANY),
        _own("own_other", "40702810", 7710000002, BANKS[1], COMPANY),
        _own("own_second", "40702810", 7710000003, TOCHKA, COMPANY),
        _own("sole_known", "40802810", 7710000004, BANKS[0], TRADER),
    )
}
# Own accounts in other banks that have a journal in Odoo.
OWN_JOURNALS = {"own_known": COMPANY.inn, "sole_known": TRADER.inn}


def everybody() -> dict[str, Someone]:
    """Return all parties by key, those of the file and the special ones.

    :raise ValueError: when a key stands twice
    """
    found = dict(SPECIAL)
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line and not line.startswith("#")]
    for serial, line in enumerate(rows, 1):
        someone = _read(serial, [cell.strip() for cell in line.split("|")], found)
        if someone.key in found:
            raise ValueError(f"{someone.key} stands twice in {FILE.name}")
        found[someone.key] = someone
    return found


def _read(serial: int, cells: list[str], found: dict[str, Someone]) -> Someone:
    key, name, kind, kpp, account, in_odoo = cells
    inn = _inn(serial, kind, found)
    agent = BANKS[serial % len(BANKS)]
    code = account if account.isdigit() else _product(name, kind)
    account_of = account.removeprefix("=").strip() if account.startswith("=") else ""
    if account_of:
        agent = found[account_of].party.agent
        number = found[account_of].party.account
    elif account == "-":
        number = ""
    elif account == "foreign":
        agent, number = CHINA_AGENT, f"81100000{serial:08d}"
    elif account == "treasury":
        agent = TREASURY_AGENT
        number = account_key(f"031006430000{serial:08d}", agent.bic)
    else:
        code = "30232810" if account == "agent" else code
        number = client_account(code, 8800000000 + serial, agent)
    if kind == "-" and not number:
        agent = CHINA_AGENT
    if not kpp:
        kpp = "" if kind == "p" else USUAL_KPP
    name = name.replace("9970000000", inn or "9970000000")
    party = Party(name, inn, "" if kpp == "-" else kpp, number, agent)
    manner, _colon, known_name = (part.strip() for part in in_odoo.partition(":"))
    return Someone(key, party, manner, known_name or name, account_of)


def _inn(serial: int, kind: str, found: dict[str, Someone]) -> str:
    if kind == "-":
        return ""
    if kind.startswith("="):
        return found[kind.removeprefix("=").strip()].party.inn
    if kind == "p":
        return person_inn(f"{OFFICE}{serial:06d}")
    right = company_inn(f"{OFFICE}{serial:05d}")
    if kind == "!":
        return right[:-1] + str((int(right[-1]) + 1) % 10)
    return right


def _product(name: str, kind: str) -> str:
    if kind != "p":
        return "40702810"
    return "40802810" if name.upper().startswith(TRADERS) else "40817810"


def expected_of(someone: Someone, all_: dict[str, Someone]) -> tuple:
    """Return whom a payment from or to this party should find.

    :return: NOBODY, OWN (nobody or the own organisation), ("known", key of the partner)
        or ("created", INN, KPPs the party is seen with)
    """
    if someone.key in SPECIAL:
        return OWN if someone.party.inn in (COMPANY.inn, TRADER.inn) else NOBODY
    if someone.manner not in ("", "wall", "twice"):
        return "known", someone.key
    inn = someone.party.inn
    valid = inn_is_valid(inn)
    holder = all_.get(someone.account_of)
    if not valid and holder and "account" in holder.manner:
        return "known", holder.key
    same = [one for one in all_.values() if inn and one.party.inn == inn]
    in_odoo = [one.key for one in same if one.manner and one.manner != "wall"]
    if not valid or someone.manner == "twice" or len(in_odoo) > 1:
        return NOBODY
    if in_odoo:
        return "known", in_odoo[0]
    return "created", inn, sorted({_real_kpp(one) for one in same})


def _real_kpp(someone: Someone) -> str:
    """Return the KPP, empty for the zero that the bank writes when there is none."""
    return "" if someone.party.kpp == "0" else someone.party.kpp


def _is_company(party: Party) -> bool:
    """Return whether a party is no person: those have a long INN or private account."""
    return len(party.inn) != 12 and not party.account.startswith("40817810")


def world(all_: dict[str, Someone]) -> list[dict]:
    """Return what has to be in Odoo before the payments come, for the worker."""
    return [
        {
            "key": one.key,
            "manner": one.manner,
            "name": one.known_name,
            "inn": one.party.inn,
            "kpp": _real_kpp(one),
            "account": one.party.account,
            "is_company": _is_company(one.party),
        }
        for one in all_.values()
        if one.manner
    ]
