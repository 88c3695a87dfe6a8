"""The words of a payment as rules compare them: small letters, no signs, no «ё»."""

import re

# The database gets these as well, because its own `LOWER` depends on its locale.
CAPITALS = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁё"
SMALL = "абвгдежзийклмнопрстуфхцчшщъыьэюяее"
SIGNS = r"[^a-z0-9\u00c0-\u1fff\u2c00-\ud7ff]+"
QUOTES = ('""', "«»", "“”")


def fold(text):
    """Return the words of a text as they are compared, one space between."""
    small = (text or "").lower().replace("ё", "е")
    return re.sub(SIGNS, " ", small).strip()


def entries(lines):
    """Return the words or phrases of a text that has one in a line."""
    return [line.strip() for line in (lines or "").splitlines() if line.strip()]
