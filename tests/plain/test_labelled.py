"""The labelled set is well-formed, varied, and split by a digest alone."""

import json
import re
import unittest
from collections import Counter
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from labelled import payments as labelled_payments
from labelled.parties import (
    COMPANY,
    NOBODY,
    OWN,
    SPECIAL,
    TRADER,
    everybody,
    expected_of,
    world,
)
from labelled.payments import HELD_OUT, TUNING, Payment, payments
from openapi import documents

from simulator.checkdigits import account_key, inn_is_valid
from tochka_api import jsontext, parsing, statement_rows

CHECKOUT = Path(__file__).parents[2]
BANK_INN = "9721194461"
# Of the bank's enumeration (docs/bank_api.md §3.2).
TYPES = {
    "Платежное поручение",
    "Платежное требование",
    "Инкассовое поручение",
    "Мемориальный ордер",
    "Банковский ордер",
    "Денежный чек, РКО",
    "Объявление на взнос наличными, ПКО",
    "Выдача кредита",
    "Погашение кредита",
}


def default_items():
    """Return {xml id without `item_`: direction} of the default items."""
    text = (CHECKOUT / "data/cash_flow_item.xml").read_text(encoding="utf-8")
    return dict(
        re.findall(
            r'id="item_(\w+)" model="cash\.flow\.item">.*?"direction">(\w+)<',
            text,
            re.DOTALL,
        )
    )


