import logging
from unittest.mock import patch

from psycopg2 import errors

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from ..models.cash_flow import matching
from ..models.cash_flow.pattern import bounded
from ..models.recognition.items import decide_items
from ..models.recognition.recognised import NOTHING_FOUND
from .rows import PERSON_ACCOUNT, RowsCase

_MODELS = "odoo.addons.account_tochka.models"
_LIMIT = f"{_MODELS}.cash_flow.pattern.MILLISECONDS"
# Backtracks for so long that the time limit of a pattern is reached.
SLOW = r"((а?){1,40}){1,40}x"
GREEDY = r"(.{1,200}а){1,200}"


@tagged("post_install", "-at_install")
class TestRuleConditions(RowsCase):
    def setUp(self):
        super().setUp()
        self.env["cash.flow.rule"].search([]).active = False

    def _check(self, yes, no, **conditions):
        conditions = {"label": "Matched", "cash_flow_item_id": False, **conditions}
        rule = self.rule(**conditions)
        both = rule._first_of((yes | no).ids)
        self.assertEqual(both, {yes.id: rule})
        self.assertEqual(
            (yes | no).search(rule._domain() & _among(yes | no)),
            yes,
        )

    def test_direction(self):
        self._check(self.row(5), self.row(-5), direction="in")
        self._check(self.row(-5), self.row(5), direction="out")

    def test_counterparty_and_its_contacts(self):
        contact = self.env["res.partner"].create(
            {"name": "Контакт", "parent_id": self.partner.id}
        )
        other = self.env["res.partner"].create({"name": "Другой"})
        self._check(
            self.row(partner_id=contact.id),
            self.row(partner_id=other.id),
            partner_ids=self.partner.ids,
        )

    def test_partner_tags(self):
        tag = self.env["res.partner.category"].create({"name": "Арендодатели"})
        self.partner.category_id = tag
        self._check(
            self.row(partner_id=self.partner.id), self.row(), partner_tag_ids=tag.ids
        )

    def test_words_are_compared_without_capitals_signs_and_line_breaks(self):
        self._check(
            self.row(purpose="По договору\n№ 12/А  за  Счёт-фактуру"),
            self.row(purpose="За доску"),
            purpose_words="счет фактур\nнет такого",
        )

    def test_a_word_is_matched_from_its_beginning(self):
        self._check(
            self.row(purpose="За аренду офиса"),
            self.row(purpose="За субаренду офиса"),
            purpose_words="аренд",
        )

    def test_a_word_in_quotes_is_matched_whole(self):
        self._check(
            self.row(purpose="Зачисление СБП"),
            self.row(purpose="Зачисление СБПшек"),
            purpose_words="«сбп»",
        )

    def test_anything_may_stand_between_words(self):
        self._check(
            self.row(purpose="Возврат части денежного займа"),
            self.row(purpose="Займ, возврат"),
            purpose_words="возврат … займ",
        )
        self._check(
            self.row(purpose="YANDEX*5815*GO"),
            self.row(purpose="YANDEX*5815*GOROD"),
            purpose_words='"yandex … go"',
        )

    def test_words_that_must_not_be_there(self):
        self._check(
            self.row(purpose="Страховая премия"),
            self.row(purpose="Премия за квартал, страховая не при чём"),
            purpose_words="страхов",
            purpose_not_words="за квартал",
        )

    def test_name_and_payee(self):
        self._check(
            self.row(partner_name='АО "Быстрая Телега"'),
            self.row(),
            party_words="телега",
        )
        self._check(self.row(payee="KOFEJNYA ZERNO"), self.row(), party_words="kofe")

    def test_pattern(self):
        self._check(
            self.row(purpose="Оплата\nпо Счету № К-12"),
            self.row(purpose="Оплата по счету № 12"),
            purpose_pattern=r"по счету № [а-я]-\d+$",
        )

    def test_amounts_of_either_sign(self):
        self._check(self.row(-150), self.row(-99.99), amount_from=100)
        self._check(self.row(150), self.row(200.01), amount_to=200)
        self._check(self.row(-200), self.row(-200.01), amount_from=200, amount_to=200)

    def test_operation_type(self):
        self._check(
            self.row(type_code="Банковский ордер"),
            self.row(),
            type_code="Банковский ордер",
        )

    def test_own_account(self):
        other = self.connection.account_ids.filtered(lambda one: one != self.account)
        self._check(
            self.row(),
            self.row(account_id=other[0].id),
            account_ids=self.account.ids,
        )

    def test_counterpartys_account(self):
        self._check(
            self.row(account_number=PERSON_ACCOUNT),
            self.row(),
            account_prefixes="40817, 40820",
        )

    def test_budget_code(self):
        self._check(
            self.row(kbk="18201061201010000510"),
            self.row(kbk="79710212000061000160"),
            kbk="153, 182",
        )

    def test_company(self):
        other = self._make_company("Другие книги")
        mine, its = self.row(), self.row(company_id=other.id)
        rule = self.rule(direction="out", label="L")
        self.assertEqual(rule._first_of((mine | its).ids), {mine.id: rule})
        rule.company_id = False
        self.assertEqual(len(rule._first_of((mine | its).ids)), 2)

    def test_all_conditions_must_fit(self):
        self._check(
            self.row(-10, purpose="Аренда"),
            self.row(-11, purpose="Аренда"),
            purpose_words="аренда",
            amount_to=10,
        )

    def test_an_item_is_never_put_on_the_other_direction(self):
        self._check(
            self.row(-10, purpose="Аренда"),
            self.row(10, purpose="Аренда"),
            purpose_words="аренда",
            cash_flow_item_id=self.item("out_rent").id,
        )


