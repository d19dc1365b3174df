// A user's organizations and RADIUS groups.
import { api, resource } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { confirm } from "../../shell/dialogs.js";
import { managedOrganizations, organizationName } from "../../shell/organizations.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { badge, button } from "../../widgets/parts.js";
import { empty, loaded } from "../../widgets/states.js";

export function memberships(user, source) {
  const isMine = may("change", "organizationuser");
  const change = async (entry, text) => {
    source.set(await api.patch(`users/user/${user.id}/`, { organization_users: [entry] }));
    tell(text);
  };
  return h(
    "div",
    user.organization_users.length === 0 ? empty("In no organization", "Who is in no organization cannot log in to any network.") : h("ul.rows", { role: "list" }, user.organization_users.map((each) =>
      h(
        "li",
        h("a", { href: to(`/organizations/${each.organization}`) }, () => organizationName(each.organization)),
        each.is_admin ? badge("good", "manager") : badge("", "member"),
        isMine && h(
          "span.row-actions",
          button(each.is_admin ? "Make member" : "Make manager", () => change({ organization: each.organization, is_admin: !each.is_admin }, "Changed."), { small: true }),
          button("Remove", async () => {
            if (await confirm("End the membership", `${user.username} leaves the organization.`, { action: "Remove", danger: true })) await change({ organization: each.organization, delete: true }, "Removed.");
          }, { small: true }),
        ),
      ))),
    isMine && (() => {
      const others = managedOrganizations().filter((each) => !user.organization_users.some((one) => one.organization === each.id));
      return others.length > 0 && form(
        [
          { name: "organization", label: "Add to", type: "select", required: true, options: [["", "Choose…"], ...others.map((each) => [each.id, each.name])] },
          { name: "is_admin", label: "As manager", type: "check" },
        ],
        { action: "Add", kind: "", className: "inline", submit: (values) => change(values, "Added.") },
      );
    }),
  );
}

export function radiusGroups(user) {
  const path = `users/user/${user.id}/radius-group/`;
  const assignments = resource((abort) => api.all(path, {}, { abort }));
  const groups = resource((abort) => api.all("radius/group/", {}, { abort, limit: 1000 }));
  const groupName = (id) => groups.data()?.find((group) => group.id === id)?.name ?? id;
  return h("div", loaded(groups, () => [
    loaded(assignments, (list) =>
      list.length === 0 ? empty("In no group", "Without a group no limits hold. New members get the default group of their organization.") : h("ul.rows", { role: "list" }, list.map((each) =>
        h(
          "li",
          h("span", groupName(each.group)),
          h("span.quiet", `priority ${each.priority}`),
          may("delete", "radiususergroup") && h("span.row-actions", button("Remove", async () => {
            if (!(await confirm("Take out of the group", "The limits of the group no longer hold; open sessions are told.", { action: "Remove", danger: true }))) return;
            await api.delete(`${path}${each.id}/`);
            tell("Removed.");
            assignments.reload();
          }, { small: true })),
        )))),
    may("add", "radiususergroup") && form(
      [
        { name: "group", label: "Group", type: "select", required: true, options: [["", "Choose…"], ...(groups.data() ?? []).filter((group) => user.organization_users.some((each) => each.organization === group.organization)).map((group) => [group.id, group.name])] },
        { name: "priority", label: "Priority", type: "number", value: "1", min: 0, help: "The lowest number of an organization counts." },
      ],
      { action: "Add", kind: "", className: "inline", submit: async (values) => {
        await api.post(path, { group: values.group, priority: Number(values.priority || 1) });
        tell("Added.");
        assignments.reload();
      } },
    ),
  ]));
}
