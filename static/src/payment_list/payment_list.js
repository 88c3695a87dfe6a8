import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { useAlwaysOffer } from "./always_offer";

/** Payments: the import stands at the top right; a correction made twice may become a rule. */
export class PaymentListController extends ListController {
    static template = "account_tochka.PaymentList";

    setup() {
        super.setup();
        this.action = useService("action");
        this.offerAlways = useAlwaysOffer();
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onSavedMulti = (records) =>
            this.offerAlways(records.map((record) => record.resId));
        return params;
    }

    async onRecordSaved(record) {
        await super.onRecordSaved(record);
        await this.offerAlways([record.resId]);
    }

    openImport() {
        this.action.doAction("account_tochka.action_import_wizard", {
            // A dialog that leaves the list for another one must not wait for this one.
            onClose: ({ noReload } = {}) => noReload || this.model.load(),
        });
    }
}

registry.category("views").add("tochka_payment_list", {
    ...listView,
    Controller: PaymentListController,
});
