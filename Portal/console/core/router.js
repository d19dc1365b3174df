// The address is the state: pages read it and change it, so that every view can be sent to a colleague.
import { computed, signal } from "./reactive.js";

/** Where the console lies on the server. */
export const base = "/console";

function current() {
  const path = decodeURI(location.pathname).replace(/\/+$/, "");
  return { path: path.startsWith(base) ? path.slice(base.length) || "/" : "/", query: new URLSearchParams(location.search) };
}

const place = signal(current());

/** Path inside the console, without the slash at its end. */
export const path = computed(() => place().path);

addEventListener("popstate", () => place.set(current()));

/** An address of the console: `to("/users/7", { tab: "groups" })`. Empty parameters are left out. */
export function to(target, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "" && value !== false) query.set(name, value === true ? "true" : value);
  }
  const text = query.toString();
  return base + (target === "/" ? "/" : target) + (text ? `?${text}` : "");
}

/** Goes to an address that {@link to} made. */
export function go(address, { replace = false } = {}) {
  if (address === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  place.set(current());
}

/** One parameter of the query; empty text when it is missing. */
export function parameter(name) {
  return place().query.get(name) ?? "";
}

/** All parameters. */
export function parameters() {
  return Object.fromEntries(place().query);
}

/** Changes parameters and keeps the others; typing replaces the entry in the history. */
export function setParameters(changes, { replace = false } = {}) {
  const query = { ...Object.fromEntries(place.peek().query), ...changes };
  go(to(place.peek().path, query), { replace });
}

/**
 * Finds the page of a path.
 * @param pages with `path` such as `/users/:id`.
 */
export function match(pages, text) {
  const parts = text.split("/").filter(Boolean);
  for (const page of pages) {
    const template = page.path.split("/").filter(Boolean);
    if (template.length !== parts.length) continue;
    const values = {};
    const fits = template.every((word, index) => {
      if (!word.startsWith(":")) return word === parts[index];
      values[word.slice(1)] = decodeURIComponent(parts[index]);
      return true;
    });
    if (fits) return { page, values };
  }
  return null;
}

// Links are links: opened elsewhere by the browser, followed here without loading the page again.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.origin !== location.origin || !`${link.pathname}/`.startsWith(`${base}/`) || link.target || link.hasAttribute("download")) return;
  event.preventDefault();
  if (link.hash && link.pathname === location.pathname) document.getElementById(link.hash.slice(1))?.focus();
  else go(link.pathname + link.search);
});
