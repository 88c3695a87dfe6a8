import logging
from time import CLOCK_MONOTONIC, clock_gettime

from odoo.tests import HttpCase, tagged

from ..models.review.deciding import CHUNK
from .booked import BookedCase

_logger = logging.getLogger(__name__)
MANY = 500


@tagged("post_install", "-at_install")
class TestBulkConfirm(BookedCase):
    """Many payments of every kind are confirmed at once, or named with a reason."""

    def mix(self, count):
        """Load payments of every kind, a tenth of them with an invoice.

        :return: dict {kind: lines}
        """
        tenth = count // 10
        invoices = [self.invoice(1000 + number) for number in range(tenth)]
        kinds = {
            "invoice": self.pay(
                *(one.amount_residual for one in invoices), partner=self.customer
            ),
            "customer": self.pay(
                *(7 + number for number in range(2 * tenth)), partner=self.customer
            ),
            "supplier": self.pay(
                *(-7 - number for number in range(2 * tenth)), partner=self.supplier
            ),
            "item": self.pay(*(-100 - number for number in range(2 * tenth))),
            "split": self.pay(*(-1000 - number for number in range(tenth))),
            "transfer": self.pay(
                *((-1) ** number * (number // 2 + 1) for number in range(tenth))
            ),
            "nothing": self.pay(*(3 + number for number in range(tenth))),
        }
        kinds["customer"].cash_flow_item_id = self.from_customers
        kinds["supplier"].cash_flow_item_id = self.to_suppliers
        kinds["item"].cash_flow_item_id = self.rent
        for line in kinds["split"]:
            self.split(line, (-600, self.rent), (-100, self.fees))
        kinds["transfer"].tochka_is_transfer = True
        rows = kinds["transfer"].tochka_transaction_id
        for went, came in zip(rows[::2], rows[1::2], strict=True):
            went.pair_id, came.pair_id = came, went
        self.assertEqual(
            kinds["invoice"].part_ids.mapped("amount"),
            [one.amount_residual for one in invoices],
        )
        self.assertEqual(sum(map(len, kinds.values())), count)
        return kinds

    def assertBooked(self, kinds):
        """Assert every entry, account by account."""
        counterpart = {
            "invoice": "receivable",
            "customer": "receivable",
            "supplier": "payable",
            "item": "rent",
            "transfer": "transfer",
            "nothing": "suspense",
        }
        for kind, account in counterpart.items():
            for line in kinds[kind]:
                came, went = max(line.amount, 0), max(-line.amount, 0)
                self.assertEntry(line, ("bank", came, went), (account, went, came))
        for line in kinds["split"]:
            self.assertEntry(
                line,
                ("bank", 0, -line.amount),
                ("rent", 600, 0),
                ("fees", 100, 0),
                ("suspense", -line.amount - 700, 0),
            )
        for line in kinds["transfer"]:
            self.assertTrue(self.on(line, "transfer").reconciled)
        paid = kinds["invoice"].part_ids.invoice_id.mapped("payment_state")
        self.assertEqual(paid, ["paid"] * len(kinds["invoice"]))

    def everything(self, kinds):
        return self.env["account.bank.statement.line"].union(*kinds.values())

    def test_five_hundred_in_one_action_and_again(self):
        kinds = self.mix(MANY)
        lines = self.everything(kinds)
        self.env.flush_all()
        self.env.invalidate_all()
        queries, start = self.env.cr.sql_log_count, clock_gettime(CLOCK_MONOTONIC)
        message = self.confirm(lines)
        self.env.flush_all()
        seconds = clock_gettime(CLOCK_MONOTONIC) - start
        queries = self.env.cr.sql_log_count - queries
        _logger.info(
            "Bulk confirm: %s payments, %.1f ms and %.1f queries each",
            MANY,
            1000 * seconds / MANY,
            queries / MANY,
        )
        self.assertEqual(message, f"Payments confirmed: {MANY}.")
        self.assertEqual(set(lines.mapped("tochka_review")), {"confirmed"})
        self.assertBooked(kinds)
        self.assertLess(queries / MANY, 10)
        before = self._state(lines)
        self.assertEqual(
            self.confirm(lines),
            f"Payments confirmed: 0. Left alone: {MANY} (already confirmed).",
        )
        self.assertEqual(self._state(lines), before)

    def _state(self, lines):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = lines.tochka_transaction_id
        return (
            [(item.id, item.write_date, item.balance) for item in lines.line_ids],
            [(row.id, row.decided_on, row.write_date) for row in rows],
        )

    def test_all_but_the_named_ones(self):
        kinds = self.mix(60)
        lines = self.everything(kinds)
        duplicates = kinds["nothing"][:5]
        duplicates.tochka_duplicate_id = kinds["customer"][0]
        stolen = kinds["invoice"][0]
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=stolen.part_ids.invoice_id.ids
        ).create({})._create_payments()
        self.assertFalse(
            stolen.part_ids.invoice_id.amount_residual
            and stolen.part_ids.invoice_id.payment_state == "not_paid"
        )
        message = self.confirm(lines)
        self.assertIn("Payments confirmed: 54.", message)
        self.assertIn(
            "Left alone: 5 (looks like another line of the books; say first whether it"
            " is the same payment).",
            message,
        )
        self.assertIn(
            f"Left alone: 1 (invoice {stolen.part_ids.invoice_id.display_name}", message
        )
        new = lines.filtered(lambda line: line.tochka_review == "new")
        self.assertEqual(new, stolen | duplicates)

    def test_all_back_to_new(self):
        kinds = self.mix(60)
        lines = self.everything(kinds)
        invoices = kinds["invoice"].part_ids.invoice_id
        self.confirm(lines)
        self.assertEqual(self.back(lines), "Payments put back to new: 60.")
        for line in lines:
            came, went = max(line.amount, 0), max(-line.amount, 0)
            self.assertEntry(line, ("bank", came, went), ("suspense", went, came))
        self.assertEqual(set(lines.mapped("tochka_review")), {"new"})
        self.assertEqual(set(invoices.mapped("payment_state")), {"not_paid"})
        self.confirm(lines)
        self.assertBooked(kinds)

    def test_the_dialog_works_in_chunks(self):
        kinds = self.mix(60)
        lines = self.everything(kinds).with_user(self.accountant)
        kinds["nothing"][:2].tochka_duplicate_id = kinds["customer"][0]
        kinds["item"][0].action_tochka_confirm()
        action = lines.with_context(tochka_show_progress=True).action_tochka_confirm()
        self.assertEqual(
            (action["type"], action["tag"], action["target"]),
            ("ir.actions.client", "account_tochka.confirm_progress", "new"),
        )
        params = action["params"]
        self.assertEqual(len(params["ids"]), 59)
        self.assertEqual(params["left_alone"], [["already confirmed", 1, []]])
        self.assertEqual(set(lines.mapped("tochka_review")), {"new", "confirmed"})
        done, refused = 0, []
        for start in range(0, 59, CHUNK):
            chunk = lines.browse(params["ids"][start : start + CHUNK])
            result = chunk.tochka_confirm_chunk()
            done += result["confirmed"]
            refused += result["refused"]
            again = chunk.tochka_confirm_chunk()
            self.assertEqual(again["confirmed"], 0)
        self.assertEqual(done, 57)
        [[reason, count, examples]] = refused
        self.assertIn("whether it is the same payment", reason)
        self.assertEqual((count, len(examples)), (2, 2))
        self.assertIn("14.10.2026", examples[0])
        few = lines[:CHUNK].with_context(tochka_show_progress=True)
        self.assertEqual(few.action_tochka_confirm()["tag"], "display_notification")

    def test_a_payment_rejected_meanwhile_stops_no_other(self):
        kept, gone = self.pay(10, 20)
        chunk = (kept | gone).with_user(self.accountant)
        gone.unlink()
        self.assertEqual(chunk.tochka_confirm_chunk(), {"confirmed": 1, "refused": []})
        self.assertEqual(kept.tochka_review, "confirmed")


@tagged("post_install", "-at_install")
class TestConfirmDialog(HttpCase, BookedCase):
    # The browser uses the real time.
    freeze_time = None

    def test_the_dialog_confirms_and_names_reasons(self):
        lines = self.pay(*(-1 - number for number in range(60)))
        lines.cash_flow_item_id = self.rent
        lines[:2].tochka_duplicate_id = lines[2]
        self.start_tour(
            "/odoo/tochka-payments", "account_tochka_confirm", login="tochka_accountant"
        )
        self.assertEqual(lines.mapped("tochka_review").count("confirmed"), 58)
        for line in lines[2:]:
            self.assertEntry(line, ("bank", 0, -line.amount), ("rent", -line.amount, 0))
