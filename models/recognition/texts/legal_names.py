"""Legal names: one key for all the ways a name is written, and its good form.

«ООО "РОМАШКА"», «Ромашка, ООО» and «Общество с ограниченной ответственностью
«Ромашка»» have one key, `ооо ромашка`, and one good form, «ООО «Ромашка»».
"""

import re
from itertools import product

_FORMS = {
    "общество с ограниченной ответственностью": "ООО",
    "общество с дополнительной ответственностью": "ОДО",
    "акционерное общество": "АО",
    "публичное акционерное общество": "ПАО",
    "непубличное акционерное общество": "НАО",
    "открытое акционерное общество": "ОАО",
    "закрытое акционерное общество": "ЗАО",
    "индивидуальный предприниматель": "ИП",
    "предприниматель без образования юридического лица": "ИП",
    "пбоюл": "ИП",
    "индивидуальный предприниматель глава крестьянского фермерского хозяйства": (
        "ИП глава КФХ"
    ),
    "глава крестьянского фермерского хозяйства": "Глава КФХ",
    "крестьянское фермерское хозяйство": "КФХ",
    "автономная некоммерческая организация": "АНО",
    "автономная некоммерческая организация высшего образования": "АНО ВО",
    "автономная некоммерческая организация дополнительного образования": "АНО ДО",
    "автономная некоммерческая организация дополнительного профессионального"
    " образования": "АНО ДПО",
    "некоммерческая организация": "НКО",
    "небанковская кредитная организация": "НКО",
    "некоммерческое партнерство": "НП",
    "частное учреждение": "ЧУ",
    "частное образовательное учреждение": "ЧОУ",
    "благотворительный фонд": "БФ",
    "адвокатское бюро": "АБ",
    "коллегия адвокатов": "КА",
    "унитарное предприятие": "УП",
    "государственное унитарное предприятие": "ГУП",
    "муниципальное унитарное предприятие": "МУП",
    "федеральное государственное унитарное предприятие": "ФГУП",
    "федеральное казенное учреждение": "ФКУ",
    "федеральное казенное предприятие": "ФКП",
    "муниципальное казенное предприятие": "МКП",
    "товарищество собственников жилья": "ТСЖ",
    "товарищество собственников недвижимости": "ТСН",
    "садоводческое некоммерческое товарищество": "СНТ",
    "огородническое некоммерческое товарищество": "ОНТ",
    "дачное некоммерческое товарищество": "ДНТ",
    "дачное некоммерческое партнерство": "ДНП",
    "производственный кооператив": "ПК",
    "потребительский кооператив": "ПК",
    "сельскохозяйственный производственный кооператив": "СПК",
    "сельскохозяйственный потребительский кооператив": "СПК",
    "жилищно строительный кооператив": "ЖСК",
    "гаражно строительный кооператив": "ГСК",
}
# «федеральное» «государственное» «бюджетное» «образовательное» учреждение «…»
_OWNERS = {
    "федеральное государственное": "ФГ",
    "государственное": "Г",
    "муниципальное": "М",
    "областное государственное": "ОГ",
    "краевое государственное": "КГ",
}
_KINDS = {"бюджетное": "Б", "автономное": "А", "казенное": "К"}
_TRADES = {
    "": "",
    "образовательное": "О",
    "общеобразовательное": "О",
    "дошкольное образовательное": "ДО",
    "профессиональное образовательное": "ПО",
}
_FIELDS = {
    "": "",
    "здравоохранения": "З",
    "культуры": "К",
    "науки": "Н",
    "высшего образования": " ВО",
    "дополнительного образования": " ДО",
    "дополнительного профессионального образования": " ДПО",
}
# A name may end with one of these without a comma before it: they are no words.
_KNOWN_AFTER = {"ООО", "АО", "ПАО", "НАО", "ОАО", "ЗАО", "ИП", "ФГУП", "ГУП", "МУП"}
_PERSONAL = {"ИП", "ИП глава КФХ", "Глава КФХ", "КФХ"}
_LATIN_LOOKALIKES = str.maketrans("aoepcxkmthb", "аоерсхкмтнв")

