// Members of an organization.
import { api } from "../../core/api.js";
import { h, signal } from "../../core/reactive.js";
import { to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { confirm, dialog } from "../../shell/dialogs.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { badge, button } from "../../widgets/parts.js";
import { forEach, table } from "../../widgets/table.js";

export function members(organization) {
  const path = `users/organization/${organization.id}/user/`;
  const list = table({
    name: "members",
    caption: "Members",
    path,
    rowKey: (row) => row.id,
    address: (row) => to(`/users/${row.user}`),
    columns: [
      { key: "username", label: "User name", value: (row) => row.username, cell: (row) => h("a", { href: to(`/users/${row.user}`) }, row.username) },
      { key: "role", label: "Role", value: (row) => (row.is_owner ? "owner" : row.is_admin ? "manager" : "member"), cell: (row) => (row.is_owner ? badge("good", "owner") : row.is_admin ? badge("good", "manager") : badge("", "member")) },
    ],
    bulk: may("change", "organizationuser") && [
      { label: "Make managers", action: async (rows) => {
        await forEach(rows, (row) => api.patch(`${path}${row.user}/`, { is_admin: true }), "Managers now");
        list.reload();
      } },
      { label: "Make members", action: async (rows) => {
        await forEach(rows, (row) => api.patch(`${path}${row.user}/`, { is_admin: false }), "Members now");
        list.reload();
      } },
      { label: "Remove", danger: true, action: async (rows) => {
        if (!(await confirm("End memberships", `${rows.length} users leave ${organization.name}.`, { action: "Remove", danger: true }))) return false;
        await forEach(rows, (row) => api.delete(`${path}${row.user}/`), "Removed");
        list.reload();
        return true;
      } },
    ],
    tools: may("add", "organizationuser") && button("Add a member", () => add(path, () => list.reload()), { small: true, iconName: "plus" }),
  });
  return list;
}

/** Finds a user by name, then adds it. */
function add(path, done) {
  const found = signal([]);
  return dialog("Add a member", (close) =>
    h(
      "div.dialog-body",
      form([{ name: "q", label: "User name, e-mail or phone", required: true }], {
        action: "Find",
        submit: async ({ q }) => {
          const page = await api.page("users/user/", { q, page_size: 100 });
          found.set(page.rows.filter((user) => [user.username, user.email, user.phone_number].some((text) => text?.toLowerCase().includes(q.toLowerCase()))).slice(0, 20));
          if (found.peek().length === 0) tell("Nobody found.");
        },
      }),
      h("ul.rows", { role: "list" }, () => found().map((user) =>
        h("li", h("span", user.username), h("span.quiet", user.email ?? ""), button("Add", async () => {
          await api.post(path, { user: user.id, is_admin: false });
          tell(`${user.username} added.`);
          done();
          close();
        }, { small: true })))),
    ));
}
