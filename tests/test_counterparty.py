import json
import logging
import os
from collections import Counter
from contextlib import closing
from datetime import date
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.fields import Command
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.recognition import pipeline
from ..models.recognition.counterparties import Counterparties, Party
from ..models.recognition.own_accounts import own_accounts
from ..models.recognition.partners import find_partners
from ..models.recognition.payees import read_payees
from ..models.recognition.recognised import NOTHING_FOUND
from ..simulator import people
from ..simulator.checkdigits import account_key, company_inn, person_inn
from .common import TochkaCase

_logger = logging.getLogger(__name__)

BIC, OTHER_BIC = "044529901", "044529917"
FIRM = company_inn("770099001")
OTHER_FIRM = company_inn("770099002")
PERSON = person_inn("7700990010")
KPP, BRANCH_KPP = "770901001", "500943001"
ACCOUNT = account_key("40702810000000000123", BIC)
OTHER_ACCOUNT = account_key("40702810000000000456", BIC)


class CounterpartyCase(TochkaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.choose(cls)
        cls.serial = 0

    def row(self, **values):
        """Create one row of the register, by default of a firm that has no contact."""
        return self.rows(values)

    def rows(self, *all_values):
        """Create rows of the register."""
        found = []
        for values in all_values:
            type(self).serial += 1
            found.append(
                {
                    "transaction_key": f"row {self.serial}",
                    "date": date(2026, 10, 15),
                    "amount": 100 + self.serial,
                    "purpose": "Оплата по договору",
                    "partner_name": 'ООО "РОМАШКА"',
                    "inn": FIRM,
                    "kpp": KPP,
                    "account_number": ACCOUNT,
                    "partner_bic": BIC,
                    "bank_name": 'АО "ПРИБОЙБАНК"',
                    "raw": json.dumps({}),
                    **values,
                }
            )
        Transaction = self.env["tochka.transaction"]
        Transaction._insert(self.account, found)
        keys = [values["transaction_key"] for values in found]
        made = Transaction.search([("transaction_key", "in", keys)])
        return made.sorted(lambda row: keys.index(row.transaction_key))

    def partner(self, name="Кто-то", **values):
        return self.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    def bank_account(self, partner, number=ACCOUNT, bic=None):
        bank = self.env["res.bank"]
        if bic:
            bank = bank.create({"name": "Банк", "bic": bic})
        return self.env["res.partner.bank"].create(
            {"acc_number": number, "partner_id": partner.id, "bank_id": bank.id}
        )

    def recognise(self, rows):
        """Return [(partner, source)] in the order of the rows."""
        found = rows._recognise()
        self.assertEqual(list(found), list(rows))
        return [
            (
                self.env["res.partner"].browse(found[row]["partner_id"] or []),
                found[row]["tochka_partner_source"],
            )
            for row in rows
        ]

    def assertFound(self, row, partner, source):
        self.assertEqual(self.recognise(row), [(partner, source)])
        self.assertEqual(row.partner_id, partner)

    def assertNobody(self, row, *, candidates=()):
        before = self.env["res.partner"].with_context(active_test=False).search([])
        self.assertEqual(self.recognise(row), [(before.browse(), False)])
        self.assertFalse(row.partner_id)
        after = self.env["res.partner"].with_context(active_test=False).search([])
        self.assertEqual(after, before, "nobody is created")
        row._create_lines()
        self.assertFalse(row.line_id.partner_id)
        offered = row.line_id.tochka_partner_candidate_ids
        self.assertEqual(set(offered), set(candidates))


@tagged("post_install", "-at_install")
class TestFinding(CounterpartyCase):
    def test_the_order_of_the_ways(self):
        row = self.row()

        def found():
            [answer] = self.recognise(row)
            # Otherwise what was learnt finds the same contact again.
            answer[0].bank_ids.unlink()
            return answer

        by_name = self.partner("Ромашка, ООО")
        self.assertEqual(found(), (by_name, "name"))
        by_inn = self.partner(vat=FIRM)
        self.assertEqual(found(), (by_inn, "inn"))
        by_inn.kpp = BRANCH_KPP
        self.assertEqual(found(), (by_inn, "inn"))
        by_inn_kpp = self.partner(vat=FIRM, kpp=KPP)
        self.assertEqual(found(), (by_inn_kpp, "inn_kpp"))
        by_account = self.partner(vat=FIRM, kpp=BRANCH_KPP)
        self.bank_account(by_account, f"{ACCOUNT[:10]} {ACCOUNT[10:]}")
        self.assertEqual(found(), (by_account, "account"))

    def test_a_found_contact_learns_the_account(self):
        partner = self.partner(vat=FIRM)
        self.assertFound(self.row(), partner, "inn")
        self.assertEqual(partner.bank_ids.sanitized_acc_number, ACCOUNT)
        self.assertEqual(partner.bank_ids.bank_id.bic, BIC)
        self.assertFalse(partner.bank_ids.allow_out_payment)
        self.assertFound(self.row(inn=None, kpp=None), partner, "account")
        self.assertEqual(len(partner.bank_ids), 1)
        self.assertFalse(partner.kpp, "what people typed stays")

    def test_an_inn_as_people_type_it(self):
        spaced = f"{FIRM[:4]} {FIRM[4:]}"
        for vat in (f"RU{FIRM}", spaced, f"ru {spaced}"):
            partner = self.partner(vat=vat)
            self.assertFound(self.row(account_number=None), partner, "inn")
            partner.active = False
            partner.vat = False
        abroad = self.partner(vat=FIRM, country_id=self.env.ref("base.pl").id)
        [(found, source)] = self.recognise(self.row(account_number=None))
        self.assertEqual(source, "created")
        self.assertNotEqual(found, abroad)

    def test_two_with_the_inn_and_none_with_the_kpp_are_nobody(self):
        first, second = self.partner(vat=FIRM), self.partner(vat=FIRM)
        self.assertNobody(self.row(), candidates=first + second)

    def test_two_with_inn_and_kpp_are_nobody(self):
        both = self.partner(vat=FIRM, kpp=KPP) + self.partner(vat=FIRM, kpp=KPP)
        self.assertNobody(self.row(), candidates=both)

    def test_branches_and_a_payment_without_kpp_are_nobody(self):
        both = self.partner(vat=FIRM, kpp=KPP) + self.partner(vat=FIRM, kpp=BRANCH_KPP)
        self.assertNobody(self.row(kpp="0"), candidates=both)

    def test_a_payment_without_kpp_means_the_only_one(self):
        partner = self.partner(vat=FIRM, kpp=KPP)
        self.assertFound(self.row(kpp="0"), partner, "inn")

    def test_an_account_of_two_does_not_tell_them_apart(self):
        first, second = self.partner(), self.partner()
        self.bank_account(first)
        self.bank_account(second)
        self.assertNobody(self.row(inn=None), candidates=first + second)
        second.vat = FIRM
        self.assertFound(self.row(), second, "inn")

    def test_an_account_typed_for_somebody_with_another_inn_is_no_proof(self):
        other = self.partner(vat=OTHER_FIRM)
        self.bank_account(other)
        partner = self.partner(vat=FIRM)
        self.assertFound(self.row(), partner, "inn")
        self.assertFound(self.row(inn=None), self.env["res.partner"], False)

    def test_the_same_number_in_another_bank_is_another_account(self):
        other = self.partner()
        self.bank_account(other, bic=OTHER_BIC)
        [(found, source)] = self.recognise(self.row())
        self.assertEqual(source, "created")
        self.assertNotEqual(found, other)

    def test_an_account_of_a_person_at_the_firm_means_the_firm(self):
        firm = self.partner()
        clerk = self.env["res.partner"].create(
            {"name": "Кассир", "parent_id": firm.id, "is_company": False}
        )
        self.bank_account(clerk)
        self.assertFound(self.row(inn=None), firm, "account")

    def test_a_wrong_account_tells_nothing(self):
        wrong = ACCOUNT[:-1] + str((int(ACCOUNT[-1]) + 1) % 10)
        partner = self.partner()
        self.bank_account(partner, wrong)
        [(found, source)] = self.recognise(self.row(account_number=wrong))
        self.assertEqual(source, "created")
        self.assertNotEqual(found, partner)
        self.assertFalse(found.bank_ids)

    def test_a_wrong_inn_tells_nothing(self):
        wrong = FIRM[:-1] + str((int(FIRM[-1]) + 1) % 10)
        self.partner(vat=wrong)
        self.assertNobody(self.row(inn=wrong))

    def test_an_account_taken_off_a_contact_is_not_its_own_any_more(self):
        partner = self.partner(vat=FIRM)
        self.bank_account(partner).active = False
        row = self.row()
        self.assertFound(row, partner, "inn")
        self.assertFalse(partner.bank_ids, "nor put on again")
        partner.vat = False
        self.assertFound(self.row(inn=None), self.env["res.partner"], False)

    def test_a_name_with_another_inn_is_somebody_else(self):
        other = self.partner("ООО «Ромашка»", vat=OTHER_FIRM)
        [(found, source)] = self.recognise(self.row())
        self.assertEqual(source, "created")
        self.assertNotEqual(found, other)

    def test_a_name_alone_finds_whoever_has_it(self):
        partner = self.partner("ООО «Ромашка»", vat=OTHER_FIRM)
        row = self.row(
            inn=None,
            kpp=None,
            account_number=None,
            partner_name="Общество с ограниченной ответственностью РОМАШКА",
        )
        self.assertFound(row, partner, "name")

    def test_two_of_the_name_are_nobody(self):
        both = self.partner("ООО Ромашка") + self.partner("Ромашка (ООО)")
        self.assertNobody(self.row(), candidates=both)

    def test_a_name_teaches_no_account(self):
        """Names are shared, and an account learnt from one would count as certain."""
        partner = self.partner("ООО «Ромашка»")
        self.assertFound(self.row(), partner, "name")
        self.assertFound(self.row(inn=None, kpp=None), partner, "name")
        self.assertFalse(partner.bank_ids)
        stranger = self.row(inn=OTHER_FIRM, partner_name="АО «Лютик»")
        [(found, source)] = self.recognise(stranger)
        self.assertEqual(source, "created")
        self.assertNotEqual(found, partner)

    def test_an_account_is_proof_where_name_or_silence_agrees(self):
        partner = self.partner("Ромашка, ООО")
        self.bank_account(partner)
        self.assertFound(self.row(), partner, "account")
        partner.name = "Ромашка (Заречье)"
        self.assertFound(self.row(), partner, "account")
        someone = {"inn": None, "kpp": None, "partner_name": "Кто-то"}
        self.assertFound(self.row(**someone), partner, "account")

    def test_an_inn_goes_before_an_account_of_somebody_without_one(self):
        holder, partner = self.partner("ООО «Ромашка»"), self.partner(vat=FIRM)
        self.bank_account(holder)
        self.assertFound(self.row(), partner, "inn")
        self.assertEqual(partner.bank_ids.sanitized_acc_number, ACCOUNT)
        self.assertFound(self.row(), partner, "inn")
        # Two contacts have the account now.
        row = self.row(inn=None, kpp=None, partner_name=None)
        self.assertNobody(row, candidates=holder + partner)

    def test_two_with_the_inn_are_not_told_apart_by_an_account_of_a_third(self):
        holder = self.partner("ООО «Ромашка»")
        self.bank_account(holder)
        both = self.partner(vat=FIRM) + self.partner(vat=FIRM)
        self.assertNobody(self.row(), candidates=holder + both)

    def test_an_account_under_another_name_is_no_proof_against_an_inn(self):
        holder = self.partner("ООО «Лютик»")
        self.bank_account(holder)
        self.account.create_partners = False
        self.assertNobody(self.row(), candidates=holder)
        self.account.create_partners = True
        row = self.row()
        [(created, source)] = self.recognise(row)
        self.assertEqual((created.vat, source), (FIRM, "created"))
        self.assertNotEqual(created, holder)
        self.assertFound(self.row(), created, "inn_kpp")

    def test_archived_contacts_are_neither_found_nor_doubled(self):
        archived = self.partner(vat=FIRM, kpp=KPP)
        archived.active = False
        self.assertNobody(self.row(), candidates=archived)
        active = self.partner(vat=FIRM)
        self.assertFound(self.row(), active, "inn")

    def test_a_firm_from_abroad_is_found_by_its_account_and_never_created(self):
        party = people.CHINESE[0]
        row = {
            "partner_name": party.name,
            "inn": "12345",
            "kpp": None,
            "account_number": party.account,
            "partner_bic": party.agent.bic,
        }
        self.assertNobody(self.row(**row))
        partner = self.partner("Qinghe")
        self.bank_account(partner, party.account)
        self.assertFound(self.row(**row), partner, "account")

    def test_a_key_follows_the_name_and_the_inn(self):
        partner = self.partner("ООО «Ромашка»", vat=f"RU{FIRM}")
        self.assertEqual(partner.legal_key, "ооо ромашка")
        self.assertEqual(partner.inn_key, FIRM)
        partner.write({"name": "АО «Лютик»", "vat": "DE123"})
        self.assertEqual(partner.legal_key, "ао лютик")
        self.assertFalse(partner.inn_key)


@tagged("post_install", "-at_install")
class TestTheBank(CounterpartyCase):
    def _bank_row(self, party=people.THE_BANK, **values):
        return self.row(
            **{
                "partner_name": party.name,
                "inn": party.inn,
                "kpp": party.kpp,
                "account_number": party.account,
                "partner_bic": party.agent.bic,
                "bank_name": party.agent.name,
                **values,
            }
        )

    def test_the_bank_is_nobodys_counterparty(self):
        bank = self.partner('ООО "Банк Точка"', vat=people.THE_BANK.inn)
        self.bank_account(bank, people.THE_BANK.account)
        for party in (people.THE_BANK, people.BANK_INCOME):
            self.assertNobody(self._bank_row(party))
            self.assertNobody(self._bank_row(party, inn=None, kpp=None))
        self.assertNobody(self._bank_row(inn=None, account_number=None))

    def test_the_payee_is_read_from_the_purpose(self):
        row = self._bank_row(
            purpose="Перевод по номеру телефона +79000001234. Получатель Ульяна Ч."
            " через СБП. Сообщение получателю: аванс"
        )
        self.env["cash.flow.rule"].search([]).active = False
        found = row._recognise()
        self.assertEqual(
            found, {row: NOTHING_FOUND | {"tochka_payee": "Ульяна Ч., +79000001234"}}
        )
        self.assertEqual(row.payee, "Ульяна Ч., +79000001234")

    def test_a_customers_purpose_has_no_payee(self):
        row = self.row(purpose="Перевод по номеру телефона +79000001234 через СБП")
        self.assertFalse(row._recognise()[row]["tochka_payee"])

    def test_a_client_of_the_bank_is_a_counterparty(self):
        client = people.TRADER
        number = account_key("40802810000000000777", self.account.bic)
        row = self._bank_row(
            inn=client.inn,
            kpp="0",
            account_number=number,
            partner_name=client.short_name,
        )
        [(found, source)] = self.recognise(row)
        self.assertEqual((found.vat, source), (client.inn, "created"))

    def test_another_bank_that_pays_for_a_person_is_no_counterparty(self):
        row = self.row(
            partner_name="ПАО ПРИБОЙБАНК//ИВАНОВ ИВАН ИВАНОВИЧ//г. Приозёрск//",
            account_number=account_key("30232810000000000001", BIC),
        )
        self.assertNobody(row)
        self.assertEqual(row.payee, "Иванов Иван Иванович")

    def test_a_person_behind_another_bank_is_told_by_an_own_inn(self):
        row = self.row(
            inn=PERSON,
            kpp="0",
            partner_name="ПАО ПРИБОЙБАНК//ИВАНОВ ИВАН ИВАНОВИЧ//г. Приозёрск//",
            account_number=account_key("30232810000000000001", BIC),
        )
        [(person, source)] = self.recognise(row)
        self.assertEqual(source, "created")
        self.assertEqual(person.name, "Иванов Иван Иванович")
        self.assertEqual((person.vat, person.is_company), (PERSON, False))
        self.assertFalse(person.bank_ids)
        self.assertFalse(row.payee)

    def test_the_loaded_month(self):
        self.load(self.account)
        lines = self.lines(self.account)
        of_bank = lines.filtered(lambda one: one.tochka_inn == people.THE_BANK.inn)
        self.assertGreater(len(of_bank), 20)
        self.assertFalse(of_bank.partner_id)
        shops = of_bank.filtered(lambda one: "Терминал" in one.payment_ref)
        self.assertTrue(shops)
        self.assertTrue(all(shops.mapped("tochka_payee")))


@tagged("post_install", "-at_install")
class TestOwn(CounterpartyCase):
    def test_own_accounts_mean_the_company_that_holds_them(self):
        other = self.connection.account_ids - self.account
        yuan = other.filtered(lambda one: one.currency_id.name == "CNY")
        row = self.row(account_number=yuan.number, partner_bic=yuan.bic, inn=None)
        self.assertFound(row, self.company.partner_id, "own")
        row = self.row(inn=people.COMPANY.inn, account_number=None)
        self.assertFound(row, self.company.partner_id, "own")

    def test_an_account_in_another_bank_entered_for_the_company(self):
        self.bank_account(self.company.partner_id)
        self.assertFound(self.row(inn=None), self.company.partner_id, "own")

    def test_the_digits_of_an_own_account_in_another_bank_are_anothers(self):
        other = self.connection.account_ids - self.account
        yuan = other.filtered(lambda one: one.currency_id.name == "CNY")
        digits = {"account_number": yuan.number, "inn": OTHER_FIRM}
        self.assertFound(
            self.row(partner_bic=yuan.bic, **digits), self.company.partner_id, "own"
        )
        [(found, source)] = self.recognise(self.row(partner_bic=OTHER_BIC, **digits))
        self.assertEqual((found.vat, source), (OTHER_FIRM, "created"))

    def test_another_clients_account_is_not_our_own(self):
        """An accounting firm keeps the books of both, by two permissions."""
        company = self._make_company("Клиент")
        theirs = (self.connection.account_ids - self.account)[:1]
        connection = theirs.connection_id.copy({"name": "Клиент"})
        organization = theirs.organization_id.copy(
            {"connection_id": connection.id, "inn": FIRM, "company_id": company.id}
        )
        theirs.copy(
            {
                "bank_account_id": f"{OTHER_ACCOUNT}/{BIC}",
                "organization_id": organization.id,
                "connection_id": connection.id,
                "journal_id": False,
            }
        )
        [(found, source)] = self.recognise(self.row(account_number=OTHER_ACCOUNT))
        self.assertEqual((found.vat, source), (FIRM, "created"))

    def test_an_inn_as_people_type_it_tells_the_own_company(self):
        """The journal of another company of the same owner, in another bank."""
        company = self._make_company("Сестра")
        company.partner_id.vat = f"RU{self.account.organization_id.inn}"
        journal = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )
        journal.bank_account_id = self.bank_account(company.partner_id, bic=BIC)
        row = self.row(inn=None, kpp=None)
        self.assertEqual(own_accounts(row), {ACCOUNT: {BIC}})
        self.assertTrue(row._recognise()[row]["tochka_is_transfer"])

    def test_a_holder_behind_the_wall_is_nobody(self):
        other = self.connection.account_ids - self.account
        sole = other.filtered(lambda one: one.organization_id.inn == people.TRADER.inn)
        company = self._make_company("Чужая")
        company.partner_id.company_id = company
        sole.organization_id.company_id = company
        row = self.row(
            account_number=sole[0].number,
            partner_bic=sole[0].bic,
            inn=people.TRADER.inn,
        )
        self.assertNobody(row)

    def test_the_contact_of_a_company_learns_no_account(self):
        sister = self._make_company("Сестра")
        sister.partner_id.vat = FIRM
        self.assertFound(self.row(), sister.partner_id, "inn")
        self.assertFalse(sister.partner_id.bank_ids)

    def test_a_transfer_creates_nobody(self):
        row = self.row()
        found = {row: NOTHING_FOUND | {"tochka_is_transfer": True}}
        find_partners(row, found, own_accounts(row))
        self.assertFalse(found[row]["partner_id"])


