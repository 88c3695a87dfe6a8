import { formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";

const { DateTime } = luxon;

/** On the account: fix the opening balance at the bank's own figure. */
registry.category("web_tour.tours").add("account_tochka_opening", {
    steps: () => [
        {
            trigger: ".o_form_view button[name=action_fix_opening_balance]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=day] button",
            run: "click",
        },
        {
            content: "The first day of last month",
            trigger: ".modal .o_field_widget[name=day] input",
            run: ({ edit }) => edit(formatDate(DateTime.now().minus({ months: 1 }).set({ day: 1 }))),
        },
        {
            content: "Ask the bank",
            trigger: ".modal button[name=action_ask_bank]",
            run: "click",
        },
        {
            content: "The bank's figure stands in the dialog, and the entry it makes",
            trigger:
                ".modal:has([name=balance] input:value(/[1-9]/)) [name=adjustment]:contains(/[1-9]/)",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "The account shows the balance and its day",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has([name=opening_date]:contains(/[0-9]/)) [name=opening_balance]:contains(/[1-9]/)",
        },
    ],
});
