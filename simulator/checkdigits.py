"""Control digits of Russian requisites, so that invented ones pass validators."""

from __future__ import annotations

_INN_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_ACCOUNT_WEIGHTS = (7, 1, 3)


def _inn_digit(digits: str) -> str:
    weights = _INN_WEIGHTS[-len(digits) :]
    total = sum(int(d) * w for d, w in zip(digits, weights, strict=True))
    return str(total % 11 % 10)


def company_inn(base: str) -> str:
    """Return a company's INN (10 digits) from its first nine."""
    return base + _inn_digit(base)


def person_inn(base: str) -> str:
    """Return a person's INN (12 digits) from its first ten."""
    eleven = base + _inn_digit(base)
    return eleven + _inn_digit(eleven)


def ogrn(base: str) -> str:
    """Return an ОГРН from its first 12 digits, or an ОГРНИП from its first 14."""
    return base + str(int(base) % (len(base) - 1) % 10)


def account_key(account: str, bic: str) -> str:
    """Return a 20-digit account with the right control digit in its ninth place.

    Accounts a bank keeps for its clients are keyed with the last three digits
    of the BIC; those kept by the Bank of Russia (correspondent and treasury
    accounts) with ``0`` and the BIC's fifth and sixth digits.
    """
    central = account.startswith(("30101", "03", "40102"))
    prefix = "0" + bic[4:6] if central else bic[-3:]
    blank = account[:8] + "0" + account[9:]
    total = sum(
        int(digit) * _ACCOUNT_WEIGHTS[place % 3] % 10
        for place, digit in enumerate(prefix + blank)
    )
    return account[:8] + str(total * 3 % 10) + account[9:]


def inn_is_valid(inn: str) -> bool:
    """Return whether the control digits of an INN are right."""
    if len(inn) == 10:
        return company_inn(inn[:9]) == inn
    return len(inn) == 12 and person_inn(inn[:10]) == inn
