// The fields of a topology.
import { api, resource } from "../../core/api.js";
import { organization } from "../../core/preferences.js";
import { user } from "../../core/session.js";
import { managedOrganizations } from "../../shell/organizations.js";
import { organizationField } from "../users/fields.js";

/** The formats that the server reads, `[id, label]`. */
export function parserSource() {
  return resource(async (abort) => (await api.get("network-topology/parser/", { abort })).map((parser) => [parser.id, parser.label]));
}

const isFetched = (values) => values.strategy === "fetch";

/** @param topology what is there; nothing for a new one. */
export function topologyFields(parsers, topology = {}) {
  const own = managedOrganizations();
  return [
    { name: "label", label: "Name", required: true, value: topology.label ?? "", maxlength: 64 },
    organizationField({ none: "All organizations", required: !user().is_superuser, value: topology.id ? topology.organization ?? "" : organization.peek() || (own.length === 1 ? own[0].id : "") }),
    { name: "parser", label: "Format", type: "select", required: true, value: topology.parser ?? parsers[0]?.[0] ?? "", options: parsers },
    { name: "strategy", label: "Inputs", type: "select", value: topology.strategy ?? "fetch", options: [["fetch", "are fetched from an address"], ["receive", "are sent to this server"]] },
    { name: "url", label: "Address", type: "url", required: true, value: topology.url ?? "", isShown: isFetched, help: "http, https or telnet. Addresses of private networks need the setting topology.allowed_networks.", maxlength: 200 },
    { name: "key", label: "Key", value: topology.key ?? "", isShown: (values) => !isFetched(values), help: topology.id ? "Proves who sends inputs." : "Proves who sends inputs; one is made where this is empty.", maxlength: 64, attributes: { class: "mono" } },
    { name: "expiration_time", label: "Seconds until an absent link goes down", type: "number", min: 0, value: String(topology.expiration_time ?? 0), isShown: (values) => !isFetched(values), help: "0: with the first input that does not name it." },
    { name: "published", label: "Published", type: "check", value: topology.published ?? true, help: "Others are neither updated nor shown." },
  ];
}

/** What the server wants of the form's values. */
export function bodyOf(values, isNew) {
  const body = { ...values, organization: values.organization || null };
  if (body.expiration_time !== undefined) body.expiration_time = Number(body.expiration_time) || 0;
  if (isNew && !body.key) delete body.key;
  return body;
}