@tagged("post_install", "-at_install")
class TestWalls(CounterpartyCase):
    def setUp(self):
        super().setUp()
        self.foreign = self._make_company("Чужая")

    def test_contacts_of_another_company_are_never_found(self):
        theirs = self.partner(
            "ООО «Ромашка»", vat=FIRM, kpp=KPP, company_id=self.foreign.id
        )
        self.bank_account(theirs)
        [(found, source)] = self.recognise(self.row())
        self.assertEqual(source, "created")
        self.assertNotEqual(found, theirs)
        self.assertEqual(found.company_id, self.company, "theirs stays theirs")
        self.assertEqual(found.bank_ids.sanitized_acc_number, ACCOUNT)
        self.assertFound(self.row(), found, "account")

    def test_contacts_of_the_own_company_are_found(self):
        ours = self.partner(vat=FIRM, company_id=self.company.id)
        self.assertFound(self.row(), ours, "inn")

    def test_contacts_of_the_parent_company_are_found(self):
        branch = self.env["res.company"].create(
            {"name": "Филиал", "parent_id": self.company.id}
        )
        theirs = self.partner(vat=FIRM, company_id=self.company.id)
        party = Party.of(self.row())
        found, way = Counterparties(self.env, branch, [party]).find(party)
        self.assertEqual((found.id, way), (theirs.id, "inn"))
        theirs.company_id = branch
        found, _way = Counterparties(self.env, self.company, [party]).find(party)
        self.assertIsNone(found)

    def test_candidates_stay_within_the_wall(self):
        self.account.create_partners = False
        self.partner("ООО «Ромашка»", company_id=self.foreign.id)
        ours = self.partner("ООО «Ромашка»") + self.partner("ООО «Ромашка»")
        row = self.row()
        row._create_lines()
        line = row.line_id.with_user(self.accountant)
        self.assertEqual(set(line.tochka_partner_candidate_ids.ids), set(ours.ids))


