"""The endpoints that read: customers, accounts, balances, card holds, statements."""

from __future__ import annotations

from datetime import datetime, time

from . import validation
from .bank import Bank
from .clock import MOSCOW, utc_text
from .entry import number_of
from .faults import ACCOUNTS as ACCOUNT_FAULTS
from .oauth import Grant
from .people import ORGANISATIONS, Account, Organisation
from .web import FORBIDDEN, BankError, Request, Response, envelope, json_answer


def customer_record(who: Organisation) -> dict:
    """Return an organisation as the bank's Customer."""
    record = {
        "customerCode": who.code,
        "customerType": "Business",
        "isResident": True,
        "taxCode": who.inn,
        "fullName": who.full_name,
        "shortName": who.short_name,
        "kpp": who.kpp,
        "customerOgrn": who.ogrn,
    }
    return {key: value for key, value in record.items() if value != ""}


def account_record(bank: Bank, account: Account) -> dict:
    """Return an account as the bank's Account."""
    closed = bank.ledger.is_closed(account, bank.clock.now())
    changed = account.closes if closed and account.closes else account.registered
    return {
        "customerCode": account.customer.code,
        "accountId": account.account_id,
        # The bank sends this key, empty, for accounts in roubles too.
        "transitAccount": account.transit,
        "status": "Deleted" if closed else "Enabled",
        "statusUpdateDateTime": utc_text(datetime.combine(changed, time(9), MOSCOW)),
        "currency": account.currency,
        "accountType": "Business",
        "accountSubType": "CurrentAccount",
        "registrationDate": account.registered.isoformat(),
        "accountDetails": [
            {
                "schemeName": "RU.CBR.AccountNumber",
                "identification": account.number,
                "name": "Расчётный счёт",
            }
        ],
    }


def balance_records(bank: Bank, account: Account) -> list[dict]:
    """Return an account's balances; like the bank's, all of them say Debit."""
    now = bank.clock.now()
    key = account.account_id
    held = sum(entry.kopecks for entry in bank.ledger.holds(key, now))
    tomorrow = now.date().fromordinal(now.date().toordinal() + 1)
    amounts = {
        "OpeningAvailable": bank.ledger.before(key, now.date(), now),
        "ClosingAvailable": bank.ledger.before(key, tomorrow, now) - held,
        "Expected": held,
    }
    return [
        {
            "accountId": key,
            "creditDebitIndicator": "Debit",
            "type": kind,
            "dateTime": utc_text(now),
            "Amount": {"amount": number_of(kopecks), "currency": account.currency},
        }
        for kind, kopecks in amounts.items()
    ]


def visible_accounts(bank: Bank, request: Request, grant: Grant) -> list[Account]:
    """Return the accounts an access may read, less those a fault hides."""
    hidden = {
        fault.account.partition("/")[0] or bank.ledger.accounts[0].number
        for fault in bank.faults.take(ACCOUNT_FAULTS, request)
    }
    return [
        account
        for account in bank.ledger.accounts
        if account.customer.code in grant.customers and account.number not in hidden
    ]


def _account(bank: Bank, request: Request, grant: Grant, account_id: str) -> Account:
    validation.account_id(account_id)
    for account in visible_accounts(bank, request, grant):
        if account.account_id == account_id:
            return account
    raise BankError(403, FORBIDDEN)


def customers(bank: Bank, request: Request, grant: Grant) -> Response:
    """Get Customers List."""
    found = [who for who in ORGANISATIONS if who.code in grant.customers]
    return envelope(request, {"Customer": [customer_record(who) for who in found]})


def customer(bank: Bank, request: Request, grant: Grant, code: str) -> Response:
    """Get Customer Info."""
    for who in ORGANISATIONS:
        if who.code == code and code in grant.customers:
            return envelope(request, customer_record(who))
    raise BankError(403, FORBIDDEN)


def accounts(bank: Bank, request: Request, grant: Grant) -> Response:
    """Get Accounts List."""
    found = visible_accounts(bank, request, grant)
    return envelope(request, {"Account": [account_record(bank, a) for a in found]})


def account(bank: Bank, request: Request, grant: Grant, account_id: str) -> Response:
    """Get Account Info."""
    found = _account(bank, request, grant, account_id)
    return envelope(request, account_record(bank, found))


def balances(bank: Bank, request: Request, grant: Grant) -> Response:
    """Get Balances List."""
    found = visible_accounts(bank, request, grant)
    records = [record for a in found for record in balance_records(bank, a)]
    return envelope(request, {"Balance": records})


def balance(bank: Bank, request: Request, grant: Grant, account_id: str) -> Response:
    """Get Balance Info."""
    found = _account(bank, request, grant, account_id)
    return envelope(request, {"Balance": balance_records(bank, found)})


def card_transactions(
    bank: Bank, request: Request, grant: Grant, account_id: str
) -> Response:
    """Get Authorized Card Transactions: purchases not yet written off."""
    found = _account(bank, request, grant, account_id)
    records = []
    for entry in bank.ledger.holds(found.account_id, bank.clock.now()):
        card = entry.card
        records.append(
            {
                "accountId": found.account_id,
                "pan": card.pan,
                "dateTime": utc_text(card.moment),
                "Amount": {
                    "amount": number_of(card.hundredths),
                    "currency": card.currency,
                },
                "AccountAmount": {
                    "amount": number_of(entry.kopecks),
                    "currency": found.currency,
                },
                "TerminalData": {
                    "city": card.city,
                    "location": card.location,
                    "owner": card.owner,
                },
            }
        )
    return envelope(request, {"Transactions": records})


def init_statement(bank: Bank, request: Request, grant: Grant) -> Response:
    """Init Statement: ``Data.Statement`` is an object here."""
    today = bank.clock.today()
    account_id, start, end = validation.statement_order(request.json(), today)
    found = _account(bank, request, grant, account_id)
    if bank.ledger.refuses(found.account_id):
        raise BankError(403, FORBIDDEN)
    made = bank.statements.order(found.account_id, start, end, grant.client_id)
    return envelope(request, {"Statement": made})


def statement(
    bank: Bank, request: Request, grant: Grant, account_id: str, statement_id: str
) -> Response:
    """Get Statement: ``Data.Statement`` is a list here."""
    found = _account(bank, request, grant, account_id)
    wanted = bank.statements.find(found.account_id, statement_id)
    shown = bank.statements.show(wanted, request)
    if "Errors" in shown:
        return json_answer(shown["Errors"])
    return envelope(request, {"Statement": [shown]})


def statements(bank: Bank, request: Request, grant: Grant) -> Response:
    """Get Statements List."""
    limit = validation.limit(request.query.get("limit"))
    ids = {a.account_id for a in visible_accounts(bank, request, grant)}
    found = bank.statements.latest(grant.client_id, ids, limit)
    shown = [bank.statements.show(item, request) for item in found]
    return envelope(request, {"Statement": [s for s in shown if "Errors" not in s]})
