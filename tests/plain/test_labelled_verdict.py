"""The comparison behind `dev/bench recognition` tells right from wrong."""

import unittest

from labelled import report
from labelled.payments import HELD_OUT, TUNING, payments
from labelled.verdict import (
    MISSING,
    RIGHT,
    WRONG,
    Found,
    good,
    item_verdict,
    judge,
    partner_verdict,
    shares,
)

KNOWN, CREATED = ("known", "mill"), ("created", "9970000010", ["997001001"])
MILL = Found(partner="Mill", known="mill", inn="9970000010", kpp="997001001")
MADE = Found(partner="Made", inn="9970000010", kpp="997001001", is_company=True)
OURS = Found(partner="We", is_own=True, inn="7700001043")


class TestItemVerdict(unittest.TestCase):
    def test_one_label(self):
        self.assertEqual(item_verdict("out_rent", Found(item="out_rent")), RIGHT)
        self.assertEqual(item_verdict("out_rent", Found(item="out_office")), WRONG)
        self.assertEqual(item_verdict("out_rent", Found(item="premises")), WRONG)
        self.assertEqual(item_verdict("out_rent", Found()), MISSING)

    def test_either_of_two(self):
        self.assertEqual(
            item_verdict("out_rent/out_fuel", Found(item="out_fuel")), RIGHT
        )
        self.assertEqual(item_verdict("out_rent/out_fuel", Found(item="out_f")), WRONG)
        self.assertEqual(item_verdict("out_rent/out_fuel", Found()), MISSING)

    def test_nobody_can_tell(self):
        self.assertEqual(item_verdict("unknown", Found()), RIGHT)
        self.assertEqual(item_verdict("unknown", Found(item="out_other")), WRONG)
        self.assertEqual(item_verdict("unknown", Found(is_transfer=True)), WRONG)

    def test_transfer(self):
        moved = Found(is_transfer=True)
        both = Found(is_transfer=True, item="out_rent")
        self.assertEqual(item_verdict("transfer", moved), RIGHT)
        self.assertEqual(item_verdict("transfer", Found()), MISSING)
        self.assertEqual(item_verdict("transfer", Found(item="out_other")), WRONG)
        self.assertEqual(item_verdict("transfer", both), WRONG)
        self.assertEqual(item_verdict("out_rent", moved), WRONG)
        self.assertEqual(item_verdict("out_rent", both), WRONG)
        self.assertEqual(item_verdict("out_deposit/transfer", moved), RIGHT)


class TestPartnerVerdict(unittest.TestCase):
    def test_one_that_odoo_knew(self):
        self.assertEqual(partner_verdict(KNOWN, MILL), RIGHT)
        self.assertEqual(partner_verdict(KNOWN, Found()), MISSING)
        other = Found(partner="Moss", known="moss", inn="9970000010")
        self.assertEqual(partner_verdict(KNOWN, other), WRONG)

    def test_a_second_one_beside_the_known_is_wrong(self):
        self.assertEqual(partner_verdict(KNOWN, MADE), WRONG)

    def test_one_to_be_made(self):
        self.assertEqual(partner_verdict(CREATED, MADE), RIGHT)
        self.assertEqual(partner_verdict(CREATED, Found()), MISSING)
        self.assertEqual(partner_verdict(CREATED, MILL), WRONG)
        self.assertEqual(partner_verdict(CREATED, OURS), WRONG)
        stranger = Found(partner="X", inn="9970000028", is_company=True)
        self.assertEqual(partner_verdict(CREATED, stranger), WRONG)

    def test_one_made_with_another_kpp_or_form_is_not_right(self):
        person = Found(partner="Made", inn="9970000010", kpp="997001001")
        branch = Found(
            partner="Made", inn="9970000010", kpp="997143001", is_company=True
        )
        self.assertEqual(partner_verdict(CREATED, person), MISSING)
        self.assertEqual(partner_verdict(CREATED, branch), MISSING)

    def test_nobody(self):
        self.assertEqual(partner_verdict(("nobody",), Found()), RIGHT)
        self.assertEqual(partner_verdict(("nobody",), MADE), WRONG)
        self.assertEqual(partner_verdict(("nobody",), OURS), WRONG)

    def test_own(self):
        self.assertEqual(partner_verdict(("own",), Found()), RIGHT)
        self.assertEqual(partner_verdict(("own",), OURS), RIGHT)
        self.assertEqual(partner_verdict(("own",), MADE), WRONG)


class TestFigures(unittest.TestCase):
    def test_shares(self):
        verdicts = [(RIGHT, RIGHT), (RIGHT, WRONG), (WRONG, MISSING), (RIGHT, RIGHT)]
        self.assertEqual(
            shares(verdicts),
            {
                "payments": 4,
                "counterparty_right": 0.75,
                "counterparty_wrong": 0.25,
                "item_right": 0.5,
                "item_wrong": 0.25,
            },
        )
        self.assertEqual(shares([])["item_right"], 0.0)

    def test_goals(self):
        half = {
            "payments": 200,
            "counterparty_right": 0.98,
            "counterparty_wrong": 0.0,
            "item_right": 0.9,
            "item_wrong": 0.02,
        }
        speed = {
            "queries": 20,
            "queries_500": 20,
            "seconds": 1.0,
            "create_seconds": 8.0,
        }
        reached = {"doubles": 0, TUNING: half, HELD_OUT: half, **speed}
        self.assertTrue(good(reached))
        for name, value in (
            ("counterparty_right", 0.97),
            ("counterparty_wrong", 0.004),
            ("item_right", 0.89),
            ("item_wrong", 0.03),
        ):
            for which in (TUNING, HELD_OUT):
                self.assertFalse(good({**reached, which: {**half, name: value}}), name)
        self.assertFalse(good({**reached, "doubles": 1}))
        self.assertFalse(good({**reached, "queries": 21}))
        self.assertFalse(good({**reached, "seconds": 8.5}))

    def test_goals_without_speed(self):
        half = shares([(RIGHT, RIGHT)])
        self.assertTrue(good({"doubles": 0, TUNING: half, HELD_OUT: half}))


class TestShown(unittest.TestCase):
    def test_nothing_of_the_half_held_out_is_shown_but_figures(self):
        chosen = payments()
        found = {"partner": "X", "payee": "Y", "is_transfer": True}
        judged = judge(chosen, {one.key: found for one in chosen})
        figures = report.totals(judged)
        text = "\n".join(
            [
                *report.doubtful(judged),
                *report.names(judged),
                str(report.by_kind(judged)),
                str(report.totals_table(figures)),
            ]
        )
        shown = {one.half for one in chosen if repr(one.row["description"]) in text}
        self.assertEqual(shown, {TUNING})
        self.assertEqual(
            figures["payments"],
            figures[TUNING]["payments"] + figures[HELD_OUT]["payments"],
        )
        self.assertGreater(figures[HELD_OUT]["item_wrong"], 0.9)
        self.assertEqual(figures[HELD_OUT]["counterparty_right"], 0)


if __name__ == "__main__":
    unittest.main()