@tagged("post_install", "-at_install")
class TestCreation(CounterpartyCase):
    FIELDS = (
        *("name", "is_company", "vat", "kpp", "lang", "active", "parent_id"),
        *("inn_key", "legal_key", "tochka_created", "customer_rank", "supplier_rank"),
    )

    def created(self, **values):
        [(partner, source)] = self.recognise(self.row(**values))
        self.assertEqual(source, "created")
        return partner

    def test_a_firm(self):
        self.company.partner_id.lang = "en_US"
        partner = self.created()
        self.assertEqual(
            partner.read(self.FIELDS)[0],
            {
                "id": partner.id,
                "name": "ООО «Ромашка»",
                "is_company": True,
                "vat": FIRM,
                "kpp": KPP,
                "lang": "en_US",
                "active": True,
                "parent_id": False,
                "inn_key": FIRM,
                "legal_key": "ооо ромашка",
                "tochka_created": True,
                "customer_rank": 0,
                "supplier_rank": 0,
            },
        )
        self.assertEqual(partner.country_id, self.env.ref("base.ru"))
        self.assertFalse(partner.company_id)
        bank_account = partner.bank_ids
        self.assertEqual(len(bank_account), 1)
        self.assertEqual(bank_account.acc_number, ACCOUNT)
        self.assertEqual(bank_account.sanitized_acc_number, ACCOUNT)
        self.assertEqual(bank_account.acc_holder_name, "ООО «Ромашка»")
        self.assertFalse(bank_account.allow_out_payment)
        bank = bank_account.bank_id
        self.assertEqual((bank.name, bank.bic), ('АО "ПРИБОЙБАНК"', BIC))
        self.assertEqual(bank.country, self.env.ref("base.ru"))
        self.assertFalse(partner.message_ids)

    def test_a_context_sent_over_rpc_leaves_out_no_note(self):
        quiet = self.env["res.partner"].with_context(tochka_no_notes=True)
        self.assertTrue(quiet.create({"name": "Новый"}).message_ids)

    def test_a_person(self):
        partner = self.created(
            inn=PERSON,
            kpp="0",
            partner_name="ИП ОМУТОВА ВАСИЛИСА РОДИОНОВНА",
            account_number=None,
        )
        self.assertEqual(partner.name, "ИП Омутова Василиса Родионовна")
        self.assertFalse(partner.is_company)
        self.assertEqual((partner.vat, partner.kpp), (PERSON, False))
        self.assertFalse(partner.bank_ids)
        again = self.row(inn=PERSON, kpp="770901001", account_number=None)
        self.assertFound(again, partner, "inn")

    def test_without_a_name_the_inn_stands_for_it(self):
        self.assertEqual(self.created(partner_name=None).name, FIRM)

    def test_the_treasury(self):
        party = people.TAX_OFFICE
        partner = self.created(
            inn=party.inn,
            kpp=party.kpp,
            partner_name=party.name,
            account_number=party.account,
            partner_bic=party.agent.bic,
            bank_name=party.agent.name,
        )
        self.assertEqual(partner.name, "Казначейство России (ФНС России)")
        self.assertEqual(partner.bank_ids.acc_number, party.account)
        # Many share the account, so it does not identify the counterparty.
        other = self.created(account_number=party.account, partner_bic=party.agent.bic)
        self.assertNotEqual(other, partner)

    def test_the_bank_is_made_once(self):
        bank = self.env["res.bank"].create({"name": "Прибой", "bic": BIC})
        first = self.created()
        second = self.created(
            inn=OTHER_FIRM, partner_name="АО Лютик", account_number=OTHER_ACCOUNT
        )
        self.assertEqual(first.bank_ids.bank_id, bank)
        self.assertEqual(second.bank_ids.bank_id, bank)

    def test_another_kpp_of_a_known_firm_is_the_same_firm(self):
        firm = self.created()
        row = self.row(kpp=BRANCH_KPP, account_number=OTHER_ACCOUNT)
        self.assertFound(row, firm, "inn")
        self.assertEqual(firm.kpp, KPP)

    def test_a_third_kpp_beside_two_branches_is_nobody(self):
        both = self.partner(vat=FIRM, kpp=KPP) + self.partner(vat=FIRM, kpp=BRANCH_KPP)
        self.assertNobody(self.row(kpp="770301003"), candidates=both)

    def test_one_batch_makes_each_once(self):
        rows = self.rows(
            {"inn": None, "kpp": None, "partner_name": "кто-то"},
            {"kpp": "0", "account_number": OTHER_ACCOUNT},
            {},
            {},
            {"inn": OTHER_FIRM, "account_number": None},
            {"inn": OTHER_FIRM, "account_number": None},
        )
        found = self.recognise(rows)
        self.assertEqual(
            [source for _partner, source in found],
            ["account", "inn", "created", "account", "created", "inn_kpp"],
        )
        first, second = found[2][0], found[4][0]
        self.assertEqual(
            [partner for partner, _source in found], [first] * 4 + [second] * 2
        )
        self.assertEqual(
            set(first.bank_ids.mapped("acc_number")), {ACCOUNT, OTHER_ACCOUNT}
        )

    def test_the_switch(self):
        self.account.create_partners = False
        self.assertNobody(self.row())
        self.account.create_partners = True
        self.created()

    def test_the_switch_in_the_dialog(self):
        wizard = (
            self.env["tochka.choose.wizard"]
            .with_user(self.administrator)
            .with_context(active_id=self.connection.id)
            .create({})
        )
        line = wizard.account_line_ids.filtered(
            lambda one: one.account_id == self.account
        )
        self.assertTrue(line.create_partners)
        line.create_partners = False
        wizard.action_save()
        self.assertFalse(self.account.create_partners)

    def test_loading_twice_creates_nobody_more(self):
        self.load(self.account)
        Partner = self.env["res.partner"]
        created = Partner.search([("tochka_created", "=", True)])
        self.assertGreater(len(created), 15)
        keys = [(one.vat, one.kpp, one.company_id) for one in created]
        self.assertEqual(len(set(keys)), len(keys))
        accounts = self.env["res.partner.bank"].search([])
        self.account.transaction_ids.line_id.unlink()
        self.account.transaction_ids.write({"state": "new"})
        self.load(self.account)
        self.assertEqual(Partner.search([("tochka_created", "=", True)]), created)
        self.assertEqual(self.env["res.partner.bank"].search([]), accounts)
        lines = self.lines(self.account)
        self.assertNotIn("created", lines.mapped("tochka_partner_source"))
        strangers = lines.filtered(lambda one: not one.partner_id)
        self.assertEqual(set(strangers.mapped("tochka_inn")), {people.THE_BANK.inn})

    def test_an_accountants_click_creates_contacts(self):
        row = self.row()
        row._create_lines()
        row.line_id.with_user(self.accountant).action_tochka_reject()
        row.partner_id.bank_ids.unlink()
        row.partner_id.write({"vat": False, "name": "Переименован"})
        self.assertFalse(
            self.env["res.partner"].with_user(self.accountant).has_access("create")
        )
        row.with_user(self.accountant).action_restore()
        self.assertEqual(row.line_id.partner_id.vat, FIRM)
        self.assertEqual(row.line_id.tochka_partner_source, "created")


