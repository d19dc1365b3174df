// The organizations that the viewer knows, and the one that lists are narrowed to.
import { api } from "../core/api.js";
import { organization } from "../core/preferences.js";
import { h, signal } from "../core/reactive.js";
import { may, user } from "../core/session.js";

/** All organizations of the viewer: `{ id, name, slug, is_active }`. */
export const organizations = signal([]);

/** Reads them anew. */
export async function loadOrganizations() {
  try {
    // Who may not list organizations, as a reception, knows his own from the session.
    const own = (user()?.organization_details ?? []).map((each) => ({ ...each, is_active: true }));
    organizations.set(may("view", "organization") ? await api.all("users/organization/", {}, { limit: 2000 }) : own);
  } catch {
    organizations.set([]);
  }
  const chosen = organization.peek();
  if (chosen && organizations.peek().length > 0 && !organizations.peek().some((each) => each.id === chosen)) organization.set("");
}

/** The organization with an id, or a stand-in for one that the viewer cannot see. */
export const organizationNamed = (id) => organizations().find((each) => each.id === id);

/** The name of an organization. */
export const organizationName = (id) => organizationNamed(id)?.name ?? (id ? `${id.slice(0, 8)}…` : "–");

/** The query that narrows lists: `{ organization: id }` or nothing. */
export const organizationQuery = () => (organization() ? { organization: organization() } : {});

/** Those in which the viewer may change something. */
export function managedOrganizations() {
  const who = user();
  return organizations().filter((each) => who?.is_superuser || ["manager", "owner"].includes(who?.organizations[each.id]));
}

/** The choice of organization in the frame. */
export function organizationSwitch() {
  return () =>
    organizations().length > 1
      ? h(
          "label.organization-switch",
          h("span.hidden", "Organization"),
          h(
            "select",
            { onchange: (event) => organization.set(event.target.value), value: organization.peek() },
            h("option", { value: "" }, "All organizations"),
            organizations()
              .toSorted((left, right) => left.name.localeCompare(right.name))
              .map((each) => h("option", { value: each.id }, each.name + (each.is_active ? "" : " (inactive)"))),
          ),
        )
      : organizations().length === 1
        ? h("span.organization-name", organizations()[0].name)
        : null;
}
