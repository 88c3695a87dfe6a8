from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import TochkaCase

DAY = date(2026, 10, 12)
NUMBER, ACCOUNT, NAME = "4177", "40702810000000000777", 'ООО "Ромашка-Пример"'
PURPOSE = "Оплата по счёту № 15 от 01.10.2026,  без НДС"
NOTHING_ALIKE = {"payment_ref": "Набрано руками"}


class DuplicateCase(TochkaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.choose(cls)
        cls.journal = cls.account.journal_id
        cls.customer = cls.env["res.partner"].create(
            {"name": "Ромашка", "is_company": True}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Бухгалтерия", "parent_id": cls.customer.id}
        )
        cls.env["res.partner.bank"].create(
            {"acc_number": ACCOUNT, "partner_id": cls.customer.id}
        )
        cls.serial = 0

    def typed(self, amount=500, day=DAY, **more):
        """Enter a line the way a person or another tool does."""
        values = {
            "journal_id": self.journal.id,
            "date": day,
            "amount": amount,
            "payment_ref": f"Оплата {NUMBER}",
            **more,
        }
        return self.env["account.bank.statement.line"].create(values)

    def row(self, amount=500, day=DAY, **more):
        """Create a row of the register and its line."""
        type(self).serial += 1
        values = {
            "transaction_key": f"t-{self.serial}",
            "date": day,
            "amount": Decimal(str(amount)),
            "purpose": PURPOSE,
            "document_number": NUMBER,
            "type_code": "Платежное поручение",
            "partner_name": NAME,
            "account_number": ACCOUNT,
            "partner_bic": "044525225",
            **more,
        }
        Transaction = self.env["tochka.transaction"]
        Transaction._insert(self.account, [values])
        return Transaction.search([("transaction_key", "=", f"t-{self.serial}")])

    def loaded(self, *args, **more):
        row = self.row(*args, **more)
        self.account._make_lines()
        return row.line_id

    def books(self, line):
        """Return every column of the items of a line's entry, and of the entry."""
        self.env.flush_all()
        move = line.move_id.id
        self.env.cr.execute(
            "SELECT * FROM account_move_line WHERE move_id = %s ORDER BY id", [move]
        )
        items = self.env.cr.dictfetchall()
        self.env.cr.execute("SELECT * FROM account_move WHERE id = %s", [move])
        return items, self.env.cr.dictfetchall()

    def message(self, action):
        return action["params"]["message"]


@tagged("post_install", "-at_install")
class TestDuplicateCandidates(DuplicateCase):
    def assertFound(self, typed, **more):
        self.assertEqual(self.loaded(**more).tochka_duplicate_id, typed)

    def assertNotFound(self, **more):
        self.assertFalse(self.loaded(**more).tochka_duplicate_id)

    def test_the_amount_and_the_day_alone_are_not_enough(self):
        self.typed(**NOTHING_ALIKE)
        self.assertNotFound()

    def test_by_the_document_number(self):
        typed = self.typed(ref=NUMBER, **NOTHING_ALIKE)
        self.assertFound(typed)

    def test_by_the_document_number_in_the_label(self):
        typed = self.typed(payment_ref=f"п/п №{NUMBER}.")
        self.assertFound(typed)

    def test_a_part_of_another_number_is_no_document_number(self):
        for number, label in (
            (NUMBER, f"п/п {NUMBER}5"),
            ("10", "от 12.10.2026"),
            ("10", "10,50 руб."),
            ("26", "договор 15-26"),
        ):
            with self.subTest(label):
                self.typed(payment_ref=label)
                self.assertNotFound(document_number=number)

    def test_by_the_partner(self):
        typed = self.typed(partner_id=self.contact.id, **NOTHING_ALIKE)
        self.assertFound(typed)

    def test_another_partner_is_no_sign(self):
        other = self.env["res.partner"].create({"name": "Чужой", "is_company": True})
        self.typed(partner_id=other.id, **NOTHING_ALIKE)
        self.assertNotFound()

    def test_by_the_account(self):
        typed = self.typed(account_number="40702 810 0 0000 0000777", **NOTHING_ALIKE)
        self.assertFound(typed)

    def test_by_the_name(self):
        for more in (
            {"partner_name": "РОМАШКА ПРИМЕР, ООО", **NOTHING_ALIKE},
            {
                "partner_name": "Общество с ограниченной ответственностью"
                " «Ромашка-Пример»",
                **NOTHING_ALIKE,
            },
            {"payment_ref": "От Ромашка-Пример за доски"},
        ):
            with self.subTest(more):
                self.assertFound(self.typed(**more))

    def test_by_the_name_without_whatever_legal_form_it_has(self):
        typed = self.typed(partner_name="Маяк-Пример", **NOTHING_ALIKE)
        self.assertFound(typed, partner_name="ФГУП «МАЯК-ПРИМЕР»", account_number=None)

    def test_another_name_is_no_sign(self):
        self.typed(partner_name='ООО "Василёк"', **NOTHING_ALIKE)
        self.assertNotFound()

    def test_by_the_purpose(self):
        typed = self.typed(payment_ref="ОПЛАТА ПО СЧЕТУ №15 ОТ 01.10.2026 БЕЗ НДС")
        self.assertFound(typed, document_number=None)

    def test_amount_direction_day_and_journal_have_to_fit(self):
        other = self.env["account.journal"].create(
            {
                "name": "Другой",
                "type": "bank",
                "code": "OTH",
                "company_id": self.company.id,
            }
        )
        self.typed(-500)
        self.typed(500.01)
        self.typed(day=DAY + timedelta(days=6))
        self.typed(day=DAY - timedelta(days=6))
        self.typed(journal_id=other.id)
        self.assertNotFound()
        typed = self.typed(day=DAY + timedelta(days=5))
        self.assertFound(typed)

    def test_more_signs_win_over_the_nearer_day(self):
        self.typed()
        typed = self.typed(day=DAY + timedelta(days=3), partner_name=NAME)
        self.assertFound(typed)

    def test_the_nearer_day_wins(self):
        self.typed(day=DAY - timedelta(days=2))
        typed = self.typed(day=DAY + timedelta(days=1))
        self.assertFound(typed)

    def test_twins_are_proposed_one_by_one(self):
        typed = self.typed() | self.typed()
        rows = self.row() | self.row() | self.row()
        self.account._make_lines()
        found = [row.line_id.tochka_duplicate_id for row in rows.sorted("id")]
        self.assertEqual(found, [typed[0], typed[1], typed.browse()])
        # A later payment does not take a line that is proposed to an earlier one.
        self.assertNotFound()

    def test_lines_of_the_bank_are_no_candidates(self):
        self.loaded()
        self.assertNotFound()

    def test_the_opening_balance_stays_apart(self):
        before = self.typed()
        self.account._fix_opening(DAY + timedelta(days=1), 500 + 500)
        opening = self.account.opening_line_id
        self.assertEqual(opening.amount, 500)
        row = self.row(day=DAY + timedelta(days=1), document_number="1")
        opening.partner_name = NAME
        self.account._make_lines()
        self.assertTrue(before.exists() and row.line_id)
        self.assertFalse(row.line_id.tochka_duplicate_id)

    def test_a_restored_payment_is_compared_again(self):
        line = self.loaded()
        row = line.tochka_transaction_id
        line.action_tochka_reject()
        typed = self.typed()
        row.action_restore()
        self.assertEqual(row.line_id.tochka_duplicate_id, typed)

    def test_a_candidate_that_goes_leaves_the_payment_free(self):
        typed = self.typed()
        line = self.loaded()
        typed.unlink()
        line.invalidate_recordset()
        self.assertFalse(line.tochka_duplicate_id)

    def test_queries_do_not_grow_with_the_rows(self):
        counts = []
        for number in (50, 400):
            rows = self.env["tochka.transaction"]
            for place in range(number):
                self.typed(number * 1000 + place)
                rows |= self.row(number * 1000 + place)
            self.account._make_lines()
            self.assertEqual(len(rows.line_id.tochka_duplicate_id), number)
            rows.line_id.tochka_duplicate_id = False
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows._find_duplicates()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(rows.line_id.tochka_duplicate_id), number)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestMerge(DuplicateCase):
    def invoiced(self, line):
        """Pay an invoice with a line typed by hand, as a reconciliation tool does."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "invoice_date": DAY,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Доски", "price_unit": line.amount, "tax_ids": []}
                    )
                ],
            }
        )
        invoice.action_post()
        due = invoice.line_ids.filtered(lambda i: i.account_id.reconcile)
        _liquidity, suspense, _others = line._seek_for_lines()
        suspense.write(
            {"account_id": due.account_id.id, "partner_id": self.customer.id}
        )
        (suspense | due).reconcile()
        return invoice

    def test_the_line_entered_before_keeps_its_entry_and_its_invoice(self):
        typed = self.typed(day=DAY - timedelta(days=2), partner_id=self.customer.id)
        invoice = self.invoiced(typed)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        before = self.books(typed)
        kept = typed.date, typed.payment_ref, typed.partner_id, typed.is_reconciled
        line = self.loaded()
        row, move = line.tochka_transaction_id, line.move_id
        self.assertEqual(line.tochka_duplicate_id, typed)

        action = line.with_user(self.accountant).action_tochka_merge()

        self.assertEqual(action["params"]["type"], "success")
        self.assertIn(": 1.", self.message(action))
        self.assertFalse(line.exists() or move.exists())
        self.assertEqual(self.books(typed), before)
        self.assertEqual(
            (typed.date, typed.payment_ref, typed.partner_id, typed.is_reconciled), kept
        )
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(typed.tochka_transaction_id, row)
        self.assertEqual((row.state, row.line_id), ("duplicate", typed))
        self.assertEqual((typed.tochka_review, row.review), ("confirmed", "duplicate"))
        self.assertEqual(row.decided_by, self.accountant)
        self.assertTrue(row.decided_on)

    def test_an_entry_that_is_not_posted_takes_no_payment(self):
        for state in ("draft", "cancel"):
            with self.subTest(state):
                typed = self.typed()
                line = self.loaded()
                self.assertEqual(line.tochka_duplicate_id, typed)
                typed.move_id.button_draft()
                if state == "cancel":
                    typed.move_id.button_cancel()
                self.assertEqual(typed.move_id.state, state)
                message = self.message(line.action_tochka_merge())
                self.assertIn(": 0.", message)
                self.assertIn("is not posted", message)
                self.assertTrue(line.exists())
                self.assertFalse(typed.tochka_transaction_id)

    def test_recognising_again_leaves_merged_payments(self):
        typed = self.typed()
        typed.move_id.checked = False
        line = self.loaded()
        line.action_tochka_merge()
        self.assertEqual(typed.tochka_review, "new")
        self.env["cash.flow.rule"].create(
            {"name": "R", "sequence": 1, "direction": "in", "label": "By the rule"}
        )
        action = typed.with_user(self.accountant).action_tochka_recognise()
        self.assertEqual(self.message(action), "Payments changed: 0.")
        self.assertEqual(
            (typed.payment_ref, typed.tochka_item_source), (f"Оплата {NUMBER}", False)
        )

    def test_pressed_twice(self):
        typed = self.typed()
        line = self.loaded()
        row = line.tochka_transaction_id
        line.action_tochka_merge()
        decided = row.decided_on
        self.assertIn(": 0.", self.message(line.action_tochka_merge()))
        self.assertIn(": 0.", self.message(typed.action_tochka_merge()))
        self.assertEqual((row.line_id, row.decided_on), (typed, decided))

    def test_one_that_was_not_reviewed_is_new(self):
        typed = self.typed()
        typed.move_id.checked = False
        line = self.loaded()
        row = line.tochka_transaction_id
        line.action_tochka_merge()
        self.assertEqual((typed.tochka_review, row.review), ("new", "new"))
        self.assertEqual(self.account.new_count, 1)
        typed.move_id.checked = True
        self.assertEqual((typed.tochka_review, row.review), ("confirmed", "duplicate"))

    def test_the_balance_holds(self):
        self.typed()
        self.typed(-200, payment_ref=f"Оплата {NUMBER}")
        rows = self.row() | self.row(-200)
        self.account._make_lines()
        self.assertEqual(self.account._balance_in_books(), 600)
        rows.line_id.action_tochka_merge()
        self.account.sudo().write({"bank_balance": 300, "bank_balance_date": DAY})
        self.account.invalidate_recordset()
        self.assertEqual(self.account.odoo_balance, 300)
        self.assertEqual(self.account.balance_difference, 0)
        rows[1].line_id.move_id.checked = False
        rows[1].line_id.action_tochka_reject()
        self.account.invalidate_recordset()
        self.assertEqual(self.account.rejected_balance, -200)
        self.assertEqual(self.account.balance_difference, 0)

    def test_loading_again_makes_no_line(self):
        day = date(2026, 10, 14)
        self.load(self.account, day, day)
        line = self.lines(self.account)[0]
        row = line.tochka_transaction_id
        count = len(self.lines(self.account))
        typed = self.typed(
            line.amount, day, payment_ref=row.purpose or row.document_number
        )
        row._find_duplicates()
        self.assertEqual(line.tochka_duplicate_id, typed)
        line.action_tochka_merge()
        run = self.load(self.account, day, day)
        self.assertEqual((run.created, run.known, run.rejected), (0, count, 0))
        self.assertEqual(row.line_id, typed)
        self.assertEqual(len(self.lines(self.account)), count)

    def test_rejected_later_it_is_remembered_and_can_be_restored(self):
        typed = self.typed()
        line = self.loaded()
        row = line.tochka_transaction_id
        line.action_tochka_merge()
        typed.action_tochka_back_to_new()
        typed.action_tochka_reject()
        self.assertFalse(typed.exists())
        self.assertEqual((row.state, row.review), ("rejected", "rejected"))
        row.action_restore()
        self.assertEqual((row.state, row.review), ("loaded", "new"))
        self.assertEqual(row.line_id.amount, 500)

    def test_a_transfer_keeps_its_other_side(self):
        other = self.choose(currency="CNY")
        typed = self.typed(-11540, payment_ref=f"На счёт в юанях {NUMBER}")
        out = self.row(-11540, account_number=other.number, partner_bic=other.bic)
        self.account._make_lines()
        into = {
            "transaction_key": "into",
            "date": DAY,
            "amount": Decimal(1000),
            "amount_company": Decimal(11300),
            "account_number": self.account.number,
        }
        Transaction = self.env["tochka.transaction"]
        Transaction._insert(other, [into])
        other._make_lines()
        into = Transaction.search([("transaction_key", "=", "into")])
        self.assertEqual(out.pair_id, into)
        before = self.books(typed)
        out.line_id.action_tochka_merge()
        self.assertEqual((out.pair_id, into.pair_id), (into, out))
        self.assertTrue(typed.tochka_is_transfer)
        self.assertEqual(into.line_id.tochka_pair_id, typed)
        self.assertEqual(self.books(typed), before)

    def test_what_the_bank_changes_later_is_flagged_not_written(self):
        typed = self.typed()
        typed.move_id.checked = False
        line = self.loaded()
        row = line.tochka_transaction_id
        line.action_tochka_merge()
        before = self.books(typed)
        names = ("date", "amount", "amount_company", "purpose", "document_number")
        changed = {name: row[name] for name in names} | {
            "purpose": "Другое",
            "raw": "{}",
        }
        row._bank_changed(changed)
        self.assertIn("Другое", row.bank_change)
        self.assertEqual(self.books(typed), before)
        self.assertEqual(typed.payment_ref, f"Оплата {NUMBER}")

    def test_the_opening_balance_leaves_it_where_it_was(self):
        typed = self.typed()
        line = self.loaded()
        row = line.tochka_transaction_id
        line.action_tochka_merge()
        self.account._fix_opening(DAY + timedelta(days=3), 800)
        self.assertEqual((row.state, row.line_id), ("duplicate", typed))
        self.assertEqual(self.account._balance_in_books(), 800)

    def test_in_bulk_with_the_reasons_of_the_others(self):
        same = self.typed(), self.typed(600), self.typed(700), self.typed(800)
        rows = [self.row(amount) for amount in (500, 600, 700, 800, 900)]
        self.account._make_lines()
        lines = [row.line_id for row in rows]
        good, taken, altered, confirmed, alone = lines
        same[1].tochka_transaction_id = self.row(1)
        same[2].amount = 701
        confirmed.move_id.checked = True
        everything = self.env["account.bank.statement.line"].union(*lines, same[3])
        action = everything.action_tochka_merge()
        message = self.message(action)
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("lines entered before: 1.", message)
        for reason in (
            "belongs to another payment of the bank",
            "has another account or amount now",
            "already confirmed",
            "looks like no other line",
            "not from Tochka Bank",
        ):
            self.assertIn(reason, message)
        self.assertFalse(good.exists())
        kept = taken | altered | confirmed | alone
        self.assertEqual(kept.exists(), kept)
        self.assertEqual(
            kept.tochka_transaction_id, kept.tochka_transaction_id.exists()
        )
        self.assertEqual(rows[0].line_id, same[0])
        self.assertEqual([row.state for row in rows[1:]], ["loaded"] * 4)

    def test_another_journal_now(self):
        typed = self.typed()
        line = self.loaded()
        other = self.journal.copy({"code": "CPY"})
        self.env.cr.execute(
            "UPDATE account_bank_statement_line SET journal_id = %s WHERE id = %s",
            [other.id, typed.id],
        )
        typed.invalidate_recordset()
        self.assertIn("another account", self.message(line.action_tochka_merge()))
        self.assertTrue(line.exists())

    def test_a_candidate_that_vanished(self):
        typed = self.typed()
        line = self.loaded()
        typed.unlink()
        line.invalidate_recordset()
        message = self.message(line.action_tochka_merge())
        self.assertIn("looks like no other line", message)
        self.assertTrue(line.exists())

    def test_a_locked_period(self):
        typed = self.typed()
        line = self.loaded()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s",
            [DAY, self.company.id],
        )
        self.env.invalidate_all()
        self.assertIn("locked period", self.message(line.action_tochka_merge()))
        self.assertTrue(line.exists())
        self.assertFalse(typed.tochka_transaction_id)

    def test_the_wall_of_another_company(self):
        other = self._make_company("Чужие книги")
        stranger = self._make_user("tochka_stranger", "group_tochka_user")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        typed = self.typed()
        line = self.loaded()
        for press in ("action_tochka_merge", "action_tochka_different"):
            with self.assertRaises(AccessError):
                getattr(line.with_user(stranger), press)()
        self.assertTrue(line.exists())
        self.assertFalse(typed.tochka_transaction_id)

    # === DIFFERENT === #

    def test_different_is_remembered_and_the_next_is_proposed(self):
        first, second = self.typed(), self.typed(day=DAY + timedelta(days=1))
        line = self.loaded()
        row = line.tochka_transaction_id
        self.assertEqual(line.tochka_duplicate_id, first)
        action = line.with_user(self.accountant).action_tochka_different()
        self.assertIn(": 1.", self.message(action))
        self.assertEqual(line.tochka_duplicate_id, second)
        line.action_tochka_different()
        self.assertFalse(line.tochka_duplicate_id)
        self.assertEqual(row.distinct_line_ids, first | second)
        message = self.message(line.action_tochka_different())
        self.assertIn(": 0.", message)
        self.assertIn("looks like no other line", message)
        line.action_tochka_reject()
        row.action_restore()
        self.assertFalse(row.line_id.tochka_duplicate_id)

    def test_a_line_let_go_is_free_for_another_payment(self):
        typed = self.typed()
        line = self.loaded()
        line.action_tochka_different()
        self.assertEqual(self.loaded().tochka_duplicate_id, typed)

    def test_the_list_s_actions(self):
        self.typed()
        self.typed(600)
        lines = self.loaded() | self.loaded(600)
        for name, line in (("merge", lines[0]), ("different", lines[1])):
            action = self.env.ref(f"account_tochka.action_server_{name}")
            answer = (
                action.with_user(self.accountant)
                .with_context(active_model=line._name, active_ids=line.ids)
                .run()
            )
            self.assertIn(": 1.", self.message(answer))
