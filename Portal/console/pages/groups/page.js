// RADIUS groups: what limits and rights members have.
import { api } from "../../core/api.js";
import { organization } from "../../core/preferences.js";
import { h } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { formatDay } from "../../core/time.js";
import { confirm, dialog } from "../../shell/dialogs.js";
import { organizationName, organizationQuery } from "../../shell/organizations.js";
import { tell } from "../../shell/toasts.js";
import { organizationField } from "../users/fields.js";
import { form } from "../../widgets/form.js";
import { badge, button, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";

function edit(group, done) {
  return dialog(group ? group.name : "New group", (close) =>
    h("div.dialog-body", form(
      [
        { name: "name", label: "Name", required: true, value: group?.name, maxlength: 253, help: "The organization's short name and a hyphen come before it." },
        ...(group ? [] : [organizationField({ required: true, value: organization.peek() })]),
        { name: "description", label: "Description", value: group?.description ?? "", maxlength: 255 },
        { name: "default", label: "New members get this group", type: "check", value: group?.default ?? false, help: "An organization has one such group." },
      ],
      { action: group ? "Save" : "Add", cancel: () => close(), submit: async (values) => {
        if (group) await api.patch(`radius/group/${group.id}/`, values);
        else await api.post("radius/group/", values);
        tell(group ? "Saved." : "Added.");
        close();
        done();
      } },
    )));
}

export default function groups() {
  const list = table({
    name: "groups",
    caption: "Groups",
    path: "radius/group/",
    query: organizationQuery,
    filters: [{ name: "search", label: "Find", type: "search", placeholder: "Name" }],
    columns: [
      { key: "name", label: "Name", value: (row) => row.name, cell: (row) => (may("change", "radiusgroup") ? h("button.link", { type: "button", onclick: () => edit(row, () => list.reload()) }, row.name) : row.name) },
      { key: "organization", label: "Organization", value: (row) => organizationName(row.organization), cell: (row) => organizationName(row.organization) },
      { key: "description", label: "Description", value: (row) => row.description, cell: (row) => row.description || "–" },
      { key: "default", label: "For new members", value: (row) => (row.default ? "yes" : "no"), cell: (row) => (row.default ? badge("good", "default") : "–") },
      { key: "created", label: "Since", value: (row) => row.created, cell: (row) => formatDay(row.created), isHidden: true },
      { key: "actions", label: "", className: "row-actions", cell: (row) => !row.default && may("delete", "radiusgroup") && button("Delete", async () => {
        if (!(await confirm("Delete the group", `The limits of ${row.name} no longer hold for its members.`, { action: "Delete", danger: true }))) return;
        await api.delete(`radius/group/${row.id}/`);
        list.reload();
      }, { small: true }) },
    ],
    empty: empty("No group", "A group carries limits: hours a day, megabytes a month, speed. New organizations get two to begin with."),
  });
  return h(
    "div",
    pageHead("Groups", {
      note: "Limits and replies of a group are set by “radian group” and “radian quota” on the command line.",
      actions: may("add", "radiusgroup") && button("New group", () => edit(null, () => list.reload()), { kind: "primary", iconName: "plus" }),
    }),
    list,
  );
}