@tagged("post_install", "-at_install")
class TestRace(CounterpartyCase):
    def test_a_contact_another_process_has_just_made_is_not_doubled(self):
        """The other process is a real second connection, which commits."""
        row = self.row(account_number=None)
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute(
                "INSERT INTO res_partner (name, complete_name, type, active,"
                " is_company, vat, inn_key, kpp, tochka_created, autopost_bills)"
                " VALUES ('Other', 'Other', 'contact', TRUE, TRUE, %s, %s, %s, TRUE,"
                " 'ask') RETURNING id",
                [FIRM, FIRM, KPP],
            )
            [partner] = other.fetchone()
            other.execute(
                "UPDATE res_partner SET commercial_partner_id = id WHERE id = %s",
                [partner],
            )
            other.commit()
            self.addCleanup(self._forget, partner)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                row._recognise()

    def _forget(self, partner):
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("DELETE FROM res_partner WHERE id = %s", [partner])

    def test_who_lost_the_race_begins_anew(self):
        honest, calls = pipeline.find_partners, []

        def beaten(rows, found, own):
            calls.append(len(rows))
            if len(calls) == 1:
                raise UniqueViolation("the other process was first")
            return honest(rows, found, own)

        with patch.object(pipeline, "find_partners", beaten):
            run = self.load(self.account)
        self.assertEqual(run.state, "done", run.error)
        self.assertEqual(run.created, len(self.lines(self.account)))
        self.assertEqual(calls[0], calls[1])
        self.assertTrue(self.lines(self.account).partner_id)

    def test_people_may_not_double_what_payments_made(self):
        [(first, _way)] = self.recognise(self.row())
        [(second, _way)] = self.recognise(self.row(inn=OTHER_FIRM, account_number=None))
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                second.vat = FIRM
                second.flush_recordset()
        first.active = False
        second.vat = FIRM
        second.flush_recordset()
        copy = second.copy()
        self.assertFalse(copy.tochka_created)
        typed = self.partner(vat=FIRM, kpp=KPP)
        self.env.flush_all()
        self.assertTrue(typed)

    def test_a_contact_moved_abroad_or_under_a_firm_stops_nothing(self):
        [(partner, _way)] = self.recognise(self.row(account_number=None))
        partner.write({"country_id": self.env.ref("base.pl").id, "name": "Inna"})
        [(again, way)] = self.recognise(self.row(account_number=None))
        self.assertEqual((again == partner, way), (False, "created"))
        again.parent_id = self.partner("Холдинг")
        self.assertFound(self.row(account_number=None), again, "inn_kpp")
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestConfirming(CounterpartyCase):
    def test_a_guess_by_name_is_not_confirmed_by_a_rule(self):
        self.env["cash.flow.rule"].create(
            {
                "name": "Rule",
                "company_id": self.company.id,
                "purpose_words": "договор",
                "cash_flow_item_id": self.env.ref("account_tochka.item_out_rent").id,
                "auto_confirm": True,
            }
        )
        self.partner("ООО «Лютик»")
        rows = self.rows(
            {"amount": -10, "inn": OTHER_FIRM, "partner_name": "Лютик, ООО"},
            {"amount": -20},
            {"amount": -30, "inn": None, "account_number": None, "partner_name": "Я"},
        )
        rows._create_lines()
        rows._confirm_by_rules()
        self.assertEqual(
            [(one.tochka_partner_source, one.tochka_review) for one in rows.line_id],
            [("name", "new"), ("created", "confirmed"), (False, "confirmed")],
        )