_WORD = re.compile(r"[\w+&]+")
# An apostrophe between letters («О'Кей») is a part of the word.
_QUOTE = re.compile(r"[«»\"“”„‟‹›″`‘’]|(?<!\w)'|'(?!\w)")
_NOISE = (
    # What stands before an account number stays, the rest is about the account.
    re.compile(
        r"\s*\(?\s*\b(?:р\s*/\s*с(?:ч|чет|чёт)?|расч[её]тный сч[её]т)\b.*", re.I
    ),
    re.compile(r",?\s*\bл\s*/\s*с(?:ч|чет|чёт)?\b\.?\s*(?:№\s*)?\w{8,}", re.I),
    re.compile(r",?\s*\bИНН\b\s*:?\s*\d{10,12}(?:\s*/\s*\d{9})?", re.I),
    re.compile(r",?\s*\bКПП\b\s*:?\s*\d{1,9}", re.I),
    re.compile(r"\(\s*\)"),
)
# In capitals, these are abbreviations though they have a vowel.
_ABBREVIATIONS = {
    *("АЗС", "АО", "АПК", "АТП", "АТС", "АЭС", "ГОК", "ГЭС", "ДОУ", "ЕИРЦ", "ИТ"),
    *("МОУ", "МУ", "НИИ", "НИЦ", "НПО", "ОКБ", "ООО", "ОЭЗ", "ПАО", "РСУ", "СУ"),
    *("ТЭК", "ТЭЦ", "УК", "УМЗ", "УФК", "ФГУП", "ЦУМ", "ЧОО", "ЧОП", "ЭК"),
}
# A longer name is somebody's slip, and would not fit into an index.
LONGEST_NAME = 500
_SMALL_WORDS = {"на", "по", "и", "в", "во", "к", "с", "со", "у", "о", "об", "де", "ла"}


def legal_key(name):
    """Return the key two legal names share when they are the same.

    Case, ё and е, quotes, punctuation, spaces, the way and the place of the legal form
    make no difference, nor do INN, KPP, account and address that banks add.

    :param name: any name, or nothing
    :return str: empty when no name is left
    """
    form, core = _split(_clean(name))
    words = [_small(word) for word in _WORD.findall(core)]
    return " ".join([form.lower(), *words]).strip() if words else ""


def may_be_same(name, other):
    """Whether two names, or their keys, may be of the same one.

    All words of one are in the other, as in «Ромашка» and «ООО "Ромашка" (опт)». A
    legal form may be missing, but not differ.

    :return bool: False where one has no name
    """
    (form, core), (other_form, other_core) = (_split(_clean(n)) for n in (name, other))
    if form and other_form and form != other_form:
        return False
    words, others = ({_small(w) for w in _WORD.findall(c)} for c in (core, other_core))
    return bool(words and others) and (words <= others or others <= words)


def bare_name(name):
    """Return a legal name without its legal form and without what banks add.

    :param name: any name, or nothing
    :return str: empty when no name is left
    """
    _form, core = _split(_clean(name))
    return core


def good_name(name, *, person=False):
    """Return a legal name in good form: abbreviated legal form, name in «ёлочки».

    Names in capitals are softened to a capital at the beginning; words without vowels
    («СТК»), well-known abbreviations and names of up to three letters stay. Proper
    names inside («на Горке») cannot be told then and become small. A name without a
    legal form keeps its words; only quotes and spaces are tidied.

    :param name: as the bank sends it, or nothing
    :param bool person: whether it is a person's even without «ИП»
    :return str: empty when no name is left
    """
    text = _clean(name)
    form, core = _split(text)
    if not core or not (form or person):
        return _quoted(text)
    if form in _PERSONAL or not form:
        return f"{form} {_as_person(core)}".strip()
    return f"{form} {_as_firm(core)}"


# === READING === #


def _institutions():
    for owner, kind, trade, field in product(_OWNERS, _KINDS, _TRADES, _FIELDS):
        phrase = f"{owner} {kind} {trade} учреждение {field}"
        short = f"{_OWNERS[owner]}{_KINDS[kind]}{_TRADES[trade]}У{_FIELDS[field]}"
        yield phrase, short


def _small(word):
    return word.lower().replace("ё", "е")


def _known_forms():
    known = {}
    for phrase, short in (*_FORMS.items(), *_institutions()):
        known[tuple(phrase.split())] = short
        known[tuple(_small(short).split())] = short
    return known


_BY_WORDS = _known_forms()
_LONGEST = max(map(len, _BY_WORDS))


def _clean(name):
    """Take off what banks add to a name: address, requisites, spare spaces."""
    name = (name or "")[:LONGEST_NAME]
    parts = [part for part in name.split("//") if part.strip()]
    text = " ".join(parts[0].split()) if parts else ""
    for noise in _NOISE:
        text = noise.sub(" ", text)
    return " ".join(text.split()).replace(" )", ")").strip(" ,;")


