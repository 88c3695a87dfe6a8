"""The main job as a person sees it: every screen, in its order, in Russian."""

from datetime import date, timedelta

from .bank import SimulatedBank
from .rpc import OdooSession
from .screens_browser import Screen

TERM_DAYS = "90"
LIST = ".o_list_view .o_data_row"
MARK = ".o_data_row button.o_tochka_new"


class Walk:
    """One person's way from the Apps to reviewed payments."""

    def __init__(self, eye: Screen, odoo: OdooSession, bank: SimulatedBank):
        """Take a browser, an administrator's session for what nobody types, a bank."""
        self.eye, self.odoo, self.bank = eye, odoo, bank
        self.last = date.today().replace(day=1) - timedelta(days=1)
        self.first = self.last.replace(day=1)

    def run(self) -> None:
        """Walk it all; where it stops, take a last picture."""
        try:
            self._run()
        except Exception:
            self.eye.shot("stopped-here")
            raise

    def _run(self) -> None:
        self.sign_in("admin")
        self.apps()
        connection = self.fill_in_connection()
        self.refuse()
        self.allow()
        self.choose()
        self.open("tochka-payments", ".o_view_nocontent")
        self.eye.shot("payments-none-yet")
        self.fix_opening_balances()
        self.sign_in("buh")
        self.load()
        self.review_one()
        self.review_many()
        self.restore()
        self.sign_in("admin")
        self.balances()
        self.open(f"tochka-connections/{connection}", ".o_form_view")
        self.eye.shot("connection-in-use")

    def open(self, path: str, sign: str) -> None:
        """Go to an address of Odoo and wait for `sign`."""
        self.eye.page.goto(f"{self.odoo.url}/odoo/{path}")
        self.eye.see(sign)

    def sign_in(self, login: str) -> None:
        """Become another user."""
        page = self.eye.page
        page.context.clear_cookies()
        page.goto(f"{self.odoo.url}/web/login")
        page.evaluate("localStorage.clear()")  # who signed in here before
        page.reload()
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", login)
        page.click("form.oe_login_form button[type=submit]")
        self.eye.see(".o_main_navbar")

    def apps(self) -> None:
        """Find the addon among the applications."""
        self.open("apps", ".o_kanban_record")
        search = self.eye.see(".o_searchview_input")
        search.fill("tochka")
        search.press("Enter")
        self.eye.see(".o_searchview_facet:nth-child(2)")
        self.eye.shot("apps-card")

    def fill_in_connection(self) -> int:
        """Type the application's id and secret; return the connection's id."""
        # Only a simulated bank has another address than the one Odoo knows.
        info = self.bank.info
        connection = self.odoo.create(
            "tochka.connection", environment="custom", base_url=info["base_url"]
        )
        self.open("tochka-connections", LIST)
        self.open(f"tochka-connections/{connection}", ".o_form_view")
        self.eye.write("client_id", info["client_id"])
        self.eye.write("client_secret", info["client_secret"])
        self.eye.shot("connection-before")
        return connection

    def refuse(self) -> None:
        """Press «Refuse» on the bank's page and see what Odoo says."""
        self.eye.press("action_connect")
        self.eye.see("#login")
        self.eye.shot("bank-sign-in")
        self.eye.click("#login")
        self.eye.click("#deny")
        self.eye.see(".o_form_view .alert-warning")
        self.eye.shot("connection-refused")

    def allow(self) -> None:
        """Connect again, choose the term, allow."""
        self.eye.press("action_connect")  # the bank remembers who signed in
        self.eye.see("#term").select_option(TERM_DAYS)
        self.eye.shot("bank-consent", whole=True)
        self.eye.click("#allow")
        self.eye.see("[name=account_line_ids] .o_data_row")
        self.eye.shot("choice-offered")

    def choose(self) -> None:
        """Load the firm's two accounts, one of them daily."""
        firm = "[name=organization_line_ids] .o_data_row:has([name=kpp]:has-text('0'))"
        yuan, rouble = (
            f"[name=account_line_ids] .o_data_row:has-text('{number}')"
            for number in ("40702156001500031008", "40702810801500031007")
        )
        self.eye.click(f"{firm} td[name=load]")
        self.eye.click(f"{firm} td[name=company_id]")
        self.eye.write("company_id", "Учёт", firm)
        self.eye.click(".o-autocomplete--dropdown-item:has-text('Учёт')")
        for row in (rouble, yuan):
            self.eye.click(f"{row} td[name=load]")
        self.eye.click(f"{yuan} td[name=interval]")
        self.eye.see(f"{yuan} td[name=interval] input").press("ArrowDown")
        self.eye.see(".o_select_menu_item", 1)
        self.eye.shot("choice-how-often")
        self.eye.click(".o_select_menu_item", 1)
        self.eye.click(".o_form_sheet h2")
        self.eye.shot("choice-made")
        self.eye.press("action_save")
        self.eye.see(".o_field_widget[name=account_ids] .o_data_row")
        self.eye.shot("connection-connected")

    def fix_opening_balances(self) -> None:
        """Take the bank's figures for the first day of last month."""
        for number, currency in enumerate(("RUB", "CNY")):
            self.open("tochka-accounts", LIST)
            self.eye.click(
                f"{LIST}:has([name=journal_id]:has-text('{currency}')) [name=number]"
            )
            self.eye.press("action_fix_opening_balance")
            self.eye.write_day("day", self.first)
            if not number:
                self.eye.shot("opening-balance")
            self.eye.press("action_ask_bank")
            self.eye.see(".modal [name=adjustment]:not(:text-matches('^[ 0,]*$'))")
            if not number:
                self.eye.shot("opening-balance-of-the-bank")
            self.eye.press("action_save", ".modal")
            self.eye.see(".o_form_view [name=opening_balance]")

    def load(self) -> None:
        """Ask for last month, watch the progress, be told."""
        self.bank.set(statement_seconds=3)
        self.open("tochka-payments", ".o_tochka_import")
        self.eye.click(".o_tochka_import")
        self.eye.write_day("date_from", self.first)
        self.eye.write_day("date_to", self.last)
        self.eye.shot("import")
        self.eye.press("action_import")
        self.eye.see(".o_tochka_progress[data-state=running]")
        self.eye.shot("import-progress")
        self.eye.see(".o_tochka_progress[data-state=done]")
        self.eye.see(".o_notification")
        self.eye.shot("import-done")
        self.eye.forget_notifications()
        self.eye.press("action_open_payments")
        self.eye.gone(".modal")
        self.eye.see(MARK)
        self.eye.shot("payments-new")

    def review_one(self) -> None:
        """Open the (i) of one payment, confirm it; open another, reject it."""
        self.eye.click(MARK, 2)
        self.eye.see(".modal [name=partner_id]")
        self.eye.shot("card")
        self.eye.press("action_tochka_confirm", ".modal")
        self.eye.see(".o_notification")
        self.eye.shot("card-confirmed")
        self.eye.forget_notifications()
        self.eye.click(MARK, 4)
        self.eye.see(".modal [name=partner_id]")
        self.eye.shot("card-of-another")
        self.eye.press("action_tochka_reject", ".modal")
        self.eye.gone(".modal")
        self.eye.forget_notifications()

    def review_many(self) -> None:
        """Select several: confirm by the header's button, look into the cog menu."""
        self.select(range(5))
        self.eye.shot("bulk-selected")
        self.eye.press("action_tochka_confirm", ".o_control_panel")
        self.eye.see(".o_notification")
        self.eye.shot("bulk-confirmed")
        self.eye.forget_notifications()
        self.select(range(1, 3))
        self.eye.click(".o_cp_action_menus .fa-cog")
        self.eye.see(".o-dropdown--menu .o_menu_item", 2)
        self.eye.shot("bulk-actions")
        self.eye.click(".o-dropdown--menu .o_menu_item", 1)
        self.eye.see(".o_notification")
        self.eye.shot("bulk-rejected")
        self.eye.forget_notifications()
        self.eye.click(".o_searchview_dropdown_toggler")
        self.eye.click(".o_filter_menu .o_menu_item", 1)
        self.eye.shot("filters")
        self.eye.click(".o_searchview_dropdown_toggler")
        self.eye.shot("payments-new-and-confirmed")

    def select(self, numbers: range) -> None:
        """Tick rows of the list."""
        for number in numbers:
            self.eye.click(".o_data_row .o_list_record_selector input", number)

    def restore(self) -> None:
        """See what was rejected, bring one back."""
        self.eye.click("[data-menu-xmlid='account_tochka.menu_rejected']")
        self.eye.see(f"{LIST} button[name=action_restore]")
        self.eye.shot("rejected")
        self.eye.click(f"{LIST} button[name=action_restore]")
        self.eye.see(".o_notification")
        self.eye.shot("rejected-restored")

    def balances(self) -> None:
        """Compare the balances; see the runs and the register."""
        self.open("tochka-accounts", LIST)
        self.eye.shot("accounts")
        self.eye.click(f"{LIST}:has([name=journal_id]:has-text('RUB')) [name=number]")
        self.eye.see(".o_form_view [name=balance_difference]")
        self.eye.shot("account")
        self.open("tochka-imports", LIST)
        self.eye.shot("loadings")
        self.eye.click(f"{LIST} [name=trigger]")
        self.eye.see(".o_form_view [name=found]")
        self.eye.shot("loading")
        self.open("tochka-register", LIST)
        self.eye.shot("register")
        self.eye.click(f"{LIST} [name=purpose]")
        self.eye.see(".o_form_view [name=purpose]")
        self.eye.shot("register-row")