@tagged("post_install", "-at_install")
class TestMerging(CounterpartyCase):
    def _merge(self, into, *others):
        everyone = into.union(*others)
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_context(active_model="res.partner", active_ids=everyone.ids)
            .create({"dst_partner_id": into.id})
        )
        wizard.action_merge()
        self.env.flush_all()
        self.assertEqual(everyone.exists(), into)

    def test_a_created_contact_merges_into_one_made_by_hand(self):
        row = self.row()
        [(created, _source)] = self.recognise(row)
        typed = self.partner("Ромашка")
        self._merge(typed, created)
        self.assertEqual((typed.vat, typed.kpp), (FIRM, KPP))
        self.assertFalse(typed.tochka_created, "a person made it")
        self.assertEqual(typed.bank_ids.sanitized_acc_number, ACCOUNT)
        self.assertEqual(row.partner_id, typed)
        self.assertFound(self.row(), typed, "account")

    def test_created_contacts_merge_with_each_other(self):
        first = self.partner(vat=FIRM, tochka_created=True)
        second = self.partner(vat=FIRM, kpp=KPP, tochka_created=True)
        self._merge(first, second)
        self.assertEqual((first.vat, first.kpp), (FIRM, KPP))
        self.assertTrue(first.tochka_created)

    def test_what_was_learnt_of_both_does_not_stop_a_merge(self):
        Memory = self.env["cash.flow.memory"]
        rent = self.env.ref("account_tochka.item_out_rent")
        contacts = self.partner(), self.partner(), self.partner()
        into, first, second = contacts
        for partner, directions in (
            (into, ["out"]),
            (first, ["out", "in"]),
            (second, ["in"]),
        ):
            for direction in directions:
                Memory.create(
                    {
                        "company_id": self.company.id,
                        "direction": direction,
                        "partner_id": partner.id,
                        "cash_flow_item_id": rent.id,
                    }
                )
        kept = Memory.search([("partner_id", "=", into.id)])
        self._merge(into, first, second)
        left = Memory.search([("partner_id", "=", into.id)])
        self.assertIn(kept, left)
        self.assertEqual(sorted(left.mapped("direction")), ["in", "out"])