def _split(text):
    """Return the abbreviated legal form, or nothing, and the rest of the name."""
    found = ""
    while True:
        words = list(_WORD.finditer(text))
        folded = [_small(word[0]) for word in words]
        form, start, end = _form_before(words, folded)
        if not form:
            form, start, end = ("", 0, 0) if found else _form_after(text, words, folded)
        # «ООО Общество с ограниченной ответственностью …»: said twice, it is one.
        if not form or (found and form != found):
            return found, text
        found, text = form, (text[:start] + text[end:]).strip(" ,;()")
        if text.count("(") > text.count(")"):
            text += ")"


def _form_before(words, folded):
    for count in range(min(_LONGEST, len(words)), 0, -1):
        form = _known(folded[:count])
        if form:
            return form, 0, words[count - 1].end()
    return "", 0, 0


def _form_after(text, words, folded):
    for count in range(min(_LONGEST, len(words) - 1), 0, -1):
        form = _known(folded[-count:])
        start = words[-count].start() if form else 0
        apart = re.search(r"[,(»\"”]\s*$", text[:start])
        if form and (apart or count > 1 or form in _KNOWN_AFTER):
            return form, start, words[-1].end()
    return "", 0, 0


def _known(words):
    form = _BY_WORDS.get(tuple(words))
    if not form and len(words) == 1:
        form = _BY_WORDS.get((words[0].translate(_LATIN_LOOKALIKES),))
    return form


# === WRITING === #


def _as_person(core):
    text = _QUOTE.sub("", core).strip(" ,")
    return re.sub(r"[^\W\d_]+", _capitalised, text)


def _capitalised(match):
    word = match[0]
    if word.lower() in ("оглы", "кызы"):
        return word.lower()
    return word.capitalize() if word.isupper() or word.islower() else word


def _as_firm(core):
    shouted = core.isupper()
    before, name, after = _around_quotes(core)
    if name is None:
        return _quoted(core)
    if shouted:
        before, name = _softened(before), _softened(name)
        after = _softened(after, first=False)
    return " ".join(filter(None, (before, f"«{_nested(name)}»", after)))


def _around_quotes(core):
    """Return what is before the name, the name (None: several) and what is after it."""
    core = re.sub(r"\"{2,}|''", '"', core)
    quotes = [match.start() for match in _QUOTE.finditer(core)]
    if not quotes:
        name, brackets, after = core.partition(" (")
        return "", name, (brackets + after).strip()
    first, last = quotes[0], quotes[-1]
    if first == last:  # the other one was cut off
        at_end = last >= len(core.rstrip()) - 1
        return (
            ("", core[:first], "") if at_end else (core[:first], core[first + 1 :], "")
        )
    name = core[first + 1 : last]
    inside = _QUOTE.search(name)
    if inside and inside.end() < len(name) and name[inside.end()] in " ,(":
        return "", None, ""
    return core[:first].strip(), name, core[last + 1 :].strip()


def _nested(name):
    """Put inner quotes as „…“, and close the one that was cut off."""
    name, opened = name.strip(), 0
    pieces = []
    at = 0
    for quote in _QUOTE.finditer(name):
        opens = quote.start() == 0 or name[quote.start() - 1] in " (-"
        opened += 1 if opens else -1
        pieces += [name[at : quote.start()], "„" if opens else "“"]
        at = quote.end()
    return "".join(pieces) + name[at:] + "“" * max(opened, 0)


def _quoted(text):
    """Put all quotes of a text as «…»."""
    return _QUOTE.sub(
        lambda quote: (
            "«" if quote.start() == 0 or text[quote.start() - 1] in " (" else "»"
        ),
        re.sub(r"\"{2,}", '"', text),
    )


def _softened(text, *, first=True):
    """Write a name in capitals with small letters, but for its abbreviations."""
    letters = re.sub(r"[\W\d_]", "", text)
    if len(letters) <= 3:
        return text if first else text.lower()
    words = re.split(r"([\s\W]+)", text)
    for place, word in enumerate(words):
        begins = first and not any(map(str.isalnum, "".join(words[:place])))
        after_hyphen = place > 1 and words[place - 1] == "-"
        town = place > 1 and words[place - 2] + words[place - 1].strip() == "г."
        words[place] = _soft_word(word, capital=begins or after_hyphen or town)
    return "".join(words)


def _soft_word(word, *, capital):
    small = word.lower()
    if small in _SMALL_WORDS:
        return word if capital and len(word) == 1 else small
    russian = re.fullmatch(r"[а-яё]+", small)
    has_vowel = re.search(r"[аеёиоуыэюя]", small)
    if not russian or word in _ABBREVIATIONS or (not has_vowel and len(word) > 1):
        return word
    return small.capitalize() if capital else small
