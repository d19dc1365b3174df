// Who changed what, when, and how it was before.
import { h } from "../../core/reactive.js";
import { dialog } from "../../shell/dialogs.js";
import { time } from "../../core/time.js";
import { mono, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";

const actorName = (actor) => (actor && typeof actor === "object" ? (actor.username ?? actor.id) : actor) || "the server";
const asText = (value) => (value === undefined || value === null ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));

/** The names of what differs. */
function changed(entry) {
  const [before, after] = [entry.before ?? {}, entry.after ?? {}];
  if (typeof before !== "object" || typeof after !== "object") return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

function show(entry) {
  const names = changed(entry);
  return dialog(`${entry.action} · ${entry.object_label ?? entry.object_id ?? ""}`, () =>
    h(
      "div.dialog-body",
      h("p.quiet", actorName(entry.actor), " · ", time(entry.time), entry.address && [" · ", mono(entry.address)]),
      names.length > 0
        ? h("div.table-frame", { tabindex: "0", role: "region", "aria-label": "Before and after" }, h("table.table.keeps-shape.diff", h("thead", h("tr", ["What", "Before", "After"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", names.map((name) =>
            h("tr", h("th", { scope: "row" }, name), h("td", h("del", asText(entry.before?.[name]))), h("td", h("ins", asText(entry.after?.[name]))))))))
        : h("p", "No field differs."),
    ), { size: "wide" });
}

export default function audit() {
  let number = 0;
  const keys = new WeakMap();
  return h(
    "div",
    pageHead("Audit", { note: "Every change by console, API and command line." }),
    table({
      name: "audit",
      caption: "Audit",
      path: "audit/",
      filters: [{ name: "actor", label: "Who", type: "search" }, { name: "object", label: "Object" }, { name: "since", label: "Since", type: "date" }, { name: "until", label: "Until", type: "date" }],
      rowKey: (row) => {
        if (row.id !== undefined) return row.id;
        if (!keys.has(row)) keys.set(row, (number += 1));
        return keys.get(row);
      },
      columns: [
        { key: "time", label: "Time", value: (row) => row.time, cell: (row) => time(row.time, { isShort: true }) },
        { key: "actor", label: "Who", value: (row) => actorName(row.actor) },
        { key: "action", label: "Did", value: (row) => row.action },
        { key: "type", label: "To", value: (row) => row.object_type },
        { key: "object", label: "Object", value: (row) => row.object_label ?? row.object_id, cell: (row) => h("button.link", { type: "button", onclick: () => show(row) }, row.object_label ?? row.object_id ?? "–") },
        { key: "what", label: "What", value: (row) => changed(row).join(", "), cell: (row) => changed(row).slice(0, 4).join(", ") || "–" },
        { key: "address", label: "From", value: (row) => row.address, cell: (row) => mono(row.address), isHidden: true },
      ],
      empty: empty("No change yet", "As soon as somebody changes a user, a device or a setting, it is written down here with the values before and after."),
    }),
  );
}