def _among(rows):
    return Domain("id", "in", rows.ids)


@tagged("post_install", "-at_install")
class TestRuleChecks(RowsCase):
    def _refused(self, words, **values):
        with self.assertRaisesRegex(ValidationError, words):
            self.rule(**{"label": "L", **values})

    def test_what_makes_no_sense_is_refused(self):
        rent = self.item("out_rent").id
        self._refused("no condition")
        self._refused("sets nothing", direction="in", label=False)
        self._refused("above the greatest", amount_from=2, amount_to=1)
        self._refused("no sign", amount_from=-2)
        self._refused("other direction", direction="in", cash_flow_item_id=rent)
        self._refused("digits only", kbk="182x")
        self._refused("digits only", account_prefixes="40817-40820")
        self._refused("signs only", purpose_words="аренда\n№")
        self._refused("signs only", purpose_words=" \n")

    def test_the_list_shows_a_few_words(self):
        rule = self.rule(purpose_words="one\ntwo\nthree\nfour", label="L")
        self.assertEqual(rule.words_in_short, "one, two, three, four")
        rule.purpose_words += "\nfive"
        self.assertEqual(rule.words_in_short, "one, two, three, four, …")

    def test_blank_lines_between_words_do_no_harm(self):
        rule = self.rule(purpose_words="аренда\n\n офис \n", label="L")
        row = self.row(purpose="Офис") | self.row(purpose="Склад")
        self.assertEqual(rule._first_of(row.ids), {row[0].id: rule})

    def test_broken_patterns_are_refused_by_their_mistake(self):
        self._refused("parenthesis", purpose_pattern="(аренда")
        self._refused("square bracket", purpose_pattern="[аренда")
        self._refused("nothing to repeat", purpose_pattern="*аренда")
        self._refused("refers back", purpose_pattern=r"(а)\1")
        self._refused("too long", purpose_pattern="а" * 201)

    def test_two_backslashes_are_no_reference(self):
        self.assertTrue(self.rule(purpose_pattern="а\\\\1", label="L"))

    def test_a_pattern_that_takes_too_long_is_refused(self):
        with patch(_LIMIT, 100):
            self._refused("takes too long", purpose_pattern=SLOW)
            self._refused("takes too long", purpose_pattern=GREEDY)
        self.env.cr.execute("SHOW statement_timeout")
        self.assertEqual(self.env.cr.fetchone(), ("0",))

    def test_a_rule_out_of_time_is_skipped_and_marked(self):
        slow = self.rule(purpose_pattern="доска", label="Slow", sequence=1)
        quick = self.rule(purpose_words="доска", label="Quick", sequence=2)
        row = self.row(purpose="доска")
        with patch.object(
            matching, "batch_query", lambda rules, ids: _sleep(rules, ids, slow)
        ):
            with (
                patch(_LIMIT, 50),
                self.assertLogs(f"{_MODELS}.cash_flow.matching", "WARNING"),
            ):
                self.assertEqual((slow | quick)._first_of(row.ids), {row.id: quick})
        self.assertTrue(slow.slow_on)
        self.assertFalse(quick.slow_on)
        slow.purpose_pattern = "доски"
        self.assertFalse(slow.slow_on)
        self.env.cr.execute("SHOW statement_timeout")
        self.assertEqual(self.env.cr.fetchone(), ("0",))

    def test_the_time_limit_is_real(self):
        with (
            patch(_LIMIT, 20),
            self.assertRaises(errors.QueryCanceled),
            mute_logger("odoo.sql_db"),
            bounded(self.env.cr),
        ):
            self.env.cr.execute("SELECT pg_sleep(5)")