class TestLabelled(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.all = everybody()
        cls.payments = payments()
        cls.kinds = Counter(one.kind for one in cls.payments)

    def party(self, one):
        row = one.row
        return row.get("DebtorParty", row.get("CreditorParty"))

    def test_it_is_large_and_of_many_kinds(self):
        self.assertGreaterEqual(len(self.payments), 500)
        self.assertGreaterEqual(len(self.kinds), 80)
        kind, most = self.kinds.most_common(1)[0]
        self.assertLess(most / len(self.payments), 0.05, kind)

    def test_no_payment_stands_twice(self):
        keys = Counter(one.key for one in self.payments)
        texts = Counter(one.row["description"] for one in self.payments)
        places = Counter((one.kind, one.serial) for one in self.payments)
        most = (keys + texts + places).most_common(1)
        self.assertEqual(most[0][1], 1, most)

    def test_every_label_is_a_default_item_of_that_direction(self):
        items = default_items()
        self.assertGreater(len(items), 50)
        for one in self.payments:
            credit = one.row["creditDebitIndicator"] == "Credit"
            for label in set(one.item.split("/")) - {"transfer", "unknown"}:
                self.assertIn(label, items, one.kind)
                allowed = ("in" if credit else "out", "both")
                self.assertIn(items[label], allowed, (one.kind, label))

    def test_all_items_but_the_parents_are_asked_for(self):
        asked = {label for one in self.payments for label in one.item.split("/")}
        self.assertEqual(set(default_items()) - asked, {"taxes", "premises"})

    def test_two_answers_are_rare(self):
        several = [one for one in self.payments if "/" in one.item]
        self.assertLess(len(several) / len(self.payments), 0.1)
        unknown = [one for one in self.payments if one.item == "unknown"]
        self.assertLess(len(unknown) / len(self.payments), 0.06)

    def test_the_halves_are_alike_in_size(self):
        halves = Counter(one.half for one in self.payments)
        self.assertEqual(set(halves), {TUNING, HELD_OUT})
        self.assertGreater(min(halves.values()) / len(self.payments), 0.45)

    def test_the_split_never_moves(self):
        halves = [
            Payment(kind, serial, "", {}, "", NOBODY).half[0]
            for kind in ("rent", "marketplace")
            for serial in range(1, 11)
        ]
        self.assertEqual("".join(halves), "ttttththhhttththhhtt")

    def test_the_banks_rules_hold(self):
        path = "/open-banking/v1.0/accounts/1/1/statements/x"
        for document in documents().values():
            answer = document.answer_schema("GET", path, 200)
            row = document.inside(answer, "Data", "Statement", "Transaction")
            for one in self.payments:
                self.assertFalse(document.errors(row, one.row), one.kind)

    def test_the_client_reads_every_row(self):
        for one in self.payments:
            text = json.dumps(one.row, ensure_ascii=False)
            row = parsing.Reader(jsontext.load_json(text), "row")
            read = statement_rows.transaction(row)
            self.assertEqual(read.status, "Booked")
            credit = one.row["creditDebitIndicator"] == "Credit"
            self.assertEqual(read.amount > Decimal(0), credit)
            self.assertEqual(read.counterparty.name, self.party(one).get("name", ""))
            self.assertIn(read.type_code, TYPES)
            own_side = "Creditor" if credit else "Debtor"
            self.assertNotIn(f"{own_side}Party", one.row)

    def test_a_card_is_written_off_after_the_purchase(self):
        bought = 0
        for one in self.payments:
            day = re.search(r"дата операции:(\d\d)/(\d\d)/(\d{4})", str(one.row))
            if day:
                bought += 1
                happened = "-".join(reversed(day.groups()))
                self.assertLess(happened, one.row["documentProcessDate"])
        self.assertGreater(bought, 40)

    def test_nobody_real_stands_in_it(self):
        ours = {BANK_INN, COMPANY.inn, TRADER.inn}
        for key, someone in self.all.items():
            inn = someone.party.inn
            if inn not in ours:
                self.assertRegex(inn, r"^(9970\d{6}|9970\d{8}|)$", key)

    def test_check_digits_are_right_where_they_are_meant_to_be(self):
        wrong = {
            key
            for key, one in self.all.items()
            if one.party.inn and not inn_is_valid(one.party.inn)
        }
        self.assertEqual(wrong, {"badfirm", "badfirm2", "serpent_bad"})
        for key, someone in self.all.items():
            account = someone.party.account
            if len(account) == 20:
                bic = someone.party.agent.bic
                self.assertEqual(account_key(account, bic), account, key)

    def test_everybody_takes_part(self):
        names = {self.party(one).get("name", "") for one in self.payments}
        for key, someone in self.all.items():
            self.assertIn(someone.party.name, names, key)

    def test_odoo_knows_some_in_every_manner(self):
        manners = Counter(one["manner"] for one in world(self.all))
        self.assertEqual(
            set(manners),
            {
                *("inn+kpp", "inn", "name", "account"),
                *("inn+account", "child", "wall", "twice"),
            },
        )
        self.assertGreaterEqual(sum(manners.values()), 60)

    def test_every_sort_of_counterparty_is_frequent(self):
        count = len(self.payments)
        sorts = Counter(one.who[0] for one in self.payments)
        self.assertEqual(set(sorts), {"known", "created", "nobody", "own"})
        for sort in ("known", "created", "nobody"):
            self.assertGreater(sorts[sort] / count, 0.2, sort)

    def test_the_hard_shapes_occur(self):
        parties = [self.party(one) for one in self.payments]
        texts = [one.row["description"] for one in self.payments]
        names = " ".join(party.get("name", "") for party in parties)
        self.assertTrue(any(party.get("kpp") == "0" for party in parties))
        self.assertTrue(any("inn" not in party for party in parties))
        self.assertTrue(any(not party for party in parties))
        for quote in ('"', "«", "'", "''", '""'):
            self.assertIn(quote, names)
        for part in ("ИНН 9970", "р/с 40802810", "//", "(л/с "):
            self.assertIn(part, names)
        for part in ("\n", "счёту", "счету", "з/п", "опл.", "AMD", "KZT", "чек НПД"):
            self.assertTrue(any(part.lower() in text.lower() for text in texts), part)

    def test_a_line_that_is_not_well_formed_is_refused(self):
        for line in (
            "mill | 1 | purpose | no option",
            "mill | 1 | purpose | item=a | item=b",
            "nosuch | 1 | purpose",
            "mill | much | purpose",
            "mill | 1",
        ):
            with TemporaryDirectory() as folder, self.subTest(line):
                for name in labelled_payments.FILES:
                    text = f"== kind | + in_customers\n{line}\n"
                    (Path(folder) / f"{name}.txt").write_text(text, encoding="utf-8")
                with (
                    patch.object(labelled_payments, "FOLDER", Path(folder)),
                    self.assertRaises((ValueError, KeyError)),
                ):
                    payments()


class TestExpected(unittest.TestCase):
    """Whom a payment should find follows from who pays and how Odoo knows them."""

    def setUp(self):
        self.all = everybody()

    def of(self, key):
        return expected_of(self.all[key], self.all)

    def test_the_bank_and_nameless_rows_find_nobody(self):
        for key in ("bank", "bankfee", "none"):
            self.assertEqual(self.of(key), NOBODY, key)

    def test_own_accounts_are_our_own(self):
        for key in set(SPECIAL) - {"bank", "bankfee", "none"}:
            self.assertEqual(self.of(key), OWN, key)

    def test_a_known_one_is_found_in_any_manner(self):
        for key in ("mill", "cheese", "lark", "hearth", "serpent", "crown"):
            self.assertEqual(self.of(key), ("known", key))

    def test_branches(self):
        self.assertEqual(self.of("noon_north"), ("known", "noon_north"))
        self.assertEqual(self.of("noon_third"), NOBODY)
        self.assertEqual(self.of("elevator_new"), ("known", "elevator"))
        self.assertEqual(self.of("horn_branch"), ("known", "horn_branch"))

    def test_an_account_speaks_where_the_inn_cannot(self):
        self.assertEqual(self.of("serpent_bad"), ("known", "serpent"))
        self.assertEqual(self.of("serpent_noinn"), ("known", "serpent"))

    def test_a_shared_account_does_not_speak_against_an_inn(self):
        social = self.all["social"].party
        self.assertEqual(social.account, self.all["fines_gibdd"].party.account)
        self.assertEqual(self.of("social"), ("created", social.inn, ["997001001"]))

    def test_a_namesake_is_somebody_else(self):
        inn = self.all["vector_b"].party.inn
        self.assertEqual(self.of("vector_b"), ("created", inn, ["997001001"]))

    def test_walls_doubles_and_wrong_digits(self):
        inn = self.all["basin"].party.inn
        self.assertEqual(self.of("basin"), ("created", inn, ["997001001"]))
        self.assertEqual(self.of("sonata"), NOBODY)
        self.assertEqual(self.of("badfirm"), NOBODY)

    def test_a_kpp_of_zero_is_none(self):
        inn = self.all["lodka"].party.inn
        self.assertEqual(self.of("lodka"), ("created", inn, [""]))


if __name__ == "__main__":
    unittest.main()
