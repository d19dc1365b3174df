// What the viewer chose for himself: kept by the browser, nothing of it is secret.
import { signal } from "./reactive.js";

const prefix = "radian.";

function read(name, fallback) {
  try {
    const text = localStorage.getItem(prefix + name);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** A signal whose value the browser remembers. */
export function preference(name, fallback) {
  const value = signal(read(name, fallback));
  const set = value.set;
  value.set = (next) => {
    try {
      if (next === undefined || next === null) localStorage.removeItem(prefix + name);
      else localStorage.setItem(prefix + name, JSON.stringify(next));
    } catch {
      // A browser that keeps nothing still shows it until the page is left.
    }
    set(next ?? fallback);
  };
  return value;
}

/** "system", "light" or "dark". */
export const theme = preference("theme", "system");
/** Whether single keys do something (WCAG 2.1.4 wants a way to switch them off). */
export const shortcuts = preference("shortcuts", true);
/** Language of the server's texts; empty follows the browser. */
export const language = preference("language", "");
/** Id of the organization that lists are narrowed to; empty for all. */
export const organization = preference("organization", "");
