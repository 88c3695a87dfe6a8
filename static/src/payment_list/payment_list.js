import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Payments: a click on a row opens its card, the import stands at the top right. */
export class PaymentListController extends ListController {
    static template = "account_tochka.PaymentList";

    setup() {
        super.setup();
        this.action = useService("action");
    }

    async openRecord(record) {
        const card = await this.model.orm.call(record.resModel, "action_tochka_open_card", [
            [record.resId],
        ]);
        await this.action.doAction(card, this.reloadOnClose);
    }

    openImport() {
        this.action.doAction("account_tochka.action_import_wizard", this.reloadOnClose);
    }

    /** A dialog that leaves the list for another one must not wait for this one. */
    get reloadOnClose() {
        return { onClose: ({ noReload } = {}) => noReload || this.model.load() };
    }
}

registry.category("views").add("tochka_payment_list", {
    ...listView,
    Controller: PaymentListController,
});
