// `/`: pages, users, devices and addresses from one field.
import { api } from "../core/api.js";
import { effect, h, onEnd, signal } from "../core/reactive.js";
import { go, to } from "../core/router.js";
import { may } from "../core/session.js";
import { personName } from "../core/format.js";
import { icon } from "../widgets/icon.js";
import { dialog } from "./dialogs.js";
import { visiblePages } from "./pages.js";

const looksLikeAddress = (text) => /^[0-9a-f]{2}([:-]?[0-9a-f]{2}){2,}/i.test(text) || /^\d{1,3}(\.\d{1,3}){2,3}$/.test(text) || /^[0-9a-f:]+:[0-9a-f:]+$/i.test(text);

const sources = [
  {
    title: "Users",
    isFor: () => may("view", "user"),
    async find(text, abort) {
      const found = await api.page("users/user/", { q: text, page_size: 6 }, abort);
      return found.rows
        .filter((user) => JSON.stringify([user.username, user.email, user.phone_number, user.first_name, user.last_name]).toLowerCase().includes(text.toLowerCase()))
        .map((user) => ({ icon: "users", label: user.username, note: personName(user) || user.email, address: to(`/users/${user.id}`) }));
    },
  },
  {
    title: "NAS devices",
    isFor: () => may("view", "nas"),
    async find(text, abort) {
      const found = await api.page("nas/", { q: text, page_size: 5 }, abort);
      return found.rows.map((nas) => ({ icon: "nas", label: nas.short_name || nas.name, note: nas.name, address: to(`/nas/${nas.id}`) }));
    },
  },
  {
    title: "Organizations",
    isFor: () => may("view", "organization"),
    async find(text, abort) {
      const found = await api.page("users/organization/", { q: text, page_size: 100 }, abort);
      return found.rows
        .filter((each) => `${each.name} ${each.slug}`.toLowerCase().includes(text.toLowerCase()))
        .slice(0, 4)
        .map((each) => ({ icon: "organizations", label: each.name, note: each.slug, address: to(`/organizations/${each.id}`) }));
    },
  },
];

function pagesFor(text) {
  const wanted = text.toLowerCase();
  return visiblePages()
    .filter((page) => page.title.toLowerCase().includes(wanted) || (page.words ?? "").includes(wanted))
    .slice(0, 5)
    .map((page) => ({ icon: page.icon, label: page.title, note: "Page", address: to(page.path) }));
}

function jumpsFor(text) {
  const jumps = [];
  if (may("view", "radiusaccounting")) {
    const field = looksLikeAddress(text) ? "calling_station_id" : "username";
    jumps.push({ icon: "sessions", label: `Sessions of ${text}`, note: "Live sessions", address: to("/sessions", { [field]: text, is_open: "all" }) });
  }
  if (may("view", "radiuspostauth")) {
    const field = looksLikeAddress(text) ? "calling_station_id" : "username";
    jumps.push({ icon: "authentications", label: `Logins of ${text}`, note: "Authentications", address: to("/authentications", { [field]: text }) });
    jumps.push({ icon: "debug", label: `Debug logins of ${text}`, note: "Debug a login", address: to("/debug", { [looksLikeAddress(text) ? "station" : "user"]: text }) });
  }
  return jumps;
}

/** Opens the search. */
export function openSearch() {
  if (document.querySelector("dialog[open]")) return;
  dialog("Search", (close) => {
    const text = signal("");
    const groups = signal([]);
    const chosen = signal(0);
    let running = null;
    let timer = 0;

    effect(() => {
      const wanted = text().trim();
      running?.abort();
      clearTimeout(timer);
      const first = [{ title: "Pages", entries: pagesFor(wanted) }];
      if (wanted.length < 2) {
        groups.set(first);
        chosen.set(0);
        return;
      }
      groups.set([...first, { title: "Go to", entries: jumpsFor(wanted) }]);
      chosen.set(0);
      timer = setTimeout(async () => {
        running = new AbortController();
        const mine = running;
        const found = await Promise.all(
          sources.filter((source) => source.isFor()).map(async (source) => ({ title: source.title, entries: await source.find(wanted, mine.signal).catch(() => []) })),
        );
        if (!mine.signal.aborted) groups.set([...found, ...first, { title: "Go to", entries: jumpsFor(wanted) }]);
      }, 150);
    });
    onEnd(() => {
      clearTimeout(timer);
      running?.abort();
    });

    const flat = () => groups().flatMap((group) => group.entries);
    const open = (entry) => {
      if (!entry) return;
      close();
      go(entry.address);
    };
    const keydown = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const size = flat().length;
      if (step && size > 0) {
        event.preventDefault();
        chosen.set((chosen.peek() + step + size) % size);
        document.getElementById(`found-${chosen.peek()}`)?.scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter") {
        event.preventDefault();
        open(flat()[chosen.peek()]);
      }
    };
    return h(
      "div.search-box",
      h("div.search-field", icon("search"), h("input", {
        type: "search", role: "combobox", "aria-expanded": "true", "aria-controls": "search-results", "aria-label": "Search users, addresses, devices, pages",
        "aria-activedescendant": () => (flat().length > 0 ? `found-${chosen()}` : null), "aria-autocomplete": "list",
        placeholder: "User, e-mail, MAC or IP address, device, page", autocomplete: "off", spellcheck: "false", autofocus: true,
        oninput: (event) => text.set(event.target.value), onkeydown: keydown,
      })),
      h("div.search-results", { id: "search-results", role: "listbox", "aria-label": "Results" }, () => {
        let index = -1;
        const filled = groups().filter((group) => group.entries.length > 0);
        if (filled.length === 0) return h("p.quiet", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing found. Try a part of a user name, or a MAC address.");
        return filled.map((group) =>
          h("div", { role: "group", "aria-label": group.title }, h("div.search-title", { "aria-hidden": "true" }, group.title), group.entries.map((entry) => {
            index += 1;
            const mine = index;
            return h(
              "div.search-entry",
              { role: "option", id: `found-${mine}`, "aria-selected": () => String(chosen() === mine), onclick: () => open(entry), onpointermove: () => chosen.set(mine) },
              icon(entry.icon), h("span", entry.label), h("span.quiet", entry.note ?? ""),
            );
          })));
      }),
    );
  }, { size: "search" });
}
