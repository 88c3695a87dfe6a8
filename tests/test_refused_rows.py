from datetime import date
from unittest.mock import patch

import psycopg2

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

    def test_a_module_that_fails_on_one_row_costs_that_row_only(self):
        rows = self.ten_rows(BAD)
        with self.refusing({BAD: WHY}, ValueError):
            run = self.load(self.account, DAY, DAY)
        self.assertEqual((run.state, run.refused), ("done", 1))
        self.assertIn("did not accept some payments", self.account.last_error)
        self.assertEqual(
            rows[:1].refusal, f"Another module failed on it: ValueError: {WHY}"
        )
        self.assertEqual(set(rows[1:].mapped("state")), {"loaded"})

    def test_a_lost_database_is_no_refusal(self):
        self.ten_rows(BAD)
        with (
            self.refusing({BAD: WHY}, psycopg2.InterfaceError),
            mute_logger("odoo.addons.account_tochka.models.loading.loading"),
        ):
            run = self.load(self.account, DAY, DAY)
        self.assertEqual(run.state, "failed")
        self.assertFalse(self.account.refused_count)

    def test_a_row_that_waits_no_more_has_no_reason(self):
        bad = self.ten_rows(BAD)[:1]
        with self.refusing({BAD: WHY}):
            self.account._make_lines()
        self.assertTrue(bad.refusal)
        self.account._fix_opening(date(2026, 10, 20), 0.0)
        self.assertEqual(bad.state, "before_opening")
        self.assertFalse(bad.refusal)


@tagged("post_install", "-at_install")
class TestRulesOfTheDatabase(RowsCase):
    """What another module asks of the tables costs the rows that break it."""

    INN = "7700000016"

    def rows(self):
        """Return rows of three counterparties; the second one will be refused."""
        inns = ("7707083893", self.INN, "7736050003")
        return self.env["tochka.transaction"].union(
            *(
                self.row(-100.0 - place, inn=inn, partner_name=f"ООО «Фирма {inn}»")
                for place, inn in enumerate(inns)
            )
        )

    def rule(self, statement):
        self.env.flush_all()
        self.env.cr.execute(statement)

    def check_one_waits(self, rows, words):
        run = self.load(self.account, DAY, DAY)
        self.assertEqual((run.state, run.refused), ("done", 1), run.error)
        self.assertEqual(rows.mapped("state"), ["loaded", "new", "loaded"])
        self.assertIn(words, rows[1].refusal)
        for sql in (
            "constraint",
            "relation",
            "violates",
            "INSERT",
            "DETAIL",
            "psycopg",
        ):
            self.assertNotIn(sql, rows[1].refusal)
        self.assertEqual(self.account.refused_count, 1)
        self.assertIn("did not accept some payments", self.account.last_error)

    def test_a_unique_inn(self):
        # The known contact is archived, so nobody is found by it.
        self.partner.write({"vat": self.INN, "name": "Совсем другие", "active": False})
        self.env["res.partner"].search([("vat", "=", self.INN)])
        rows = self.rows()
        self.partner.country_id = self.env.ref("base.de")
        self.rule("CREATE UNIQUE INDEX ON res_partner (vat) WHERE vat IS NOT NULL")
        self.check_one_waits(
            rows, f"Contact: there is one already with Tax ID: {self.INN}"
        )

    def test_a_required_field(self):
        rows = self.rows()
        self.rule(
            "ALTER TABLE res_partner ADD CHECK"
            f" (vat IS DISTINCT FROM '{self.INN}' OR city IS NOT NULL)"
        )
        self.check_one_waits(rows, "Contact: the rule “res_partner_check")

    def test_a_field_that_has_to_be_filled_in_refuses_all_in_words(self):
        rows = self.rows()
        self.rule("ALTER TABLE account_bank_statement_line ADD novelty text NOT NULL")
        run = self.load(self.account, DAY, DAY)
        self.assertEqual(run.state, "done")
        self.assertEqual(set(rows.mapped("state")), {"new"})
        self.assertIn("the field “novelty” has to be filled in", rows[0].refusal)

    def test_a_trigger_that_raises(self):
        rows = self.rows()
        self.rule(
            "CREATE FUNCTION no_such_account() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN IF NEW.vat = '{self.INN}' THEN RAISE EXCEPTION 'Чёрный список';"
            " END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER no_such BEFORE INSERT ON res_partner"
            " FOR EACH ROW EXECUTE FUNCTION no_such_account()"
        )
        self.check_one_waits(rows, "The database does not accept it: Чёрный список")

    def test_a_constraint_on_bank_accounts(self):
        create = self.env.registry["res.partner.bank"].create
        rows = self.rows()
        number = "40702810300000000001"
        rows[1].write({"account_number": number, "partner_bic": "044525225"})

        @api.model_create_multi
        def refuse(banks, vals_list):
            if any(v.get("partner_id") for v in vals_list):
                # Words of another module.
                reason = "No accounts of strangers."
                raise ValidationError(reason)
            return create(banks, vals_list)

        known = "40702810938000000001"
        with (
            patch.object(self.env.registry["res.partner.bank"], "create", refuse),
            patch(
                "odoo.addons.account_tochka.models.recognition.counterparties.account_fits",
                lambda account, _bic: account in (number, known),
            ),
        ):
            self.check_one_waits(rows, "No accounts of strangers.")

    def test_a_journal_whose_entries_are_hashed_refuses_all_in_its_words(self):
        rows = self.rows()
        self.account.journal_id.restrict_mode_hash_table = True
        run = self.load(self.account, DAY, DAY)
        self.assertEqual((run.state, run.created), ("done", 0))
        self.assertIn("inalterability", rows[0].refusal)
        self.account.journal_id.restrict_mode_hash_table = False
        run = self.load(self.account, DAY, DAY)
        self.assertEqual((run.state, run.refused), ("done", 0), run.error)
        self.assertEqual(set(rows.mapped("state")), {"loaded"})

    def test_a_contact_another_process_made_is_used_after_a_new_start(self):
        rows = self.rows()
        create, tries = self.env.registry["res.partner"].create, []

        @api.model_create_multi
        def lose_once(partners, vals_list):
            tries.append(len(vals_list))
            if len(tries) == 1:
                raise psycopg2.errors.UniqueViolation("made elsewhere")
            return create(partners, vals_list)

        with patch.object(self.env.registry["res.partner"], "create", lose_once):
            run = self.load(self.account, DAY, DAY)
        self.assertEqual((run.state, run.refused), ("done", 0), run.error)
        self.assertEqual(set(rows.mapped("state")), {"loaded"})
        self.assertEqual(tries[0], tries[1], "all together once more, not in halves")
