import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const POLL_MILLISECONDS = 1000;

/** Progress of a loading, from the queue to its numbers. Value: many2one to tochka.import. */
export class ImportProgress extends Component {
    static template = "account_tochka.ImportProgress";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.run = useState({ state: "queued", progress: 0, message: "" });
        onWillStart(() => this.poll());
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get finished() {
        return ["done", "failed"].includes(this.run.state);
    }

    async poll() {
        const value = this.props.record.data[this.props.name];
        if (!value) {
            return;
        }
        Object.assign(this.run, await this.orm.call("tochka.import", "get_progress", [value.id]));
        if (!this.finished) {
            this.timer = setTimeout(() => this.poll(), POLL_MILLISECONDS);
        }
    }
}

registry.category("fields").add("tochka_run_progress", {
    component: ImportProgress,
    supportedTypes: ["many2one"],
});
