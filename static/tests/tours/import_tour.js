import { formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";

const { DateTime } = luxon;

/** A day of last month, as the user would type it. */
function dayOfLastMonth(day) {
    return formatDate(DateTime.now().minus({ months: 1 }).set({ day }));
}

/** From the list of payments: ask for a week, see it load, open what came. */
registry.category("web_tour.tours").add("account_tochka_import", {
    steps: () => [
        {
            content: "The button stands at the top right",
            trigger: ".o_control_panel button.o_tochka_import",
            run({ click }) {
                const place = this.anchor.getBoundingClientRect();
                if (place.left < window.innerWidth / 2 || place.top > 150) {
                    throw new Error("The import button is not at the top right");
                }
                return click();
            },
        },
        {
            content: "All chosen accounts are proposed",
            trigger: ".modal .o_field_widget[name=account_ids] .o_tag",
        },
        {
            trigger: ".modal .o_field_widget[name=date_from] button",
            run: "click",
        },
        {
            content: "First day",
            trigger: ".modal .o_field_widget[name=date_from] input",
            run: ({ edit }) => edit(dayOfLastMonth(1)),
        },
        {
            trigger: ".modal .o_field_widget[name=date_to] button",
            run: "click",
        },
        {
            content: "Last day",
            trigger: ".modal .o_field_widget[name=date_to] input",
            run: ({ edit }) => edit(dayOfLastMonth(7)),
        },
        {
            content: "Get payments",
            trigger: ".modal button[name=action_import]",
            run: "click",
        },
        {
            content: "The run waits for the worker",
            trigger: ".modal .o_tochka_progress[data-state=queued]",
        },
        {
            content: "It runs, and the dialog does not ask for anything more",
            trigger:
                ".modal:not(:has(button[name=action_import])) .o_tochka_progress[data-state=running]",
        },
        {
            content: "It is done, with a number",
            trigger: ".modal .o_tochka_progress[data-state=done]:contains(/[1-9]/)",
        },
        {
            content: "The user is told wherever they are",
            trigger: ".o_notification .o_notification_content:contains(/[1-9]/)",
        },
        {
            content: "Show payments",
            trigger: ".modal button[name=action_open_payments]",
            run: "click",
        },
        {
            content: "The new payments stand in the list",
            trigger: "body:not(:has(.modal)) .o_list_view .o_data_row button.o_tochka_new",
        },
    ],
});
