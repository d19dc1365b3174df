// Filters above a list; what they are set to stands in the address.
import { effect, h, onEnd, signal } from "../core/reactive.js";
import { parameter, setParameters } from "../core/router.js";

/**
 * A row of filters.
 * @param filters `{ name, label, type: "search" | "text" | "select" | "date", options: [[value, label]], value }`; `value` is what an address without the parameter means.
 */
export function filterBar(filters) {
  // Where there is little room, all but the first wait behind a button.
  const isOpen = signal(filters.slice(1).some((filter) => parameter(filter.name)));
  return h(
    "form.filters",
    { role: "search", class: () => isOpen() && "open", onsubmit: (event) => event.preventDefault() },
    filters.map((filter) => control(filter)),
    filters.length > 2 && h("button.button.more-filters", { type: "button", "aria-expanded": () => String(isOpen()), onclick: () => isOpen.update((open) => !open) }, () => (isOpen() ? "Fewer filters" : "More filters")),
  );
}

function control(filter) {
  const current = () => parameter(filter.name) || filter.value || "";
  const set = (value, isTyped) => setParameters({ [filter.name]: value === filter.value ? "" : value, page: "" }, { replace: isTyped });
  if (filter.type === "select") {
    const options = () => (typeof filter.options === "function" ? filter.options() : filter.options);
    return h("label.filter", h("span", filter.label), () => {
      const list = options();
      const element = h("select", { onchange: (event) => set(event.target.value, false) }, list.map(([value, label]) => h("option", { value }, label)));
      effect(() => (element.value = current()));
      return element;
    });
  }
  let timer = 0;
  onEnd(() => clearTimeout(timer));
  const element = h("input", {
    type: filter.type === "date" ? "date" : filter.type === "search" ? "search" : "text", placeholder: filter.placeholder ?? "", autocomplete: "off", spellcheck: "false",
    oninput: (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => set(event.target.value.trim(), true), filter.type === "date" ? 0 : 250);
    },
  });
  // The address may change from elsewhere; what is being typed is not disturbed.
  effect(() => {
    const value = current();
    if (document.activeElement !== element) element.value = value;
  });
  return h("label.filter", { class: filter.type === "search" && "wide" }, h("span", filter.label), element);
}
