import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { useAlwaysOffer } from "./always_offer";

/** The card of a payment: what is corrected here teaches as in the list. */
export class PaymentCardController extends FormController {
    setup() {
        super.setup();
        this.offerAlways = useAlwaysOffer();
    }

    async onRecordSaved(record, changes) {
        await super.onRecordSaved(record, changes);
        await this.offerAlways([record.resId]);
    }
}

registry.category("views").add("tochka_payment_card", {
    ...formView,
    Controller: PaymentCardController,
});
