import { registry } from "@web/core/registry";

const LIST = "body:not(:has(.modal)) .o_list_view";
// `TestRecognitionTour` names the payments and the items.
const ROW = (purpose) => `.o_data_row:has([name=payment_ref]:contains(${purpose}))`;

function choose(field, scope, item) {
    return [
        {
            content: `Look for ${item}`,
            trigger: `${scope} [name=${field}] input`,
            run: `edit ${item}`,
        },
        {
            content: `Take ${item}`,
            trigger: `.o-autocomplete--dropdown-item a:contains(${item})`,
            run: "click",
        },
    ];
}

function openCard(purpose) {
    return [
        {
            content: `Open the card of ${purpose}`,
            trigger: `${LIST} ${ROW(purpose)} button.o_tochka_new`,
            run: "click",
        },
        { trigger: `.modal [name=tochka_purpose]:contains(${purpose})` },
    ];
}

function addPart(item, amount, rest) {
    return [
        {
            content: "Another part",
            trigger: ".modal [name=part_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        ...choose("cash_flow_item_id", ".modal [name=part_ids] .o_selected_row", item),
        {
            content: `It is ${amount}`,
            trigger: ".modal [name=part_ids] .o_selected_row [name=amount] input",
            run: `edit ${amount}`,
        },
        {
            content: "The sign is the payment's; look what is left",
            trigger: ".modal .o_form_sheet_bg, .modal .o_form_view",
            run: "click",
        },
        { trigger: `.modal [name=tochka_rest]:contains(${rest})` },
    ];
}

/** Correct twice and make it a rule, merge, split, confirm all that is left. */
registry.category("web_tour.tours").add("account_tochka_recognition", {
    steps: () => [
        {
            content: "Change an item in the list",
            trigger: `${LIST} ${ROW("tour-rent-1")} [name=cash_flow_item_id]`,
            run: "click",
        },
        ...choose("cash_flow_item_id", `${LIST} .o_selected_row`, "Tour Rent"),
        { trigger: ".o_list_button_save:visible", run: "click" },
        { trigger: `${LIST}:not(:has(.o_selected_row)) ${ROW("tour-rent-1")}:contains(Tour Rent)` },

        ...openCard("tour-rent-2"),
        ...choose("cash_flow_item_id", ".modal", "Tour Rent"),
        {
            content: "Save the second same correction",
            trigger: ".modal button[special=save]",
            run: "click",
        },
        {
            content: "Always do so?",
            trigger: ".modal .modal-footer button:contains(Always do so)",
            run: "click",
        },
        {
            content: "The third payment got the item by itself",
            trigger: `${LIST} ${ROW("tour-rent-3")}:contains(Tour Rent)`,
        },

        ...openCard("tour-typed"),
        {
            content: "It is the payment typed by hand",
            trigger: ".modal button[name=action_tochka_merge]",
            run: "click",
        },
        { trigger: `${LIST}:not(:has(${ROW("tour-typed")}))` },

        ...openCard("tour-split"),
        ...addPart("Tour Rent", "60", "-40.00"),
        ...addPart("Tour Office", "40", "0.00"),
        { trigger: ".modal button[special=save]", run: "click" },

        {
            content: "Everything that is left",
            trigger: `${LIST} thead .o_list_record_selector input`,
            run: "click",
        },
        {
            content: "Confirm all",
            trigger: ".o_control_panel button[name=action_tochka_confirm]",
            run: "click",
        },
        {
            content: "Nothing is new any more",
            trigger: "body:not(:has(.o_data_row)) .o_view_nocontent",
        },
    ],
});
