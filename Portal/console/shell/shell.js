// The frame around every page: menu, search, who is logged in, and the page itself.
import { api, refreshSession } from "../core/api.js";
import { key } from "../core/keyboard.js";
import { theme } from "../core/preferences.js";
import { computed, effect, h, mount, onEnd, signal, untracked } from "../core/reactive.js";
import { base, go, match, path, to } from "../core/router.js";
import { session, user } from "../core/session.js";
import { pages } from "../pages/index.js";
import { icon, mark } from "../widgets/icon.js";
import { failure } from "../widgets/states.js";
import { showHelp } from "./help.js";
import { loadOrganizations, organizationSwitch } from "./organizations.js";
import { isAllowed, visiblePages } from "./pages.js";
import { openSearch } from "./search.js";
import { announce, toasts } from "./toasts.js";

const found = computed(() => match(pages, path()));

function menu() {
  const sections = () => [...new Set(visiblePages().map((page) => page.section))];
  return h(
    "nav.menu",
    { id: "menu", "aria-label": "Pages" },
    () => sections().map((section) =>
      h(
        "div.menu-section",
        h("h2", { id: `menu-${section}` }, section),
        h(
          "ul",
          { "aria-labelledby": `menu-${section}` },
          visiblePages()
            .filter((page) => page.section === section)
            .map((page) =>
              h("li", h("a", { href: to(page.path), "aria-current": () => (isInside(page) ? "page" : null) }, icon(page.icon), page.title))),
        ),
      )),
  );
}

const holds = (page) => path() === page.path || (page.path !== "/" && path().startsWith(`${page.path}/`));
// Of a page and the one below it, the address belongs to the lower.
const isInside = (page) => holds(page) && !visiblePages().some((other) => other.path.length > page.path.length && holds(other));

function themeSwitch() {
  const next = { system: "dark", dark: "light", light: "system" };
  const names = { system: "as the system has it", dark: "dark", light: "light" };
  return h(
    "button.icon-button",
    { type: "button", title: () => `Colours: ${names[theme()]}`, "aria-label": () => `Colours: ${names[theme()]}. Change`, onclick: () => theme.set(next[theme.peek()]) },
    icon("light"),
  );
}

async function logOut() {
  await api.delete("auth/session/").catch(() => null);
  await refreshSession();
  go(to("/login"));
}

function header(isOpen) {
  return h(
    "header.top",
    h("button.icon-button.menu-button", { type: "button", "aria-label": "Menu", "aria-controls": "menu", "aria-expanded": () => String(isOpen()), onclick: () => isOpen.update((open) => !open) }, icon("menu")),
    h("a.brand", { href: to("/"), "aria-label": "Radian, overview" }, mark(), h("span", "Radian")),
    organizationSwitch(),
    h("button.search-button", { type: "button", "aria-label": "Search", "aria-keyshortcuts": "/", onclick: openSearch }, icon("search"), h("span", "Search"), h("kbd", { "aria-hidden": "true" }, "/")),
    themeSwitch(),
    h("button.icon-button.help-button", { type: "button", "aria-label": "Keyboard", title: "Keyboard (?)", onclick: showHelp }, "?"),
    h("a.who", { href: to("/account"), "aria-label": () => `${user()?.username ?? ""}, my account` }, icon("account"), h("span", () => user()?.username ?? "")),
    h("button.button.quiet-button.log-out", { type: "button", onclick: logOut }, "Log out"),
  );
}

/** The page of the address. */
function outlet() {
  const main = h("main.page", { id: "page", tabindex: "-1" });
  let end = () => {};
  let isFirst = true;
  const shown = computed(() => {
    const result = found();
    return result ? `${result.page.path} ${JSON.stringify(result.values)}` : path();
  });
  const known = computed(() => Boolean(user()));
  effect(() => {
    shown();
    const isKnown = known();
    untracked(async () => {
      const result = found();
      const address = shown();
      const open = (title, make) => {
        end();
        end = mount(main, make);
        document.title = `${title} · Radian`;
        if (!isFirst) {
          const heading = main.querySelector("h1");
          heading?.setAttribute("tabindex", "-1");
          (heading ?? main).focus({ preventScroll: true });
          scrollTo(0, 0);
          announce(title);
        }
        isFirst = false;
      };
      if (!result) return open("Not found", () => failure("There is no such page", "The address may be mistyped, or the page belongs to a part that is not installed."));
      if (!isKnown) return undefined;
      // Who has no overview, as a reception, begins with the first page of the menu.
      if (!isAllowed(result.page) && result.page.path === "/" && visiblePages().length > 0) return go(to(visiblePages()[0].path), { replace: true });
      if (!isAllowed(result.page)) return open("Not allowed", () => failure("This page is not for your account", "Ask an administrator for the permission, if you need it."));
      main.setAttribute("aria-busy", "true");
      try {
        const module = await result.page.load();
        if (shown() !== address) return undefined;
        open(result.page.title, () => module.default(result.values));
      } catch (error) {
        console.error(error);
        open("Not shown", () => failure("The page could not be shown", "Load it again. If that does not help, the server was perhaps updated meanwhile."));
      } finally {
        main.removeAttribute("aria-busy");
      }
      return undefined;
    });
  });
  onEnd(() => end());
  return main;
}

function bindKeys() {
  const section = "Everywhere";
  key("/", "Search", openSearch, { section });
  key("?", "This list", showHelp, { section });
  key("t", "Colours: light, dark, as the system has it", () => document.querySelector(".top .icon-button[title^=Colours]")?.click(), { section });
  for (const page of pages.filter((each) => each.key)) {
    key(`g ${page.key}`, page.title, () => isAllowed(page) && go(to(page.path)), { section: "Go to" });
  }
}

/** The whole console for somebody who is logged in. */
export function shell() {
  const isOpen = signal(false);
  bindKeys();
  effect(() => {
    path();
    isOpen.set(false);
  });
  // Another user, other organizations.
  const id = computed(() => user()?.id);
  effect(() => {
    if (id()) untracked(loadOrganizations);
  });
  return h(
    "div.shell",
    { class: () => isOpen() && "menu-open", onkeydown: (event) => event.key === "Escape" && isOpen.set(false) },
    h("a.skip", { href: "#page" }, "Skip to the page"),
    header(isOpen),
    menu(),
    h("div.menu-shade", { onclick: () => isOpen.set(false) }),
    outlet(),
    toasts(),
  );
}

/** Where the login page leads back to. */
export const loginAddress = () => (path() === "/" ? to("/login") : to("/login", { next: location.pathname.slice(base.length) + location.search }));

/** Whether the answer to who is logged in is there. */
export const isReady = () => session() !== null;
