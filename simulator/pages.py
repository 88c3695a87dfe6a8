"""The pages a person sees: signing in, giving a consent, an error."""

from __future__ import annotations

from html import escape

from .people import Organisation

WORDS = {
    "ReadAccountsBasic": "Видеть список счетов",
    "ReadAccountsDetail": "Видеть реквизиты счетов",
    "ReadBalances": "Видеть остатки на счетах",
    "ReadStatements": "Получать выписки",
    "ReadTransactionsBasic": "Видеть операции",
    "ReadTransactionsCredits": "Видеть поступления",
    "ReadTransactionsDebits": "Видеть списания",
    "ReadTransactionsDetail": "Видеть подробности операций",
    "ReadCustomerData": "Видеть данные организации",
    "ReadSBPData": "Видеть данные СБП",
    "EditSBPData": "Менять данные СБП",
    "CreatePaymentForSign": "Создавать платежи на подпись",
    "CreatePaymentOrder": "Подписывать платежи",
    "ReadAcquiringData": "Видеть платёжные ссылки",
    "MakeAcquiringOperation": "Проводить операции по платёжным ссылкам",
    "ManageInvoiceData": "Выставлять счета и закрывающие документы",
    "ManageWebhookData": "Получать уведомления о платежах",
    "MakeCustomer": "Заводить клиентов",
    "ManageGuarantee": "Работать с гарантиями",
}
TERMS = (
    ("30", "30 дней"),
    ("90", "90 дней"),
    ("180", "180 дней"),
    ("365", "1 год"),
    ("perpetual", "Бессрочно"),
)
STYLE = """
*{box-sizing:border-box}body{margin:0;background:#f3f1f8;color:#231f36;
font:16px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header{padding:18px 24px;background:#fff;border-bottom:1px solid #e4e0ef}
.brand{max-width:560px;margin:0 auto;font-weight:700;display:flex;gap:10px;
align-items:center}.dot{width:18px;height:18px;border-radius:50%;background:#6a35d9}
.note{margin-left:auto;font-size:13px;font-weight:400;color:#625b78}
main{max-width:560px;margin:32px auto;padding:32px;background:#fff;
border-radius:16px;box-shadow:0 6px 28px rgba(50,30,110,.09)}
h1{font-size:24px;line-height:1.25;margin:0 0 8px}h2{font-size:16px;margin:26px 0 8px}
p{margin:0 0 12px;color:#4d4763}ul{margin:0;padding:0;list-style:none}
li{padding:7px 0 7px 28px;position:relative}li:before{content:"";position:absolute;
left:4px;top:14px;width:11px;height:6px;border:solid #6a35d9;border-width:0 0 2px 2px;
transform:rotate(-45deg)}
.org{display:flex;gap:12px;align-items:flex-start;padding:12px 14px;margin:0 0 8px;
border:1px solid #d9d3e8;border-radius:10px;cursor:pointer}.org input{margin-top:5px}
.org small{display:block;color:#625b78}
select{width:100%;padding:12px 14px;font:inherit;border:1px solid #c9c1dd;
border-radius:10px;background:#fff;color:inherit}
.buttons{display:flex;gap:12px;margin-top:28px;flex-wrap:wrap}
button{flex:1 1 200px;padding:14px 20px;font:inherit;font-weight:600;border:0;
border-radius:10px;cursor:pointer}.main{background:#6a35d9;color:#fff}
.main:hover{background:#5827bd}.plain{background:#eeeaf7;color:#231f36}
.plain:hover{background:#e2dcf0}
button:focus-visible,select:focus-visible,input:focus-visible{outline:3px solid #b79cf2;
outline-offset:2px}
@media(max-width:600px){main{margin:0;border-radius:0;padding:24px}}
"""


def _page(title: str, inside: str) -> str:
    return (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,">'
        f"<style>{STYLE}</style></head><body>"
        '<header><div class="brand"><span class="dot"></span>Точка Банк'
        '<span class="note">имитация для проверки</span></div></header>'
        f"<main>{inside}</main></body></html>"
    )


def _kept(query: dict[str, str]) -> str:
    """Return hidden fields with what the client sent, without the person's choice."""
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in query.items()
        if name not in ("decision", "customer", "term")
    )


def login(application: str, query: dict[str, str]) -> str:
    """Return the page that asks to sign in."""
    return _page(
        "Вход в банк",
        "<h1>Войдите в банк</h1>"
        f"<p>Приложение «{escape(application)}» просит доступ к данным вашего "
        "бизнеса. Войдите, чтобы посмотреть, к каким именно.</p>"
        f'<form method="post" action="/connect/login">{_kept(query)}'
        '<div class="buttons"><button id="login" class="main" type="submit">Войти'
        "</button></div></form>",
    )


def _organisation(who: Organisation) -> str:
    return (
        f'<label class="org"><input type="checkbox" name="customer" checked '
        f'id="organisation_{who.code}" value="{who.code}"><span>'
        f"{escape(who.short_name)}<small>ИНН {who.inn}</small></span></label>"
    )


def consent(
    application: str,
    permissions: list[str],
    organisations: list[Organisation],
    query: dict[str, str],
) -> str:
    """Return the page where a person allows or denies."""
    rights = "".join(f"<li>{escape(WORDS.get(p, p))}</li>" for p in permissions)
    terms = "".join(
        f'<option value="{value}"{" selected" if value == "365" else ""}>{name}'
        "</option>"
        for value, name in TERMS
    )
    return _page(
        "Доступ для приложения",
        f"<h1>Доступ для приложения «{escape(application)}»</h1>"
        "<p>Приложение сможет только то, что перечислено ниже. Отозвать доступ "
        "можно в любой момент.</p>"
        f'<form method="post" action="/connect/authorize">{_kept(query)}'
        f'<h2>Приложение сможет</h2><ul id="permissions">{rights}</ul>'
        f'<h2>Организации</h2><div id="organisations">'
        f"{''.join(map(_organisation, organisations))}</div>"
        '<h2><label for="term">Срок доступа</label></h2>'
        f'<select id="term" name="term">{terms}</select>'
        '<div class="buttons">'
        '<button id="allow" class="main" name="decision" value="allow">Разрешить'
        "</button>"
        '<button id="deny" class="plain" name="decision" value="deny">Отказать'
        "</button></div></form>",
    )


def refused(reason: str) -> str:
    """Return the page of a request the bank cannot serve."""
    return _page(
        "Запрос не выполнен",
        f'<h1>Запрос не выполнен</h1><p id="reason">{escape(reason)}</p>'
        "<p>Вернитесь в приложение и начните подключение сначала.</p>",
    )
