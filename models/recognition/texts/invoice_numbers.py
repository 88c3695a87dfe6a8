"""Numbers of invoices, read from a payment's purpose. Plain Python."""

import re
from datetime import date

from .purposes import LONGEST_PURPOSE

# Cyrillic letters that look like Latin ones: people type either.
_LOOK_ALIKE = ("АВЕЁКМНОРСТУХавеёкмнорстух", "ABEEKMHOPCTYX" * 2)
_CYRILLIC = "бгджзийлпфцчшщъыьэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
# From → to, and what is dropped: the same table for Python and for PostgreSQL's
# `translate`, so that both sides of a comparison are folded alike.
FOLD_FROM = _LOOK_ALIKE[0] + _CYRILLIC + _LATIN + "\\–—" + " \u00a0\t\n№#"
FOLD_TO = _LOOK_ALIKE[1] + _CYRILLIC.upper() + _LATIN.upper() + "/--"
_FOLD = str.maketrans(FOLD_FROM[: len(FOLD_TO)], FOLD_TO, FOLD_FROM[len(FOLD_TO) :])

_MONTHS = (
    *("январ", "феврал", "март", "апрел", "ма", "июн"),
    *("июл", "август", "сентябр", "октябр", "ноябр", "декабр"),
)
_SIGN = r"(?:№+|\#|n[o°º]?\.?(?=\s*\d)|номер\w*|num\.?)"
# A number has a digit; 16 digits and more are accounts and cards, TORG-12 is a form.
_NUMBER = (
    r"(?!\d{16}|торг-?12\b|\d{1,2}\.\d{1,2}\.\d\d)"
    r"(?=[a-zа-яё/\\–-]*\d)[a-zа-яё\d](?:[\w/\\–-]*\w)?"
)
_DATE = (
    r"(?:\(?\s*(?:от|dated|of|from)?\s*(?P<date>"
    r"\d{1,2}[./]\d{1,2}[./](?:20)?\d\d(?!\d)|20\d\d-\d\d-\d\d"
    rf"|\d{{1,2}}\s+(?:{'|'.join(_MONTHS)})[а-я]*\s+20\d\d)(?:\s*г(?:ода|\b\.?))?\)?)"
)
_BARE_DATE = _DATE.replace("(?P<date>", "(?:")
_DOCUMENT = (
    r"(?:сч[её]т(?:ам?и?|ов|ом|ах|у|е|ы)?(?:\s*-\s*(?:фактур\w*|договор\w*|оферт\w*))?"
    r"|сч[её]?т?\.?\s?[-/]\s?ф\w*\.?|с/?ф|с-ф|сч\.|сч|упд|универсальн\w+\sпередаточн\w+"
    r"\sдокумент\w*|(?:товарн\w+\s|товарно-транспортн\w+\s)?накладн\w+|торг-?12|ттн|тн"
    r"|акт(?:ам?|ов|ом|ы|у|е)?|инвойс\w*|inv(?:oices?)?\.?|реализаци\w+)"
)
# Words that may stand between the document and its number.
_BETWEEN = (
    r"(?:\s*[(:)]?\s*(?:на\s(?:пред)?оплату|на\sаванс|покупател\w+|об?\sоказани\w+"
    r"|оказанн?ы?х?|услуг\w*|выполненн\w+\sработ|сдачи[\s-]+при[её]мки"
    r"|при[её]ма?[\s-]+(?:сдачи|передачи)|работ|товар\w*))*\s*[(:)]?\s*"
)
_FIRST = re.compile(
    rf"(?<![\w/])(?:(?P<before>[\w/]+)[\s-]+)?(?P<document>{_DOCUMENT})"
    rf"(?:(?<=\.)|(?!\w)){_BETWEEN}(?:{_BARE_DATE}\s*(?={_SIGN}))?"
    rf"(?:{_SIGN}\s*)*(?P<number>{_NUMBER})"
    rf"(?:\s*{_DATE})?",
    re.IGNORECASE,
)
# A further number after a comma or «и»: nothing that counts, weighs or costs.
_NEXT = re.compile(
    rf"\s*(?:[,;+&]|\bи\b|,\s*и\b)\s*(?:{_SIGN}\s*)*(?P<number>{_NUMBER})"
    r"(?![/\\–-]?\w|\.\d|,\d\d\s*(?:руб|р\b|₽))"
    r"(?!\s*(?:%|₽|руб|р\b|коп|шт|кг|тн?\b|м\d?\b|ч\b|час|дн|сут|мес|ед\b|лет|г\b|год))"
    rf"(?:\s*{_DATE})?",
    re.IGNORECASE,
)
_CONTRACT = re.compile(
    r"(?<![\w-])(?:договор|дог|контракт|к-т|соглашени|заявк|заказ|спецификаци|письм"
    r"|доверенност|постановлени|решени|приказ|полис|лиценз|свидетельств|кредит|займ)"
    rf"[а-яё]*\.?(?:(?:\s+(?!{_DOCUMENT}(?!\w))[а-яё-]+){{0,4}}?\s*{_SIGN}\s*|\s+)"
    rf"{_NUMBER}(?:\s*{_BARE_DATE})?",
    re.IGNORECASE,
)
# Odoo's own form speaks for itself: INV/2026/00042.
_BARE = re.compile(
    rf"(?<![\w/-])(?P<number>[a-zа-яё]{{2,}}/(?:\d{{2,4}}/)+\d+)(?![\w/])"
    rf"(?:\s*{_DATE})?",
    re.IGNORECASE,
)
# «Лицевой счёт № …», «на счёт …»: accounts, not invoices.
_ACCOUNT_BEFORE = re.compile(
    r"(?:лицев|расч[её]тн|корр|текущ|транзитн|карточн|специальн|депозитн|ссудн|банковск"
    r"|накопительн|открыти|закрыти|обслуживани|ведени|пополнени|остат|свой|своего"
    r"|[лрк]/?с$|на$|со?$|между$)",
    re.IGNORECASE,
)


