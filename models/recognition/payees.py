"""Who was paid, where a bank stands as the counterparty in the payee's place."""

from .counterparties import is_the_bank, person_behind, stands_for_another
from .texts.legal_names import good_name
from .texts.purposes import payee


def read_payees(rows, found):
    """Read the merchant, phone or person a bank stands for.

    :param rows: tochka.transaction
    :param dict found: {row: values of its line}; gets `tochka_payee`
    """
    for row in rows:
        if is_the_bank(row):
            found[row]["tochka_payee"] = payee(row.purpose) or False
        elif stands_for_another(row):
            found[row]["tochka_payee"] = good_name(person_behind(row), person=True)
