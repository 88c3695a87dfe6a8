import json
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.recognition.recognised import NOTHING_FOUND
from ..models.register import fence
from ..models.register.fence import FEWEST, Fence
from ..models.register.lines_at_once import LinesAtOnce
from ..models.register.making_lines import note_loaded
from .books import ITEM, MOVE, books, differences
from .common import TochkaCase

ROWS = 60


class LineCreationCase(TochkaCase):
    """Rows in the register, and both ways to make lines of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roubles = cls.choose(cls)
        cls.yuan = cls.choose(cls, currency="CNY")
        # Contacts made on the way would differ between the two ways.
        (cls.roubles + cls.yuan).create_partners = False

    def rows(self, account, count=ROWS, first=date(2026, 3, 1), days=20, **more):
        """Create rows of the register: money in and out, a few every day."""
        self.serial = getattr(self, "serial", 0) + 1
        foreign = account.currency_id != self.company.currency_id
        found = []
        for number in range(count):
            amount = Decimal((number * 7919 % 100_000) - 40_000) + Decimal("0.37")
            found.append(
                {
                    "transaction_key": f"{self.serial}-{number}",
                    "date": first + timedelta(days=number * days // count),
                    "amount": amount,
                    "amount_company": round(amount * Decimal("11.2347"), 2)
                    if foreign
                    else None,
                    "purpose": f"Оплата по счету {number}  за услуги",
                    "document_number": str(number * 37 % 100) if number % 5 else None,
                    "type_code": "Платежное поручение",
                    "partner_name": f"ООО Ромашка {number % 7}",
                    "inn": "7707083893" if number % 3 == 0 else None,
                    "account_number": f"4070281000000000{number % 7:04}",
                    "raw": json.dumps({"number": number, "text": "как есть"}),
                    **more,
                }
            )
        Transaction = self.env["tochka.transaction"]
        Transaction._insert(account, found)
        return Transaction.search(
            [("account_id", "=", account.id), ("state", "=", "new")], order="date, id"
        )

    def make(self, rows, *, core=False):
        """Make the lines in one of the two ways, and check that it was that one."""
        if not core:
            self.need_at_once()
        made = []
        create = (lambda _batch: None) if core else LinesAtOnce.make

        def spied(batch):
            made.append(create(batch))
            return made[-1]

        with patch.object(LinesAtOnce, "make", spied):
            rows._create_lines()
        self.assertEqual(made == [None], core)
        return rows.line_id

    def need_at_once(self):
        """Skip a test of this way in a database whose other modules forbid it."""
        reason = Fence.of(self.env.registry).reason()
        if reason:
            self.skipTest(f"rows go core's way: {reason}")

    def assertCoreIsAsked(self, rows):
        """Check that lines are not made at once, but nevertheless made."""
        values = [row._prepare_line() | NOTHING_FOUND for row in rows]
        Line = self.env["account.bank.statement.line"].with_company(self.company)
        self.assertIsNone(LinesAtOnce(Line, values).make())
        self.assertFalse(self.lines(rows.account_id), "nothing is left of the attempt")
        rows._create_lines()
        self.assertEqual(set(rows.mapped("state")), {"loaded"})
        self.assertEqual(len(rows.line_id), len(rows))


@tagged("post_install", "-at_install")
class TestLineCreation(LineCreationCase):
    """Lines made at once are what core's `create` would have made."""

    def assertSameBooks(self, rows):
        self.need_at_once()
        with closing(self.env.cr.savepoint()):
            by_core = books(self.make(rows, core=True))
        at_once = books(self.make(rows))
        self.assertEqual(differences(by_core, at_once), [])
        self.assertEqual(len(at_once[MOVE]), len(rows))
        self.assertEqual(len(at_once[ITEM]), 2 * len(rows))

    def a_partner(self):
        return self.env["res.partner"].create(
            {
                "name": "ООО Ромашка",
                "is_company": True,
                "vat": "7707083893",
                "bank_ids": [(0, 0, {"acc_number": "40702810000000009999"})],
            }
        )

    # === THE SAME BOOKS === #

    def test_roubles(self):
        self.assertSameBooks(self.rows(self.roubles))

    def test_yuan_at_the_rate_of_the_bank(self):
        rows = self.rows(self.yuan)
        self.assertSameBooks(rows)
        item = rows[0].line_id.line_ids[0]
        self.assertEqual(item.balance, rows[0].amount_company)

    def test_yuan_at_the_rate_of_odoo(self):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.yuan.currency_id.id,
                "company_id": self.company.id,
                "name": date(2026, 1, 1),
                "inverse_company_rate": 11.7,
            }
        )
        self.assertSameBooks(self.rows(self.yuan, amount_company=None))

    def test_a_tax_on_the_suspense_account(self):
        tax = self.env["account.tax"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.roubles.journal_id.suspense_account_id.tax_ids = tax
        self.assertSameBooks(self.rows(self.roubles))

    def test_with_partners(self):
        partner = self.a_partner()
        rows = self.rows(self.roubles)
        self.assertSameBooks(rows)
        self.assertIn(partner, rows.line_id.partner_id)
        self.assertFalse(all(line.partner_id for line in rows.line_id))
        self.assertTrue(rows.line_id.move_id.partner_bank_id)

    def test_across_years_and_months(self):
        self.assertSameBooks(self.rows(self.roubles, 80, date(2025, 11, 20), 90))

    def test_after_a_renamed_number(self):
        [*_some, last] = self.make(self.rows(self.roubles, 3), core=True)
        last.move_id.name = "BANK/2026/03/0017"
        self.assertSameBooks(self.rows(self.roubles, 80, date(2026, 3, 25), 20))

    def test_with_a_gap_before(self):
        lines = self.make(self.rows(self.roubles, 5), core=True)
        lines[-2].move_id.name = lines[-2].move_id.name[:-2] + "77"
        self.assertSameBooks(self.rows(self.roubles))

    def test_a_batch_of_one_kind(self):
        self.assertSameBooks(self.rows(self.roubles, amount=Decimal("10.05")))

    def test_nothing_is_reviewed(self):
        lines = self.make(self.rows(self.roubles))
        self.assertEqual(set(lines.mapped("tochka_review")), {"new"})
        self.assertFalse(any(lines.mapped("is_reconciled")))
        self.assertEqual(set(lines.mapped("state")), {"posted"})
        review = lines.tochka_transaction_id.mapped("review")
        self.assertEqual(set(review), {"new"})

    def test_queries_do_not_grow_with_the_partners(self):
        self.need_at_once()
        counts = []
        for count in (30, 120):
            partners = self.env["res.partner"].create(
                [{"name": f"Парус {number}"} for number in range(count)]
            )
            rows = self.rows(self.roubles, count)
            values = [
                row._prepare_line() | NOTHING_FOUND | {"partner_id": partner.id}
                for row, partner in zip(rows, partners, strict=True)
            ]
            Line = self.env["account.bank.statement.line"].with_company(self.company)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines = LinesAtOnce(Line, values).make()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(lines.partner_id, partners)
            note_loaded(rows, lines)
        self.assertLess(counts[1], counts[0] + 30, counts)

    # === THE SAME CHATTER === #

    def chatter(self, lines):
        """Return the notes and the followers of entries: list of (entry, what)."""
        self.env.flush_all()
        self.env.cr.flush()  # notes on changes are written before the commit
        moves = lines.sorted("internal_index").move_id
        domain = [("res_id", "in", moves.ids)]
        notes = self.env["mail.message"].search(
            [("model", "=", "account.move"), *domain], order="res_id, id"
        )
        followers = self.env["mail.followers"].search(
            [("res_model", "=", "account.move"), *domain], order="res_id, id"
        )
        places = {move.id: place for place, move in enumerate(moves)}
        return [
            *((places[note.res_id], note.body, note.subtype_id) for note in notes),
            *((places[one.res_id], one.partner_id) for one in followers),
        ]

    def test_notes_and_followers(self):
        self.need_at_once()
        # Core subscribes a person, but not Odoo itself.
        rows = self.rows(self.roubles).with_user(self.accountant)
        with closing(self.env.cr.savepoint()):
            by_core = self.chatter(self.make(rows, core=True))
        self.assertEqual(self.chatter(self.make(rows)), by_core)

    def test_how_many_rows_come_is_not_seen(self):
        self.need_at_once()
        few = self.make(self.rows(self.roubles, FEWEST - 1), core=True)
        many = self.make(self.rows(self.roubles, FEWEST))
        self.assertEqual(self.chatter(few), self.chatter(many))

    def test_secured_entries_keep_their_notes(self):
        self.company.restrictive_audit_trail = True
        lines = self.make(self.rows(self.roubles, 3), core=True)
        noted = {place for place, *_what in self.chatter(lines)}
        self.assertEqual(noted, set(range(3)))

    # === CORE'S WAY === #

    def test_few_rows(self):
        self.assertCoreIsAsked(self.rows(self.roubles, FEWEST - 1))

    def test_a_lock_date(self):
        self.company.fiscalyear_lock_date = date(2026, 3, 5)
        rows = self.rows(self.roubles)
        self.assertCoreIsAsked(rows)
        self.assertGreater(min(rows.line_id.mapped("date")), date(2026, 3, 5))
        self.assertEqual(rows[0].date, date(2026, 3, 1))

    def test_after_a_lock_date(self):
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        self.assertSameBooks(self.rows(self.roubles))

    def test_entries_with_an_audit_trail(self):
        self.company.restrictive_audit_trail = True
        self.assertCoreIsAsked(self.rows(self.roubles))

    def test_a_patch_of_the_creation(self):
        Line = type(self.env["account.bank.statement.line"])
        rows = self.rows(self.roubles)
        with patch.object(Line, "create", Line.create):
            self.assertCoreIsAsked(rows)

    def test_an_analytic_rule(self):
        plan = self.env["account.analytic.plan"].create({"name": "Проекты"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Проект", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {
                "partner_id": self.a_partner().id,
                "analytic_distribution": {str(analytic.id): 100},
                "company_id": self.company.id,
            }
        )
        self.assertCoreIsAsked(self.rows(self.roubles))

    def test_what_differs_from_core_is_taken_back(self):
        prepared = LinesAtOnce._item

        def wrong(self, like, vals, made, item):
            return {**prepared(self, like, vals, made, item), "quantity": 2}

        with patch.object(LinesAtOnce, "_item", wrong):
            self.assertCoreIsAsked(self.rows(self.roubles))

    def failing(self, error):
        """Let making lines at once fail in its middle, with a fresh fence."""
        registry = self.env.registry
        fresh = {"_account_tochka_fence": Fence(registry)}
        self.startPatcher(patch.dict(vars(registry), fresh))
        self.startPatcher(patch.object(LinesAtOnce, "_item", side_effect=error))

    def test_any_error_is_taken_back_and_told_once(self):
        self.need_at_once()
        self.failing(KeyError("ООО Ромашка"))
        with self.assertLogs(fence.__name__, "WARNING") as logs:
            self.assertCoreIsAsked(self.rows(self.roubles))
            self.assertCoreIsAsked(self.rows(self.yuan))
        [warning] = logs.output
        self.assertIn("KeyError", warning)
        self.assertNotIn("Ромашка", warning)
        moves = self.lines(self.roubles).move_id
        self.assertFalse(any(moves.mapped("made_sequence_gap")))

    def test_an_error_of_the_database(self):
        self.need_at_once()
        self.failing(lambda *_item: self.env.cr.execute("SELECT 1 / 0"))
        with (
            mute_logger("odoo.sql_db"),
            self.assertLogs(fence.__name__, "WARNING") as logs,
        ):
            self.assertCoreIsAsked(self.rows(self.roubles))
        self.assertIn("DivisionByZero", logs.output[0])

    def test_a_lost_race_is_for_the_caller(self):
        self.need_at_once()
        self.failing(SerializationFailure())
        rows = self.rows(self.roubles)
        with self.assertRaises(SerializationFailure):
            rows._create_lines()

    # === NUMBERS AND QUERIES === #

    def test_numbers_go_on_whoever_makes_the_lines(self):
        first = date(2025, 12, 20)
        for way in (True, False, True, False):
            self.make(self.rows(self.roubles, FEWEST, first, 20), core=way)
        moves = self.lines(self.roubles).move_id
        for prefix, group in moves.grouped("sequence_prefix").items():
            self.assertEqual(
                sorted(group.mapped("sequence_number")),
                list(range(1, len(group) + 1)),
                prefix,
            )
        self.assertEqual(len(moves.grouped("sequence_prefix")), 2)
        self.assertFalse(self.roubles.journal_id.has_sequence_holes)

    def test_few_queries(self):
        self.make(self.rows(self.roubles, FEWEST))
        rows = self.rows(self.roubles, 200, days=28)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.make(rows)
        self.env.flush_all()
        self.assertLess((self.env.cr.sql_log_count - before) / len(rows), 1.5)
