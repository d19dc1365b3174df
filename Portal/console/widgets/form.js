// Forms from a description of their fields; errors of the server stand at the field they are about.
import { Problem } from "../core/api.js";
import { computed, h, signal } from "../core/reactive.js";
import { complain } from "../shell/toasts.js";
import { icon } from "./icon.js";

let counter = 0;

/**
 * A form.
 *
 * A field: `{ name, label, type, value, required, help, options, placeholder, autocomplete, maxlength, min, max, isShown(values), attributes }`.
 * Types: text, email, tel, url, password, number, date, textarea, select, radio, check, file, or `{ render(set, value, attributes) }`.
 * @param isRepeated empties the form after it was submitted, for the next one.
 * @param submit gets the values; what it throws as a problem is shown at the fields.
 */
export function form(fields, { submit, action = "Save", cancel, kind = "primary", onChange, className = "", isRepeated = false }) {
  counter += 1;
  const prefix = `form${counter}`;
  const start = Object.fromEntries(fields.map((field) => [field.name, field.value ?? (field.type === "check" ? false : "")]));
  const values = signal(start);
  const errors = signal({});
  const message = signal("");
  const isBusy = signal(false);

  const set = (name, value) => {
    values.set({ ...values.peek(), [name]: value });
    if (errors.peek()[name]) errors.set({ ...errors.peek(), [name]: null });
    onChange?.(values.peek());
  };
  const isShown = (field) => field.isShown?.(values()) ?? true;

  const onsubmit = async (event) => {
    event.preventDefault();
    if (isBusy.peek()) return;
    const missing = fields.filter((field) => field.required && isShown(field) && ["", null, undefined].includes(values.peek()[field.name]));
    errors.set(Object.fromEntries(missing.map((field) => [field.name, ["Needed."]])));
    message.set("");
    if (missing.length > 0) return focusFirstError();
    isBusy.set(true);
    try {
      await submit(Object.fromEntries(fields.filter(isShown).map((field) => [field.name, values.peek()[field.name]])));
      if (isRepeated) values.set({ ...start });
    } catch (problem) {
      if (!(problem instanceof Problem)) {
        console.error(problem);
        complain("Something went wrong on this page.");
        return undefined;
      }
      const known = new Set(fields.filter(isShown).map((field) => field.name));
      const others = Object.entries(problem.fields).filter(([name]) => !known.has(name));
      errors.set(problem.fields);
      message.set([problem.message, ...others.map(([name, texts]) => `${name}: ${texts.join(" ")}`)].filter(Boolean).join(" "));
      focusFirstError();
    } finally {
      isBusy.set(false);
    }
    return undefined;
  };

  const focusFirstError = () => {
    queueMicrotask(() => (element.querySelector("[aria-invalid=true]") ?? element.querySelector(".form-message"))?.focus());
  };

  const element = h(
    "form.form",
    { onsubmit, novalidate: true, class: className, autocomplete: "off" },
    () => message() && h("div.note.bad.form-message", { role: "alert", tabindex: "-1" }, icon("warning"), message()),
    fields.map((field) => {
      const shown = computed(() => isShown(field));
      return () => shown() && fieldElement(field, `${prefix}-${field.name}`, values, errors, set);
    }),
    h(
      "div.actions",
      cancel && h("button.button", { type: "button", onclick: cancel }, "Cancel"),
      h("button.button", { class: kind, "aria-busy": () => (isBusy() ? "true" : null) }, action),
    ),
  );
  return element;
}

function fieldElement(field, id, values, errors, set) {
  const error = () => errors()[field.name];
  const attributes = {
    id,
    name: field.name,
    required: field.required,
    "aria-required": field.required ? "true" : null,
    "aria-invalid": () => (error() ? "true" : null),
    "aria-describedby": () => [field.help && `${id}-help`, error() && `${id}-error`].filter(Boolean).join(" ") || null,
    ...field.attributes,
  };
  const below = [
    field.help && h("p.help", { id: `${id}-help` }, field.help),
    () => error() && h("p.error", { id: `${id}-error` }, [error()].flat().join(" ")),
  ];
  if (field.type === "check") {
    return h(
      "div.field.check-field",
      h("label.check", h("input", { ...attributes, type: "checkbox", checked: () => values()[field.name], onchange: (event) => set(field.name, event.target.checked) }), field.label),
      below,
    );
  }
  if (field.type === "radio") {
    return h(
      "fieldset.field",
      { "aria-describedby": attributes["aria-describedby"] },
      h("legend.label", field.label),
      field.options.map(([value, label, note]) =>
        h("label.check", h("input", { type: "radio", name: id, value, checked: values.peek()[field.name] === value, onchange: () => set(field.name, value) }), h("span", label, note && h("span.help", note)))),
      below,
    );
  }
  return h("div.field", h("label.label", { for: id }, field.label, !field.required && field.isOptionalShown !== false && h("span.optional", " optional")), control(field, attributes, () => values()[field.name], set), below);
}

function control(field, attributes, value, set) {
  const oninput = (event) => set(field.name, event.target.value);
  const common = { ...attributes, placeholder: field.placeholder, autocomplete: field.autocomplete ?? "off", maxlength: field.maxlength };
  if (typeof field.type === "object") return field.type.render((next) => set(field.name, next), value, attributes);
  switch (field.type) {
    case "textarea":
      return h("textarea", { ...common, rows: field.rows ?? 3, value, oninput });
    case "select":
      return h(
        "select",
        { ...attributes, ref: (element) => queueMicrotask(() => (element.value = value() ?? "")), onchange: oninput },
        (typeof field.options === "function" ? field.options() : field.options).map(([option, label]) => h("option", { value: option }, label)),
      );
    case "file":
      return h("input", { ...attributes, type: "file", accept: field.accept, onchange: (event) => set(field.name, event.target.files[0] ?? "") });
    case "password":
      return passwordControl(common, value, oninput);
    case "number":
      return h("input", { ...common, type: "number", inputmode: "numeric", min: field.min, max: field.max, step: field.step, value, oninput });
    default:
      return h("input", { ...common, type: field.type ?? "text", value, oninput, spellcheck: "false" });
  }
}

function passwordControl(attributes, value, oninput) {
  const isShown = signal(false);
  return h(
    "div.with-button",
    h("input", { ...attributes, type: () => (isShown() ? "text" : "password"), value, oninput, spellcheck: "false", autocapitalize: "none" }),
    h("button.button.small", { type: "button", "aria-pressed": () => String(isShown()), onclick: () => isShown.update((shown) => !shown) }, () => (isShown() ? "Hide" : "Show")),
  );
}
