"""Load hourly for ten days in real Odoo, scenario by scenario (`dev/bench loss`).

Started by `start_worker` with a task: the database, the log, the bank's addresses, the
scenarios, the number of random runs, the seed. Prints a line of JSON per scenario.
"""

import json
import random
import sys
import time
from dataclasses import asdict
from datetime import timedelta

from bank_control import BankControl
from freezegun import freeze_time
from loss_compare import compare
from loss_faults import RandomFaults
from loss_scenarios import BULK_DAY, DAYS, HOURS, START, scenarios
from odoo_here import OdooHere, bind, company_in_roubles, connection_by_key

# Longer than any answer of the simulator takes, shorter than its fault `timeout`.
READ_TIMEOUT = 1.0


class World:
    """Odoo and the bank, with one clock for both."""

    def __init__(self, odoo, bank, frozen):
        """Use `frozen`, the clock of freezegun."""
        self.odoo, self.bank, self.frozen = odoo, bank, frozen

    def at(self, moment):
        """Set the clocks of the bank and of Odoo to `moment` (aware)."""
        self.bank.post("/time", now=moment.isoformat())
        self.frozen.move_to(moment)

    def tick(self, moment):
        """Run the hourly schedule at `moment`."""
        self.at(moment)
        with self.odoo.env() as env:
            env["tochka.account"]._cron_import("hourly")

    def live(self, account_number, day, count, draw):
        """Make `count` payments at random times of `day`, some of them twice."""
        self.bank.post(
            "/bulk", account=account_number, date=f"{day:%Y-%m-%d}", count=count
        )
        self.bank.post(
            "/payments",
            account=account_number,
            direction=draw.choice(("credit", "debit")),
            amount=draw.randrange(100, 90000),
            description="Оплата одинаковых билетов",
            date=f"{day:%Y-%m-%d}",
            time=f"{draw.randrange(24):02}:{draw.randrange(60):02}",
            times=draw.choice((1, 2, 3)),
        )

    def is_open(self, account_id, day):
        """Tell whether a day (0 to 9) is shown as not proven."""
        date = (START + timedelta(days=day)).date()
        domain = [("account_id", "=", account_id), ("date", "=", date)]
        with self.odoo.env() as env:
            return env["tochka.day"].search(domain).state == "open"

    def review(self, account_id):
        """Confirm one new payment and reject another, as a person does."""
        with self.odoo.env() as env:
            rows = env["tochka.transaction"].search(
                [("account_id", "=", account_id), ("review", "=", "new")], limit=2
            )
            rows[:1].line_id.action_tochka_confirm()
            rows[1:].line_id.action_tochka_reject()


def live_through(world, scenario, account_id, draw):
    """Run one account through a scenario; return the verdict."""
    number = begin(world, scenario, account_id, draw)
    called_whole = False
    for hour in range(HOURS + scenario.longer):
        if scenario.fault and hour == scenario.since:
            world.bank.fault(**scenario.fault)
        if hour == scenario.until:
            if scenario.bulk:
                called_whole = not world.is_open(account_id, BULK_DAY)
            world.bank.delete("/faults")
        if hour in scenario.deaf:
            continue
        world.tick(START + timedelta(hours=hour, minutes=5))
        if hour % 24 == 12:
            world.review(account_id)
    world.bank.delete("/faults")
    verdict = judge(world, scenario, account_id, number)
    if called_whole:
        verdict.days_unproven += 1
        verdict.details.append("the cut day was called whole while it was cut")
    return verdict


def begin(world, scenario, account_id, draw):
    """Make the payments of the ten days, bind the account; return its number."""
    with world.odoo.env() as env:
        number = env["tochka.account"].browse(account_id).bank_account_id
    world.at(START)
    world.bank.delete("/faults")
    for day in range(DAYS):
        world.live(number, START + timedelta(days=day), scenario.daily, draw)
    if scenario.bulk:
        day = START + timedelta(days=BULK_DAY)
        world.live(number, day, scenario.bulk, draw)
    with world.odoo.env() as env:
        bind(env["tochka.account"].browse(account_id), auto_import=True)
    return number


def judge(world, scenario, account_id, number):
    """Compare the ten days with the bank; switch the account's schedule off."""
    first, last = START, START + timedelta(days=DAYS - 1)
    days = f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"
    truth = world.bank.truth(number, *days)
    open_days = {(START + timedelta(days=day)).date() for day in scenario.open_days}
    truth["transactions"] = _given(truth["transactions"], open_days)
    with world.odoo.env() as env:
        account = env["tochka.account"].browse(account_id)
        verdict = compare(env, account, truth, *days, open_days)
        account.auto_import = False
    return verdict


def _given(rows, open_days):
    """Return the rows the bank sends: at most 100 of a day that is always cut."""
    cut, given = {str(day): 0 for day in open_days}, []
    for row in rows:
        day = row["documentProcessDate"]
        if day in cut:
            cut[day] += 1
        if cut.get(day, 0) <= 100:
            given.append(row)
    return given


def main():
    """Do the task given on the command line."""
    task = json.loads(sys.argv[1])
    odoo = OdooHere(task["database"], task["log"])
    bank = BankControl(task["bank"])
    hurry(READ_TIMEOUT)
    draw = random.Random(f"{task['seed']} {task['part']}")
    with freeze_time(START, tick=False) as frozen:
        world = World(odoo, bank, frozen)
        with odoo.env() as env:
            company = company_in_roubles(env)
            connection = connection_by_key(env, company, bank.info)
            accounts = connection.account_ids.filtered(
                lambda one: one.is_open and one.currency_id == company.currency_id
            )
            free = accounts.sorted("number", reverse=True).ids
        for number in task["scenarios"]:
            scenario = list(scenarios())[number]
            report(odoo, scenario.name, live_through, world, scenario, free.pop(), draw)
        faults = RandomFaults(world, free.pop(), draw)
        faults.begin()
        for number in range(task["runs"]):
            name = f"random {task['part']}.{number + 1}: {faults.choose()}"
            report(odoo, name, faults.run)


def hurry(read_timeout):
    """Remove the pauses between the client's requests; shorten its timeout."""
    from odoo.addons.account_tochka import tochka_api

    defaults = tochka_api.TochkaClient.__init__.__kwdefaults__
    defaults.update(sleep=lambda _seconds: None, timeout=(5, read_timeout))


def report(odoo, name, work, *arguments):
    """Do `work` and print its verdict."""
    started, errors = real_time(), odoo.errors.count
    verdict = work(*arguments)
    row = {"name": name, "seconds": round(real_time() - started, 1)}
    row["errors"] = odoo.errors.count - errors
    print(json.dumps({**row, **asdict(verdict)}), flush=True)


def real_time():
    """Return the seconds of a clock that freezegun does not stop."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


if __name__ == "__main__":
    main()
