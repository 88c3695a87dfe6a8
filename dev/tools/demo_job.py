"""The main job over RPC: connect, choose accounts, load, review, compare balances."""

import time
from dataclasses import dataclass
from datetime import date, timedelta

from .bank import SimulatedBank, allow_access
from .errors import DevError
from .progress import step
from .rpc import OdooSession

TERM_DAYS = "90"


@dataclass
class Row:
    """The figures of one account; money in the account's currency."""

    account: str
    id: int
    bank_account_id: str
    found: int = 0
    created: int = 0
    known_again: int = 0
    created_again: int = 0
    with_partner: int = 0
    with_item: int = 0
    transfers: int = 0
    confirmed: int = 0
    rejected: int = 0
    rejected_sum: float = 0.0
    bank: float = 0.0
    odoo: float = 0.0
    ledger: float = 0.0

    @property
    def good(self) -> bool:
        """Tell whether nothing was lost or doubled and the balances agree."""
        whole = self.found and self.found == self.created == self.known_again
        balanced = all(
            abs(self.bank - self.rejected_sum - books) < 0.005
            for books in (self.odoo, self.ledger)
        )
        return bool(whole and not self.created_again and balanced)


class MainJob:
    """The steps of the job, done for last month."""

    def __init__(self, odoo: OdooSession, bank: SimulatedBank):
        """Use the session of an administrator and a running bank."""
        self.odoo, self.bank = odoo, bank
        this_month = date.today().replace(day=1)
        self.last = this_month - timedelta(days=1)
        self.first = self.last.replace(day=1)

    def run(self) -> list[Row]:
        """Do the whole job; return one row per account."""
        with step("connect: the bank's page, sign in, allow, land back"):
            connection = self.connect()
        with step("choose an organisation and two of its accounts"):
            rows = self.choose(connection)
        with step(f"fix the opening balance on {self.first:%d.%m.%Y}"):
            for row in rows:
                self.fix_opening(row)
        with step(f"load {self.first:%d.%m.%Y} – {self.last:%d.%m.%Y}"):
            for row in rows:
                run = self.load(row)
                row.found, row.created = run["found"], run["created"]
                self.count_recognised(row)
        with step("confirm ten payments, reject one"):
            for row in rows:
                self.review(row, reject=row is rows[0])
        with step("load the same month again"):
            for row in rows:
                run = self.load(row)
                row.known_again, row.created_again = run["known"], run["created"]
        for row in rows:
            self.compare(row)
        return rows

    def connect(self) -> int:
        """Create the connection and give consent at the bank; return its id."""
        info = self.bank.info
        connection = self.odoo.create(
            "tochka.connection",
            environment="custom",
            base_url=info["base_url"],
            client_id=info["client_id"],
            client_secret=info["client_secret"],
        )
        action = self.odoo.call("tochka.connection", "action_connect", [connection])
        landed = allow_access(self.odoo.http, action["url"], TERM_DAYS)
        if f"/tochka-connections/{connection}/tochka-choice" not in landed.url:
            raise DevError(f"The way back from the bank ended on {landed.url}")
        return connection

    def choose(self, connection: int) -> list[Row]:
        """Bind the first organisation to the company, its accounts to new journals."""
        context = {"active_id": connection}
        wizard = self.odoo.call(
            "tochka.choose.wizard", "create", [{}], context=context
        )[0]
        lines = self.odoo.search(
            "tochka.choose.account",
            [("wizard_id", "=", wizard), ("is_open", "=", True)],
            "account_id",
            "organization_id",
            "currency_id",
        )
        yuan = next(line for line in lines if line["currency_id"][1] == "CNY")
        owner = yuan["organization_id"]
        chosen = [line for line in lines if line["organization_id"] == owner]
        organization = self.odoo.search(
            "tochka.choose.organization",
            [("wizard_id", "=", wizard), ("organization_id", "=", owner[0])],
            "id",
        )[0]["id"]
        company = self.odoo.read("res.users", self.odoo.uid, "company_id")[
            "company_id"
        ][0]
        self.odoo.call(
            "tochka.choose.organization",
            "write",
            [organization],
            {"load": True, "company_id": company},
        )
        ids = [line["id"] for line in chosen]
        self.odoo.call("tochka.choose.account", "write", ids, {"load": True})
        self.odoo.call("tochka.choose.wizard", "action_save", [wizard])
        accounts = self.odoo.search(
            "tochka.account",
            [("id", "in", [line["account_id"][0] for line in chosen])],
            "display_name",
            "bank_account_id",
        )
        return [Row(a["display_name"], a["id"], a["bank_account_id"]) for a in accounts]

    def fix_opening(self, row: Row) -> None:
        """Set the opening balance to the bank's figure for the first of last month."""
        wizard = self.odoo.create(
            "tochka.opening.wizard", account_id=row.id, day=self.first.isoformat()
        )
        self.odoo.call("tochka.opening.wizard", "action_ask_bank", [wizard])
        self.odoo.call("tochka.opening.wizard", "action_save", [wizard])

    def load(self, row: Row) -> dict:
        """Press «Get payments» for last month, wait; return the run's figures."""
        wizard = self.odoo.create(
            "tochka.import.wizard",
            account_ids=[(6, 0, [row.id])],
            date_from=self.first.isoformat(),
            date_to=self.last.isoformat(),
        )
        self.odoo.call("tochka.import.wizard", "action_import", [wizard])
        run = self.odoo.read("tochka.import.wizard", wizard, "run_id")["run_id"][0]
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            told = self.odoo.call("tochka.import", "get_progress", [run])
            if told["state"] == "failed":
                raise DevError(f"Loading failed: {told['message']}")
            if told["state"] == "done":
                return self.odoo.read("tochka.import", run, "found", "created", "known")
            time.sleep(0.5)
        raise DevError("Loading did not end in 180 s")

    def count_recognised(self, row: Row) -> None:
        """Count the account's payments with a counterparty, an item, a transfer."""
        known = {
            "with_partner": [
                "|",
                ("partner_id", "!=", False),
                ("tochka_payee", "!=", False),
            ],
            "with_item": [("cash_flow_item_id", "!=", False)],
            "transfers": [("tochka_is_transfer", "=", True)],
        }
        own = ("tochka_transaction_id.account_id", "=", row.id)
        for name, domain in known.items():
            model = "account.bank.statement.line"
            count = self.odoo.call(model, "search_count", [own, *domain])
            setattr(row, name, count)

    def review(self, row: Row, *, reject: bool) -> None:
        """Confirm the ten earliest payments of the account; reject the next one."""
        lines = self.odoo.search(
            "account.bank.statement.line",
            [("tochka_transaction_id.account_id", "=", row.id)],
            "amount",
            order="id",
            limit=11,
        )
        confirm = [line["id"] for line in lines[:10]]
        model = "account.bank.statement.line"
        self.odoo.call(model, "action_tochka_confirm", confirm)
        if reject:
            self.odoo.call(model, "action_tochka_reject", [lines[10]["id"]])
            row.rejected_sum = lines[10]["amount"]
        for review in ("confirmed", "rejected"):
            domain = [("account_id", "=", row.id), ("review", "=", review)]
            count = self.odoo.call("tochka.transaction", "search_count", domain)
            setattr(row, review, count)

    def compare(self, row: Row) -> None:
        """Read the balances of the bank and of Odoo at the end of last month."""
        truth = self.bank.control(
            "/truth",
            account=row.bank_account_id,
            **{"from": self.first.isoformat(), "to": self.last.isoformat()},
        )
        row.bank = float(truth["closing"])
        journal = self.odoo.read("tochka.account", row.id, "journal_id")["journal_id"]
        ledger = self.odoo.read("account.journal", journal[0], "default_account_id")
        until = [("date", "<=", self.last.isoformat())]
        newest = self.odoo.search(
            "account.bank.statement.line",
            [("journal_id", "=", journal[0]), *until],
            "running_balance",
            limit=1,
        )
        [total] = self.odoo.call(
            "account.move.line",
            "formatted_read_group",
            [("account_id", "=", ledger["default_account_id"][0]), *until],
            [],
            ["amount_currency:sum"],
        )
        row.odoo = newest[0]["running_balance"]
        row.ledger = total["amount_currency:sum"]
