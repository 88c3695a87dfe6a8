"""Random faults from a seed, a day each, on an account by OAuth (`dev/bench loss`)."""

from datetime import datetime, timedelta

from loss_compare import compare
from loss_scenarios import MOSCOW
from oauth_journey import allow_access, make_oauth
from odoo_here import bind

START = datetime(2026, 4, 6, tzinfo=MOSCOW)
# Days compared after every run; the daily full reading goes a little further back.
LOOK_BACK = 30
TOKEN_PATH = "/connect/token"
PATHS = (None, None, "/statements", "/accounts", TOKEN_PATH)


class RandomFaults:
    """One account; each run is a day with faults, a healed bank and a comparison."""

    def __init__(self, world, account_id, draw):
        """Use the account `account_id`; `draw` makes all random choices."""
        self.world, self.account_id, self.draw = world, account_id, draw
        self.day, self.faults = START, []

    def begin(self):
        """Bind the account and move its connection to OAuth."""
        self.world.bank.delete("/faults")
        self.world.at(self.day)
        with self.world.odoo.env() as env:
            account = env["tochka.account"].browse(self.account_id)
            self.number = account.bank_account_id
            bind(account, auto_import=True)
            make_oauth(account.connection_id, self.world.bank.info)
            allow_access(account.connection_id, self.world.bank)

    def choose(self):
        """Choose the faults of the next run; return their names."""
        count = self.draw.choice((1, 1, 2, self.draw.randrange(4, 8)))
        self.faults = [self._fault() for _ in range(count)]
        return " + ".join(fault["name"] for fault in self.faults)

    def _fault(self):
        draw, bank = self.draw, self.world.bank
        name = draw.choice(bank.info["faults"])
        fault = {
            "name": name,
            "times": draw.choice((1, 2, 6, 20, None)),
            "after": draw.choice((0, 0, 1, 2, 5)),
            "path": draw.choice(PATHS),
            **self._parameters(name),
        }
        if name in ("slow", "timeout"):
            fault["times"] = draw.choice((1, 2))
        if name in ("account_missing", "refresh_answer_lost"):
            fault["path"] = None
        return {key: value for key, value in fault.items() if value is not None} | {
            "times": fault["times"]
        }

    def _parameters(self, name):
        draw = self.draw
        place = draw.choice((None, 0, 3, -1, -4))
        changes = (
            {"type": "Платежный ордер"},
            {"description": "Уточнённое назначение"},
            {"amount": draw.randrange(100, 9000)},
        )
        known = {
            "http_429": {"retry_after": draw.choice((None, 0, 5, 600))},
            "slow": {"seconds": draw.choice((0.05, 1.2))},
            "timeout": {"seconds": draw.choice((0.05, 1.2))},
            "rows_cut_at_100": {"limit": draw.choice((1, 3, 10, 100))},
            "late_rows": {
                "hours": draw.choice((2, 6, 24, 48)),
                "balances": draw.choice(("true", "shown")),
            },
            "changed_row": draw.choice(changes),
            "missing_ids": {"ids": draw.choice(("both", "transactionId", "paymentId"))},
            "account_missing": {"account": self.number},
            "row_removed": {"row": place},
            "row_back_to_pending": {"row": place},
            "row_twice": {"row": place, "counted": draw.choice((1, 2))},
            "same_id_two_rows": {
                "row": place,
                "first": draw.choice(("payment", "fee")),
            },
            "dummy_ids": {
                "id": draw.choice(("-1", "0", "")),
                "ids": draw.choice(("both", "transactionId", "paymentId")),
            },
            "row_backdated": {"row": place, "days": draw.choice((1, 10, 60))},
            "row_moved": {
                "row": place,
                "days": draw.choice((-40, -10, -1, 1, 5)),
                "new_ids": draw.random() < 0.5,
            },
            "missing_dates": {"every": draw.choice((1, 2, 5))},
            "longer_period": {"days": draw.choice((1, 30))},
            "made_early": {"hours": draw.choice((1, 12, 30))},
        }
        return known.get(name, {})

    def run(self):
        """Load for a day under the chosen faults, then from a healed bank; compare."""
        world, draw, day = self.world, self.draw, self.day
        world.live(self.number, day, draw.randrange(1, 8), draw)
        hours = sorted(draw.sample(range(1, 24), 5))
        world.tick(day + timedelta(hours=hours[0]))
        for fault in self.faults:
            world.bank.fault(**fault)
        for hour in hours[1:]:
            if draw.random() < 0.3:
                world.bank.post("/tokens/expire", which="access")
            world.tick(day + timedelta(hours=hour))
        if draw.random() < 0.3:
            world.review(self.account_id)
        world.bank.delete("/faults")
        self.day = day + timedelta(days=1)
        world.at(self.day)
        self._reconnect()
        world.tick(self.day + timedelta(minutes=5))
        # A refresh whose answer was lost is noticed only at the next one.
        if self._reconnect():
            world.tick(self.day + timedelta(minutes=65))
        return self._judge(max(START, day - timedelta(days=LOOK_BACK)), day)

    def _judge(self, first, last):
        days = f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"
        truth = self.world.bank.truth(self.number, *days)
        with self.world.odoo.env() as env:
            account = env["tochka.account"].browse(self.account_id)
            verdict = compare(env, account, truth, *days)
            if account.last_error:
                verdict.details.append(f"error: {account.last_error}")
        verdict.details = [*verdict.details[:20], str(self.faults)]
        return verdict

    def _reconnect(self):
        """Reconnect as a person if the connection asks for it; tell whether it did."""
        with self.world.odoo.env() as env:
            connection = env["tochka.account"].browse(self.account_id).connection_id
            asked = connection.state == "attention"
            if asked:
                allow_access(connection, self.world.bank)
        return asked