def _sleep(rules, ids, slow):
    if slow in rules:
        return SQL("SELECT 1, 0 FROM pg_sleep(5)")
    return SQL("SELECT %s, 0", ids[0])


@tagged("post_install", "-at_install")
class TestRulesAtWork(RowsCase):
    def setUp(self):
        super().setUp()
        self.env["cash.flow.rule"].search([]).active = False
        self.rent, self.office = self.item("out_rent"), self.item("out_office")

    def _found(self, row, **more):
        found = {row: {**NOTHING_FOUND, **more}}
        decide_items(row, found)
        return found[row]

    def test_the_first_rule_wins_and_says_so(self):
        self.rule(sequence=2, purpose_words="офис", cash_flow_item_id=self.rent.id)
        first = self.rule(
            sequence=1, purpose_words="офис", cash_flow_item_id=self.office.id
        )
        found = self._found(self.row(purpose="офис"))
        self.assertEqual(
            found,
            {
                **NOTHING_FOUND,
                "cash_flow_item_id": self.office.id,
                "cash_flow_rule_id": first.id,
                "tochka_item_source": "rule",
            },
        )

    def test_memory_goes_between_certain_and_general_rules(self):
        general = self.rule(
            general=True, purpose_words="офис", cash_flow_item_id=self.rent.id
        )
        row = self.row(purpose="офис", partner_id=self.partner.id)
        self.assertEqual(self._found(row)["cash_flow_rule_id"], general.id)
        self.env["cash.flow.memory"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.partner.id,
                "direction": "out",
                "cash_flow_item_id": self.office.id,
            }
        )
        found = self._found(row)
        self.assertEqual(
            (found["cash_flow_item_id"], found["tochka_item_source"]),
            (self.office.id, "memory"),
        )
        self.assertFalse(found["cash_flow_rule_id"])
        general.general = False
        self.assertEqual(self._found(row)["cash_flow_item_id"], self.rent.id)

    def test_own_transfers_get_nothing_from_general_rules(self):
        rule = self.rule(
            general=True, purpose_words="офис", cash_flow_item_id=self.rent.id
        )
        row = self.row(purpose="офис")
        self.assertFalse(self._found(row, tochka_is_transfer=True)["cash_flow_item_id"])
        rule.general = False
        self.assertTrue(self._found(row, tochka_is_transfer=True)["cash_flow_item_id"])

    def test_what_a_rule_sets(self):
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        one, two = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("One", "Two")]
        )
        self.rent.analytic_distribution = {str(one.id): 100}
        rule = self.rule(
            purpose_words="офис",
            cash_flow_item_id=self.rent.id,
            partner_id=self.partner.id,
            label="Rent of the office",
        )
        row = self.row(purpose="офис")
        expected = {
            "partner_id": self.partner.id,
            "cash_flow_item_id": self.rent.id,
            "tochka_analytic_distribution": {str(one.id): 100},
            "tochka_payee": False,
            "tochka_partner_source": "rule",
            "tochka_item_source": "rule",
            "cash_flow_rule_id": rule.id,
            "tochka_is_transfer": False,
            "payment_ref": "Rent of the office",
        }
        self.assertEqual(self._found(row), expected)
        self.assertEqual(row.partner_id, self.partner)
        rule.analytic_distribution = {str(two.id): 100}
        line = self.book(row)
        self.assertEqual(line.payment_ref, "Rent of the office")
        self.assertEqual(line.partner_id, self.partner)
        self.assertEqual(line.tochka_analytic_distribution, {str(two.id): 100})

    def test_a_counterparty_found_by_inn_is_surer_than_the_rules(self):
        other = self.env["res.partner"].create({"name": "Другой"})
        self.rule(purpose_words="офис", partner_id=self.partner.id)
        row = self.row(purpose="офис")
        for source, partner in (("inn", other), ("name", self.partner)):
            found = self._found(row, partner_id=other.id, tochka_partner_source=source)
            self.assertEqual(found["partner_id"], partner.id)

    def test_what_belongs_to_other_companies_is_not_used(self):
        other = self._make_company("Другие книги")
        its_item = self.rent.copy({"company_id": other.id})
        shared = self.rule(
            purpose_words="офис", company_id=False, cash_flow_item_id=self.rent.id
        )
        shared.cash_flow_item_id.company_id = other
        its = self.rule(
            purpose_words="офис", company_id=other.id, cash_flow_item_id=its_item.id
        )
        self.assertEqual(self._found(self.row(purpose="офис")), NOTHING_FOUND)
        self.partner.company_id = other
        its.write({"company_id": False, "cash_flow_item_id": False, "label": "L"})
        its.partner_id = self.partner
        found = self._found(self.row(purpose="офис"))
        self.assertEqual((found["partner_id"], found["payment_ref"]), (False, "L"))

    def test_archived_items_are_not_set(self):
        self.rule(purpose_words="офис", cash_flow_item_id=self.rent.id)
        self.rent.active = False
        self.assertEqual(self._found(self.row(purpose="офис")), NOTHING_FOUND)

    def test_a_trusted_payment_is_confirmed_by_itself(self):
        self.rule(
            purpose_words="офис", cash_flow_item_id=self.rent.id, auto_confirm=True
        )
        rows = self.row(purpose="офис") | self.row(purpose="доска")
        lines = self.book(rows)
        self.assertEqual(lines.mapped("tochka_review"), ["confirmed", "new"])

    def test_an_open_question_keeps_it_new(self):
        rule = self.rule(purpose_words="офис", cash_flow_item_id=self.rent.id)
        lines = self.book(
            self.row(purpose="офис")
            | self.row(purpose="офис")
            | self.row(purpose="офис")
        )
        rule.auto_confirm = True
        double, changed, plain = lines
        double.tochka_duplicate_id = plain
        changed.tochka_transaction_id.sudo().bank_change = "Another purpose"
        lines.tochka_transaction_id._confirm_by_rules()
        self.assertEqual(
            (double | changed | plain).mapped("tochka_review"),
            ["new", "new", "confirmed"],
        )

    def test_what_cannot_be_confirmed_stays_new_and_the_rest_is_confirmed(self):
        rule = self.rule(purpose_words="офис", cash_flow_item_id=self.rent.id)
        lines = self.book(self.row(purpose="офис") | self.row(purpose="офис"))
        rule.auto_confirm = True
        bad = lines[0]
        Line = self.env.registry["account.bank.statement.line"]
        confirm = Line._confirm_together

        def refusing(lines):
            if bad in lines:
                raise UserError(bad.payment_ref)
            return confirm(lines)

        with (
            patch.object(Line, "_confirm_together", refusing),
            self.assertLogs(
                "odoo.addons.account_tochka.models.recognition.trusted",
                logging.INFO,
            ),
        ):
            lines.tochka_transaction_id._confirm_by_rules()
        self.assertEqual(bad.tochka_review, "new")
        self.assertEqual((lines - bad).tochka_review, "confirmed")

    def test_a_failure_to_confirm_keeps_what_was_loaded(self):
        self.rule(direction="out", cash_flow_item_id=self.rent.id, auto_confirm=True)
        Line = self.env.registry["account.bank.statement.line"]
        with (
            patch.object(Line, "_confirm_together", side_effect=ValueError),
            mute_logger("odoo.addons.account_tochka.models.loading.loading"),
        ):
            run = self.load(self.account)
        lines = self.lines(self.account)
        self.assertEqual(len(lines), run.created)
        self.assertTrue(lines.filtered("cash_flow_rule_id"))
        self.assertEqual(set(lines.mapped("tochka_review")), {"new"})
        self.assertEqual(run.state, "failed")
        self.assertIn("ValueError", self.account.last_error)

    def test_what_is_loaded_is_confirmed_by_its_rule(self):
        self.rule(direction="out", cash_flow_item_id=self.rent.id, auto_confirm=True)
        run = self.load(self.account)
        self.assertEqual(run.state, "done", run.error)
        lines = self.lines(self.account)
        trusted = lines.filtered(lambda line: line.cash_flow_rule_id)
        self.assertTrue(trusted and lines - trusted)
        self.assertEqual(set(trusted.mapped("tochka_review")), {"confirmed"})
        self.assertEqual(set((lines - trusted).mapped("tochka_review")), {"new"})

    def test_the_number_of_queries_does_not_grow_with_the_payments(self):
        self.env["cash.flow.rule"].with_context(active_test=False).search(
            []
        ).active = True
        counts = []
        for number in (50, 400):
            rows = self.env["tochka.transaction"].union(
                *(self.row(-1.0 - at, f"офис {at % 7} аренда") for at in range(number))
            )
            self._warm(rows)
            before = self.cr.sql_log_count
            found = {row: dict(NOTHING_FOUND) for row in rows}
            decide_items(rows, found)
            counts.append(self.cr.sql_log_count - before)
            self.assertTrue(all(one["cash_flow_item_id"] for one in found.values()))
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 12)

    def _warm(self, rows):
        self.env.flush_all()
        decide_items(rows[:1], {rows[:1]: dict(NOTHING_FOUND)})
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestRulePreview(RowsCase):
    def setUp(self):
        super().setUp()
        self.env["cash.flow.rule"].search([]).active = False
        self.rent, self.office = self.item("out_rent"), self.item("out_office")
        purposes = ("аренда офиса", "аренда склада", "аренда офиса", "доска")
        self.lines = self.book(
            self.env["tochka.transaction"].union(
                *(self.row(-5.0 - at, one) for at, one in enumerate(purposes))
            )
        )
        self.one, self.two, self.three, self.four = self.lines.sorted("id")
        self.accounts = self.env["cash.flow.rule"].with_user(self.accountant)

    def test_an_unsaved_rule_shows_what_it_would_touch(self):
        self.three.action_tochka_confirm()
        self.two.cash_flow_item_id = self.office
        with Form(self.accounts) as form:
            form.name = "Rent"
            self.assertEqual((form.match_count, form.new_match_count), (0, 0))
            form.purpose_words = "аренд"
            self.assertEqual((form.match_count, form.new_match_count), (3, 1))
            form.cash_flow_item_id = self.rent
        rule = form.record
        self.assertEqual(rule.new_match_ids, self.one)

    def test_a_broken_pattern_is_told_before_saving(self):
        form = Form(self.accounts)
        form.name = "Rent"
        form.purpose_pattern = "(аренда"
        self.assertIn("parenthesis", form.problem)
        self.assertEqual(form.match_count, 0)
        form.purpose_pattern = "аренда (офиса|склада)"
        self.assertFalse(form.problem)
        self.assertEqual(form.match_count, 3)

    def test_applying_decides_new_payments_only_and_once(self):
        self.three.action_tochka_confirm()
        self.two.cash_flow_item_id = self.office
        rule = self.accounts.create(
            {"name": "R", "purpose_words": "аренд", "cash_flow_item_id": self.rent.id}
        )
        self.assertIn("1", rule.action_apply()["params"]["message"])
        self.assertEqual(
            [line.cash_flow_item_id for line in (self.one, self.two, self.three)],
            [self.rent, self.office, self.env["cash.flow.item"]],
        )
        self.assertEqual(
            (self.one.tochka_item_source, self.one.cash_flow_rule_id), ("rule", rule)
        )
        self.assertIn("0", rule.action_apply()["params"]["message"])
        self.assertFalse(
            self.env["cash.flow.memory"]
            .search([])
            .filtered(lambda one: one.cash_flow_item_id == self.rent)
        )

    def test_rules_of_another_company_are_not_seen(self):
        other = self._make_company("Другие книги")
        its = self.rule(direction="out", label="L", company_id=other.id)
        with self.assertRaises(AccessError):
            its.with_user(self.accountant).action_apply()
        self.assertNotIn(its, self.accounts.search([]))
        self.assertEqual(its.new_match_count, 0)

    def test_an_earlier_rule_keeps_what_it_won(self):
        self.rule(sequence=1, purpose_words="склад", cash_flow_item_id=self.office.id)
        rule = self.rule(
            sequence=2, purpose_words="аренд", cash_flow_item_id=self.rent.id
        )
        self.assertEqual(rule.new_match_ids.sorted("id"), self.one | self.three)
        rule.action_apply()
        self.assertFalse(self.two.cash_flow_item_id)

    def test_the_rules_partner_reaches_line_entry_and_register(self):
        rule = self.rule(purpose_words="доска", partner_id=self.partner.id)
        rule.with_user(self.accountant).action_apply()
        self.assertEqual(
            (
                self.four.partner_id,
                self.four.move_id.line_ids.partner_id,
                self.four.tochka_transaction_id.partner_id,
                self.four.tochka_partner_source,
            ),
            (self.partner, self.partner, self.partner, "rule"),
        )
