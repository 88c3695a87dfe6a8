"""The table of rights: who may do what with his company's records and another's.

Every model, stored field and public method of the addon has its entry here; what has
none fails the test, and so does every cell whose call ends otherwise than it says.
"""

import inspect
import logging

from odoo.models import LOG_ACCESS_COLUMNS, BaseModel
from odoo.tests import tagged

from ..models import walls
from .rpc_case import ADDON, ROLES, RpcCase

_logger = logging.getLogger(__name__)

A, AM, M, ALL_READERS = (
    "accountant",
    "accountant manager",
    "manager",
    "accountant manager reader",
)
WITH_BILLING = "accountant manager reader billing"
NOBODY = ""

# model → who may read, write, create, delete in his own company. Nobody may do any of
# it in another company that is not switched on. What core gives is in it as well.
RIGHTS = {
    "tochka.connection": (AM, M, M, M),
    "tochka.organization": (AM, NOBODY, NOBODY, NOBODY),
    # Deleting one with payments offers to archive it instead.
    "tochka.account": (AM, M, NOBODY, M),
    "tochka.transaction": (ALL_READERS, NOBODY, NOBODY, NOBODY),
    "tochka.day": (AM, NOBODY, NOBODY, NOBODY),
    "tochka.import": (AM, NOBODY, NOBODY, NOBODY),
    "tochka.choose.wizard": (M, M, M, M),
    "tochka.choose.organization": (M, M, M, M),
    "tochka.choose.account": (M, M, M, M),
    "tochka.import.wizard": (AM, AM, AM, AM),
    "tochka.opening.wizard": (M, M, M, M),
    "tochka.move.wizard": (M, M, M, M),
    "tochka.unreadable": (AM, NOBODY, NOBODY, NOBODY),
    "cash.flow.item": (WITH_BILLING, AM, AM, AM),
    "cash.flow.rule": (ALL_READERS, AM, AM, AM),
    "cash.flow.memory": (AM, NOBODY, NOBODY, AM),
    "cash.flow.part": (ALL_READERS, AM, AM, AM),
    "account.bank.statement.line": (WITH_BILLING, AM, AM, AM),
}
# Models of core that only got fields or methods: their rights are core's.
CORES = {
    "account.journal",
    "account.move",
    "base.partner.merge.automatic.wizard",
    "ir.rule",
    "res.company",
    "res.partner",
}
# (what is tried, place of its right in RIGHTS)
OPERATIONS = (
    ("read", 0),
    ("search_read", 0),
    ("formatted_read_group", 0),
    ("export_data", 0),
    ("write", 1),
    ("onchange", 1),
    ("web_save", 1),
    ("create", 2),
    ("unlink", 3),
)

# model → {method: who may call it on his own company's record}
METHODS = {
    "tochka.connection": {
        "action_connect": M,
        "action_check": M,
        "action_fetch_accounts": M,
        "action_choose": M,
        "action_disconnect": M,
        "action_push_replace": M,
        "action_archive_instead": M,
    },
    "tochka.account": {
        "action_open_payments": AM,
        "action_open_register": AM,
        "action_open_days": AM,
        "action_open_refused": AM,
        "action_load_period": AM,
        "action_fix_opening_balance": M,
        "action_open_unreadable": AM,
        "action_open_taken_back": AM,
        "action_move": M,
        "action_archive_instead": M,
    },
    "tochka.day": {"action_ask_again": AM},
    "tochka.import": {"get_progress": AM, "action_open_payments": AM},
    "tochka.transaction": {
        "action_restore": AM,
        "action_accept_change": AM,
        "action_dismiss_change": AM,
        "action_remove_taken_back": AM,
        "action_keep_taken_back": AM,
    },
    "tochka.move.wizard": {"action_move": M},
    "tochka.choose.wizard": {"action_save": M, "action_cancel": M},
    "tochka.import.wizard": {"action_import": AM, "action_open_payments": AM},
    "tochka.opening.wizard": {"action_ask_bank": M, "action_save": M},
    "cash.flow.rule": {"action_apply": AM},
    "cash.flow.memory": {"action_always": AM, "action_not_always": AM},
    "account.bank.statement.line": {
        "action_tochka_confirm": AM,
        "tochka_confirm_chunk": AM,
        "action_tochka_reject": AM,
        "action_tochka_back_to_new": AM,
        "action_tochka_merge": AM,
        "action_tochka_different": AM,
        "action_tochka_recognise": AM,
        "action_tochka_accept_change": AM,
        "action_tochka_dismiss_change": AM,
        "action_tochka_remove_taken_back": AM,
        "action_tochka_keep_taken_back": AM,
        "action_tochka_open_card": WITH_BILLING,
        "tochka_always_offer": WITH_BILLING,
        "action_undo_reconciliation": AM,
    },
    "account.journal": {"action_tochka_payments": AM, "action_tochka_account": AM},
}

