"""The invented history: repeatable, balanced, and in the shapes of a bank."""

from __future__ import annotations

import unittest
from collections import Counter
from datetime import date, datetime, time, timedelta

from simulator_support import NOW

from simulator import checkdigits, people
from simulator.clock import MOSCOW
from simulator.entry import transaction
from simulator.history import History
from simulator.ledger import Ledger
from simulator.yuan import in_roubles, rate

LAST = date(2026, 11, 23)
MAIN, YUAN, SOLE, CLOSED = people.ACCOUNTS


def days(first=people.EPOCH, last=LAST):
    while first <= last:
        yield first
        first += timedelta(days=1)


class TestRepeats(unittest.TestCase):
    def test_the_same_however_one_comes_to_it(self):
        day = date(2026, 3, 17)
        far, near = History(5, people.ACCOUNTS), History(5, people.ACCOUNTS)
        far.day(MAIN.account_id, LAST)
        for account in people.ACCOUNTS:
            key = account.account_id
            self.assertEqual(near.day(key, day), far.day(key, day))
            self.assertEqual(near.before(key, day), far.before(key, day))

    def test_another_seed_is_another_history(self):
        one, two = History(1, people.ACCOUNTS), History(2, people.ACCOUNTS)
        day = date(2026, 3, 17)
        self.assertNotEqual(
            one.day(MAIN.account_id, day), two.day(MAIN.account_id, day)
        )

    def test_the_crowd_repeats_too(self):
        accounts = [Ledger(1, extra=3).accounts[-1] for _ in range(2)]
        self.assertEqual(accounts[0], accounts[1])
        entries = [
            Ledger(1, extra=3).entries(a.account_id, people.EPOCH, LAST, NOW)
            for a in accounts
        ]
        self.assertEqual(entries[0], entries[1])
        self.assertGreater(len(entries[0]), 100)


class TestAddsUp(unittest.TestCase):
    def test_months_and_days(self):
        ledger = Ledger(1)
        for account in people.ACCOUNTS:
            key, running = account.account_id, 0
            for day in days():
                self.assertEqual(ledger.before(key, day, NOW), running)
                entries = ledger.entries(key, day, day, NOW)
                running += sum(entry.signed for entry in entries)
            tomorrow = LAST + timedelta(days=1)
            self.assertEqual(ledger.before(key, tomorrow, NOW), running)

    def test_the_day_grows_by_the_hour(self):
        ledger, key = Ledger(1), MAIN.account_id
        counts = []
        for hour in range(24):
            now = datetime.combine(LAST, time(hour), MOSCOW)
            entries = ledger.entries(key, LAST, LAST, now)
            self.assertTrue(all(entry.moment <= now for entry in entries))
            gained = ledger.before(key, LAST + timedelta(days=1), now)
            gained -= ledger.before(key, LAST, now)
            self.assertEqual(gained, sum(entry.signed for entry in entries))
            counts.append(len(entries))
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(counts[0], 0)
        self.assertGreater(counts[-1], 4)

    def test_balances_are_plausible(self):
        for seed in (1, 2, 3):
            history = History(seed, people.ACCOUNTS)
            below = {
                account.profile: [
                    day for day in days() if history.before(account.account_id, day) < 0
                ]
                for account in people.ACCOUNTS
            }
            expected = dict.fromkeys(("busy", "yuan", "closing"), [])
            self.assertEqual(below, {**expected, "sole": [date(2026, 5, 15)]})
            held = history.before(SOLE.account_id, date(2026, 5, 15))
            self.assertEqual(held, -2604237)
            self.assertEqual(history.before(CLOSED.account_id, LAST), 0)


class TestLooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        history = History(1, people.ACCOUNTS)
        cls.rows = {
            account.profile: [
                entry
                for day in days()
                for entry in history.day(account.account_id, day)
            ]
            for account in people.ACCOUNTS
        }
        cls.all = [entry for rows in cls.rows.values() for entry in rows]

    def test_pace(self):
        def pace(profile, weekend):
            rows = Counter(entry.day for entry in self.rows[profile])
            chosen = [day for day in days() if (day.weekday() > 4) == weekend]
            return sum(rows[day] for day in chosen) / len(chosen)

        self.assertTrue(5 <= pace("busy", False) <= 9)
        self.assertTrue(0.3 <= pace("busy", True) <= 2)
        self.assertTrue(0.3 <= pace("yuan", False) <= 1.5)
        self.assertTrue(1.5 <= pace("sole", False) <= 3)
        weekend = [e for e in self.rows["busy"] if e.day.weekday() > 4]
        self.assertTrue(all(entry.card for entry in weekend))

    def test_ids_are_one_of_a_kind(self):
        ids = Counter(entry.transaction_id for entry in self.all)
        self.assertEqual(set(ids.values()), {1})
        for entry in self.all:
            self.assertRegex(entry.transaction_id, r"^cbs-tb;\d+;1$")
            self.assertRegex(entry.payment_id, r"^cbs-tb-92-\d+$")
        for rows in self.rows.values():
            self.assertEqual(len({e.payment_id for e in rows}), len(rows))

    def test_requisites_are_valid(self):
        for who in people.ORGANISATIONS:
            self.assertTrue(checkdigits.inn_is_valid(who.inn))
            self.assertEqual(checkdigits.ogrn(who.ogrn[:-1]), who.ogrn)
        for account in people.ACCOUNTS:
            number, _, bic = account.account_id.partition("/")
            self.assertEqual(bic, "044525104")
            self.assertEqual(checkdigits.account_key(number, bic), number)
        for entry in self.all:
            party = entry.party
            if party.inn:
                self.assertTrue(checkdigits.inn_is_valid(party.inn), party)
            if party.agent and not party.agent.swift:
                bic = party.agent.bic
                self.assertEqual(len(party.account), 20)
                self.assertEqual(
                    checkdigits.account_key(party.account, bic), party.account
                )
                correspondent = party.agent.correspondent
                self.assertEqual(
                    checkdigits.account_key(correspondent, bic), correspondent
                )

    def test_known_values_of_the_check_digits(self):
        self.assertEqual(
            checkdigits.account_key("30101810045374525104", "044525104"),
            "30101810745374525104",
        )
        self.assertTrue(checkdigits.inn_is_valid("9721194461"))
        self.assertFalse(checkdigits.inn_is_valid("9721194462"))

    def test_only_the_other_side_is_named(self):
        for entry in self.all:
            row = transaction(entry)
            self.assertEqual("DebtorParty" in row, entry.credit)
            self.assertEqual("CreditorParty" in row, not entry.credit)
            self.assertGreater(row["Amount"]["amount"], 0)
            self.assertLessEqual(len(row["documentNumber"]), 12)

    def test_quirks_are_all_there(self):
        rows = [transaction(entry) for entry in self.all]
        sides = [row.get("DebtorParty") or row["CreditorParty"] for row in rows]
        texts = "\n\n".join(row["description"] for row in rows)
        for part in ("Покупка товара(Терминал:,", "СБП", "Комиссия", "Возврат"):
            self.assertIn(part, texts)
        for part in ("по счету №", "Заработная плата", "эквайринга", " AMD,"):
            self.assertIn(part, texts)
        self.assertIn("Перевод личных средств", texts)
        self.assertTrue(any("\n" in row["description"] for row in rows))
        self.assertTrue(any(row["description"].endswith(" ") for row in rows))
        self.assertTrue(any(side.get("kpp") == "0" for side in sides))
        self.assertTrue(any("inn" not in side for side in sides))
        self.assertTrue(any(len(side["name"]) > 200 for side in sides))
        self.assertTrue(any("«" in side["name"] for side in sides))
        dates = [row["TaxFields"]["documentDate"] for row in rows if "TaxFields" in row]
        self.assertEqual({type(value) for value in dates}, {int, str})
        kinds = {row["transactionTypeCode"] for row in rows}
        self.assertGreaterEqual(len(kinds), 5)
        accounts = [row.get("DebtorAccount") or row["CreditorAccount"] for row in rows]
        self.assertTrue(any("identification" not in item for item in accounts))

    def test_cards_name_the_bank_and_happen_earlier(self):
        cards = [entry for entry in self.all if entry.card]
        self.assertGreater(len(cards), 200)
        for entry in cards:
            self.assertEqual(entry.party.inn, "9721194461")
            self.assertEqual(entry.kind, "Банковский ордер")
            self.assertLess(entry.card.moment.date(), entry.day)

    def test_twins(self):
        def face(entry):
            return (entry.day, entry.kopecks, entry.credit, entry.purpose, entry.number)

        twins = [n for n in Counter(map(face, self.rows["busy"])).values() if n > 1]
        self.assertGreater(len(twins), 5)

    def test_own_transfers_have_both_sides(self):
        own = {account.number: account for account in people.ACCOUNTS}
        pairs = Counter()
        later = 0
        arrivals = {
            (entry.payment_id, entry.account_id): entry
            for entry in self.all
            if entry.credit
        }
        for entry in self.all:
            if entry.credit or entry.party.account not in own:
                continue
            target = own[entry.party.account]
            other = arrivals.get((entry.payment_id, target.account_id))
            if other is None and entry.day >= LAST - timedelta(days=4):
                continue
            self.assertEqual(f"{other.party.account}/044525104", entry.account_id)
            pairs[other.currency] += 1
            if other.currency == "RUB":
                self.assertEqual(other.kopecks, entry.kopecks)
                later += other.day > entry.day
        self.assertGreater(pairs["RUB"], 15)
        self.assertGreater(pairs["CNY"], 20)
        self.assertGreater(later, 3)

    def test_yuan_has_its_worth_in_roubles(self):
        for entry in self.rows["yuan"]:
            amount = transaction(entry)["Amount"]
            self.assertEqual(amount["currency"], "CNY")
            self.assertNotEqual(amount["amount"], amount["amountNat"])
            self.assertEqual(entry.national, in_roubles(entry.kopecks, rate(entry.day)))


if __name__ == "__main__":
    unittest.main()
