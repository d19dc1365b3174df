// What vouchers are made of.
import { api, resource } from "../../core/api.js";
import { organization } from "../../core/preferences.js";
import { managedOrganizations } from "../../shell/organizations.js";

/** A new batch of vouchers. */
export function voucherFields(groups, { start = {} } = {}) {
  const organizations = managedOrganizations();
  const own = organizations.find((each) => each.id === organization.peek()) ?? (organizations.length === 1 ? organizations[0] : null);
  return [
    { name: "organization_slug", label: "Organization", type: "select", required: true, value: start.organization_slug ?? own?.slug ?? "", options: [["", "Choose…"], ...organizations.map((each) => [each.slug, each.name])] },
    { name: "name", label: "Name of the batch", required: true, value: start.name ?? "", maxlength: 128, help: "For you: “Conference March”." },
    { name: "prefix", label: "User names begin with", required: true, value: start.prefix ?? "", maxlength: 20, help: "guest makes guest1, guest2 and so on." },
    { name: "number_of_users", label: "How many", type: "number", required: true, value: start.number_of_users ?? "20", min: 1, max: 100_000 },
    { name: "expiration_date", label: "Good until", type: "date", value: start.expiration_date ?? "", help: "The last day; empty for always." },
    { name: "group", label: "Group", type: "select", value: start.group ?? "", options: () => [["", "The organization's default"], ...(groups.data() ?? []).map((group) => [group.id, group.name])] },
  ];
}

/** The groups of the viewer. */
export const groupSource = () => resource((abort) => api.all("radius/group/", {}, { abort, limit: 1000 }).catch(() => []));

/** What the batch route wants: multipart, as for files. */
export function batchBody(values) {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) if (value !== "" && value !== null && value !== undefined && value !== false) body.set(name, value);
  return body;
}
