// A user's e-mail addresses.
import { api, resource } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { confirm } from "../../shell/dialogs.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { badge, button } from "../../widgets/parts.js";
import { empty, loaded } from "../../widgets/states.js";

export function emails(user) {
  const path = `users/user/${user.id}/email/`;
  const source = resource((abort) => api.all(path, {}, { abort }));
  return h(
    "div",
    loaded(source, (list) =>
      list.length === 0 ? empty("No address", "Letters, such as the link for a new password, need one.") : h("ul.rows", { role: "list" }, list.map((each) =>
        h(
          "li",
          h("span", each.email),
          each.primary && badge("good", "primary"),
          each.verified ? badge("", "confirmed") : badge("warn", "not confirmed"),
          h(
            "span.row-actions",
            !each.primary && may("change", "emailaddress") && button("Make primary", async () => {
              await api.patch(`${path}${each.id}/`, { primary: true });
              source.reload();
            }, { small: true }),
            may("delete", "emailaddress") && button("Remove", async () => {
              if (!(await confirm("Remove the address", each.email, { action: "Remove", danger: true }))) return;
              await api.delete(`${path}${each.id}/`);
              source.reload();
            }, { small: true }),
          ),
        )))),
    may("add", "emailaddress") && form([{ name: "email", label: "Another address", type: "email", required: true }, { name: "primary", label: "Primary", type: "check" }], {
      action: "Add", kind: "", className: "inline", submit: async (values) => {
        await api.post(path, values);
        tell("Added; a letter asks to confirm it.");
        source.reload();
      },
    }),
  );
}
