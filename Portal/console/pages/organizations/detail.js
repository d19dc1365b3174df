// One organization: what it is, who belongs to it, what holds in it.
import { api, resource } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { confirm } from "../../shell/dialogs.js";
import { loadOrganizations } from "../../shell/organizations.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { badge, button, linkButton, mono, pageHead, tabs } from "../../widgets/parts.js";
import { loadedPage } from "../../widgets/states.js";
import { members } from "./members.js";
import { organizationFields } from "./page.js";
import { settings } from "./settings.js";

export default function detail({ id }) {
  const source = resource((abort) => api.get(`users/organization/${id}/`, { abort }));
  return h("div", loadedPage(source, (organization) => [
    pageHead(organization.name, {
      back: { path: "/organizations", label: "Organizations" },
      note: [organization.is_active ? badge("good", "active") : badge("bad", "inactive"), " ", mono(organization.slug)],
      actions: [
        linkButton("Login pages", to("/portal", { organization: organization.id }), { iconName: "portal" }),
        may("delete", "organization") && button("Delete", async () => {
          if (!(await confirm("Delete the organization", "Its groups, settings and login pages are gone for good.", { action: "Delete", danger: true, word: organization.slug }))) return;
          await api.delete(`users/organization/${id}/`);
          await loadOrganizations();
          go(to("/organizations"));
        }, { kind: "danger" }),
      ],
    }),
    tabs([
      ...(may("view", "organizationuser") ? [{ name: "members", label: "Members", make: () => members(organization) }] : []),
      { name: "settings", label: "Settings", make: () => settings(organization) },
      ...(may("change", "organization") ? [{ name: "edit", label: "Edit", make: () => form(organizationFields(organization), { className: "columns", submit: async (values) => {
        source.set(await api.patch(`users/organization/${id}/`, values));
        await loadOrganizations();
        tell("Saved.");
      } }) }] : []),
    ]),
  ]));
}
