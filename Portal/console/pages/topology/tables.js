// The same as the graph, in rows: for screen readers, for many nodes, and where no library for the graph is installed.
import { h, signal } from "../../core/reactive.js";
import { badge } from "../../widgets/parts.js";

const step = 200;

/** @param onSelect gets the node or link of a row. */
export function tableView(scene, { onSelect }) {
  const state = signal(0);
  const marked = signal([]);
  const sizes = { nodes: signal(step), links: signal(step) };
  const part = (rows, size, noun) => [
    rows.slice(0, size()),
    rows.length > size() && h("p", h("button.button.small", { type: "button", onclick: () => size.update((count) => count + step) }, `More ${noun} (${rows.length - size()} left)`)),
  ];
  const frame = (label, heads, rows) =>
    h("div.table-frame", { tabindex: "0", role: "region", "aria-label": label }, h("table.table", h("caption.hidden", label), h("thead", h("tr", heads.map((text) => h("th", { scope: "col" }, text)))), h("tbody", rows)));
  const choice = (what, text) => h("button.link-button", { type: "button", onclick: () => onSelect(what) }, text);

  const content = () => {
    state();
    const wanted = new Set(marked());
    const nodes = wanted.size > 0 ? scene.nodes.filter((node) => wanted.has(node)) : scene.nodes;
    const links = wanted.size > 0 ? scene.links.filter((link) => wanted.has(link.source) || wanted.has(link.target)) : scene.links;
    const [nodeRows, moreNodes] = part(nodes, sizes.nodes, "nodes");
    const [linkRows, moreLinks] = part(links, sizes.links, "links");
    return [
      h("section", h("h2", `Nodes (${nodes.length})`), frame("Nodes", ["Name", "Addresses", "Links"], nodeRows.map((node) =>
        h("tr", h("td", choice(node, node.label)), h("td.mono", [node.id, ...(node.data.local_addresses ?? [])].join(", ")), h("td", node.links.length)))), moreNodes),
      h("section", h("h2", `Links (${links.length})`), frame("Links", ["From", "To", "State", "Cost"], linkRows.map((link) =>
        h("tr", h("td", choice(link, link.source.label)), h("td", link.target.label), h("td", link.kind === "down" ? badge("bad", "down") : badge("good", "up")), h("td", link.data.cost_text || link.data.cost)))), moreLinks),
    ];
  };
  return {
    element: h("div.topology-tables", content),
    refresh: () => state.update((count) => count + 1),
    select() {},
    mark: (nodes) => marked.set(nodes),
  };
}
