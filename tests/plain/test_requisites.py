"""Check digits, compared with the simulator's, which share no code with ours."""

import unittest

from texts_here import requisites

from simulator import checkdigits, people
from simulator.parties import TREASURY_AGENT


class TestAccounts(unittest.TestCase):
    def test_every_invented_account_fits_its_bank(self):
        parties = (
            *people.CUSTOMERS,
            *people.SUPPLIERS,
            *people.EMPLOYEES,
            *map(people.passer_by, range(0, 2000, 7)),
            people.TAX_OFFICE,
            people.SOCIAL_FUND,
            people.THE_BANK,
        )
        for party in parties:
            self.assertTrue(requisites.account_fits(party.account, party.agent.bic))

    def test_any_wrong_digit_is_seen(self):
        for party in (people.CUSTOMERS[0], people.TAX_OFFICE):
            for place in range(20):
                digit = (int(party.account[place]) + 1) % 10
                wrong = party.account[:place] + str(digit) + party.account[place + 1 :]
                if wrong[:3] != party.account[:3]:
                    continue  # another kind of account, weighed with other digits
                self.assertFalse(requisites.account_fits(wrong, party.agent.bic), wrong)

    def test_both_agree_on_random_numbers(self):
        for serial in range(3000):
            account = f"40702810{serial * 48271 % 10**12:012d}"
            bic = f"0445251{serial % 97 + 3:02d}"
            self.assertEqual(
                requisites.account_fits(account, bic),
                checkdigits.account_key(account, bic) == account,
            )

    def test_a_settlement_centre_is_weighed_as_the_bank_of_russia(self):
        # «0» and the fifth and sixth digits instead of the last three.
        keyed = [
            f"40302810{digit}00000000001"
            for digit in range(10)
            if requisites.account_fits(f"40302810{digit}00000000001", "044525000")
        ]
        [account] = keyed
        digits = "025" + account
        weights = (7, 1, 3) * 8
        total = sum(int(d) * w for d, w in zip(digits, weights, strict=False))
        self.assertEqual(total % 10, 0)

    def test_what_is_no_account_does_not_fit(self):
        for account, bic in (
            ("8110000000421357", "QHBKCNB1XXX"),
            ("", TREASURY_AGENT.bic),
            (None, None),
            (people.MAIN.number, ""),
            (people.MAIN.number, "04452510"),
            ("４0702810000000000001", "044525104"),
        ):
            self.assertFalse(requisites.account_fits(account, bic))

    def test_kinds(self):
        self.assertTrue(requisites.is_inner(people.THE_BANK.account))
        self.assertTrue(requisites.is_inner(people.BANK_INCOME.account))
        self.assertTrue(requisites.is_inner("47422810000000000001"))
        self.assertFalse(requisites.is_inner(people.CUSTOMERS[0].account))
        self.assertFalse(requisites.is_inner(None))
        self.assertTrue(requisites.is_treasury(people.TAX_OFFICE.account))
        self.assertFalse(requisites.is_treasury(people.THE_BANK.account))


class TestNumbers(unittest.TestCase):
    def test_inn(self):
        firm, person = people.CUSTOMERS[0].inn, people.EMPLOYEES[0].inn
        self.assertEqual(requisites.valid_inn(firm), firm)
        self.assertEqual(requisites.valid_inn(f" {person} "), person)
        for wrong in (
            firm[:-1] + str((int(firm[-1]) + 1) % 10),
            person[:-1] + str((int(person[-1]) + 1) % 10),
            "0",
            "0000000000",
            "12345",
            "",
            None,
            False,
        ):
            self.assertEqual(requisites.valid_inn(wrong), "", wrong)

    def test_kpp(self):
        self.assertEqual(requisites.valid_kpp("770001001"), "770001001")
        self.assertEqual(requisites.valid_kpp("7700AB001"), "7700AB001")
        for none in ("0", "000000000", "77000100", "", None, False):
            self.assertEqual(requisites.valid_kpp(none), "", none)

    def test_inn_as_people_type_it(self):
        for typed in ("RU7700000016", "ru 7700 000016", "7700000016", "77-00000016"):
            self.assertEqual(requisites.inn_of_vat(typed), "7700000016")
        for typed in ("DE770000016", "/", "770000001", "", None, "RU77000000161"):
            self.assertIs(requisites.inn_of_vat(typed), False, typed)


if __name__ == "__main__":
    unittest.main()
