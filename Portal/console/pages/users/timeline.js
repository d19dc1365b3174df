// Everything that happened to one user, the newest first.
import { api, resource } from "../../core/api.js";
import { h, signal } from "../../core/reactive.js";
import { base } from "../../core/router.js";
import { formatWeekday, time } from "../../core/time.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { empty, loaded } from "../../widgets/states.js";

const kinds = {
  registered: "Account", verified: "Account", login: "Login", reject: "Rejected", session: "Session", quota: "Quota", coa: "Change", change: "Changed", note: "Note",
};
const filters = [["", "All"], ["login,reject", "Logins"], ["session", "Sessions"], ["quota,coa", "Quotas"], ["change,registered,verified", "Changes"], ["note", "Notes"]];

export function timeline(user) {
  const source = resource((abort) => api.get(`users/user/${user.id}/timeline/`, { abort }));
  const filter = signal("");
  return h(
    "div.timeline-part",
    h(
      "div.timeline-tools",
      h("div.segments", { role: "group", "aria-label": "Kind" }, filters.map(([value, label]) => h("button.segment", { type: "button", "aria-pressed": () => String(filter() === value), onclick: () => filter.set(value) }, label))),
    ),
    form([{ name: "text", label: "Add a note", type: "textarea", rows: 2, placeholder: "What was talked about, for the next colleague", isOptionalShown: false, required: true }], {
      action: "Note it",
      kind: "",
      className: "note-form",
      isRepeated: true,
      submit: async (values) => {
        await api.post(`users/user/${user.id}/notes/`, values);
        tell("Noted.");
        source.reload();
      },
    }),
    loaded(source, (answer) => () => {
      const entries = (Array.isArray(answer) ? answer : answer.results).filter((entry) => !filter() || filter().split(",").includes(entry.kind));
      if (entries.length === 0) return empty("Nothing here", filter() ? "Nothing of this kind happened." : "Logins, sessions, changes and notes are gathered here as they happen.");
      const days = Map.groupBy(entries, (entry) => formatWeekday(entry.time));
      return [...days].map(([day, list]) => h("section.timeline-day", h("h3", day), h("ol.timeline", { role: "list" }, list.map(entryRow))));
    }),
  );
}

function entryRow(entry) {
  const isOwn = entry.link?.startsWith("/") && !entry.link.startsWith("//");
  const details = entry.details && typeof entry.details === "object" ? Object.entries(entry.details).filter(([, value]) => value !== null && value !== "" && typeof value !== "object") : [];
  return h(
    "li",
    { class: `kind-${entry.kind}` },
    h("span.timeline-time", time(entry.time, { isClock: true })),
    h("span.timeline-kind", kinds[entry.kind] ?? entry.kind),
    h(
      "div.timeline-text",
      isOwn ? h("a", { href: entry.link.startsWith(`${base}/`) ? entry.link : base + entry.link }, entry.text) : h("span", entry.text),
      typeof entry.details === "string" && h("p.quiet", entry.details),
      details.length > 0 && h("p.quiet", details.map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`).join(" · ")),
    ),
  );
}