def fold_number(number):
    """Make writings of one number equal: capitals, spaces, look-alike letters."""
    return number.translate(_FOLD)


def tail(number):
    """Return the number in the last digits («INV/2026/00042» → 42), or None."""
    digits = re.search(r"\d{1,15}$", number)
    return int(digits[0]) if digits else None


def numbers(text):
    """Read the invoices that a purpose names, in its order, each once.

    «Счёт», «с/ф», «УПД», «накладная», «акт» with one number or several, with or without
    dates. Contracts, orders and bank accounts are not invoices.

    :param str text: the purpose, or None
    :return list: of (number as written, date or None)
    """
    text = re.sub(
        r"(\d)(от\s)", r"\1 \2", " ".join((text or "")[:LONGEST_PURPOSE].split())
    )
    text = _CONTRACT.sub(" · ", text)
    places, spans = {}, []
    for first in _FIRST.finditer(text):
        before = first["before"]
        is_account = first["document"][:2].lower() == "сч" and before
        if is_account and _ACCOUNT_BEFORE.match(before):
            continue
        match = first
        while match:
            places[match.start("number")] = match
            spans.append(match.span())
            match = _NEXT.match(text, match.end())
    for bare in _BARE.finditer(text):
        if not any(start <= bare.start() < end for start, end in spans):
            places[bare.start("number")] = bare
    found = {}
    for _place, match in sorted(places.items()):
        folded = fold_number(match["number"])
        written, day = found.get(folded, (match["number"], None))
        found[folded] = written, day or _day(match["date"])
    return list(found.values())


def _day(written):
    """Read a date in one of the forms of `_DATE`; None when there is no such day."""
    if not written:
        return None
    words = re.split(r"[./\s]+", written.lower())
    if len(words) == 1:
        year, month, day = map(int, written.split("-"))
    else:
        day, year = int(words[0]), int(words[2])
        month = words[1]
        if month.isdigit():
            month = int(month)
        else:
            # «мая» begins like «марта»: the longest beginning wins.
            month = max(
                (len(name), number)
                for number, name in enumerate(_MONTHS, 1)
                if month.startswith(name)
            )[1]
    try:
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None