@tagged("post_install", "-at_install")
class TestQueries(CounterpartyCase):
    def _known(self, count):
        """Create contacts that rows find in every way; return the rows."""
        values, partners = [], []
        for number in range(count):
            inn = company_inn(f"77010{number:04d}")
            account = account_key(f"407028100{number:011d}", BIC)
            name = f"ООО «Астра {number}»"
            way = number % 3
            partners.append(
                {
                    "name": name if way == 2 else f"Кто-то {number}",
                    "vat": inn if way == 1 else False,
                    "bank_ids": [Command.create({"acc_number": account})],
                }
            )
            values.append(
                {
                    "inn": inn if way else None,
                    "partner_name": name,
                    "account_number": account if way == 0 else None,
                }
            )
        self.env["res.partner"].create(partners)
        return self.rows(*values)

    def _count(self, rows):
        self.env.flush_all()
        self.env.invalidate_all()
        found = {row: dict(NOTHING_FOUND) for row in rows}
        started, before = os.times().elapsed, self.env.cr.sql_log_count
        rows.fetch(pipeline.READ)
        read_payees(rows, found)
        find_partners(rows, found, own_accounts(rows))
        self.env.flush_all()
        count = self.env.cr.sql_log_count - before
        spent = os.times().elapsed - started
        return found, count, 1000 * spent / len(rows)

    def test_queries_do_not_grow_with_known_counterparties(self):
        counts = {}
        for size in (50, 400, 2000):
            with closing(self.env.cr.savepoint()):
                found, counts[size], spent = self._count(self._known(size))
                self.assertEqual(
                    Counter(one["tochka_partner_source"] for one in found.values()),
                    Counter(("account", "inn", "name")[n % 3] for n in range(size)),
                )
                _logger.info("%s known: %.2f ms a row", size, spent)
        _logger.info("Queries for known counterparties: %s", counts)
        self.assertEqual(len(set(counts.values())), 1, counts)
        self.assertLessEqual(counts[50], 12)

    def test_queries_do_not_grow_with_created_contacts(self):
        counts = {}
        for size in (50, 400):
            values = [
                {
                    "inn": company_inn(f"77{size:03d}{number:04d}"),
                    "partner_name": f"ООО «Астра {size} {number}»",
                    "account_number": account_key(f"407028100{size}{number:08d}", BIC),
                }
                for number in range(size)
            ]
            found, counts[size], spent = self._count(self.rows(*values))
            self.assertEqual(
                {one["tochka_partner_source"] for one in found.values()}, {"created"}
            )
            _logger.info("%s created: %.2f ms a row", size, spent)
        _logger.info("Queries for created counterparties: %s", counts)
        # The ORM inserts and reads in slices; one query a contact would be 350 more.
        self.assertLessEqual(counts[400], counts[50] + 35)

    def test_candidates_are_read_for_all_lines_at_once(self):
        self.account.create_partners = False
        counts = []
        for first in (0, 100):
            values = [
                {
                    "inn": company_inn(f"77020{first + number:04d}"),
                    "account_number": None,
                    "partner_name": f"ООО «Астра {number}»",
                }
                for number in range(5 if not first else 50)
            ]
            for one in values:
                self.partner(vat=one["inn"], kpp=BRANCH_KPP)
                self.partner(vat=one["inn"], kpp="770301003")
            rows = self.rows(*values)
            rows._create_lines()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            candidates = [line.tochka_partner_candidate_ids for line in rows.line_id]
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual([len(one) for one in candidates], [2] * len(rows))
        self.assertLessEqual(counts[1], counts[0] + 1)
