// The organizations of the installation.
import { api } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { formatDay } from "../../core/time.js";
import { dialog } from "../../shell/dialogs.js";
import { loadOrganizations } from "../../shell/organizations.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { badge, button, mono, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";

const add = () =>
  dialog("New organization", (close) =>
    h("div.dialog-body", form(organizationFields(), {
      action: "Add",
      cancel: () => close(),
      submit: async (values) => {
        const made = await api.post("users/organization/", values);
        await loadOrganizations();
        tell(`${made.name} added.`);
        close();
        go(to(`/organizations/${made.id}`));
      },
    })));

export function organizationFields(organization = {}) {
  return [
    { name: "name", label: "Name", required: true, value: organization.name, maxlength: 200 },
    { name: "slug", label: "Short name in addresses", value: organization.slug, maxlength: 64, help: "Small letters, digits and hyphens; made of the name when left out." },
    { name: "description", label: "Description", type: "textarea", value: organization.description },
    { name: "email", label: "E-mail address", type: "email", value: organization.email },
    { name: "url", label: "Web site", type: "url", value: organization.url },
    { name: "is_active", label: "Active", type: "check", value: organization.is_active ?? true, help: "An inactive organization has no login pages, and its members no network." },
  ];
}

export default function organizations() {
  return h(
    "div",
    pageHead("Organizations", { actions: may("add", "organization") && button("New organization", add, { kind: "primary", iconName: "plus" }) }),
    table({
      name: "organizations",
      caption: "Organizations",
      path: "users/organization/",
      address: (row) => to(`/organizations/${row.id}`),
      columns: [
        { key: "name", label: "Name", value: (row) => row.name, cell: (row) => h("a", { href: to(`/organizations/${row.id}`) }, row.name) },
        { key: "slug", label: "Short name", value: (row) => row.slug, cell: (row) => mono(row.slug) },
        { key: "state", label: "State", value: (row) => (row.is_active ? "active" : "inactive"), cell: (row) => (row.is_active ? badge("good", "active") : badge("bad", "inactive")) },
        { key: "email", label: "E-mail", value: (row) => row.email, cell: (row) => row.email || "–" },
        { key: "created", label: "Since", value: (row) => row.created, cell: (row) => formatDay(row.created) },
      ],
      empty: empty("No organization", "An organization has its own users, groups, devices and login pages: a café, a campus, a customer."),
    }),
  );
}
