"""Russian requisites: which of them can be trusted, and whose an account is."""

import re

from stdnum.ru import inn as stdnum_inn

THE_BANK_INN = "9721194461"
# Accounts a bank keeps for its own needs (302 settlements, 409 transit, 45 loans,
# 47 mutual debts, 60, 61, 70 income): they tell nobody apart.
_INNER = ("30", "409", "45", "47", "60", "61", "70")
# Accounts of the Treasury: many offices and institutions share one.
_TREASURY = ("03", "401")
_AT_THE_BANK_OF_RUSSIA = ("301", "03", "40102")
# Longer than any requisite with whatever signs may stand between its digits.
_LONGEST = 50
_WEIGHTS = (7, 1, 3)


def valid_inn(text):
    """Return an INN whose check digits are right, or an empty string.

    :param text: as the bank sends it: ten digits of a firm, twelve of a person, or
        anything else («0», the five digits of a foreign firm, nothing)
    """
    number = stdnum_inn.compact((text or "")[:_LONGEST])
    # Ten zeros pass the check.
    return number if stdnum_inn.is_valid(number) and number.strip("0") else ""


def valid_kpp(text):
    """Return a KPP of nine signs, or an empty string («0» stands for none)."""
    number = (text or "").strip()
    fits = re.fullmatch(r"\d{4}[\dA-Z]{2}\d{3}", number) and number.strip("0")
    return number if fits else ""


def inn_of_vat(vat):
    """Return the digits of an INN people typed as «RU7700…» or with spaces, or False.

    The check digits are not looked at: what is typed is compared with valid ones.
    """
    number = re.sub(r"[\W_]", "", vat or "").upper().removeprefix("RU")
    return number if re.fullmatch(r"\d{10}|\d{12}", number) else False


def account_fits(account, bic):
    """Whether the control digit of a 20-digit account fits its bank.

    Bank of Russia, «Порядок расчета контрольного ключа в номере лицевого счета»
    (08.09.1997 № 515): before the account stand the last three digits of the BIC, or,
    for accounts the Bank of Russia keeps, «0» and the BIC's fifth and sixth digits;
    the digits are weighed with 7, 1, 3, and the last digits of the products add up to
    a multiple of ten.

    :param str account: bare digits
    :param str bic: nine digits
    :return bool: False for anything that is not a Russian account or BIC
    """
    if not re.fullmatch("[0-9]{20}", account or "") or not re.fullmatch(
        "[0-9]{9}", bic or ""
    ):
        return False
    settlement_centre = bic[6:] in ("000", "001", "002")
    central = account.startswith(_AT_THE_BANK_OF_RUSSIA) or settlement_centre
    digits = ("0" + bic[4:6] if central else bic[6:]) + account
    total = sum(
        int(digit) * _WEIGHTS[place % 3] % 10 for place, digit in enumerate(digits)
    )
    return total % 10 == 0


def is_inner(account):
    """Whether a bank keeps this account for itself."""
    return bool(account) and account.startswith(_INNER)


def is_treasury(account):
    """Whether this is an account of the Treasury."""
    return bool(account) and account.startswith(_TREASURY)
