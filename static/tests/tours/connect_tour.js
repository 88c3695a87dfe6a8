import { registry } from "@web/core/registry";

// The first organisation of the list is chosen, with its first open account in roubles.
const ORGANISATION = ".o_field_widget[name=organization_line_ids] .o_data_row:first";
const ACCOUNT =
    ".o_field_widget[name=account_line_ids] .o_data_row:has([name=currency_id]:contains(RUB)):first";

/** From the connection to the bank's page, back, choose, save. */
registry.category("web_tour.tours").add("account_tochka_connect", {
    steps: () => [
        {
            content: "Connect: the browser goes to the bank's pages, where the test clicks",
            trigger: ".o_form_view button[name=action_connect].btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Back from the bank: two organisations and four accounts are offered",
            trigger:
                ".o_form_view:has([name=organization_line_ids] .o_data_row:count(2)) [name=account_line_ids] .o_data_row:count(4)",
        },
        {
            content: "Load the organisation",
            trigger: `${ORGANISATION} td[name=load]`,
            run: "click",
        },
        {
            trigger: `${ORGANISATION} [name=load] input:checked`,
        },
        {
            content: "Bind it to a company",
            trigger: `${ORGANISATION} [name=company_id]`,
            run: "click",
        },
        {
            trigger: `${ORGANISATION} [name=company_id] input`,
            run: "edit Ромашки",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Книги Ромашки)",
            run: "click",
        },
        {
            content: "Load the account",
            trigger: `${ACCOUNT} td[name=load]`,
            run: "click",
        },
        {
            trigger: `${ACCOUNT} [name=load] input:checked`,
        },
        {
            content: "Every day, not every hour",
            trigger: `${ACCOUNT} td[name=interval]`,
            run: "click",
        },
        {
            trigger: `${ACCOUNT} [name=interval] .o_select_menu input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:eq(1)",
            run: "click",
        },
        {
            content: "The closed account cannot be ticked",
            trigger:
                ".o_field_widget[name=account_line_ids] .o_data_row.text-muted [name=load] input:not(:enabled)",
        },
        {
            content: "Save",
            trigger: ".o_form_view button[name=action_save]",
            run: "click",
        },
        {
            content: "The connection is connected and shows what is loaded",
            trigger:
                ".o_form_view .o_field_widget[name=account_ids] .o_data_row:has([name=state] .text-bg-success):has([name=journal_id]:contains(RUB)):count(1)",
        },
        {
            content: "The next step is the import",
            trigger: ".o_form_statusbar button.btn-primary:not([name=action_connect])",
        },
    ],
});
