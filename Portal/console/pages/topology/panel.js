// What is known of a node or link.
import { h } from "../../core/reactive.js";
import { formatTime } from "../../core/time.js";
import { icon } from "../../widgets/icon.js";
import { badge, facts, mono } from "../../widgets/parts.js";
import { meaning } from "./quality.js";

const times = new Set(["created", "modified", "status_changed"]);

function text(name, value) {
  if (times.has(name)) return formatTime(value);
  if (value === null) return "–";
  return typeof value === "object" ? h("code", JSON.stringify(value)) : String(value);
}

const properties = (data) =>
  Object.entries(data.properties ?? {}).filter(([name]) => name !== "status").map(([name, value]) => [name.replaceAll("_", " "), text(name, value)]);

/** @param choose shows another node or link instead; null closes the panel. */
export function panel(what, scene, choose) {
  const isLink = Boolean(what.source);
  const jump = (node) => h("button.link-button", { type: "button", onclick: () => choose(node, true) }, node.label);
  return h(
    "aside.topology-panel",
    { "aria-label": isLink ? "Link" : "Node" },
    h("header", h("h2", isLink ? `${what.source.label} – ${what.target.label}` : what.label), h("button.icon-button", { type: "button", "aria-label": "Close", onclick: () => choose(null) }, icon("close"))),
    isLink
      ? facts([
          ["From", jump(what.source)], ["To", jump(what.target)], ["State", what.kind === "down" ? badge("bad", "down") : badge("good", "up")],
          ["Cost", what.data.cost], ["Cost says", what.data.cost_text], ["Quality", what.kind !== "down" && meaning(what.kind, scene.scale)], ...properties(what.data),
        ])
      : [
          facts([
            ["Id", mono(what.id)], ["Other addresses", what.data.local_addresses?.length > 0 && mono(what.data.local_addresses.join(", "))],
            ["Links", String(what.links.length)], ...properties(what.data),
          ]),
          what.links.length > 0 && h("h3", "Neighbours"),
          h("ul.plain-list", what.links.slice(0, 50).map((link) => h("li", jump(link.source === what ? link.target : link.source), h("span.quiet", ` ${link.kind === "down" ? "down" : `cost ${link.data.cost_text || link.data.cost}`}`)))),
        ],
  );
}
