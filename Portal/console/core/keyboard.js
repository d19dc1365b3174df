// Keys that do something, all listed by `?`.
import { shortcuts } from "./preferences.js";
import { onEnd } from "./reactive.js";

const bindings = [];
let prefix = "";
let timer = 0;

/**
 * Binds keys, `"g u"` for one after the other, until the surrounding page ends.
 * @param label for the list of keys.
 */
export function key(keys, label, action, { section = "This page" } = {}) {
  const binding = { keys, label, action, section };
  bindings.push(binding);
  onEnd(() => bindings.splice(bindings.indexOf(binding), 1));
}

/** All keys bound now. */
export const boundKeys = () => bindings.map(({ keys, label, section }) => ({ keys, label, section }));

function isTyping(target) {
  return Boolean(target.closest?.("input:not([type=checkbox],[type=radio],[type=button]), textarea, select, [contenteditable]"));
}

document.addEventListener("keydown", (event) => {
  if (!shortcuts.peek() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const pressed = prefix ? `${prefix} ${event.key}` : event.key;
  clearTimeout(timer);
  prefix = "";
  // The page's own binding comes before the shell's.
  const binding = bindings.findLast((each) => each.keys === pressed);
  if (binding) {
    event.preventDefault();
    binding.action(event);
  } else if (bindings.some((each) => each.keys.startsWith(`${event.key} `))) {
    prefix = event.key;
    timer = setTimeout(() => (prefix = ""), 1500);
  }
});
