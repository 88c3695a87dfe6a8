from datetime import date
from unittest.mock import patch

from odoo import api
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.register import making_lines
from .rows import RowsCase

DAY = date(2026, 10, 14)
BAD = -666.0
WHY = "This amount is not welcome here."


@tagged("post_install", "-at_install")
class TestRefusedRows(RowsCase):
    """One row that Odoo refuses waits with its reason; the others are loaded."""

    def setUp(self):
        super().setUp()
        self.Line = self.env.registry["account.bank.statement.line"]
        self.attempts = 0

    def refusing(self, reasons, error=ValidationError):
        """Return a patch that refuses statement lines, as another module may.

        :param dict reasons: {amount: words}
        """
        create = self.Line.create

        @api.model_create_multi
        def refuse(lines, vals_list):
            self.attempts += 1
            for vals in vals_list:
                if vals["amount"] in reasons:
                    raise error(reasons[vals["amount"]])
            return create(lines, vals_list)

        return patch.object(self.Line, "create", refuse)

    def ten_rows(self, *bad):
        """Put ten rows into the register, some of them of the given amounts."""
        amounts = [*bad, *(-1.0 - number for number in range(10 - len(bad)))]
        return self.env["tochka.transaction"].union(
            *(self.row(amount, purpose=f"Оплата {amount}") for amount in amounts)
        )

    def of_the_bank(self):
        truth = self.bank.truth(self.account.bank_account_id, DAY, DAY)
        return len(truth["transactions"])

    def test_nine_are_loaded_and_one_waits_with_its_reason(self):
        rows = self.ten_rows(BAD)
        bad = rows[:1]
        with self.refusing({BAD: WHY}):
            run = self.load(self.account, DAY, DAY)
        self.assertEqual((bad.state, bad.refusal), ("new", WHY))
        self.assertFalse(bad.line_id)
        self.assertEqual(set((rows - bad).mapped("state")), {"loaded"})
        self.assertFalse(any((rows - bad).mapped("refusal")))
        self.assertEqual(run.created, 9 + self.of_the_bank())
        self.assertEqual((run.state, run.refused), ("done", 1))
        self.assertIn(WHY, run.error)
        self.assertIn(self.account.display_name, run.error)
        self.assertIn("see the reason on the account: 1", run._summary()["message"])
        self.assertTrue(self.account.last_success)

    def test_the_account_shows_it_until_it_is_cured(self):
        bad = self.ten_rows(BAD)[:1]
        with self.refusing({BAD: WHY}):
            self.load(self.account, DAY, DAY)
            self.load(self.account, DAY, DAY)
        account = self.account
        account.invalidate_recordset()
        self.assertEqual((account.refused_count, account.refusals), (1, WHY))
        action = account.action_open_refused()
        self.assertEqual(self.env["tochka.transaction"].search(action["domain"]), bad)
        self.assertEqual(account.state, "attention")
        self.assertIn("did not accept some payments", account.last_error)
        self.assertEqual(len(account.activity_ids), 1)
        self.assertIn(WHY, account.activity_ids.note)
        self.assertEqual(account.activity_ids.user_id, self.administrator)
        run = self.load(account, DAY, DAY)
        account.invalidate_recordset()
        self.assertEqual((run.state, run.created, run.refused), ("done", 1, 0))
        self.assertFalse(run.error)
        self.assertEqual((bad.state, bad.refusal), ("loaded", False))
        self.assertEqual(account.refused_count, 0)
        self.assertFalse(account.refusals or account.activity_ids)
        self.assertEqual((account.state, account.last_error), ("ok", False))

    def test_each_row_has_its_own_reason(self):
        rows = self.ten_rows(-666.0, -777.0)
        with self.refusing({-666.0: WHY, -777.0: "Nor this one."}, UserError):
            self.account._make_lines()
        self.assertEqual(rows[:2].mapped("refusal"), [WHY, "Nor this one."])
        self.assertEqual(set(rows[2:].mapped("state")), {"loaded"})
        self.assertEqual(self.account.refused_count, 2)
        self.assertIn("Nor this one. (1)", self.account.refusals)

    def test_a_refusal_without_words_waits_too(self):
        rows = self.ten_rows(BAD)
        with self.refusing({BAD: " "}):
            self.account._make_lines()
        self.assertIn("does not say why", rows[:1].refusal)

    def test_those_refused_before_do_not_cost_the_others_anything(self):
        self.ten_rows(BAD)
        with self.refusing({BAD: WHY}):
            self.account._make_lines()
            self.attempts = 0
            rows = self.ten_rows()
            self.account._make_lines()
        self.assertEqual(set(rows.mapped("state")), {"loaded"})
        self.assertEqual(self.attempts, 2, "the new ones together, then the old one")

    def test_when_all_are_refused_the_run_ends(self):
        amounts = [-600.0 - number for number in range(10)]
        rows = self.ten_rows(*amounts)
        with (
            self.refusing(dict.fromkeys(amounts, WHY)),
            patch.object(making_lines, "LINES_PER_COMMIT", 4),
        ):
            self.account._make_lines()
            refused = rows.filtered("refusal")
            self.assertEqual(len(refused), 4)
            self.account._make_lines()
            self.account._make_lines()
            self.assertEqual(len(rows.filtered("refusal")), 10)
            # Those that were tried first are not the only ones tried from now on.
            self.account._make_lines()
        self.account._make_lines()
        self.assertEqual(set(rows.mapped("state")), {"loaded"})

    def test_what_is_unexpected_stops_the_account_as_before(self):
        rows = self.ten_rows(BAD)
        with (
            self.refusing({BAD: WHY}, ValueError),
            mute_logger("odoo.addons.account_tochka.models.loading.loading"),
        ):
            run = self.load(self.account, DAY, DAY)
        self.assertEqual(run.state, "failed")
        self.assertIn("ValueError", self.account.last_error)
        self.assertEqual(set(rows.mapped("state")), {"new"})
        self.assertFalse(any(rows.mapped("refusal")))

    def test_a_row_that_waits_no_more_has_no_reason(self):
        bad = self.ten_rows(BAD)[:1]
        with self.refusing({BAD: WHY}):
            self.account._make_lines()
        self.assertTrue(bad.refusal)
        self.account._fix_opening(date(2026, 10, 20), 0.0)
        self.assertEqual(bad.state, "before_opening")
        self.assertFalse(bad.refusal)
