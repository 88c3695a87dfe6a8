"""The Russian translation: complete, intact, and with the agreed terms."""

import ast
import functools
import re
import unittest
from collections import Counter
from pathlib import Path

import polib

ADDON = Path(__file__).resolve().parents[2]
FOLDER = ADDON / "i18n"

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdifr%]|\{\w*\}")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# Values of these attributes are words, so they differ.
SAID = re.compile(r'\b(title|alt|placeholder|aria-label)="[^"]*"')
SETTING = re.compile(r"[a-z_.]+")
RUSSIAN_LETTER = re.compile(r"[А-Яа-яЁё№]")

# No words in them, or words the bank shows in Latin letters too.
SAME = {
    "-----BEGIN CERTIFICATE-----",
    "<span>—</span>",
    "Client ID",
    "Client Secret",
    "ID",
}

# Names of things at the bank, not in the addon.
IN_THE_BANK = {
    "Integrations and API": "Интеграции и API",
    "Receive statements": "Получать выписки",
}

# Words of a rule, given as an example: Russian rules have Russian ones.
EXAMPLES = {
    "rent": "аренд",
    "rental": "арендную плату",
    "current": "субаренду",
    "interest … loan": "процент … займ",
}

# Menu paths, quoted as a whole.
WAYS = {"Settings → Connections": "Настройки → Подключения"}

# The words users know from the bank and from their own trade.
AGREED = {
    # The application and its menus.
    "Tochka Bank": "Точка Банк",
    "Connect to Tochka Bank": "Подключиться к Точка Банк",
    "Import from Tochka Bank": "Импорт из Точка банк",
    "Get payments": "Получить платежи",
    "Every hour (recommended)": "Каждый час (рекомендуется)",
    "Every hour": "Каждый час",
    "Every day": "Каждый день",
    # Review.
    "Confirm": "Подтвердить",
    "Reject": "Отклонить",
    "Restore": "Вернуть",
    "New": "Новый",
    "Confirmed": "Подтверждён",
    "Rejected": "Отклонён",
    "New payments": "Новые",
    "Confirmed payments": "Подтверждённые",
    "Rejected Payments": "Отклонённые",
    "Put back to new": "Вернуть в новые",
    "Payments confirmed: %s.": "Подтверждено платежей: %s.",
    "Payments rejected: %s.": "Отклонено платежей: %s.",
    "Payments restored: %s.": "Возвращено платежей: %s.",
    # Documents and requisites.
    "Payments": "Платежи",
    "Payment Purpose": "Назначение платежа",
    "Counterparty": "Контрагент",
    "Organisation": "Организация",
    "Journal": "Журнал",
    "Bank Accounts": "Расчётные счета",
    "Correspondent Account": "Корр. счёт",
    "INN": "ИНН",
    "KPP": "КПП",
    "BIC": "БИК",
    "OGRN": "ОГРН",
    # Balances.
    "Opening Balance": "Начальный остаток",
    "Opening balance": "Начальный остаток",
    "Balance in the Bank": "Остаток в банке",
    "Balance in Odoo": "Остаток в Odoo",
    # Recognition.
    "Recognised": "Распознано",
    "Tochka Bank: recognise again": "Точка Банк: распознать заново",
    "Payee": "Кому / от кого",
    "Certain": "Точно",
    "Likely": "Вероятно",
    "Please check": "Проверьте",
    "Own Transfer": "Перевод между своими счетами",
    "Looks Like": "Возможный дубль",
    "The same payment: merge": "Тот же платёж: объединить",
    "Different payments": "Это разные платежи",
    # Items and rules.
    "Cash Flow Item": "Статья ДДС",
    "Cash Flow Items": "Статьи ДДС",
    "Rules": "Правила ДДС",
    "Rule": "Правило",
    "Learnt": "Запомнено",
    "Learnt Items": "Запомненные статьи",
    "Always do so?": "Всегда делать так?",
    "Always do so": "Всегда делать так",
    "On the Counterparty's Account": "На расчёты с контрагентом",
    "Counterpart Account": "Корреспондирующий счёт",
    # Parts of a payment.
    "Part of a Payment": "Часть платежа",
    "Left to Split": "Осталось разнести",
    "Invoice": "Счёт на оплату",
    # The items every company starts with.
    "Payments from customers": "Поступления от покупателей",
    "Card sales (acquiring)": "Эквайринг",
    "Sales paid by SBP": "Оплаты по СБП",
    "Payments to suppliers": "Оплата поставщикам",
    "Wages": "Заработная плата",
    "Advances to employees": "Подотчётные суммы",
    "Single tax payment": "Единый налоговый платёж",
    "Personal income tax of employees": "НДФЛ сотрудников",
    "Accident insurance contributions": "Взносы на травматизм",
    "Bank charges": "Комиссии банка",
    "Lease payments (leasing)": "Лизинговые платежи",
    "Withdrawals of the owner": "Изъятия собственника",
}

# Misspelt: in these forms it is ё.
WITHOUT_YO = re.compile(
    r"\b(?:счет|счетом|расчетн\w*|учет|учете|платеж|партнер\w*|еще|ее"
    r"|подтвержденн\w*|подтвержден|отклоненн\w*|отклонен|сохранен|проведен|продлен"
    r"|вернет\w*|начнет\w*|придет\w*|найдет\w*)\b",
    re.IGNORECASE,
)


def read(name):
    return polib.pofile(str(FOLDER / name))


def operation_types():
    """Return what the bank calls each operation type, in its own spelling (no ё)."""
    tree = ast.parse(
        (ADDON / "models" / "cash_flow" / "cash_flow_rule.py").read_text("utf-8")
    )
    [pairs] = (
        ast.literal_eval(statement.value)
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        and statement.targets[0].id == "OPERATION_TYPES"
    )
    return {english: russian for russian, english in pairs}


