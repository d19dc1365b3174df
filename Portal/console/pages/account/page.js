// The viewer's own account: password, second factor, sessions, how the console looks.
import { api } from "../../core/api.js";
import { language, shortcuts, theme } from "../../core/preferences.js";
import { h } from "../../core/reactive.js";
import { user } from "../../core/session.js";
import { zoneName } from "../../core/time.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { pageHead, tabs } from "../../widgets/parts.js";
import { secondFactor } from "./second-factor.js";
import { sessions } from "./sessions.js";

const languages = [["", "As the browser has it"], ["en", "English"], ["it", "Italiano"], ["de", "Deutsch"], ["fr", "Français"], ["es", "Español"]];

export default function account() {
  return h(
    "div.account",
    pageHead(user().username, { note: user().is_superuser ? "Superuser" : `${Object.keys(user().organizations).length} organizations` }),
    tabs([
      { name: "sessions", label: "Where I am logged in", make: sessions },
      { name: "password", label: "Password", make: password },
      { name: "factor", label: "Second factor", make: secondFactor },
      { name: "console", label: "This console", make: look },
    ]),
  );
}

function password() {
  return form(
    [
      { name: "old_password", label: "Password until now", type: "password", required: true, autocomplete: "current-password" },
      { name: "new_password1", label: "New password", type: "password", required: true, autocomplete: "new-password", help: "Eight signs or more, and nothing that is in your name." },
      { name: "new_password2", label: "New password again", type: "password", required: true, autocomplete: "new-password" },
    ],
    { action: "Change it", submit: async (values) => {
      await api.post("users/user/password/change/", values);
      tell("The password is changed.");
    } },
  );
}

function look() {
  return h(
    "div.form",
    h("div.field", h("label.label", { for: "look-theme" }, "Colours"), h("select", { id: "look-theme", value: theme.peek(), onchange: (event) => theme.set(event.target.value) }, [["system", "As the system has it"], ["light", "Light"], ["dark", "Dark"]].map(([value, label]) => h("option", { value }, label)))),
    h("div.field", h("label.label", { for: "look-language" }, "Language of the server's messages"), h("select", { id: "look-language", value: language.peek(), onchange: (event) => language.set(event.target.value) }, languages.map(([value, label]) => h("option", { value }, label))), h("p.help", "Reasons of rejects, errors of forms. The console itself speaks English.")),
    h("div.field.check-field", h("label.check", h("input", { type: "checkbox", checked: shortcuts, onchange: (event) => shortcuts.set(event.target.checked) }), "Single keys do something (? lists them)")),
    h("p.quiet", `Times are shown in your zone, ${zoneName}; UTC on hover.`),
  );
}
