from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..models.recognition import transfers as transfer_step
from ..models.recognition.own_accounts import own_accounts
from .common import TochkaCase
from .rows import BUSINESS_ACCOUNT

DAY = date(2026, 10, 12)
BANK_INN = "9721194461"


class TransferCase(TochkaCase):
    """Three accounts: roubles and yuan of a company, roubles of a sole trader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls._make_company("Книги Берёзкиной")
        cls.env.user.company_ids |= cls.other_company
        cls.roubles = cls.choose(cls)
        cls.yuan = cls.choose(cls, currency="CNY")
        cls.trader = cls.connection.account_ids.filtered(
            lambda one: one.is_open and len(one.organization_id.inn) == 12
        )
        cls.trader.organization_id.company_id = cls.other_company
        cls.trader._bind(
            cls.other_company,
            cls.env["account.journal"],
            auto_import=False,
            interval="hourly",
        )
        cls.serial = 0

    def row(self, account, amount, day=DAY, other=None, **more):
        """Create a row of the register.

        :param other: tochka.account on the other side
        """
        type(self).serial += 1
        values = {
            "transaction_key": f"t-{self.serial}",
            "payment_id": f"p-{self.serial}",
            "date": day,
            "amount": Decimal(str(amount)),
            "amount_company": Decimal(str(amount)),
            "purpose": "Перевод личных средств между своими счетами",
            "document_number": str(self.serial),
            "type_code": "Платежное поручение",
            "partner_bic": account.bic,
        }
        if other:
            values["account_number"] = other.number
            values["inn"] = other.organization_id.inn
            values["partner_name"] = other.organization_id.name
        values.update(more)
        Transaction = self.env["tochka.transaction"]
        Transaction._insert(account, [values])
        return Transaction.search(
            [
                ("account_id", "=", account.id),
                ("transaction_key", "=", values["transaction_key"]),
            ]
        )

    def book(self, *accounts):
        """Make the lines of the rows, account by account."""
        for account in accounts:
            account._make_lines()

    def assertPaired(self, one, other):
        self.assertEqual((one.pair_id, other.pair_id), (other, one))
        self.assertEqual(one.line_id.tochka_pair_id, other.line_id)
        self.assertEqual(other.line_id.tochka_pair_id, one.line_id)

    def assertAlone(self, *rows):
        for row in rows:
            self.assertFalse(row.pair_id)
            self.assertFalse(row.line_id.tochka_pair_id or row.line_id.tochka_pair_name)


@tagged("post_install", "-at_install")
class TestTransferRecognition(TransferCase):
    def is_transfer(self, account=None, **more):
        account = account or self.roubles
        row = self.row(account, -100, **more)
        self.book(account)
        return row.line_id.tochka_is_transfer

    def test_an_account_the_bank_showed(self):
        self.assertTrue(self.is_transfer(other=self.yuan, purpose="Оплата"))
        self.assertTrue(self.is_transfer(other=self.trader, purpose="Оплата"))

    def test_two_taxpayers_of_one_owner_may_have_a_deal(self):
        inn = self.trader.organization_id.inn
        for words, transfer in (
            ("Оплата по договору № 3-У, акт 10/2026", False),
            ("Предоставление займа по договору № 9", False),
            ("Перевод собственных средств", True),
            ("Пополнение счета", True),
        ):
            found = self.is_transfer(other=self.trader, inn=inn, purpose=words)
            self.assertEqual(found, transfer, words)
        # In one set of books even a payment by contract is neither income nor expense.
        self.trader.organization_id.company_id = self.company
        deal = "Оплата по договору № 3-У"
        self.assertTrue(self.is_transfer(other=self.trader, inn=inn, purpose=deal))

    def test_an_account_of_any_bank_journal_of_the_company(self):
        journal = self.env["account.journal"].create(
            {
                "name": "Другой банк",
                "type": "bank",
                "code": "DB1",
                "company_id": self.company.id,
                "bank_acc_number": "40702810000000000555",
            }
        )
        number = journal.bank_account_id.sanitized_acc_number
        self.assertTrue(
            self.is_transfer(account_number=number, partner_bic="044525225")
        )
        bank = self.env["res.bank"].create({"name": "Другой", "bic": "044525593"})
        journal.bank_account_id.bank_id = bank
        self.assertFalse(
            self.is_transfer(account_number=number, partner_bic="044525225")
        )
        bank.bic = "SABRRUMM"
        self.assertTrue(
            self.is_transfer(account_number=number, partner_bic="044525225")
        )

    def test_another_company_s_account_only_with_the_same_inn(self):
        self.env["account.journal"].create(
            {
                "name": "Счёт другого клиента",
                "type": "bank",
                "code": "DB2",
                "company_id": self.other_company.id,
                "bank_acc_number": "40702810000000000556",
            }
        )
        there = {"account_number": "40702810000000000556"}
        self.assertFalse(self.is_transfer(**there))
        self.other_company.vat = self.roubles.organization_id.inn
        self.assertTrue(self.is_transfer(**there))

    def test_a_stranger_is_no_transfer_whatever_the_words_say(self):
        self.assertFalse(
            self.is_transfer(
                account_number="40702810100000000777", inn="7707083893", partner_bic="1"
            )
        )

    def test_the_own_account_itself_is_no_other_side(self):
        self.assertFalse(self.is_transfer(other=self.roubles))

    def test_an_account_of_ours_in_another_bank_by_our_inn(self):
        inn = self.roubles.organization_id.inn
        elsewhere = {
            "account_number": "40702810100000000777",
            "partner_bic": "044525225",
        }
        self.assertTrue(self.is_transfer(inn=inn, purpose="Пополнение", **elsewhere))
        # Rows of the bank's own accounts bear the client's INN as well.
        for account_number in ("30232810100000000001", "20202810100000000001", None):
            self.assertFalse(
                self.is_transfer(
                    inn=inn, purpose="Взнос наличных", account_number=account_number
                )
            )

    def test_what_a_sole_trader_takes_is_not_for_us_to_say(self):
        inn = self.trader.organization_id.inn
        self.assertFalse(
            self.is_transfer(
                self.trader, inn=inn, account_number="40817810100000000777"
            )
        )
        self.assertTrue(self.is_transfer(self.trader, other=self.roubles))

    def test_an_exchange_that_shows_the_bank(self):
        bank = {"account_number": "47408810100000000001", "inn": BANK_INN}
        for purpose, expected in (
            ("Покупка иностранной валюты 100.00 CNY по курсу 11.5", True),
            ("Продажа валюты по заявке № 5", True),
            ("Конвертация средств", True),
            ("Перевод собственных средств", True),
            ("Комиссия за покупку иностранной валюты", False),
            ("Покупка товара(Терминал:,SHOP,,Street,City,RU)", False),
            ("Перевод собственных средств по номеру телефона через СБП", False),
            ("ВЫДАЧА НАЛИЧНЫХ ДЕНЕЖНЫХ СРЕДСТВ АТМ 771001", False),
            ("Взнос собственных средств через банкомат", False),
        ):
            with self.subTest(purpose):
                self.assertEqual(self.is_transfer(purpose=purpose, **bank), expected)
        self.assertFalse(
            self.is_transfer(self.trader, purpose="Перевод собственных средств", **bank)
        )

    def test_what_founders_bring_and_clients_get_back_is_not_ours(self):
        for number, purpose in (
            (
                "20202810100000000001",
                "Внесение личных денежных средств учредителя по договору займа",
            ),
            ("20202810100000000001", "Внесение личных средств директора"),
            ("20202810100000000001", "Заём: собственные средства, собственных средств"),
            (
                "30232810100000000001",
                "Взнос в уставный капитал из собственных средств учредителя",
            ),
            ("30232810100000000001", "Вклад собственных средств участника в имущество"),
            (
                "47422810100000000001",
                "Возврат собственных денежных средств клиента по заявлению",
            ),
        ):
            with self.subTest(purpose):
                self.assertFalse(
                    self.is_transfer(
                        purpose=purpose, account_number=number, inn=BANK_INN
                    )
                )


@tagged("post_install", "-at_install")
class TestTransferPairs(TransferCase):
    def test_either_side_may_load_first(self):
        for order in ((self.roubles, self.trader), (self.trader, self.roubles)):
            out = self.row(self.roubles, -500, other=self.trader)
            into = self.row(self.trader, 500, other=self.roubles)
            self.book(order[0])
            first = out if order[0] == self.roubles else into
            self.assertTrue(first.line_id.tochka_is_transfer)
            self.assertAlone(first)
            self.book(order[1])
            self.assertPaired(out, into)

    def test_the_bank_s_own_history_is_paired_whole(self):
        """Load weeks of the simulated bank, where both sides share a payment id.

        Its two organisations deal by contract; the words do not matter here.
        """
        no_words = patch.object(transfer_step, "is_deal", lambda purpose: False)
        no_words.start()
        self.addCleanup(no_words.stop)
        accounts = self.roubles | self.yuan | self.trader
        for account in (self.trader, self.yuan, self.roubles):
            self.load(account, date(2026, 9, 1), date(2026, 10, 31))
        rows = self.env["tochka.transaction"].search(
            [("account_id", "in", accounts.ids)]
        )
        numbers = accounts.mapped("number")
        transfers = rows.filtered(lambda row: row.account_number in numbers)
        sides = {}
        for row in transfers:
            sides.setdefault(row.payment_id, []).append(row)
        pairs = [pair for pair in sides.values() if len(pair) == 2]
        self.assertGreater(len(pairs), 5)
        kinds = {pair[0].currency_id == pair[1].currency_id for pair in pairs}
        self.assertEqual(kinds, {True, False})
        self.assertTrue(any(one.date != other.date for one, other in pairs))
        for one, other in pairs:
            self.assertPaired(one, other)
        self.assertEqual(
            rows.filtered("pair_id"), rows.filtered(lambda r: r.payment_id in sides)
        )
        flagged = rows.filtered("line_id.tochka_is_transfer")
        self.assertEqual(flagged, transfers)

    def test_days_apart(self):
        near = self.row(self.roubles, -500, other=self.trader)
        far = self.row(self.roubles, -600, other=self.trader)
        in_a_week = self.row(
            self.trader, 500, DAY + timedelta(days=7), other=self.roubles
        )
        too_late = self.row(
            self.trader, 600, DAY + timedelta(days=8), other=self.roubles
        )
        self.book(self.roubles, self.trader)
        self.assertPaired(near, in_a_week)
        self.assertAlone(far, too_late)

    def test_roubles_and_yuan(self):
        out = self.row(self.roubles, -11540, other=self.yuan)
        other = self.row(self.roubles, -99999, other=self.yuan)
        into = self.row(self.yuan, 1000, other=self.roubles, amount_company=11200)
        self.book(self.roubles, self.yuan)
        self.assertPaired(out, into)
        self.assertAlone(other)

    def test_an_exchange_by_way_of_the_bank(self):
        bank = {
            "account_number": "47408810100000000001",
            "inn": BANK_INN,
            "purpose": "Продажа иностранной валюты",
        }
        out = self.row(self.yuan, -1000, amount_company=-11200, **bank)
        into = self.row(self.roubles, 11100, **bank)
        foreign = self.row(self.trader, 11200, **bank)
        self.book(self.trader, self.yuan, self.roubles)
        self.assertPaired(out, into)
        self.assertAlone(foreign)

    def test_the_other_currency_s_rate_unknown_leaves_the_payment_id(self):
        # Without a rate in Odoo the payment would wait for one.
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.yuan.currency_id.id,
                "company_id": self.company.id,
                "name": date(2026, 10, 1),
                "rate": 1 / 11.5,
            }
        )
        out = self.row(self.roubles, -11540, other=self.yuan, payment_id="same")
        into = self.row(
            self.yuan, 1000, other=self.roubles, amount_company=None, payment_id="same"
        )
        unknown = self.row(self.yuan, 1000, other=self.roubles, amount_company=None)
        self.book(self.roubles, self.yuan)
        self.assertPaired(out, into)
        self.assertAlone(unknown)

    def test_twins_pair_one_to_one_in_order(self):
        out = [self.row(self.roubles, -500, other=self.trader) for _ in range(3)]
        self.book(self.roubles)
        into = [self.row(self.trader, 500, other=self.roubles) for _ in range(2)]
        self.book(self.trader)
        self.assertPaired(out[0], into[0])
        self.assertPaired(out[1], into[1])
        self.assertAlone(out[2])

    def test_the_payment_id_tells_twins_apart(self):
        out = [
            self.row(self.roubles, -500, other=self.trader, payment_id=name)
            for name in ("one", "two")
        ]
        into = [
            self.row(self.trader, 500, other=self.roubles, payment_id=name)
            for name in ("two", "one")
        ]
        self.book(self.roubles, self.trader)
        self.assertPaired(out[0], into[1])
        self.assertPaired(out[1], into[0])

    def test_the_nearest_day_wins(self):
        out = self.row(self.roubles, -500, other=self.trader)
        far = self.row(self.trader, 500, DAY + timedelta(days=4), other=self.roubles)
        near = self.row(self.trader, 500, DAY + timedelta(days=1), other=self.roubles)
        self.book(self.trader, self.roubles)
        self.assertPaired(out, near)
        self.assertAlone(far)

    def test_accounts_that_do_not_name_each_other_stay_apart(self):
        out = self.row(self.roubles, -500, other=self.yuan)
        into = self.row(self.trader, 500, other=self.roubles)
        self.book(self.roubles, self.trader)
        self.assertAlone(out, into)

    def test_the_same_direction_is_no_pair(self):
        one = self.row(self.roubles, 500, other=self.trader)
        other = self.row(self.trader, 500, other=self.roubles)
        self.book(self.roubles, self.trader)
        self.assertAlone(one, other)

    def test_rejecting_unpairs_and_restoring_pairs_again(self):
        out = self.row(self.roubles, -500, other=self.trader)
        into = self.row(self.trader, 500, other=self.roubles)
        self.book(self.roubles, self.trader)
        out.line_id.action_tochka_reject()
        self.assertAlone(out, into)
        self.assertTrue(into.line_id.tochka_is_transfer)
        out.action_restore()
        self.assertPaired(out, into)
        into.line_id.unlink()
        self.assertAlone(out)

    def test_a_free_twin_takes_the_place_of_a_rejected_side(self):
        out = [self.row(self.roubles, -500, other=self.trader) for _ in range(2)]
        into = self.row(self.trader, 500, other=self.roubles)
        self.book(self.roubles, self.trader)
        self.assertPaired(out[0], into)
        out[0].line_id.action_tochka_reject()
        self.env["tochka.transaction"]._pair_transfers_of(self.trader)
        self.assertPaired(out[1], into)

    def test_days_before_the_opening_balance_pair_when_they_enter_the_books(self):
        self.trader._fix_opening(DAY + timedelta(days=1), 0)
        out = self.row(self.roubles, -500, other=self.trader)
        into = self.row(self.trader, 500, other=self.roubles)
        self.book(self.roubles, self.trader)
        self.assertEqual(into.state, "before_opening")
        self.assertAlone(out)
        self.trader._release_opening()
        self.assertPaired(out, into)
        self.trader._fix_opening(DAY + timedelta(days=1), 0)
        self.assertAlone(out)

    def test_two_loads_that_did_not_see_each_other(self):
        """Each committed its payments before it could see the other's."""
        out = self.row(self.roubles, -500, other=self.trader)
        into = self.row(self.trader, 500, other=self.roubles)
        Transaction = type(self.env["tochka.transaction"])
        with patch.object(Transaction, "_pair_transfers_of"):
            self.book(self.roubles, self.trader)
        self.assertAlone(out, into)
        run = self.load(self.trader, DAY, DAY)
        self.assertEqual(run.state, "done")
        self.assertPaired(out, into)

    def test_a_run_looks_again_after_it_has_committed_its_lines(self):
        """It sees what another load has committed since the lines were made."""
        account, other = self.trader, self.roubles
        into = self.row(account, 777.77, other=other)
        out = self.row(other, -777.77, other=account)
        Transaction = type(self.env["tochka.transaction"])
        create, calls = Transaction._create_lines, []

        def between(rows):
            with patch.object(Transaction, "_pair_transfers_of"):
                create(rows)
                if not calls:
                    calls.append(rows)
                    rows.env["tochka.account"].browse(other.id)._make_lines()

        with patch.object(Transaction, "_create_lines", between):
            self.load(account, DAY, DAY)
        self.assertTrue(calls)
        self.assertPaired(out, into)

    def test_queries_do_not_grow_with_the_rows(self):
        counts = []
        for number in (50, 400):
            rows = self.env["tochka.transaction"]
            for account, other, sign in (
                (self.roubles, self.trader, -1),
                (self.trader, self.roubles, 1),
            ):
                for place in range(number):
                    rows |= self.row(
                        account, sign * (number * 1000 + place), other=other
                    )
            Transaction = type(self.env["tochka.transaction"])
            with patch.object(Transaction, "_pair_transfers_of"):
                self.book(self.roubles, self.trader)
            mine = rows.filtered(lambda row: row.account_id == self.trader)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            mine._pair_transfers_of(self.trader)
            paired = self.env.cr.sql_log_count
            found = {row: {} for row in mine}
            transfer_step.mark_transfers(mine, found, own_accounts(mine))
            counts.append((paired - before, self.env.cr.sql_log_count - paired))
            self.assertEqual(len(rows.filtered("pair_id")), 2 * number)
            self.assertEqual(
                list(found.values()), [{"tochka_is_transfer": True}] * number
            )
        self.assertEqual(counts[0], counts[1])

    # === BY HAND === #

    def test_a_person_clears_and_sets_the_mark(self):
        out = self.row(self.roubles, -500, other=self.trader)
        into = self.row(self.trader, 500, other=self.roubles)
        self.book(self.roubles, self.trader)
        out.line_id.tochka_is_transfer = False
        self.assertAlone(out, into)
        self.env["tochka.transaction"]._pair_transfers_of(self.trader)
        self.assertAlone(out, into)
        out.line_id.with_user(self.accountant).tochka_is_transfer = True
        self.assertPaired(out, into)

    def test_recognising_again_keeps_the_mark_a_person_took_off_or_set(self):
        off = self.row(self.roubles, -500, other=self.trader)
        on = self.row(self.roubles, -600, account_number=BUSINESS_ACCOUNT)
        self.book(self.roubles)
        self.assertEqual(
            [row.line_id.tochka_is_transfer for row in (off, on)], [True, False]
        )
        lines = (off | on).line_id.with_user(self.accountant)
        off.line_id.with_user(self.accountant).tochka_is_transfer = False
        on.line_id.with_user(self.accountant).tochka_is_transfer = True
        lines.action_tochka_recognise()
        self.assertEqual(
            [row.line_id.tochka_is_transfer for row in (off, on)], [False, True]
        )

    def test_a_confirmed_payment_keeps_its_mark(self):
        out = self.row(self.roubles, -500, other=self.trader)
        self.book(self.roubles)
        out.line_id.move_id.checked = True
        with self.assertRaisesRegex(UserError, "Put it back to new"):
            out.line_id.tochka_is_transfer = False
        out.line_id.tochka_is_transfer = True

    # === WALLS === #

    def test_the_other_company_s_line_is_not_shown_to_strangers(self):
        out = self.row(self.roubles, -500, other=self.trader)
        into = self.row(self.trader, 500, other=self.roubles)
        self.book(self.roubles, self.trader)
        specification = {
            "tochka_pair_id": {"fields": {"display_name": {}, "amount": {}}},
            "tochka_pair_name": {},
        }
        line = out.line_id
        self.env.invalidate_all()
        [seen] = line.with_user(self.accountant).web_read(specification)
        self.assertEqual(seen["tochka_pair_id"], False)
        self.assertEqual(seen["tochka_pair_name"], "an account of another company")
        insider = new_test_user(
            self.env,
            "tochka_insider",
            "base.group_user,account_tochka.group_tochka_user",
            company_id=self.company.id,
            company_ids=[Command.set((self.company | self.other_company).ids)],
        )
        both = [self.company.id, self.other_company.id]
        [seen] = (
            line.with_user(insider)
            .with_context(allowed_company_ids=both)
            .web_read(specification)
        )
        self.assertEqual(seen["tochka_pair_id"]["id"], into.line_id.id)
        self.assertEqual(seen["tochka_pair_name"], into.account_id.display_name)

    def test_searching_for_transfers_without_their_other_side(self):
        out = self.row(self.roubles, -500, other=self.trader)
        into = self.row(self.trader, 500, other=self.roubles)
        alone = self.row(self.roubles, -600, other=self.trader)
        self.book(self.roubles, self.trader)
        lines = (out | into | alone).line_id
        Line = self.env["account.bank.statement.line"]
        ours = [("id", "in", lines.ids)]
        self.assertEqual(
            Line.search([*ours, ("tochka_pair_id", "=", False)]), alone.line_id
        )
        self.assertEqual(
            Line.search([*ours, ("tochka_pair_id", "!=", False)]),
            lines - alone.line_id,
        )
        self.assertEqual(
            Line.search([*ours, ("tochka_pair_id", "=", into.line_id.id)]), out.line_id
        )

    def test_a_stranger_rejects_a_side_of_two_companies(self):
        out = self.row(self.roubles, -500, other=self.trader)
        into = self.row(self.trader, 500, other=self.roubles)
        self.book(self.roubles, self.trader)
        out.line_id.with_user(self.accountant).action_tochka_reject()
        self.assertAlone(into)
