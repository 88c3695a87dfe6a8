"""Who is known of the counterparties of a batch, found in a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field

from odoo.tools import SQL

from .texts.legal_names import good_name, legal_key, may_be_same
from .texts.requisites import (
    THE_BANK_INN,
    account_fits,
    is_inner,
    is_treasury,
    valid_inn,
    valid_kpp,
)

# What the queries below read: it is flushed to the database before.
READ = {
    "res.bank": ["bic"],
    "res.company": ["partner_id"],
    "res.partner.bank": ["sanitized_acc_number", "active", "bank_id", "partner_id"],
    "res.partner": [
        *("inn_key", "kpp", "legal_key", "company_id", "active"),
        "commercial_partner_id",
    ],
}


@dataclass(frozen=True)
class Party:
    """What can be trusted of the other side of one payment."""

    name: str
    key: str
    inn: str
    kpp: str
    # Empty when the number is wrong, or tells nobody apart.
    account: str
    bic: str
    bank_name: str
    # The check digit fits: the number may be noted in a contact.
    account_is_sure: bool

    @classmethod
    def of(cls, row):
        """Read the counterparty of a tochka.transaction."""
        inn, account = valid_inn(row.inn), row.account_number or ""
        fits = account_fits(account, row.partner_bic)
        russian = len(account) == 20 and account.isdigit()
        wrong = russian and row.partner_bic and not fits
        name = person_behind(row) or row.partner_name or ""
        return cls(
            name=name,
            key=legal_key(name),
            inn=inn,
            kpp=valid_kpp(row.kpp) if len(inn) == 10 else "",
            account="" if wrong or is_inner(account) else account,
            bic=row.partner_bic or "",
            bank_name=row.bank_name or "",
            account_is_sure=fits and not is_inner(account),
        )

    @property
    def is_company(self):
        """Whether the INN is a firm's; a person's has twelve digits."""
        return len(self.inn) == 10

    @property
    def good_name(self):
        """The name for a contact; without any, the INN stands for it."""
        name = good_name(self.name, person=len(self.inn) == 12)
        return name or self.inn


def is_the_bank(row):
    """Whether the bank itself stands as counterparty: cards, SBP, acquiring, fees."""
    if row.inn == THE_BANK_INN:
        return True
    if not row.partner_bic or row.partner_bic != row.account_id.bic:
        return False
    bank, name = legal_key(row.bank_name), legal_key(row.partner_name)
    return is_inner(row.account_number) or bool(name and name == bank)


def person_behind(row):
    """Return the person for whom a bank pays from an account of its own, or nothing.

    Such a name is «BANK//person//address». The INN is the bank's, or the person's.
    """
    _bank, _slashes, rest = (row.partner_name or "").partition("//")
    return rest.partition("//")[0].strip() if is_inner(row.account_number) else ""


def stands_for_another(row):
    """Whether another bank pays for a person who cannot be told by an INN."""
    return bool(person_behind(row)) and len(valid_inn(row.inn)) != 12


@dataclass
class Holder:
    """A contact that may be the counterparty; without an id until it is created."""

    id: int | None
    inn: str
    kpp: str
    key: str
    active: bool = True
    # The contact of one of our companies: its accounts are for people to enter.
    is_ours: bool = False
    accounts: set = field(default_factory=set)


class Counterparties:
    """The contacts that a batch of payments may mean, within one company's walls.

    Archived contacts are known, so that nobody is created beside them, but never
    found: they were archived in order not to be used.
    """

    def __init__(self, env, company, parties):
        """Read what is known.

        :param env: any; walls are kept here, not by the user's rules
        :param company: res.company of the payments
        :param parties: iterable of Party
        """
        self.env, self.company, parties = env, company.sudo(), list(parties)
        self._walls = {None, *self.company.parent_ids.ids}
        self._accounts = defaultdict(list)
        self._inns, self._keys = defaultdict(list), defaultdict(list)
        self.hidden_inns = set()
        numbers = {p.account for p in parties if p.account}
        inns = {p.inn for p in parties if p.inn}
        keys = {p.key for p in parties if p.key}
        self._read(numbers, inns, keys)

    def _read(self, numbers, inns, keys):
        for model, names in READ.items():
            self.env[model].flush_model(names)
        banks = self.env.execute_query(
            SQL(
                "SELECT account.sanitized_acc_number, account.active, bank.bic,"
                " holder.commercial_partner_id, holder.company_id"
                " FROM res_partner_bank account"
                " JOIN res_partner holder ON holder.id = account.partner_id"
                " LEFT JOIN res_bank bank ON bank.id = account.bank_id"
                " WHERE account.sanitized_acc_number = ANY(%s)",
                list(numbers),
            )
        )
        holders = self._read_holders({row[3] for row in banks}, inns, keys)
        for number, active, bic, partner, company in banks:
            if partner in holders and company in self._walls:
                holders[partner].accounts.add(number)
                if active:
                    self._accounts[number].append((bic, holders[partner]))

    def _read_holders(self, partners, inns, keys):
        """Return {id: Holder} of the contacts within the walls."""
        holders = {}
        for partner, inn, kpp, key, company, active, ours in self.env.execute_query(
            SQL(
                "SELECT id, inn_key, kpp, legal_key, company_id, active,"
                " id IN (SELECT partner_id FROM res_company)"
                " FROM res_partner WHERE commercial_partner_id = id"
                " AND (id = ANY(%s) OR inn_key = ANY(%s) OR legal_key = ANY(%s))"
                " ORDER BY id",
                list(partners),
                list(inns),
                list(keys),
            )
        ):
            if company not in self._walls:
                self.hidden_inns.add(inn)
                continue
            holder = Holder(partner, inn or "", valid_kpp(kpp), key or "", active, ours)
            holders[partner] = holder
            self._inns[holder.inn].append(holder)
            self._keys[holder.key].append(holder)
        return holders

    # === FINDING === #

    def find(self, party):
        """Find the one contact that is meant.

        :return: (Holder, its way of `PARTNER_SOURCES`), or (None, False)
        """
        holders = [h for h in self._with_account(party) if h.active]
        if len(holders) == 1 and self._is_proved(holders[0], party):
            return holders[0], "own" if holders[0].is_ours else "account"
        if party.inn and self._inns.get(party.inn):
            return self._find_by_inn(party)
        holders = [h for h in self._with_name(party) if h.active]
        return (holders[0], "name") if len(holders) == 1 else (None, False)

    def _with_account(self, party):
        """Return the holders of the account, without those of another INN.

        An account of the Treasury is shared by many, so it identifies nobody.
        """
        if not party.account or is_treasury(party.account):
            return []
        found = {
            id(holder): holder
            for bic, holder in self._accounts[party.account]
            if not (bic and party.bic and bic != party.bic)
            and not (holder.inn and party.inn and holder.inn != party.inn)
        }
        return list(found.values())

    def _is_proved(self, holder, party):
        """Whether the account tells that its only holder is meant.

        Against an INN that the holder has not, the account is no proof by itself.
        """
        if holder.inn or not party.inn:
            return True
        return not self._inns.get(party.inn) and not _is_another(holder, party)

    def _find_by_inn(self, party):
        holders = [h for h in self._inns[party.inn] if h.active]
        exact = [h for h in holders if party.kpp and h.kpp == party.kpp]
        if len(exact) == 1:
            return exact[0], "inn_kpp"
        # A firm moves, and then its KPP is another; branches are two at least.
        return (holders[0], "inn") if len(holders) == 1 else (None, False)

    def _with_name(self, party):
        """Return the holders of this name, without those of another INN."""
        if not party.key:
            return []
        return [h for h in self._keys[party.key] if not (party.inn and h.inn)]

    def candidates(self, party):
        """Return all who may be meant, archived ones too: a person will choose."""
        found = [
            *self._with_account(party),
            *(self._inns[party.inn] if party.inn else ()),
            *self._with_name(party),
        ]
        return list({id(holder): holder for holder in found}.values())

    # === ADDING === #

    def lacks(self, party):
        """Whether nobody known can be meant, so that a contact may be created.

        Only a valid INN makes one. Branches of a known firm are for people to enter: a
        KPP nobody has seen may be a branch's, or the firm has moved.
        """
        known = self.candidates(party)
        return bool(party.inn) and all(_is_another(one, party) for one in known)

    def add(self, party):
        """Note that a contact will be created; return its Holder, without an id."""
        holder = Holder(None, party.inn, party.kpp, party.key)
        self._inns[holder.inn].append(holder)
        self._keys[holder.key].append(holder)
        return holder

    def learn(self, holder, party, way):
        """Note an account the contact lacks; return whether it is new.

        :param str way: how the contact was found; a Treasury's account is taken only
            where INN and KPP told the contact, and none where the name did: anybody
            may bear it, and the account would make a guess certain
        """
        shared = is_treasury(party.account) and way not in ("inn_kpp", "created")
        if not party.account_is_sure or shared or way == "name" or holder.is_ours:
            return False
        if party.account in holder.accounts:
            return False
        holder.accounts.add(party.account)
        self._accounts[party.account].append((party.bic, holder))
        return True


def _is_another(holder, party):
    """Whether a payment with an INN names somebody else than a contact without one."""
    if holder.inn or not party.inn:
        return False
    return not may_be_same(holder.key, party.key)
