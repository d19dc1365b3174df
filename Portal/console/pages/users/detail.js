// One user: the whole story, what is used, and what can be done.
import { api, resource } from "../../core/api.js";
import { personName } from "../../core/format.js";
import { h } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { formatDay, time } from "../../core/time.js";
import { confirm, dialog } from "../../shell/dialogs.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { button, facts, linkButton, pageHead, tabs } from "../../widgets/parts.js";
import { loadedPage } from "../../widgets/states.js";
import { emails } from "./emails.js";
import { userBody, userFields } from "./fields.js";
import { memberships, radiusGroups } from "./memberships.js";
import { stateBadge } from "./page.js";
import { timeline } from "./timeline.js";
import { usage } from "./usage.js";

export default function detail({ id }) {
  const source = resource((abort) => api.get(`users/user/${id}/`, { abort }));
  return h("div.user", loadedPage(source, (user) => [
    pageHead(user.username, {
      back: { path: "/users", label: "Users" },
      note: [stateBadge(user), " ", personName(user)],
      actions: [
        may("view", "radiuspostauth") && linkButton("Debug a login", to("/debug", { user: user.username }), { iconName: "debug" }),
        may("change", "user") && button("Password", () => setPassword(user), { iconName: "key" }),
        may("change", "user") && button(user.is_active ? "Make inactive" : "Make active", async () => {
          if (user.is_active && !(await confirm("Make inactive", `${user.username} can no longer log in. Open sessions go on until the device asks again.`, { action: "Make inactive", danger: true }))) return;
          source.set(await api.patch(`users/user/${id}/`, { is_active: !user.is_active }));
          tell(user.is_active ? "Inactive now." : "Active again.");
        }),
        may("delete", "user") && button("Delete", async () => {
          if (!(await confirm("Delete the user", "The account is gone for good; its accounting stays.", { action: "Delete", danger: true, word: user.username }))) return;
          await api.delete(`users/user/${id}/`);
          tell(`${user.username} deleted.`);
          go(to("/users"));
        }, { kind: "danger" }),
      ],
    }),
    h("div.user-facts", facts([
      ["E-mail", user.email], ["Phone", user.phone_number], ["Joined", time(user.date_joined)], ["Last login here", user.last_login && time(user.last_login)],
      ["Good until", user.expiration_date && formatDay(user.expiration_date)], ["Company", user.company], ["Place", user.location],
    ])),
    tabs([
      { name: "timeline", label: "Timeline", make: () => timeline(user) },
      { name: "usage", label: "Usage", make: () => usage(user) },
      ...(may("view", "radiususergroup") ? [{ name: "groups", label: "Groups", make: () => radiusGroups(user) }] : []),
      { name: "memberships", label: "Organizations", make: () => memberships(user, source) },
      ...(may("view", "emailaddress") ? [{ name: "emails", label: "E-mail addresses", make: () => emails(user) }] : []),
      ...(may("change", "user") ? [{ name: "edit", label: "Edit", make: () => edit(user, source) }] : []),
    ]),
  ]));
}

function edit(user, source) {
  return form(
    [
      ...userFields(user),
      { name: "company", label: "Company", value: user.company, maxlength: 30 }, { name: "location", label: "Place", value: user.location, maxlength: 256 },
      { name: "notes", label: "Notes", type: "textarea", value: user.notes, maxlength: 10_000, help: "Only operators see them." },
    ],
    { className: "columns", submit: async (values) => {
      source.set(await api.patch(`users/user/${user.id}/`, userBody(values)));
      tell("Saved.");
    } },
  );
}

async function setPassword(user) {
  await dialog(`Password of ${user.username}`, (close) =>
    h(
      "div.dialog-body",
      form(
        [
          { name: "new_password", label: "New password", type: "password", required: true, autocomplete: "new-password" },
          { name: "confirm_password", label: "Again", type: "password", required: true, autocomplete: "new-password" },
        ],
        { action: "Set it", cancel: () => close(), submit: async (values) => {
          await api.put(`users/user/${user.id}/password/`, values);
          tell("The password is set.");
          close();
        } },
      ),
      user.email && h("section.aside", h("p.quiet", "Or let the person choose one:"), button(`Send a link to ${user.email}`, async () => {
        await api.post("users/password/reset/", { input: user.email });
        tell("The letter is on its way.");
        close();
      })),
    ));
}
