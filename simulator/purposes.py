"""Payment purposes, worded as people and the bank word them."""

from __future__ import annotations

from datetime import date, timedelta

from .draw import Draw

GOODS = (
    "мебель на заказ", "столешницы из дуба", "изготовление полок",
    "услуги по реставрации", "кухонный гарнитур «Лодочка»", "стеллажи \"Ёлка\"",
)  # fmt: skip
MATERIALS = (
    "доску обрезную", "лакокрасочные материалы", "фурнитуру", "доставку груза",
    "гофротару", "столярные работы",
)  # fmt: skip
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август",
    "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip


def russian(day: date) -> str:
    """Return a day as 14.10.2026."""
    return day.strftime("%d.%m.%Y")


def money(hundredths: int, mark: str = "-") -> str:
    """Return an amount as 4520-00, the way accountants write it."""
    return f"{hundredths // 100}{mark}{hundredths % 100:02d}"


def vat(day: date, kopecks: int) -> str:
    """Return the words on the VAT that is part of a sum."""
    rate = 22 if day.year >= 2026 else 20
    part = (kopecks * rate + (100 + rate) // 2) // (100 + rate)
    return f"В том числе НДС {rate}% - {money(part)} руб."


def month_before(day: date) -> str:
    """Return the month before a day, as «сентябрь 2026 г.»."""
    last = day.replace(day=1) - timedelta(days=1)
    return f"{MONTHS[last.month - 1]} {last.year} г."


def from_customer(draw: Draw, day: date, kopecks: int, habit: int) -> str:
    """Return the words of an incoming payment.

    :param habit: chooses the payer's way of writing
    """
    invoice = draw.randrange(1, 900)
    issued = russian(day - timedelta(days=draw.randrange(1, 20)))
    goods = draw.choice(GOODS)
    return (
        f"Оплата по счету № {invoice} от {issued} за {goods}. {vat(day, kopecks)}",
        f"Оплата по счёту №INV/{day.year}/{invoice:05d} от {issued}. НДС не облагается",
        f"По договору № {invoice}-К от {issued}\nза {goods},\nНДС не облагается",
        f"Предоплата 50% по счету №{invoice} за {goods} {vat(day, kopecks)}",
        f"за {goods} сч. {invoice} от {issued}, без НДС   ",
        f"(5010/20996X00000) Оплата по счету № {invoice} от {issued} "
        f'контракт 0{draw.randrange(10**8):08d} за "{goods}". {vat(day, kopecks)}',
        f"оплата по счету № {invoice}",
    )[habit % 7]


def to_supplier(draw: Draw, day: date, kopecks: int, habit: int) -> str:
    """Return the words of an outgoing payment to a supplier."""
    invoice = f"{draw.choice('АБВКМ')}-{draw.randrange(10, 5000)}"
    issued = russian(day - timedelta(days=draw.randrange(0, 12)))
    what = draw.choice(MATERIALS)
    return (
        f"Оплата по счету № {invoice} от {issued} за {what}. {vat(day, kopecks)}",
        f"Оплата за {what} по сч.{invoice} от {issued}. НДС не облагается",
        f"По УПД № {invoice} от {issued} за {what}\n{vat(day, kopecks)}",
    )[habit % 3]


def purchase(owner: str, street: str, city: str, when: str, sum_: str, pan: str) -> str:
    """Return the words of a card write-off, the only place that names the shop."""
    return (
        f"Покупка товара(Терминал:,{owner},,{street},{city},RU,"
        f"дата операции:{when}(МСК),на сумму:{sum_},карта {pan})"
    )


def acquiring(day: date, gross: int, fee: int) -> str:
    """Return the words of the bank's settlement for a day of card sales."""
    return (
        f"Перевод средств по договору эквайринга № ТЭ-20871 за {russian(day)}. "
        f"Общая сумма {money(gross, '.')} руб., комиссия {money(fee, '.')} руб. "
        "НДС не облагается"
    )


def sbp_income(draw: Draw, day: date) -> str:
    """Return the words of what buyers paid by the fast payments system."""
    return (
        f"Зачисление по СБП за {russian(day)}, QR AD10{draw.randrange(10**8):08d}, "
        f"количество операций {draw.randrange(1, 30)}. НДС не облагается"
    )


def sbp_outcome(draw: Draw) -> str:
    """Return the words of a transfer to a person by the phone number."""
    who = draw.choice(("Ульяна Ч.", "Ефим П.", "Марфа О.", "Никодим Ж."))
    return (
        f"Перевод по номеру телефона +7900000{draw.randrange(10000):04d}. Получатель "
        f"{who} через СБП. Сообщение получателю: {draw.choice(('за краски', 'аванс'))}"
    )
