// Small parts that many pages have.
import { computed, h } from "../core/reactive.js";
import { parameter, setParameters, to } from "../core/router.js";
import { complain, tell } from "../shell/toasts.js";
import { icon } from "./icon.js";

/** The head of a page: title, a line about it, and what can be done. */
export function pageHead(title, { note, actions, back } = {}) {
  return h(
    "header.page-head",
    back && h("a.back", { href: to(back.path) }, icon("left"), back.label),
    h("div.page-title", h("h1", title), note && h("p.quiet", note)),
    actions && h("div.page-actions", actions),
  );
}

/** A button; while its promise is open it cannot be pressed again, problems are shown in the corner. */
export function button(label, action, { kind = "", iconName, small = false, disabled, title } = {}) {
  const element = h(
    "button.button",
    { type: "button", class: [kind, small && "small"], disabled, title, onclick: async () => {
      if (element.getAttribute("aria-busy")) return;
      element.setAttribute("aria-busy", "true");
      try {
        await action();
      } catch (problem) {
        if (problem.name !== "AbortError") complain(problem);
      } finally {
        element.removeAttribute("aria-busy");
      }
    } },
    iconName && icon(iconName),
    label,
  );
  return element;
}

/** A link that looks like a button. */
export const linkButton = (label, address, { kind = "", iconName, small = false } = {}) =>
  h("a.button", { href: address, class: [kind, small && "small"] }, iconName && icon(iconName), label);

/** Copies a text. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS browsers offer no clipboard to scripts, only this.
    const area = h("textarea.hidden", { value: text, readonly: true });
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  tell("Copied.");
}

/** A button that copies what the function gives. */
export const copyButton = (text, label = "Copy") =>
  h("button.icon-button.copy", { type: "button", "aria-label": label, title: label, onclick: () => copyText(typeof text === "function" ? text() : text) }, icon("copy"));

/** Lines to copy: commands, configuration. */
export function codeBlock(text, title) {
  return h("figure.code", title && h("figcaption", title), copyButton(text, title ? `Copy: ${title}` : "Copy"), h("pre", { tabindex: "0", role: "group", "aria-label": title ?? "Lines to copy" }, h("code", text)));
}

/** A word about a state, with a sign that does not need colour. */
export const badge = (kind, text) => h("span.badge", { class: kind }, text);

/** Pairs of names and values; pairs without a value are left out. */
export function facts(pairs) {
  return h(
    "dl.facts",
    pairs.filter((pair) => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== "").map(([name, value]) => h("div", h("dt", name), h("dd", value))),
  );
}

/** Machine-made text: addresses, names of attributes. */
export const mono = (text) => (text ? h("span.mono", text) : h("span.quiet", "–"));

/**
 * Tabs whose choice stands in the address.
 * @param list `{ name, label, make }`; the first is shown where the address names none.
 */
export function tabs(list, { name = "tab" } = {}) {
  const chosen = computed(() => list.find((each) => each.name === parameter(name)) ?? list[0]);
  const select = (entry) => setParameters({ [name]: entry === list[0] ? "" : entry.name }, { replace: true });
  const keydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = list[(list.indexOf(chosen()) + step + list.length) % list.length];
    select(next);
    document.getElementById(`tab-${next.name}`)?.focus();
  };
  return [
    h(
      "div.tabs",
      { role: "tablist", onkeydown: keydown },
      list.map((entry) =>
        h("button.tab", {
          type: "button", role: "tab", id: `tab-${entry.name}`, "aria-selected": () => String(chosen() === entry), "aria-controls": "tab-panel",
          tabindex: () => (chosen() === entry ? "0" : "-1"), onclick: () => select(entry),
        }, entry.label)),
    ),
    h("div.tab-panel", { role: "tabpanel", id: "tab-panel", "aria-labelledby": () => `tab-${chosen().name}` }, () => chosen().make()),
  ];
}