# model → (fields a caller may write, fields the addon keeps: written by nobody's call)
FIELDS = {
    "account.bank.statement.line": (
        "cash_flow_item_id part_ids tochka_analytic_distribution tochka_is_transfer",
        "cash_flow_rule_id tochka_booked tochka_by_hand tochka_duplicate_id "
        "tochka_item_source tochka_partner_source tochka_payee tochka_review "
        "tochka_transaction_id",
    ),
    "account.journal": (
        "",
        "tochka_account_ids",
    ),
    "cash.flow.item": (
        "account_id active activity book_on_partner company_id direction name "
        "parent_id parent_path sequence tax_ids",
        "",
    ),
    "cash.flow.memory": (
        "",
        "cash_flow_item_id company_id direction offer partner_id payee rule_id times",
    ),
    "cash.flow.part": (
        "amount cash_flow_item_id invoice_id label line_id sequence",
        "company_id source",
    ),
    "cash.flow.rule": (
        "account_ids account_prefixes active amount_from amount_to "
        "auto_confirm cash_flow_item_id company_id direction general kbk "
        "label name partner_id partner_ids partner_tag_ids party_words "
        "purpose_not_words purpose_pattern purpose_words sequence type_code",
        "slow_on",
    ),
    "res.partner": (
        "kpp",
        "inn_key legal_key tochka_created",
    ),
    "tochka.account": (
        "active create_partners",
        "auto_import auto_import_since bank_account_id bank_balance "
        "bank_balance_date bank_status bic closed_on company_id connection_id "
        "currency_id day_ids deep_read_on former_ids former_until interval "
        "is_listed is_open journal_id last_attempt last_error last_success "
        "loaded_until number opening_balance opening_date opening_line_id "
        "organization_id read_to_end registration_date state transaction_ids "
        "unreadable_count",
    ),
    "tochka.choose.account": (
        "account_id auto_import create_partners interval journal_id load wizard_id",
        "",
    ),
    "tochka.choose.organization": (
        "company_id load organization_id wizard_id",
        "",
    ),
    "tochka.choose.wizard": (
        "account_line_ids organization_line_ids",
        "connection_id",
    ),
    "tochka.connection": (
        "active auth_method base_url ca_certificate client_id company_id "
        "consent_path environment name push_enabled scope user_id",
        "account_ids consent_expires_on consent_id organization_ids "
        "push_checked_on push_client_id push_jwk push_jwk_asked_on push_key "
        "push_message push_replace push_state reminded_days secrets state "
        "state_message",
    ),
    "tochka.day": (
        "",
        "account_id checked_on checks closing date difference made_on opening "
        "problem state",
    ),
    "tochka.import": (
        "",
        "account_ids changed created date_from date_to error finished_on "
        "found known not_before postponed redated refused rejected request_key "
        "requests_made seconds skipped started_on starts state steps "
        "steps_done taken_back trigger unreadable user_id",
    ),
    "tochka.import.wizard": (
        "account_ids date_from date_to",
        "run_id",
    ),
    "tochka.opening.wizard": (
        "account_id balance day fixed",
        "",
    ),
    "tochka.move.wizard": (
        "account_id target_id",
        "",
    ),
    "tochka.unreadable": (
        "",
        "account_id date_from date_to digest first_seen lacks last_seen raw",
    ),
    "tochka.organization": (
        "",
        "account_ids company_id connection_id customer_code full_name inn kpp "
        "name ogrn",
    ),
    "tochka.transaction": (
        "",
        "account_id account_number amount amount_company bank_change "
        "bank_currency bank_name booked_values company_id content_digest "
        "correspondent_account currency_id date decided_by decided_on "
        "distinct_line_ids document_number inn kbk kpp line_id pair_id "
        "partner_bic partner_id partner_name payee payment_id purpose raw "
        "refusal review row_digest state taken_back_kept taken_back_on "
        "tax_fields transaction_id "
        "transaction_key type_code",
    ),
}


