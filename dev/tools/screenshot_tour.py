"""The main job in a browser, in Russian, with a screenshot of every screen."""

from datetime import date, timedelta

from .bank import SimulatedBank
from .browser_page import BrowserPage
from .rpc import OdooSession

TERM_DAYS = "90"
LIST = ".o_list_view .o_data_row"
MARK = ".o_data_row button.o_tochka_new"


class ScreenshotTour:
    """The steps from the list of applications to reviewed payments."""

    def __init__(self, browser: BrowserPage, odoo: OdooSession, bank: SimulatedBank):
        """Use a page, an administrator's RPC session for what has no screen, a bank."""
        self.browser, self.odoo, self.bank = browser, odoo, bank
        self.last = date.today().replace(day=1) - timedelta(days=1)
        self.first = self.last.replace(day=1)

    def run(self) -> None:
        """Do all steps; when one fails, take a last screenshot."""
        try:
            self._run()
        except Exception:
            self.browser.screenshot("stopped-here")
            raise

    def _run(self) -> None:
        self.sign_in("admin")
        self.apps()
        connection = self.fill_in_connection()
        self.refuse()
        self.allow()
        self.choose()
        self.open("tochka-payments", ".o_view_nocontent")
        self.browser.screenshot("payments-none-yet")
        self.fix_opening_balances()
        self.sign_in("buh")
        self.load()
        self.review_one()
        self.review_many()
        self.restore()
        self.sign_in("admin")
        self.balances()
        self.open(f"tochka-connections/{connection}", ".o_form_view")
        self.browser.screenshot("connection-in-use")

    def open(self, path: str, sign: str) -> None:
        """Go to an address of Odoo and wait for `sign`."""
        self.browser.page.goto(f"{self.odoo.url}/odoo/{path}")
        self.browser.wait_for(sign)

    def sign_in(self, login: str) -> None:
        """Sign in as another user."""
        page = self.browser.page
        page.context.clear_cookies()
        page.goto(f"{self.odoo.url}/web/login")
        page.evaluate("localStorage.clear()")  # it remembers the last login
        page.reload()
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", login)
        page.click("form.oe_login_form button[type=submit]")
        self.browser.wait_for(".o_main_navbar")

    def apps(self) -> None:
        """Find the addon among the applications."""
        self.open("apps", ".o_kanban_record")
        search = self.browser.wait_for(".o_searchview_input")
        search.fill("tochka")
        search.press("Enter")
        self.browser.wait_for(".o_searchview_facet:nth-child(2)")
        self.browser.screenshot("apps-card")

    def fill_in_connection(self) -> int:
        """Type the application's id and secret; return the connection's id."""
        # The address of the bank is typed by nobody: only the simulated one differs.
        info = self.bank.info
        connection = self.odoo.create(
            "tochka.connection", environment="custom", base_url=info["base_url"]
        )
        self.open("tochka-connections", LIST)
        self.open(f"tochka-connections/{connection}", ".o_form_view")
        self.browser.write("client_id", info["client_id"])
        self.browser.write("client_secret", info["client_secret"])
        self.browser.screenshot("connection-before")
        return connection

    def refuse(self) -> None:
        """Press «Refuse» on the bank's page and show Odoo's message."""
        self.browser.press("action_connect")
        self.browser.wait_for("#login")
        self.browser.screenshot("bank-sign-in")
        self.browser.click("#login")
        self.browser.click("#deny")
        self.browser.wait_for(".o_form_view .alert-warning")
        self.browser.screenshot("connection-refused")

    def allow(self) -> None:
        """Connect again, choose the term of the consent, allow."""
        self.browser.press("action_connect")  # the user is still signed in at the bank
        self.browser.wait_for("#term").select_option(TERM_DAYS)
        self.browser.screenshot("bank-consent", whole=True)
        self.browser.click("#allow")
        self.browser.wait_for("[name=account_line_ids] .o_data_row")
        self.browser.screenshot("choice-offered")

    def choose(self) -> None:
        """Choose the two accounts of the company, one to be loaded daily."""
        firm = "[name=organization_line_ids] .o_data_row:has([name=kpp]:has-text('0'))"
        yuan, rouble = (
            f"[name=account_line_ids] .o_data_row:has-text('{number}')"
            for number in ("40702156001500031008", "40702810801500031007")
        )
        self.browser.click(f"{firm} td[name=load]")
        self.browser.click(f"{firm} td[name=company_id]")
        self.browser.write("company_id", "Учёт", firm)
        self.browser.click(".o-autocomplete--dropdown-item:has-text('Учёт')")
        for row in (rouble, yuan):
            self.browser.click(f"{row} td[name=load]")
        self.browser.click(f"{yuan} td[name=interval]")
        self.browser.wait_for(f"{yuan} td[name=interval] input").press("ArrowDown")
        self.browser.wait_for(".o_select_menu_item", 1)
        self.browser.screenshot("choice-how-often")
        self.browser.click(".o_select_menu_item", 1)
        self.browser.click(".o_form_sheet h2")
        self.browser.screenshot("choice-made")
        self.browser.press("action_save")
        self.browser.wait_for(".o_field_widget[name=account_ids] .o_data_row")
        self.browser.screenshot("connection-connected")

    def fix_opening_balances(self) -> None:
        """Set the opening balances to the bank's, on the first of last month."""
        for number, currency in enumerate(("RUB", "CNY")):
            self.open("tochka-accounts", LIST)
            self.browser.click(
                f"{LIST}:has([name=journal_id]:has-text('{currency}')) [name=number]"
            )
            self.browser.press("action_fix_opening_balance")
            self.browser.write_day("day", self.first)
            if not number:
                self.browser.screenshot("opening-balance")
            self.browser.press("action_ask_bank")
            self.browser.wait_for(
                ".modal [name=adjustment]:not(:text-matches('^[ 0,]*$'))"
            )
            if not number:
                self.browser.screenshot("opening-balance-of-the-bank")
            self.browser.press("action_save", ".modal")
            self.browser.wait_for(".o_form_view [name=opening_balance]")

    def load(self) -> None:
        """Load last month and show the progress and the result."""
        self.bank.set(statement_seconds=3)
        self.open("tochka-payments", ".o_tochka_import")
        self.browser.click(".o_tochka_import")
        self.browser.write_day("date_from", self.first)
        self.browser.write_day("date_to", self.last)
        self.browser.screenshot("import")
        self.browser.press("action_import")
        self.browser.wait_for(".o_tochka_progress[data-state=running]")
        self.browser.screenshot("import-progress")
        self.browser.wait_for(".o_tochka_progress[data-state=done]")
        self.browser.wait_for(".o_notification")
        self.browser.screenshot("import-done")
        self.browser.close_notifications()
        self.browser.press("action_open_payments")
        self.browser.wait_until_gone(".modal")
        self.browser.wait_for(MARK)
        self.browser.screenshot("payments-new")

    def review_one(self) -> None:
        """Open the card of one payment and confirm it; open another and reject it."""
        self.browser.click(MARK, 2)
        self.browser.wait_for(".modal [name=partner_id]")
        self.browser.screenshot("card")
        self.browser.press("action_tochka_confirm", ".modal")
        self.browser.wait_for(".o_notification")
        self.browser.screenshot("card-confirmed")
        self.browser.close_notifications()
        self.browser.click(MARK, 4)
        self.browser.wait_for(".modal [name=partner_id]")
        self.browser.screenshot("card-of-another")
        self.browser.press("action_tochka_reject", ".modal")
        self.browser.wait_until_gone(".modal")
        self.browser.close_notifications()

    def review_many(self) -> None:
        """Confirm several with the header's button, reject several in the cog menu."""
        self.select(range(5))
        self.browser.screenshot("bulk-selected")
        self.browser.press("action_tochka_confirm", ".o_control_panel")
        self.browser.wait_for(".o_notification")
        self.browser.screenshot("bulk-confirmed")
        self.browser.close_notifications()
        self.select(range(1, 3))
        self.browser.click(".o_cp_action_menus .fa-cog")
        self.browser.wait_for(".o-dropdown--menu .o_menu_item", 2)
        self.browser.screenshot("bulk-actions")
        self.browser.click(".o-dropdown--menu .o_menu_item", 1)
        self.browser.wait_for(".o_notification")
        self.browser.screenshot("bulk-rejected")
        self.browser.close_notifications()
        self.browser.click(".o_searchview_dropdown_toggler")
        self.browser.click(".o_filter_menu .o_menu_item", 1)
        self.browser.screenshot("filters")
        self.browser.click(".o_searchview_dropdown_toggler")
        self.browser.screenshot("payments-new-and-confirmed")

    def select(self, numbers: range) -> None:
        """Tick rows of the list."""
        for number in numbers:
            self.browser.click(".o_data_row .o_list_record_selector input", number)

    def restore(self) -> None:
        """Show the rejected payments and restore one."""
        self.browser.click("[data-menu-xmlid='account_tochka.menu_rejected']")
        self.browser.wait_for(f"{LIST} button[name=action_restore]")
        self.browser.screenshot("rejected")
        self.browser.click(f"{LIST} button[name=action_restore]")
        self.browser.wait_for(".o_notification")
        self.browser.screenshot("rejected-restored")

    def balances(self) -> None:
        """Show the balances, the import runs and the register."""
        self.open("tochka-accounts", LIST)
        self.browser.screenshot("accounts")
        self.browser.click(
            f"{LIST}:has([name=journal_id]:has-text('RUB')) [name=number]"
        )
        self.browser.wait_for(".o_form_view [name=balance_difference]")
        self.browser.screenshot("account")
        self.open("tochka-imports", LIST)
        self.browser.screenshot("loadings")
        self.browser.click(f"{LIST} [name=trigger]")
        self.browser.wait_for(".o_form_view [name=found]")
        self.browser.screenshot("loading")
        self.open("tochka-register", LIST)
        self.browser.screenshot("register")
        self.browser.click(f"{LIST} [name=purpose]")
        self.browser.wait_for(".o_form_view [name=purpose]")
        self.browser.screenshot("register-row")
