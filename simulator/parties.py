"""The other side of a payment: a party and its bank."""

from __future__ import annotations

from dataclasses import dataclass

from .checkdigits import account_key

BIC = "044525104"


@dataclass(frozen=True)
class Agent:
    """A bank: BIC (or SWIFT), correspondent account, name."""

    bic: str
    name: str
    correspondent: str = ""
    swift: bool = False


@dataclass(frozen=True)
class Party:
    """A counterparty: name, INN, KPP, account, bank; any of them may be empty."""

    name: str
    inn: str = ""
    kpp: str = ""
    account: str = ""
    agent: Agent | None = None


def bank(bic: str, name: str) -> Agent:
    """Return a Russian bank with a correspondent account that fits its BIC."""
    account = account_key("30101810000000000" + bic[-3:], bic)
    return Agent(bic, name, account)


TOCHKA = Agent(BIC, 'ООО "Банк Точка"', "30101810745374525104")

# Invented banks; no territory has the code 29 of Moscow's region in its BIC.
BANKS = (
    bank("044529901", 'АО "ПРИБОЙБАНК"'),
    bank("044529917", 'ПАО КБ "СЕВЕРНЫЙ ЗАЛИВ"'),
    bank("044529923", "БАНК «ЛИПОВАЯ АЛЛЕЯ» (АО)"),
    bank("044529948", 'ФИЛИАЛ "ПОВОЛЖСКИЙ" АО "ПРИБОЙБАНК" Г. НИЖНИЙ НОВГОРОД'),
    bank("044529956", 'ООО КБ "ТРИ МОСТА"'),
)

TREASURY_AGENT = Agent(
    "019929001",
    "ОТДЕЛЕНИЕ ПРИОЗЁРСК БАНКА РОССИИ//УФК по Приозёрской области г. Приозёрск",
    account_key("40102810000000000061", "019929001"),
)
CHINA_AGENT = Agent("QHBKCNB1XXX", "QINGHE HARBOUR BANK CO., LTD", "", True)


def client_account(product: str, serial: int, agent: Agent) -> str:
    """Return a 20-digit account in a bank, with the right control digit.

    :param product: first eight digits, as ``40702810``
    :param serial: anything that tells accounts apart
    """
    return account_key(f"{product}0{serial:011d}", agent.bic)
