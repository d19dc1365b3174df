// Short messages about what has happened: shown in a corner, read out by screen readers.
import { each, h, signal } from "../core/reactive.js";
import { icon } from "../widgets/icon.js";

const shown = signal([]);
const spoken = signal("");
let counter = 0;

function add(kind, text) {
  counter += 1;
  const id = counter;
  shown.update((list) => [...list.slice(-3), { id, kind, text }]);
  // Bad news stays until somebody has read it.
  if (kind !== "bad") setTimeout(() => remove(id), 6000);
}

const remove = (id) => shown.update((list) => list.filter((entry) => entry.id !== id));

/** Says that something worked. */
export const tell = (text) => add("good", text);
/** Says that something failed. */
export const complain = (problem) => add("bad", problem.message ?? String(problem));

/** Reads a text out without showing it. */
export function announce(text) {
  spoken.set("");
  setTimeout(() => spoken.set(text), 50);
}

/** The corner, and the region that is read out. */
export function toasts() {
  return [
    h(
      "div.toasts",
      { role: "log", "aria-live": "polite", "aria-label": "Messages" },
      each(shown, (entry) => entry.id, (entry) =>
        h("div.toast", { class: entry().kind }, h("span", entry().text), h("button.icon-button", { type: "button", "aria-label": "Dismiss", onclick: () => remove(entry().id) }, icon("close")))),
    ),
    h("div.hidden", { "aria-live": "polite", role: "status" }, spoken),
  ];
}