def of_every_term(check):
    """Run `check(self, msgid, text)` on every translation, each in its subtest."""

    @functools.wraps(check)
    def run(self):
        for msgid, text in self.russian.items():
            with self.subTest(msgid):
                check(self, msgid, text)

    return run


def is_literal(words):
    """Return whether quoted words are kept: a placeholder or the name of a setting."""
    return bool(PLACEHOLDER.fullmatch(words) or SETTING.fullmatch(words))


def plain(text):
    """Return the text without its tags."""
    return TAG.sub("", text)


class TestWords(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = {entry.msgid for entry in read("account_tochka.pot")}
        cls.entries = [entry for entry in read("ru.po") if not entry.obsolete]
        cls.russian = {entry.msgid: entry.msgstr for entry in cls.entries}
        cls.operation_types = operation_types()
        cls.known = {msgid.casefold(): text for msgid, text in cls.russian.items()}

    def quoted(self, words):
        """Return what stands in Russian for what English puts in quotes."""
        for outside in (IN_THE_BANK, EXAMPLES):
            if words in outside:
                return outside[words]
        return words if is_literal(words) else self.known.get(words.casefold())

    # === WHOLE === #

    def test_every_term_has_a_translation_and_there_is_no_other(self):
        self.assertEqual(self.terms, set(self.russian))
        self.assertEqual(len(self.entries), len(self.russian))
        untold = [e.msgid for e in self.entries if not e.msgstr.strip() or e.fuzzy]
        self.assertEqual(untold, [])

    def test_only_what_has_no_words_stays_as_it_is(self):
        same = {msgid for msgid, text in self.russian.items() if msgid == text}
        self.assertLessEqual(same, SAME)

    @of_every_term
    def test_translations_are_in_russian(self, msgid, text):
        if msgid not in SAME:
            self.assertRegex(PLACEHOLDER.sub("", plain(text)), RUSSIAN_LETTER)

    @of_every_term
    def test_placeholders_are_the_same(self, msgid, text):
        self.assertEqual(
            Counter(PLACEHOLDER.findall(text)), Counter(PLACEHOLDER.findall(msgid))
        )
        if PLACEHOLDER.findall(msgid).count("%s") > 1:
            self.fail("several %s: their order cannot change, so name them")

    @of_every_term
    def test_tags_are_the_same(self, msgid, text):
        self.assertEqual(
            TAG.findall(SAID.sub(r"\1", text)), TAG.findall(SAID.sub(r"\1", msgid))
        )

    @of_every_term
    def test_sentences_end_and_break_as_they_do_in_english(self, msgid, text):
        self.assertEqual(text, text.strip())
        self.assertNotIn("  ", text)
        if " " in msgid and msgid.endswith((".", "…", "?")):
            self.assertEqual(text[-1:], msgid[-1:])
        # A line break before an indent belongs to the XML, not to the text.
        breaks = len(re.findall(r"\n(?! )", msgid))
        self.assertEqual(text.count("\n"), breaks)

    # === GOOD RUSSIAN === #

    @of_every_term
    def test_quotes_are_russian(self, _msgid, text):
        self.assertNotRegex(plain(text), "[\"'`“”„‘’]")
        self.assertEqual(text.count("«"), text.count("»"))

    @of_every_term
    def test_what_a_sentence_quotes_is_called_so_on_the_screen(self, msgid, text):
        """Sentences call buttons, fields and menus as the screen does."""
        for words in re.findall("“([^”]+)”", plain(msgid)):
            named = self.quoted(words)
            self.assertIsNotNone(named, f"nothing is called {words}")
            self.assertIn(f"«{named}»", text)
        for way, named in WAYS.items():
            self.assertEqual(f"«{named}»" in text, way in msgid)

    @of_every_term
    def test_russian_quotes_only_what_exists(self, _msgid, text):
        names = set(self.russian.values())
        for others in (IN_THE_BANK, EXAMPLES, WAYS):
            names.update(others.values())
        for words in re.findall("«([^»]+)»", text):
            if not is_literal(words):
                self.assertIn(words, names)

    def test_ways_through_the_menu_are_those_of_the_menu(self):
        for way, named in WAYS.items():
            steps = [self.russian[step] for step in way.split(" → ")]
            self.assertEqual(named, " → ".join(steps))

    @of_every_term
    def test_yo_is_written(self, msgid, text):
        if msgid not in self.operation_types:
            self.assertNotRegex(text, WITHOUT_YO)

    @of_every_term
    def test_the_reader_is_not_shouted_at(self, _msgid, text):
        """«вы» is small in the middle of a sentence; nothing is capital for respect."""
        self.assertNotRegex(text, r"(?<![.!?…\n] )(?<!^)\bВ(?:ы|ас|ам|аш\w*)\b")
        self.assertNotIn("!", text)

    # === AGREED === #

    def test_the_agreed_words_are_used(self):
        for msgid, text in AGREED.items():
            with self.subTest(msgid):
                self.assertIn(msgid, self.russian, "reworded? agree on a new word")
                self.assertEqual(self.russian[msgid], text)

    def test_operation_types_are_called_as_in_the_bank(self):
        called = {msgid: self.russian[msgid] for msgid in self.operation_types}
        self.assertEqual(called, self.operation_types)

    @of_every_term
    def test_the_bank_has_one_name(self, msgid, text):
        if "Tochka" in msgid and "Client" not in msgid:
            self.assertNotRegex(text, "(?i)tochka|точкабанк|точка-банк")
        if msgid != "Import from Tochka Bank":
            named = text.replace("«Импорт из Точка банк»", "")
            self.assertNotIn("Точка банк", named)


if __name__ == "__main__":
    unittest.main()
