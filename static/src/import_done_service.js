import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const READING_MILLISECONDS = 12000;

/** Tells the user who asked for a loading what came of it, wherever they are by then. */
export const importDoneService = {
    dependencies: ["bus_service", "notification", "action", "orm"],
    start(env, { bus_service, notification, action, orm }) {
        bus_service.subscribe("account_tochka.import_done", (run) => {
            const close = notification.add(run.message, {
                title: _t("Tochka Bank"),
                type: run.type,
                sticky: run.type === "danger",
                autocloseDelay: READING_MILLISECONDS,
                buttons: [
                    {
                        name: _t("Show payments"),
                        primary: true,
                        onClick: async () => {
                            close();
                            action.doAction(
                                await orm.call("tochka.import", "action_open_payments", [[run.id]])
                            );
                        },
                    },
                ],
            });
        });
        bus_service.start();
    },
};

registry.category("services").add("account_tochka.import_done", importDoneService);
