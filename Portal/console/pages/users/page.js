// All users that the viewer may see.
import { api } from "../../core/api.js";
import { personName } from "../../core/format.js";
import { h } from "../../core/reactive.js";
import { to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { formatDay } from "../../core/time.js";
import { confirm } from "../../shell/dialogs.js";
import { organizationName, organizationQuery } from "../../shell/organizations.js";
import { badge, linkButton, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { forEach, table } from "../../widgets/table.js";

export const stateBadge = (user) => (!user.is_active ? badge("bad", "inactive") : isExpired(user) ? badge("warn", "expired") : badge("good", "active"));
const isExpired = (user) => user.expiration_date && new Date(`${user.expiration_date}T23:59:59`) < new Date();

export default function users() {
  const change = may("change", "user");
  const list = table({
    name: "users",
    caption: "Users",
    path: "users/user/",
    query: organizationQuery,
    filters: [
      { name: "q", label: "Find", type: "search", placeholder: "Name, e-mail, phone" },
      { name: "is_active", label: "State", type: "select", options: [["", "All"], ["true", "Active"], ["false", "Inactive"]] },
    ],
    address: (row) => to(`/users/${row.id}`),
    columns: [
      { key: "username", label: "User name", value: (row) => row.username, cell: (row) => h("a", { href: to(`/users/${row.id}`) }, row.username) },
      { key: "name", label: "Name", value: personName, cell: (row) => personName(row) || "–" },
      { key: "email", label: "E-mail", value: (row) => row.email, cell: (row) => row.email ?? "–" },
      { key: "phone", label: "Phone", value: (row) => row.phone_number, cell: (row) => h("span.nowrap", row.phone_number ?? "–") },
      { key: "state", label: "State", value: (row) => (row.is_active ? "active" : "inactive"), cell: stateBadge },
      { key: "expires", label: "Good until", value: (row) => row.expiration_date, cell: (row) => (row.expiration_date ? formatDay(row.expiration_date) : "–") },
      { key: "organizations", label: "Organizations", value: (row) => row.organization_users.map((each) => organizationName(each.organization)).join(", "), cell: (row) => row.organization_users.map((each) => organizationName(each.organization)).join(", ") || "–" },
      { key: "staff", label: "Console", value: (row) => (row.is_superuser ? "superuser" : row.is_staff ? "staff" : ""), cell: (row) => (row.is_superuser ? "superuser" : row.is_staff ? "staff" : "–"), isHidden: true },
    ],
    bulk: change && [
      { label: "Make active", action: async (rows) => {
        await forEach(rows, (row) => api.patch(`users/user/${row.id}/`, { is_active: true }), "Made active");
        list.reload();
      } },
      { label: "Make inactive", action: async (rows) => {
        if (!(await confirm("Make inactive", `${rows.length} accounts can no longer log in.`, { action: "Make inactive", danger: true }))) return false;
        await forEach(rows, (row) => api.patch(`users/user/${row.id}/`, { is_active: false }), "Made inactive");
        list.reload();
        return true;
      } },
      ...(may("delete", "user") ? [{ label: "Delete", danger: true, action: async (rows) => {
        if (!(await confirm("Delete users", "The accounts are gone for good; their accounting stays.", { action: "Delete", danger: true, word: String(rows.length) }))) return false;
        await forEach(rows, (row) => api.delete(`users/user/${row.id}/`), "Deleted");
        list.reload();
        return true;
      } }] : []),
    ],
    empty: empty("No users yet", ["Guests appear here as they sign up. Many at once come from a file or as vouchers."], h("div.actions", linkButton("Import a file", to("/import")), linkButton("Make vouchers", to("/vouchers")))),
  });
  return h("div", pageHead("Users", { actions: may("add", "user") && linkButton("New user", to("/users/new"), { kind: "primary", iconName: "plus" }) }), list);
}
