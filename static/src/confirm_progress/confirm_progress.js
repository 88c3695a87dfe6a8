import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "account.bank.statement.line";

/**
 * Confirms many payments chunk by chunk, each a transaction of its own, and names the
 * reasons of those that could not be. Closed in the middle it stops after its chunk.
 */
export class ConfirmProgress extends Component {
    static template = "account_tochka.ConfirmProgress";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        const { ids, chunk, left_alone } = this.props.action.params;
        this.ids = ids;
        this.chunk = chunk;
        this.run = useState({ done: 0, confirmed: 0, refused: left_alone, state: "running" });
        onMounted(() => this.work());
        onWillUnmount(() => (this.closed = true));
    }

    get progress() {
        return (100 * this.run.done) / this.ids.length;
    }

    get confirmedSentence() {
        return _t("Payments confirmed: %s.", this.run.confirmed);
    }

    sentence([reason, count, examples]) {
        const words = _t("Left alone: %(count)s (%(reason)s).", { count, reason });
        const names = examples.join("; ");
        return names ? `${words} ${names}${count > examples.length ? "; …" : "."}` : words;
    }

    async work() {
        for (let start = 0; start < this.ids.length && !this.closed; start += this.chunk) {
            const ids = this.ids.slice(start, start + this.chunk);
            try {
                this.add(await this.orm.call(MODEL, "tochka_confirm_chunk", [ids]));
            } catch (error) {
                this.run.state = "failed";
                throw error;
            }
            this.run.done = start + ids.length;
        }
        this.run.state = "done";
    }

    add({ confirmed, refused }) {
        this.run.confirmed += confirmed;
        for (const [reason, count, examples] of refused) {
            const known = this.run.refused.find(([other]) => other === reason);
            if (known) {
                known[1] += count;
            } else {
                this.run.refused.push([reason, count, examples]);
            }
        }
    }

    close() {
        this.env.services.action.doAction({ type: "ir.actions.act_window_close" });
    }
}

registry.category("actions").add("account_tochka.confirm_progress", ConfirmProgress);
