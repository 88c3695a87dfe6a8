from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.recognition.pairs import note_pairs
from .booked import DAY, BookedCase


@tagged("post_install", "-at_install")
class TestBooking(BookedCase):
    """What confirmation does to the entry, account by account."""

    def assertConfirmed(self, line, booked=True):
        self.assertEqual(
            (line.tochka_review, line.tochka_booked), ("confirmed", booked)
        )
        self.assertEqual(line.tochka_transaction_id.decided_by, self.accountant)

    def assertNew(self, line):
        self.assertEqual((line.tochka_review, line.tochka_booked), ("new", False))
        self.assertFalse(line.tochka_transaction_id.decided_by)

    # === ITEMS === #

    def test_money_from_a_customer_stands_on_the_receivable_account(self):
        line = self.pay(1000.37, partner=self.customer)
        line.cash_flow_item_id = self.from_customers
        self.assertEqual(self.confirm(line), "Payments confirmed: 1.")
        self.assertEntry(line, ("bank", 1000.37, 0), ("receivable", 0, 1000.37))
        self.assertConfirmed(line)

    def test_money_to_a_supplier_stands_on_the_payable_account(self):
        line = self.pay(-250.5, partner=self.supplier)
        line.cash_flow_item_id = self.to_suppliers
        self.confirm(line)
        self.assertEntry(line, ("bank", 0, 250.5), ("payable", 250.5, 0))

    def test_refunds_stand_on_the_account_of_what_is_refunded(self):
        came = self.pay(10, partner=self.supplier)
        came.cash_flow_item_id = self.env.ref("account_tochka.item_in_refund")
        went = self.pay(-20, partner=self.customer)
        went.cash_flow_item_id = self.env.ref("account_tochka.item_out_refund")
        self.confirm(came | went)
        self.assertEntry(came, ("bank", 10, 0), ("payable", 0, 10))
        self.assertEntry(went, ("bank", 0, 20), ("receivable", 20, 0))

    def test_an_item_with_an_account(self):
        line = self.pay(-300)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        self.assertEntry(line, ("bank", 0, 300), ("rent", 300, 0))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(line.amount_residual, 0)

    def test_without_a_partner_an_item_for_partners_takes_its_account_or_waits(self):
        line = self.pay(100)
        line.cash_flow_item_id = self.from_customers
        self.confirm(line)
        self.assertEntry(line, ("bank", 100, 0), ("suspense", 0, 100))
        self.assertConfirmed(line, booked=False)
        self._set_account(self.from_customers, "sales")
        other = self.pay(200)
        other.cash_flow_item_id = self.from_customers
        self.confirm(other)
        self.assertEntry(other, ("bank", 200, 0), ("sales", 0, 200))

    def test_what_has_no_account_waits_for_the_reconciliation_tool(self):
        nothing, waiting = self.pay(100, -200)
        waiting.cash_flow_item_id = self.waiting
        self.confirm(nothing | waiting)
        self.assertEntry(nothing, ("bank", 100, 0), ("suspense", 0, 100))
        self.assertEntry(waiting, ("bank", 0, 200), ("suspense", 200, 0))
        self.assertConfirmed(nothing, booked=False)
        self.assertConfirmed(waiting, booked=False)

    def test_the_account_of_another_company_is_not_taken(self):
        other = self._make_company("Чужие книги")
        self.waiting.with_company(other).account_id = self.env[
            "account.account"
        ].search(
            [("company_ids", "in", other.ids), ("account_type", "=", "expense")],
            limit=1,
        )
        line = self.pay(-100)
        line.cash_flow_item_id = self.waiting
        self.confirm(line)
        self.assertEntry(line, ("bank", 0, 100), ("suspense", 100, 0))

    def test_analytic_distribution_goes_to_the_item_and_not_to_the_partner(self):
        plan = self.env["account.analytic.plan"].create({"name": "Проекты"})
        mine, general = self.env["account.analytic.account"].create(
            [{"name": "А", "plan_id": plan.id}, {"name": "Б", "plan_id": plan.id}]
        )
        self.rent.analytic_distribution = {str(general.id): 100}
        by_line, by_item, on_partner = self.pay(-100, -200, -300)
        (by_line | by_item).cash_flow_item_id = self.rent
        by_line.tochka_analytic_distribution = {str(mine.id): 100}
        on_partner.partner_id = self.supplier
        on_partner.cash_flow_item_id = self.to_suppliers
        on_partner.tochka_analytic_distribution = {str(mine.id): 100}
        self.confirm(by_line | by_item | on_partner)
        given = [
            (item.debit, item.analytic_distribution or None)
            for item in (by_line | by_item | on_partner).line_ids
            if item.debit
        ]
        self.assertCountEqual(
            given,
            [
                (100, {str(mine.id): 100}),
                (200, {str(general.id): 100}),
                (300, None),
            ],
        )
        self.assertEqual(by_line.line_ids.analytic_line_ids.mapped("amount"), [-100])
        self.assertEqual(by_item.line_ids.analytic_line_ids.mapped("amount"), [-200])
        self.assertFalse(on_partner.line_ids.analytic_line_ids)

    # === TAXES === #

    def _tax(self, use):
        tags = {}
        lines = [Command.clear()]
        for document in ("invoice", "refund"):
            for kind in ("base", "tax"):
                tags[document, kind] = self.env["account.account.tag"].create(
                    {"name": f"{use} {document} {kind}", "applicability": "taxes"}
                )
                lines.append(
                    Command.create(
                        {
                            "document_type": document,
                            "repartition_type": kind,
                            "tag_ids": [Command.set(tags[document, kind].ids)],
                            "account_id": self.accounts["fees"].id
                            if kind == "tax"
                            else False,
                        }
                    )
                )
        tax = self.env["account.tax"].create(
            {
                "name": f"НДС 20% {use}",
                "amount": 20,
                "type_tax_use": use,
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
                "repartition_line_ids": lines,
            }
        )
        return tax, tags

    def test_taxes_are_included_in_the_amount(self):
        tax, tags = self._tax("purchase")
        self.rent.tax_ids = tax
        line = self.pay(-1200.01)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        self.assertEntry(
            line, ("bank", 0, 1200.01), ("rent", 1000.01, 0), ("fees", 200, 0)
        )
        base, vat = line.line_ids.filtered("debit").sorted("debit", reverse=True)
        self.assertEqual(
            (base.tax_ids, base.tax_tag_ids), (tax, tags["invoice", "base"])
        )
        self.assertEqual(vat.tax_line_id, tax)
        self.assertEqual(vat.tax_tag_ids, tags["invoice", "tax"])
        self.assertEqual(vat.tax_base_amount, 1000.01)
        self.back(line)
        self.assertEntry(line, ("bank", 0, 1200.01), ("suspense", 1200.01, 0))

    def test_a_refund_takes_the_refund_side_of_the_tax(self):
        tax, tags = self._tax("purchase")
        self.rent.tax_ids = tax
        line = self.pay(120)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        self.assertEntry(line, ("bank", 120, 0), ("rent", 0, 100), ("fees", 0, 20))
        self.assertEqual(
            line.line_ids.tax_tag_ids, tags["refund", "base"] | tags["refund", "tax"]
        )

    def test_taxes_of_another_company_are_left_out(self):
        other = self._make_company("Чужие книги")
        foreign = self.env["account.tax"].search(
            [("company_id", "=", other.id), ("amount", ">", 0)], limit=1
        )
        self.assertTrue(foreign)
        self.rent.tax_ids = foreign
        line = self.pay(-100)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        self.assertEntry(line, ("bank", 0, 100), ("rent", 100, 0))

    def test_a_branch_uses_the_taxes_of_its_parent(self):
        branch = self.env["res.company"].create(
            {"name": "Филиал", "parent_id": self.company.id}
        )
        tax, _tags = self._tax("purchase")
        self.rent.tax_ids = tax
        self.rent.with_company(branch).account_id = self.accounts["rent"]
        line = self.pay(-120)
        # Nothing of the line but its company is looked at, so a patched one will do.
        with patch.object(
            type(line), "company_id", property(lambda _line: branch), create=True
        ):
            wanted = line._counterpart_of_item(self.rent, -120)
        self.assertEqual(wanted.taxes, tax)

    # === TRANSFERS === #

    def test_both_sides_of_a_transfer_meet_on_the_transfer_account(self):
        went, came = self.pay(-500, 500)
        other = self.pay(-500)
        (went | came | other).tochka_is_transfer = True
        went.tochka_transaction_id.pair_id = came.tochka_transaction_id
        came.tochka_transaction_id.pair_id = went.tochka_transaction_id
        went.cash_flow_item_id = self.rent
        self.confirm(went | other)
        self.assertEntry(went, ("bank", 0, 500), ("transfer", 500, 0))
        item = went.line_ids.filtered(lambda one: one.debit)
        self.assertFalse(item.reconciled)
        self.confirm(came)
        self.assertEntry(came, ("bank", 500, 0), ("transfer", 0, 500))
        self.assertTrue(item.reconciled)
        self.assertFalse(other.line_ids.filtered("debit").reconciled)
        self.back(came)
        self.assertFalse(item.reconciled)
        self.assertEntry(came, ("bank", 500, 0), ("suspense", 0, 500))
        self.assertConfirmed(went)

    def _late_pair(self):
        """Return two transfers that were confirmed before they were paired."""
        went, came = self.pay(-500, 500)
        (went | came).tochka_is_transfer = True
        self.confirm(went | came)
        self.assertFalse(self.on(went | came, "transfer").filtered("reconciled"))
        rows = (went | came).tochka_transaction_id
        note_pairs(self.env, [tuple(rows.ids)])
        return went, came

    def test_a_pair_found_after_both_sides_were_confirmed(self):
        went, came = self._late_pair()
        items = self.on(went | came, "transfer")
        self.assertEqual(items.mapped("reconciled"), [True, True])
        partials = items.matched_debit_ids | items.matched_credit_ids
        (went | came)._reconcile_late_pairs()
        self.assertEqual(items.matched_debit_ids | items.matched_credit_ids, partials)
        self.assertEqual(self.back(went), "Payments put back to new: 1.")

    def test_a_late_pair_that_the_books_refuse_stays_open(self):
        Items = type(self.env["account.move.line"])
        with patch.object(Items, "_reconcile_plan", side_effect=UserError("No.")):
            went, came = self._late_pair()
        self.assertEqual(went.tochka_pair_id, came)
        self.assertFalse(self.on(went | came, "transfer").filtered("reconciled"))

    def test_a_transfer_without_a_transfer_account_stays_new(self):
        self.company.transfer_account_id = False
        line, other = self.pay(-500, 100)
        line.tochka_is_transfer = True
        message = self.confirm(line | other)
        self.assertIn("Payments confirmed: 1.", message)
        self.assertIn("no inter-bank transfer account", message)
        self.assertIn("14.10.2026", message)
        self.assertNew(line)
        self.assertConfirmed(other, booked=False)

    # === FOREIGN CURRENCY === #

    def test_foreign_currency_keeps_both_amounts(self):
        yuan = self.choose(currency="CNY")
        line = self.pay(-100, account=yuan, amount_company=-1123.47)
        self.accounts["yuan"] = yuan.journal_id.default_account_id
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        self.assertEntry(line, ("yuan", 0, 1123.47), ("rent", 1123.47, 0))
        item = line.line_ids.filtered("debit")
        self.assertEqual((item.amount_currency, item.currency_id.name), (100, "CNY"))

    def test_a_split_in_foreign_currency_is_exact_in_both(self):
        yuan = self.choose(currency="CNY")
        line = self.pay(-100, account=yuan, amount_company=-1000.01)
        self.accounts["yuan"] = yuan.journal_id.default_account_id
        self.split(line, (-33.33, self.rent), (-33.33, self.fees))
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        self.assertEntry(
            line,
            ("yuan", 0, 1000.01),
            ("rent", 333.30, 0),
            ("fees", 333.30, 0),
            ("rent", 333.41, 0),
        )
        self.assertCountEqual(
            line.line_ids.mapped("amount_currency"), [-100, 33.33, 33.33, 33.34]
        )

    # === TWICE, AND BACK === #

    def test_pressed_twice_nothing_more_changes(self):
        line = self.pay(1000, partner=self.customer)
        line.cash_flow_item_id = self.from_customers
        self.confirm(line)
        before = (
            self.entry(line),
            line.line_ids.ids,
            line.tochka_transaction_id.decided_on,
        )
        self.assertIn("Payments confirmed: 0.", self.confirm(line))
        after = (
            self.entry(line),
            line.line_ids.ids,
            line.tochka_transaction_id.decided_on,
        )
        self.assertEqual(after, before)

    def test_back_to_new_restores_the_suspense_line_and_again(self):
        line = self.pay(1000, partner=self.customer)
        line.cash_flow_item_id = self.from_customers
        for _time in range(2):
            self.confirm(line)
            self.assertEntry(line, ("bank", 1000, 0), ("receivable", 0, 1000))
            self.assertEqual(self.back(line), "Payments put back to new: 1.")
            self.assertEntry(line, ("bank", 1000, 0), ("suspense", 0, 1000))
            self.assertNew(line)
            self.assertEqual(self.back(line), "Payments put back to new: 0.")
        line.action_tochka_reject()
        self.assertFalse(line.exists())

    def test_a_confirmed_payment_cannot_be_rejected(self):
        line = self.pay(-100)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        line.action_tochka_reject()
        self.assertTrue(line.exists())

    def test_a_booked_entry_is_not_built_anew(self):
        booked, waits = self.pay(-100, -100, partner=self.supplier)
        booked.cash_flow_item_id = self.rent
        self.confirm(booked | waits)
        for vals in ({"partner_id": False}, {"payment_ref": "x"}, {"amount": -5}):
            with self.assertRefused("Put it back to new first", UserError):
                booked.write(vals)
        self.assertEntry(booked, ("bank", 0, 100), ("rent", 100, 0))
        waits.partner_id = False
        self.back(booked)
        booked.partner_id = self.customer
        self.confirm(booked)
        self.assertEntry(booked, ("bank", 0, 100), ("rent", 100, 0))

    def test_a_booked_entry_is_protected_whatever_the_context_says(self):
        line = self.pay(-100, partner=self.supplier)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        entry = self.entry(line)
        for key, value in (
            ("skip_account_move_synchronization", True),
            ("tochka_recognising", True),
            ("tochka_parts_together", True),
        ):
            third_party = line.with_context(**{key: value})
            for vals in (
                {"partner_id": self.customer.id},
                {"payment_ref": "x"},
                {"amount": -5},
                {"cash_flow_item_id": self.fees.id},
                {"tochka_analytic_distribution": {"1": 100}},
                {"tochka_is_transfer": True},
            ):
                with self.subTest(key=key, vals=vals):
                    with self.assertRefused("back to new first", UserError):
                        third_party.write(vals)
        self.assertEqual(self.entry(line), entry)

    def test_equal_values_leave_a_booked_entry_as_it_is(self):
        line = self.pay(-100, partner=self.supplier)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        items = line.line_ids.ids
        equal = {
            "partner_id": self.supplier.id,
            "payment_ref": line.payment_ref,
            "amount": -100,
            "currency_id": line.currency_id.id,
            "foreign_currency_id": False,
            "cash_flow_item_id": self.rent.id,
            "tochka_analytic_distribution": {},
            "tochka_is_transfer": False,
        }
        line.write(dict(equal))
        line.with_context(skip_account_move_synchronization=True).write(dict(equal))
        self.assertEqual(line.line_ids.ids, items)
        self.assertEntry(line, ("bank", 0, 100), ("rent", 100, 0))
        self.assertConfirmed(line)

    def test_core_synchronises_booked_entries_without_being_refused(self):
        yuan = self.choose(currency="CNY")
        self.accounts["yuan"] = yuan.journal_id.default_account_id
        plain = self.pay(-100, partner=self.supplier)
        foreign = self.pay(-7.77, account=yuan, amount_company=-87.31)
        (plain | foreign).cash_flow_item_id = self.rent
        self.confirm(plain | foreign)
        for line in plain | foreign:
            line.move_id._synchronize_business_models({"line_ids"})
            line.move_id.ref = "Another reference"
            line.line_ids[-1].date_maturity = DAY
            self.assertConfirmed(line)
        self.assertEntry(foreign, ("yuan", 0, 87.31), ("rent", 87.31, 0))
        plain.action_undo_reconciliation()
        self.assertEntry(plain, ("bank", 0, 100), ("suspense", 100, 0))
        self.assertConfirmed(plain, booked=False)

    def test_who_edits_a_draft_entry_is_followed(self):
        line = self._drafted(partner=self.supplier)
        self.on(line, "bank").partner_id = self.customer
        self.assertEqual((line.partner_id, line.tochka_booked), (self.customer, True))
        line.move_id.action_post()
        self.assertEntry(
            line,
            ("bank", 0, 100, self.customer.name),
            ("rent", 100, 0, self.supplier.name),
        )

    def test_what_others_write_in_the_entry_of_a_confirmed_payment_is_refused(self):
        line = self.pay(-100, partner=self.supplier)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        with self.assertRefused("Put it back to new first", UserError):
            self.on(line, "bank").name = "Another label"

    def test_undone_by_another_tool_it_may_be_confirmed_anew(self):
        line = self.pay(-100)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        line.action_undo_reconciliation()
        self.assertConfirmed(line, booked=False)
        self.back(line)
        self.confirm(line)
        self.assertEntry(line, ("bank", 0, 100), ("rent", 100, 0))

    def test_what_another_tool_has_reconciled_is_only_marked(self):
        line = self.pay(-100)
        line.cash_flow_item_id = self.rent
        _liquidity, suspense, _others = line._seek_for_lines()
        suspense.account_id = self.accounts["fees"]
        line.move_id.checked = False
        self.confirm(line)
        self.assertEntry(line, ("bank", 0, 100), ("fees", 100, 0))
        self.assertConfirmed(line, booked=False)
        self.back(line)
        self.assertEntry(line, ("bank", 0, 100), ("fees", 100, 0))

    # === NEW AGAIN BY OTHER MEANS === #

    def _drafted(self, *, item=None, **more):
        """Return a payment confirmed as rent whose entry was reset to draft."""
        line = self.pay(-100, **more)
        line.cash_flow_item_id = item or self.rent
        self.confirm(line)
        line.move_id.button_draft()
        self.assertEqual((line.tochka_review, line.tochka_booked), ("new", True))
        return line

    def test_an_entry_in_draft_is_not_confirmed(self):
        never, line = self.pay(-100), self._drafted()
        never.cash_flow_item_id = self.rent
        never.move_id.button_draft()
        message = self.confirm(never | line)
        self.assertEqual(
            message,
            "Payments confirmed: 0. Left alone: 2 (its journal entry is not posted;"
            " post the entry first). 14.10.2026 -100.00\xa0₽; 14.10.2026"
            " -100.00\xa0₽.".replace("-100.00\xa0₽", line.currency_id.format(-100)),
        )
        self.assertEqual((never | line).mapped("tochka_review"), ["new", "new"])

    def test_reset_to_draft_and_decided_anew(self):
        line = self._drafted()
        line.cash_flow_item_id = self.fees
        self.assertEqual(line.tochka_booked, False)
        self.assertEntry(line, ("bank", 0, 100), ("suspense", 100, 0))
        line.partner_id = self.supplier
        line.move_id.action_post()
        self.back(line)
        self.assertEqual(self.confirm(line), "Payments confirmed: 1.")
        self.assertEntry(line, ("bank", 0, 100), ("fees", 100, 0))
        self.assertConfirmed(line)

    def test_reset_to_draft_and_given_another_partner_at_once(self):
        line = self._drafted()
        line.with_user(self.accountant).partner_id = self.supplier
        self.assertEqual((line.partner_id, line.tochka_booked), (self.supplier, False))
        self.assertEntry(line, ("bank", 0, 100), ("suspense", 100, 0))

    def test_reset_to_draft_and_put_back(self):
        line = self._drafted()
        self.assertEqual(self.back(line), "Payments put back to new: 1.")
        self.assertNew(line)
        self.assertEntry(line, ("bank", 0, 100), ("suspense", 100, 0))
        self.assertEqual(line.move_id.state, "draft")

    def test_no_longer_reviewed_it_is_booked_anew(self):
        line = self.pay(-100)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        line.move_id.set_moves_checked(False)
        self._set_account(self.rent, "sales")
        self.assertEqual(self.confirm(line), "Payments confirmed: 1.")
        self.assertEntry(line, ("bank", 0, 100), ("sales", 100, 0))
        self.assertConfirmed(line)

    def test_no_longer_reviewed_and_locked_it_stays(self):
        line = self.pay(-100)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        line.move_id.set_moves_checked(False)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s",
            [date(2026, 10, 31), self.company.id],
        )
        self.env.invalidate_all()
        self.assertIn("in a locked period", self.confirm(line))
        with self.assertRefused("in a locked period", UserError):
            line.cash_flow_item_id = self.fees
        self.assertEntry(line, ("bank", 0, 100), ("rent", 100, 0))

    def test_words_of_the_bank_for_an_entry_in_draft_are_flagged(self):
        line = self._drafted()
        row = line.tochka_transaction_id
        changed = {
            **{name: row[name] for name in self._bank_fields()},
            "purpose": "Уточнённое",
            "raw": "{}",
        }
        row._bank_changed(changed)
        self.assertIn("Уточнённое", row.bank_change)
        self.assertEqual((line.payment_ref, line.tochka_booked), ("Оплата", True))

    def _bank_fields(self):
        return ("date", "amount", "amount_company", "purpose", "partner_name", "inn")

    # === WHAT IS BOOKED STAYS === #

    def test_what_a_booked_entry_was_decided_by_stays(self):
        line = self.pay(-100)
        line.cash_flow_item_id = self.rent
        self.confirm(line)
        for vals in (
            {"cash_flow_item_id": self.fees.id},
            {"cash_flow_item_id": False},
            {"tochka_analytic_distribution": {"1": 100}},
            {"tochka_is_transfer": True},
        ):
            with self.assertRefused("back to new first", UserError):
                line.with_user(self.accountant).write(vals)
        self.back(line)
        line.cash_flow_item_id = self.fees
        self.assertEqual(line.cash_flow_item_id, self.fees)

    def test_the_item_of_another_company_is_refused(self):
        other = self._make_company("Чужие книги")
        item = self.env["cash.flow.item"].create(
            {"name": "Чужая", "company_id": other.id}
        )
        line = self.pay(-100)
        with self.assertRefused("no company crossover", UserError):
            line.cash_flow_item_id = item

    # === MATCHED BY OTHERS === #

    def test_what_a_person_matched_later_is_not_undone(self):
        line = self.pay(1000, partner=self.customer)
        line.cash_flow_item_id = self.from_customers
        self.confirm(line)
        invoice = self.invoice(1000)
        due = self.on(invoice, "receivable")
        (self.on(line, "receivable") | due).reconcile()
        reason = "reconciled; undo the reconciliation first"
        self.assertEqual(
            self.back(line),
            f"Payments put back to new: 0. Left alone: 1 ({reason}).",
        )
        self.assertEqual(invoice.payment_state, "paid")
        self.assertConfirmed(line)
        due.remove_move_reconcile()
        self.assertEqual(self.back(line), "Payments put back to new: 1.")
        self.assertEntry(line, ("bank", 1000, 0), ("suspense", 0, 1000))

    def test_the_rest_of_a_payment_matched_by_a_person_is_not_undone(self):
        own = self.invoice(600)
        line = self.pay(1000, partner=self.customer)
        self.split(line, (600, own))
        self.confirm(line)
        other = self.invoice(400)
        rest = self.on(line, "receivable").filtered(lambda item: not item.reconciled)
        (rest | self.on(other, "receivable")).reconcile()
        self.assertIn("undo the reconciliation first", self.back(line))
        self.assertEqual((own | other).mapped("payment_state"), ["paid", "paid"])

    # === ANOTHER SUSPENSE ACCOUNT === #

    def test_the_journal_got_another_suspense_account_meanwhile(self):
        line, split, waits = self.pay(-100, -100, -50)
        line.cash_flow_item_id = self.rent
        self.split(split, (-60, self.rent), (-40, self.waiting))
        journal = self.roubles.journal_id
        journal.suspense_account_id = self.accounts["suspense"].copy()
        self.accounts["other"] = journal.suspense_account_id
        self.confirm(line | split | waits)
        self.assertEntry(line, ("bank", 0, 100), ("rent", 100, 0))
        self.assertEntry(split, ("bank", 0, 100), ("rent", 60, 0), ("other", 40, 0))
        self.assertEntry(waits, ("bank", 0, 50), ("suspense", 50, 0))
        self.assertConfirmed(line)
        self.assertConfirmed(waits, booked=False)

    # === REFUSED, WITH THE REASON === #

    def test_a_locked_period(self):
        booked, plain, open_day = self.pay(-100, -200, -300)
        done = self.pay(-400)
        later = self.pay(-500, date=date(2026, 11, 2))
        (booked | open_day | done | later).cash_flow_item_id = self.rent
        self.confirm(done)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s",
            [date(2026, 10, 31), self.company.id],
        )
        self.env.invalidate_all()
        message = self.confirm(booked | plain | later)
        self.assertIn("Payments confirmed: 2.", message)
        self.assertIn("Left alone: 1 (in a locked period). 14.10.2026", message)
        self.assertNew(booked)
        self.assertConfirmed(plain, booked=False)
        self.assertConfirmed(later)
        self.assertIn("in a locked period", self.back(done))
        self.assertEntry(done, ("bank", 0, 400), ("rent", 400, 0))
        self.assertConfirmed(done)

    def test_taxes_in_a_period_whose_taxes_are_declared(self):
        self.rent.tax_ids, _tags = self._tax("purchase")
        taxed, plain = self.pay(-120, -120)
        done = self.pay(-120)
        (taxed | done).cash_flow_item_id = self.rent
        plain.cash_flow_item_id = self.fees
        self.confirm(done)
        self.company.tax_lock_date = date(2026, 10, 31)
        message = self.confirm(taxed | plain)
        self.assertIn("Payments confirmed: 1.", message)
        self.assertIn("already issued tax statement", message)
        self.assertNew(taxed)
        self.assertConfirmed(plain)
        message = self.back(done | plain)
        self.assertIn("Payments put back to new: 1.", message)
        self.assertIn("already issued tax statement", message)
        self.assertConfirmed(done)
        self.assertEntry(done, ("bank", 0, 120), ("rent", 100, 0), ("fees", 20, 0))
        self.assertNew(plain)

    def test_a_secured_entry(self):
        line = self.pay(-100)
        line.cash_flow_item_id = self.rent
        line.move_id.inalterable_hash = "secured"
        self.assertIn("secured against changes", self.confirm(line))
        self.assertNew(line)

    def test_an_unanswered_duplicate(self):
        line, like = self.pay(-100, -100)
        line.tochka_duplicate_id = like
        self.assertIn("whether it is the same payment", self.confirm(line))
        self.assertNew(line)

    def test_what_the_books_refuse_stops_nobody_else(self):
        lines = self.pay(-1, -2, -3, -4, -5, -6, -7)
        lines.cash_flow_item_id = self.rent
        bad = lines[4]
        bad.cash_flow_item_id = self.fees
        self.accounts["fees"].active = False
        message = self.confirm(lines)
        self.assertIn("Payments confirmed: 6.", message)
        self.assertIn("archived account", message)
        self.assertNew(bad)
        for line in lines - bad:
            self.assertConfirmed(line)
            amount = -line.amount
            self.assertEntry(line, ("bank", 0, amount), ("rent", amount, 0))

    def test_the_audit_trail_keeps_its_log_and_can_be_undone(self):
        self.company.restrictive_audit_trail = True
        line, other = self.pay(-100, -100)
        self.split(line, (-60, self.rent), (-40, self.fees))
        other.cash_flow_item_id = self.rent
        self.confirm(line | other)
        self.assertEntry(line, ("bank", 0, 100), ("rent", 60, 0), ("fees", 40, 0))
        self.assertTrue(line.move_id.message_ids.tracking_value_ids)
        self.assertTrue(other.move_id.message_ids.tracking_value_ids)
        self.back(line | other)
        self.assertEntry(line, ("bank", 0, 100), ("suspense", 100, 0))

    def test_who_may_not_confirm(self):
        line = self.pay(-100)
        stranger = self._make_user("stranger", "group_tochka_user")
        other = self._make_company("Чужие книги")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            line.with_user(stranger).action_tochka_confirm()
        with self.assertRaises(AccessError):
            line.with_user(stranger).tochka_confirm_chunk()
        self.assertEqual(line.date, DAY)
