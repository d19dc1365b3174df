// A new user.
import { api } from "../../core/api.js";
import { randomText } from "../../core/format.js";
import { organization } from "../../core/preferences.js";
import { h } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { user as viewer } from "../../core/session.js";
import { managedOrganizations } from "../../shell/organizations.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { pageHead } from "../../widgets/parts.js";
import { organizationField, userBody, userFields } from "./fields.js";

export default function newUser() {
  return h("div", pageHead("New user", { back: { path: "/users", label: "Users" } }), () => {
    const organizations = managedOrganizations();
    return form(
      [
        ...userFields().slice(0, 6),
        { name: "password", label: "Password", type: "password", autocomplete: "new-password", value: randomText(12), help: "Made up here; change it as you like. Tell it to the person.", attributes: { class: "mono" } },
        organizationField({ value: organization() || (organizations.length === 1 ? organizations[0].id : ""), required: !viewer().is_superuser }),
        ...userFields().slice(6),
      ],
      {
        action: "Add",
        className: "columns",
        cancel: () => go(to("/users")),
        submit: async ({ organization: chosen, ...values }) => {
          const body = userBody(values);
          if (chosen) body.organization_users = [{ organization: chosen, is_admin: false }];
          const made = await api.post("users/user/", body);
          tell(`${made.username} added.`);
          go(to(`/users/${made.id}`));
        },
      },
    );
  });
}
