import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Partners that may be the counterparty: a click takes one. Value: many2many. */
export class Candidates extends Component {
    static template = "account_tochka.Candidates";
    static props = { ...standardFieldProps };

    get candidates() {
        return this.props.record.data[this.props.name].records.map((record) => ({
            id: record.resId,
            display_name: record.data.display_name,
        }));
    }

    take(candidate) {
        return this.props.record.update({ partner_id: candidate });
    }
}

registry.category("fields").add("tochka_candidates", {
    component: Candidates,
    supportedTypes: ["many2many"],
    relatedFields: [{ name: "display_name", type: "char" }],
});
