import { registry } from "@web/core/registry";

/** All payments of the list confirmed with a progress bar, the others named. */
registry.category("web_tour.tours").add("account_tochka_confirm", {
    steps: () => [
        {
            content: "Tick all payments",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Confirm them",
            trigger: "button[name=action_tochka_confirm]",
            run: "click",
        },
        {
            content: "The dialog tells how many were confirmed",
            trigger:
                ".modal .o_tochka_confirm[data-state=done] .o_tochka_confirmed:contains(/ 58\\./)",
        },
        {
            content: "It names what was left alone",
            trigger:
                ".modal .o_tochka_refused li:contains(/2 .*same payment.*14\\.10\\.2026/)",
        },
        {
            trigger: ".modal .o_tochka_close",
            run: "click",
        },
        {
            content: "Two new payments are left in the list behind it",
            trigger: "body:not(:has(.modal)) .o_list_view:has(.o_data_row:count(2))",
        },
    ],
});
