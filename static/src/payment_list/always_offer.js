import { useEnv } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";

/** After the second same correction of a payment: shall it be a rule? Gives a function of ids. */
export function useAlwaysOffer() {
    // Not `useService`: its calls never end once the card is closed, the question stays.
    const { action, dialog, orm } = useEnv().services;

    async function answer(memory, method) {
        const told = await orm.call("cash.flow.memory", method, [[memory]]);
        if (told) {
            await action.doAction(told);
        }
    }

    return async function offerAlways(ids) {
        const model = "account.bank.statement.line";
        const offer = await orm.call(model, "tochka_always_offer", [ids]);
        if (offer) {
            dialog.add(ConfirmationDialog, {
                title: offer.title,
                body: offer.message,
                confirmLabel: _t("Always do so"),
                confirm: () => answer(offer.memory_id, "action_always"),
                // Escape is «not now»: the next same correction asks again.
                dismiss: () => {},
                cancelLabel: _t("No"),
                cancel: () => answer(offer.memory_id, "action_not_always"),
            });
        }
    };
}
