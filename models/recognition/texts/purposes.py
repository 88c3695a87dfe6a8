"""Who was paid, read from purposes of payments in which the bank stands for the payee.

The shapes are the bank's own: docs/bank_api.md §3.3.
"""

import re

# «Покупка товара(Терминал:,NAME,,STREET,City,RU,дата операции:…»; a terminal's number
# may stand before the name. Refunds and withdrawals of cash look the same.
_TERMINAL = re.compile(r"терминал\s*:\s*([^,()]*),\s*([^,]*)", re.IGNORECASE)
# A number of a terminal, an order or a cash machine: it differs between payments.
_LONG_NUMBER = re.compile(r"(?<![^\W\d_])[A-ZА-Я]{0,3}\d{5,}\w*")
_PERSON = re.compile(
    r"(?:получатель|отправитель|плательщик)\s*:?\s+(.{2,80}?)\s*"
    r"(?:,|\bчерез\b|\bпо\s+СБП\b|\bбанк\b|\bсообщение\b|$)",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:телефон\w*|тел\.)\s*:?\s*(\+?\d[\d\s()-]{8,16}\d)", re.I)
# The bank admits 210 letters and sends somewhat more; searching much more takes long.
LONGEST_PURPOSE = 5000
_LONGEST_PAYEE = 250
_FAST_PAYMENT = re.compile(r"\bСБП\b|быстрых\s+платежей|по\s+номеру\s+телефона", re.I)


def payee(purpose):
    """Read merchant, person or phone from the purpose of the bank's own payment.

    The same payee gives the same words every time: no dates, no numbers of terminals.

    :param purpose: as the bank sent it, or nothing
    :return str: «STROYDVOR NA GORKE», «Ульяна Ч., +79000001234», or empty (settlements
        of acquiring and of the fast payments system stand for many buyers)
    """
    text = " ".join((purpose or "")[:LONGEST_PURPOSE].split())
    terminal = _TERMINAL.search(text)
    if terminal:
        return _merchant(*terminal.groups())[:_LONGEST_PAYEE]
    if _FAST_PAYMENT.search(text):
        return ", ".join(filter(None, (_person(text), _phone(text))))
    return ""


def _merchant(first, second):
    """Return the shop of the two fields after «Терминал:», number and name."""
    for field in (second, first):
        name = " ".join(_LONG_NUMBER.sub(" ", field).replace("*", " ").split())
        name = name.strip(" \"'«».-/\\")
        if re.search(r"[^\W\d_]", name):
            return name
    return ""


def _person(text):
    found = _PERSON.search(text)
    return found[1].strip(" ,;:") if found else ""


def _phone(text):
    found = _PHONE.search(text)
    digits = re.sub(r"\D", "", found[1]) if found else ""
    if len(digits) == 11 and digits[0] in "78":
        return "+7" + digits[1:]
    return "+7" + digits if len(digits) == 10 else ""
