// Roles: what groups of operators may do.
import { api, resource } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { confirm, dialog } from "../../shell/dialogs.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { button, pageHead } from "../../widgets/parts.js";
import { empty, loaded } from "../../widgets/states.js";

// As the server writes them: "12: user | Can view user".
function readPermission(text) {
  const [, id, model, name] = /^(\d+):\s*([^|]+?)\s*\|\s*(.+)$/.exec(text) ?? [null, "", "", text];
  return { id, model, name, text };
}

export default function roles() {
  const source = resource((abort) => api.all("users/group/", {}, { abort }));
  const every = (list) => [...new Map(list.flatMap((role) => role.permissions.map((text) => [text, readPermission(String(text))]))).values()];
  return h(
    "div",
    pageHead("Roles", { note: "A role is a set of permissions; where they hold is told by the organizations that a person manages.", actions: may("add", "group") && button("New role", () => edit(null, every(source.data() ?? []), source.reload), { kind: "primary", iconName: "plus" }) }),
    loaded(source, (list) =>
      list.length === 0 ? empty("No role", "Roles are made when the server starts for the first time.") : h("div.role-list", list.map((role) =>
        h(
          "section.block",
          h("header.block-head", h("h2", role.name), may("change", "group") && button("Change", () => edit(role, every(list), source.reload), { small: true }), may("delete", "group") && button("Delete", async () => {
            if (!(await confirm("Delete the role", "Who has it loses its permissions.", { action: "Delete", danger: true, word: role.name }))) return;
            await api.delete(`users/group/${role.id}/`);
            source.reload();
          }, { small: true })),
          permissionTable(role.permissions.map((text) => readPermission(String(text)))),
        )))),
  );
}

const actions = ["view", "add", "change", "delete"];

function permissionTable(permissions) {
  const models = Map.groupBy(permissions, (permission) => permission.model);
  if (permissions.length === 0) return h("p.quiet", "No permission.");
  return h("div.table-frame", { tabindex: "0", role: "region", "aria-label": "Permissions" }, h("table.table.keeps-shape.permissions", h("thead", h("tr", h("th", { scope: "col" }, "On"), actions.map((action) => h("th", { scope: "col" }, action)))), h("tbody", [...models].map(([model, list]) =>
    h("tr", h("th", { scope: "row" }, model), actions.map((action) => h("td", list.some((each) => each.name.toLowerCase().startsWith(`can ${action}`)) ? h("span", { title: "allowed" }, "✓", h("span.hidden", "allowed")) : h("span.quiet", { "aria-label": "not allowed" }, "–"))))))));
}

function edit(role, known, done) {
  const chosen = new Set(role?.permissions.map(String) ?? []);
  return dialog(role?.name ?? "New role", (close) =>
    h("div.dialog-body", form(
      [
        { name: "name", label: "Name", required: true, value: role?.name ?? "", maxlength: 150 },
        { name: "permissions", label: "Permissions", isOptionalShown: false, type: { render: () => h("div.check-grid", { role: "group", "aria-label": "Permissions" }, known.map((permission) =>
          h("label.check", h("input", { type: "checkbox", checked: chosen.has(permission.text), onchange: (event) => chosen[event.target.checked ? "add" : "delete"](permission.text) }), permission.name))) } },
      ],
      { action: "Save", cancel: () => close(), submit: async ({ name }) => {
        const body = { name, permissions: [...chosen] };
        if (role) await api.patch(`users/group/${role.id}/`, body);
        else await api.post("users/group/", body);
        tell("Saved.");
        close();
        done();
      } },
    )), { size: "wide" });
}