@tagged("post_install", "-at_install")
class TestRightsTable(RpcCase):
    def setUp(self):
        super().setUp()
        self.signed_in = None
        self.tried = {"allowed": 0, "refused": 0}
        self.surprises = []

    # === WHAT THERE IS === #

    def _models(self):
        """Return the models the addon has a class of, abstract ones left out."""
        for name, cls in sorted(self.registry.items()):
            ours = any(
                one.__module__.startswith(f"odoo.addons.{ADDON}.")
                and one is not walls.Base  # every model has it
                for one in cls.mro()
            )
            if ours and not cls._abstract:
                yield name, cls

    def _methods(self, cls):
        """Return the public methods of a model that the addon defines, not the ORM."""
        names = set()
        for one in cls.mro():
            if one.__module__.startswith(f"odoo.addons.{ADDON}."):
                names |= {
                    name
                    for name, made in vars(one).items()
                    if inspect.isfunction(made)
                    and not name.startswith("_")
                    and not hasattr(BaseModel, name)
                    and not getattr(made, "_api_private", False)
                }
        return names

    def test_everything_has_an_entry(self):
        models = dict(self._models())
        self.assertEqual(set(models), set(RIGHTS) | CORES)
        for name, cls in models.items():
            self.assertEqual(self._methods(cls), set(METHODS.get(name, ())), name)
            stored = {
                field
                for field, one in cls._fields.items()
                if one.store
                and ADDON in one._modules
                and field not in LOG_ACCESS_COLUMNS
            }
            may, kept = (set(words.split()) for words in FIELDS.get(name, ("", "")))
            self.assertFalse(may & kept, name)
            self.assertEqual(stored, may | kept, name)

    # === WHO === #

    def _people(self):
        """Give (label, user, companies on, own side, other side, role, sees both)."""
        for own, other in (
            (self.mine, self.theirs),
            (self.theirs, self.mine),
        ):
            for role in ROLES:
                yield role, own.users[role], own.company, own, other, False
            yield M, self.both, own.company, own, other, False
        both = self.mine.company | self.theirs.company
        yield M, self.both, both, self.mine, self.theirs, True

    def _ask(self, user, on, model, method, *args, **context):
        """Call over HTTP as people of one company, through the dispatcher for others.

        Both end in the same function; a call over HTTP takes five times as long.
        """
        if user in self.theirs.users.values():
            if user != self.signed_in:
                self.sign_in(user)
                self.signed_in = user
            context["allowed_company_ids"] = on.ids
            return self.http_call(model, method, *args, context=context)
        return self.call(user, model, method, *args, companies=on, context=context)

    def _judge(self, answer, expected, *cell):
        """Count a cell; note a surprise."""
        self.tried["allowed" if expected else "refused"] += 1
        if answer.broken or bool(expected) == answer.walled:
            said = answer.text.split("Traceback")[0][:300]
            self.surprises.append((*cell, "allowed" if expected else "refused", said))

    def _report(self, what):
        cells = sum(self.tried.values())
        _logger.info(
            "%s: %s cells tried, %s allowed, %s refused, %s surprises",
            what,
            cells,
            self.tried["allowed"],
            self.tried["refused"],
            len(self.surprises),
        )
        self.assertFalse(
            self.surprises, "\n".join(str(one) for one in self.surprises[:40])
        )

    # === ROLE × MODEL × OPERATION × OWN OR OTHER COMPANY === #

    def test_operations(self):
        for role, user, on, own, other, sees_both in self._people():
            for model, rights in RIGHTS.items():
                for operation, place in OPERATIONS:
                    may = role in rights[place].split()
                    if operation == "onchange" and model == "cash.flow.memory":
                        # «Always do so?» needs the right, no field may be written.
                        may = role in AM.split()
                    for side in (own, other):
                        expected = may and (side is own or sees_both)
                        self._try(operation, model, side, (role, user, on), expected)
        self._report("Operations")

    def _try(self, operation, model, side, who, expected):
        record, (role, user, on) = side.of(model), who
        if record._transient and record.create_uid != user:
            # A dialog belongs to who opened it, and so do its lines.
            makes_one = operation == "create" and model.endswith(".wizard")
            expected = expected and makes_one
        arguments = {
            "read": lambda: (record.ids, ["display_name"]),
            "search_read": lambda: ([("id", "in", record.ids)], ["id"]),
            "formatted_read_group": lambda: (
                [("id", "in", record.ids)],
                [],
                ["__count"],
            ),
            "export_data": lambda: (record.ids, ["id", "display_name"]),
            "write": lambda: (record.ids, self.change_of(record)),
            "web_save": lambda: (
                record.ids,
                self.change_of(record),
                {"display_name": {}},
            ),
            "onchange": lambda: (record.ids, {}, [], {"display_name": {}}),
            "create": lambda: ([self.values_for(model, side)],),
            "unlink": lambda: (record.ids,),
        }[operation]()
        if operation == "export_data" and role == "portal":
            return  # core lets nobody of them export anything, without a look
        connection = side.of("tochka.connection").id
        answer = self._ask(user, on, model, operation, *arguments, active_id=connection)
        if (
            operation in ("search_read", "formatted_read_group")
            and answer.value is not None
        ):
            found = answer.value and (
                operation == "search_read" or answer.value[0]["__count"]
            )
            if not found:
                # Nothing is found behind a wall.
                answer.error = "odoo.exceptions.AccessError"
        self._judge(answer, expected, role, model, operation, side.company.name)

    # === ROLE × STORED FIELD === #

    def test_fields(self):
        """Write each stored field with the value it has, as who may do most."""
        for role in ("manager", "accountant"):
            self.sign_in(self.theirs.users[role])
            for model, (may, kept) in FIELDS.items():
                if model not in RIGHTS:
                    continue
                record = self.theirs.of(model)
                if record._transient and record.create_uid != self.theirs.users[role]:
                    continue
                writes = role in RIGHTS[model][1].split()
                for name in (*may.split(), *kept.split()):
                    answer = self.http_call(
                        model, "write", record.ids, {name: self.value_of(record, name)}
                    )
                    self._judge(
                        answer, writes and name in may.split(), role, model, name
                    )
        self._report("Fields")

    # === ROLE × PUBLIC METHOD === #

    RECORD_FOR = {
        "action_restore": "rejected row",
        "action_tochka_back_to_new": "confirmed line",
        "action_undo_reconciliation": "confirmed line",
    }

    def test_methods(self):
        for role, user, on, own, other, sees_both in self._people():
            for model, methods in METHODS.items():
                for method, may in methods.items():
                    for side in (own, other):
                        record = side.of(self.RECORD_FOR.get(method, model))
                        expected = role in may.split() and (side is own or sees_both)
                        if record._transient:
                            expected = expected and record.create_uid == user
                        answer = self._ask(user, on, model, method, record.ids)
                        self._judge(
                            answer, expected, role, model, method, side.company.name
                        )
        self._report("Methods")
