// Settings of an organization: each is its own value or the installation's.
import { Problem, api, resource } from "../../core/api.js";
import { h, signal } from "../../core/reactive.js";
import { may } from "../../core/session.js";
import { tell } from "../../shell/toasts.js";
import { badge, button } from "../../widgets/parts.js";
import { loaded } from "../../widgets/states.js";

const asText = (value) => (Array.isArray(value) ? value.join(", ") : typeof value === "boolean" ? (value ? "yes" : "no") : value === null || value === undefined ? "" : String(value));
const isFlag = (setting) => ["boolean", "flag", "bool"].includes(setting.type);
const effective = (setting) => setting.value ?? setting.effective;

/** The settings as a list, whichever way the server arranges them. */
export function settingList(answer) {
  if (Array.isArray(answer)) return answer;
  if (Array.isArray(answer.settings)) return answer.settings;
  return Object.entries(answer.settings ?? answer).map(([name, setting]) => ({ name, ...setting }));
}

/** @param keep which settings are shown. */
export function settings(organization, keep = () => true) {
  const path = `organization/${organization.slug}/settings/`;
  const source = resource((abort) => api.get(path, { abort }));
  const save = async (name, value) => {
    const answer = await api.patch(path, { [name]: value });
    if (answer) source.set(answer);
    else await source.reload();
    tell(value === null ? "The installation's value holds again." : "Saved.");
  };
  return h("div.settings", loaded(source, (answer) => {
    const list = settingList(answer).filter(keep);
    const sections = Map.groupBy(list, (setting) => setting.section ?? "");
    return [...sections].map(([section, entries]) => h("section", section && h("h3", section), h("ul.setting-list", { role: "list" }, entries.map((setting) => settingRow(setting, save)))));
  }));
}

function settingRow(setting, save) {
  const id = `setting-${setting.name}`;
  const isOwn = setting.own !== null && setting.own !== undefined;
  const isDisabled = !may("change", "organization");
  const value = signal(isFlag(setting) ? (isOwn ? String(setting.own) : "") : asText(isOwn ? setting.own : effective(setting)));
  const error = signal("");
  const submit = async (next) => {
    error.set("");
    try {
      await save(setting.name, next);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      error.set(problem.fields[setting.name]?.join(" ") ?? problem.message);
    }
  };
  const choices = isFlag(setting)
    ? [["", `As the installation: ${asText(setting.default)}`], ["true", "yes"], ["false", "no"]]
    : setting.choices && [["", `As the installation: ${asText(setting.default)}`], ...setting.choices.map((choice) => (Array.isArray(choice) ? choice : [choice, choice]))];
  const control = choices
    ? h("select", { id, disabled: isDisabled, value: isFlag(setting) ? value.peek() : isOwn ? asText(setting.own) : "", onchange: (event) => submit(event.target.value === "" ? null : isFlag(setting) ? event.target.value === "true" : event.target.value) }, choices.map(([option, label]) => h("option", { value: option }, label)))
    : h(
        "form.setting-edit",
        { onsubmit: (event) => {
          event.preventDefault();
          submit(value.peek());
        } },
        asText(effective(setting)).length > 60 || setting.type === "text"
          ? h("textarea", { id, rows: 2, disabled: isDisabled, value: value.peek(), oninput: (event) => value.set(event.target.value) })
          : h("input", { id, type: setting.type === "integer" ? "number" : "text", disabled: isDisabled, value: value.peek(), oninput: (event) => value.set(event.target.value) }),
        h("button.button.small", { disabled: () => isDisabled || value() === asText(isOwn ? setting.own : effective(setting)) }, "Save"),
      );
  return h(
    "li",
    h("div.setting-label", h("label", { for: id }, setting.label ?? setting.name.replaceAll("_", " ")), setting.help && h("p.help", setting.help), h("p.help.mono", setting.name)),
    h("div.setting-control", control, () => error() && h("p.error", { role: "alert" }, error())),
    h("div.setting-state", isOwn ? [badge("good", "own"), !isDisabled && button("Reset", () => submit(null), { small: true, kind: "quiet-button" })] : badge("", "installation")),
  );
}
