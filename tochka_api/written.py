"""Read sums, days and currencies in the forms people and programs write them.

Only where the meaning is sure: «1,234» may be a thousand or a little more than one.
"""

from __future__ import annotations

import contextlib
import re
from datetime import date, datetime
from decimal import Decimal

from .moscow import MOSCOW

_BLANKS = re.compile(r"[\s'\u2019]+")
_MONEY_SIGNS = re.compile(r"(?i)(?:rub|rur|руб\.?|р\.?|₽)\Z")
# Kopecks after a comma, a dot or, in Russian payment orders, a hyphen; «100=» is 100.
_SUM = re.compile(r"([+-]?)([0-9]+(?:[.,][0-9]{3})*?)(?:([.,-])([0-9]+)|=)?")
_DAY = re.compile(
    r"(?:(?P<y>\d{4})([-/.])(?P<m>\d\d)\2(?P<d>\d\d)"
    r"|(?P<d2>\d\d)([-/.])(?P<m2>\d\d)\6(?P<y2>\d{4})"
    r"|(?P<y3>\d{4})(?P<m3>\d\d)(?P<d3>\d\d))"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s?(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
# Programs write the first or the last possible day for «none».
_YEARS = range(1990, 2100)

# ISO 4217 by number; 810 is the rouble before 1998, which accounts still bear.
_BY_NUMBER = {
    "008": "ALL", "036": "AUD", "051": "AMD", "124": "CAD", "156": "CNY", "203": "CZK",
    "208": "DKK", "344": "HKD", "348": "HUF", "356": "INR", "360": "IDR", "364": "IRR",
    "376": "ILS", "392": "JPY", "398": "KZT", "410": "KRW", "417": "KGS", "458": "MYR",
    "484": "MXN", "496": "MNT", "498": "MDL", "554": "NZD", "578": "NOK", "634": "QAR",
    "643": "RUB", "682": "SAR", "702": "SGD", "704": "VND", "710": "ZAR", "752": "SEK",
    "756": "CHF", "764": "THB", "784": "AED", "810": "RUB", "818": "EGP", "826": "GBP",
    "840": "USD", "860": "UZS", "933": "BYN", "934": "TMT", "941": "RSD", "944": "AZN",
    "946": "RON", "949": "TRY", "972": "TJS", "974": "BYN", "975": "BGN", "978": "EUR",
    "980": "UAH", "981": "GEL", "985": "PLN", "986": "BRL",
}  # fmt: skip
_BY_NAME = {"RUR": "RUB", "РУБ": "RUB", "РУБ.": "RUB", "₽": "RUB"}


def read_sum(text: str) -> Decimal | None:
    """Return the sum a text holds, None where it holds none or may mean two.

    «1 234,56», «1,234.56», «1234-56», «100.50 руб.» are read; «1,234» is not.
    """
    text = _BLANKS.sub("", text).replace("\N{MINUS SIGN}", "-")
    found = _SUM.fullmatch(_MONEY_SIGNS.sub("", text))
    if not found:
        return None
    sign, whole, point, part = found.groups()
    groups = re.split("[.,]", whole)
    if len(groups) > 1:
        marks = set(re.findall("[.,]", whole))
        if point in marks and len(part) == 3:
            groups, part = [*groups, part], ""
        # Thousands have one mark, another one than the kopecks.
        elif point in marks:
            return None
        if len(marks) > 1 or len(groups[0]) > 3:
            return None
    elif part and len(part) == 3 and len(whole) <= 3 and whole != "0":
        return None
    if point == "-" and len(part) != 2:
        return None
    # Like the bank's own numbers, which are as short as can be: 12.50 is 12.5.
    part = (part or "").rstrip("0")
    return Decimal(f"{sign}{''.join(groups)}{'.' if part else ''}{part}")


def read_day(text: str) -> date | None:
    """Return the day a text holds, None where it holds none.

    A moment with an offset belongs to the day it has in Moscow.
    """
    found = _DAY.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = (
        next(filter(None, (found[f"{part}{form}"] for form in ("", "2", "3"))))
        for part in "ymd"
    )
    with contextlib.suppress(ValueError):
        read = date(int(year), int(month), int(day))
        if found["zone"]:
            zone = "+00:00" if found["zone"] == "Z" else found["zone"]
            zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
            moment = f"{read.isoformat()}T{found['time']}{zone}"
            read = datetime.fromisoformat(moment).astimezone(MOSCOW).date()
        return read if read.year in _YEARS else None
    return None


def read_currency(text: str) -> str:
    """Return the three letters of a currency; what is not known stays as it is."""
    code = text.strip().upper()
    code = _BY_NUMBER.get(code.zfill(3), code) if code.isdecimal() else code
    return _BY_NAME.get(code, code)


def currency_of_number(account: str) -> str:
    """Return the currency a Russian account number tells, ``''`` when it tells none."""
    known = len(account) == 20 and account.isdecimal()
    return _BY_NUMBER.get(account[5:8], "") if known else ""
