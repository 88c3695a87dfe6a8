import { registry } from "@web/core/registry";

// `TestTours` loads this many new payments.
const LOADED = 10;
const LIST = "body:not(:has(.modal)) .o_list_view";

/** The list shows so many payments, each of them with the mark. */
function newPayments(count) {
    return {
        content: `${count} new payments are left`,
        trigger: `${LIST}:has(.o_data_row:count(${count})):has(button.o_tochka_new:count(${count}))`,
    };
}

function openCard() {
    return [
        {
            content: "Open the card by the mark",
            trigger: `${LIST} .o_data_row:first button.o_tochka_new`,
            run: "click",
        },
        {
            content: "It shows what the bank sent and what was recognised",
            trigger:
                ".modal:has([name=amount]:contains(/[0-9]/)):has([name=tochka_purpose]:contains(/./)):has([name=partner_name]:contains(/./)) [name=partner_id]",
        },
    ];
}

function select(from, to) {
    return Array.from({ length: to - from }, (_, index) => ({
        content: "Tick a payment",
        trigger: `${LIST} .o_data_row:eq(${from + index}) .o_list_record_selector input`,
        run: "click",
    }));
}

function pickFilter(position) {
    return [
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: `Filter number ${position}`,
            trigger: `.o_filter_menu .o_menu_item:eq(${position})`,
            run: "click",
        },
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
    ];
}

/** Confirm and reject: one by one, by the header's button, by the cog menu; restore. */
registry.category("web_tour.tours").add("account_tochka_review", {
    steps: () => [
        newPayments(LOADED),

        ...openCard(),
        {
            content: "Confirm in the card",
            trigger: ".modal button[name=action_tochka_confirm]",
            run: "click",
        },
        newPayments(LOADED - 1),

        ...openCard(),
        {
            content: "Reject in the card",
            trigger: ".modal button[name=action_tochka_reject]",
            run: "click",
        },
        newPayments(LOADED - 2),

        ...select(0, 3),
        {
            content: "Confirm three at once",
            trigger: ".o_control_panel button[name=action_tochka_confirm]",
            run: "click",
        },
        newPayments(LOADED - 5),

        ...select(1, 3),
        {
            content: "Reject two at once from the cog menu",
            trigger: ".o_cp_action_menus .fa-cog",
            run: "click",
        },
        {
            // The test gives the action this name: it is no translated text.
            trigger: ".o_menu_item:contains(tour_reject)",
            run: "click",
        },
        newPayments(LOADED - 7),

        ...pickFilter(1),
        {
            content: "New or confirmed: the mark is on the new ones only",
            trigger: `${LIST}:has(.o_data_row:count(${LOADED - 3})) .o_data_row:not(:has(button.o_tochka_new)):count(4)`,
        },
        ...pickFilter(0),
        {
            content: "Confirmed only: no marks",
            trigger: `${LIST}:has(.o_data_row:count(4)):not(:has(button.o_tochka_new))`,
        },

        {
            content: "The rejected ones are kept",
            trigger: ".o_menu_sections [data-menu-xmlid='account_tochka.menu_rejected']",
            run: "click",
        },
        {
            trigger: `${LIST} .o_data_row:count(3)`,
        },
        {
            content: "Restore one",
            trigger: `${LIST} .o_data_row:first button[name=action_restore]`,
            run: "click",
        },
        {
            trigger: `${LIST} .o_data_row:count(2)`,
        },
        {
            content: "It is new again",
            trigger: ".o_menu_sections [data-menu-xmlid='account_tochka.menu_payments']",
            run: "click",
        },
        newPayments(LOADED - 6),
    ],
});
