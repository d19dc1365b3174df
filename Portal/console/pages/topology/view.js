// One topology: graph, map or tables, its history, and each change as it happens.
import { api, resource } from "../../core/api.js";
import { computed, effect, h, signal, svg, untracked } from "../../core/reactive.js";
import { socket } from "../../core/socket.js";
import { formatTime } from "../../core/time.js";
import { badge, facts } from "../../widgets/parts.js";
import { loaded } from "../../widgets/states.js";
import { canLayOut } from "./layout.js";
import { canMap, mapView } from "./map.js";
import { graphView } from "./canvas.js";
import { panel } from "./panel.js";
import { kinds, meaning } from "./quality.js";
import { Scene } from "./scene.js";
import { tableView } from "./tables.js";

const modes = [["graph", "Graph"], ["map", "Map"], ["table", "Table"]];

/**
 * @param id the topology's.
 * @param onGraph gets each state that is shown.
 */
export function topologyView(id, { onGraph } = {}) {
  const path = `network-topology/topology/${id}/`;
  const day = signal("");
  const source = resource((abort) =>
    untracked(day) ? api.get(`${path}history/`, { query: { date: untracked(day) }, abort }) : api.get(path, { query: { include_unpublished: "1" }, abort }));
  let isFirst = true;
  effect(() => {
    day();
    if (!isFirst) untracked(source.reload);
    isFirst = false;
  });
  const live = socket(
    `/ws/network-topology/topology/${id}/`,
    (message) => {
      // Who looks at a day of the past goes on doing so.
      if (message.type === "broadcast_topology" && !day.peek()) source.set(message.topology);
    },
    // What happened while there was no connection is asked for.
    { onOpen: () => !day.peek() && source.data.peek() !== undefined && source.reload() },
  );
  return h("div.topology", loadedOnce(source, () => content(source, day, live, onGraph)));
}

/** The problem or the content; the content is made once, and follows the data by itself. */
function loadedOnce(source, make) {
  const state = computed(() => (source.data() !== undefined ? "shown" : source.problem() ? "problem" : "loading"));
  return () => (state() === "shown" ? make() : loaded(source, () => null));
}

function content(source, day, live, onGraph) {
  const scene = new Scene();
  const mode = signal(canLayOut() ? "graph" : "table");
  const hidesDown = signal(false);
  const wanted = signal("");
  const selected = signal(null);
  const count = signal(0);
  let current = null;
  const take = () => scene.update(source.data.peek(), { hidesDown: hidesDown.peek() });
  take();

  const choose = (what, shows = false) => {
    selected.set(what);
    current?.select(what, { shows });
  };
  effect(() => {
    const graph = source.data();
    hidesDown();
    untracked(() => {
      const isOther = take();
      const known = selected.peek();
      // What was chosen may be another one now, or gone.
      if (known) selected.set(known.source ? scene.links.find((link) => link.key === known.key) ?? null : scene.byID.get(known.id) ?? null);
      current?.refresh(isOther);
      current?.select(selected.peek());
      count.update((number) => number + 1);
      onGraph?.(graph);
    });
  });
  effect(() => {
    const text = wanted();
    count();
    untracked(() => current?.mark(scene.find(text)));
  });
  const stage = () => {
    const chosen = mode();
    return untracked(() => {
      const label = `${source.data.peek().label}: ${scene.nodes.length} nodes, ${scene.links.length} links. The table has the same in rows.`;
      const options = { onSelect: (what) => choose(what), label };
      current = chosen === "map" ? mapView(scene, options) : chosen === "table" ? tableView(scene, options) : graphView(scene, options);
      current.select(selected.peek());
      current.mark(scene.find(wanted.peek()));
      return chosen === "table" ? current.element : h("div.topology-stage", current.element, () => selected() && panel(selected(), scene, choose));
    });
  };
  const found = () => {
    count();
    const nodes = scene.find(wanted());
    return wanted().trim() && h("span.quiet", { role: "status" }, `${nodes.length} found`);
  };
  const isUsable = (name) => (name === "graph" ? canLayOut() : name === "map" ? canMap() : true);
  return [
    h(
      "div.topology-bar",
      h("div.segments", { role: "group", "aria-label": "View" }, modes.filter(([name]) => isUsable(name)).map(([name, label]) =>
        h("button.segment", { type: "button", "aria-pressed": () => String(mode() === name), onclick: () => mode.set(name) }, label))),
      h("label.filter", h("span.label", "Find"), h("input", { type: "search", placeholder: "Name, address, property", oninput: (event) => wanted.set(event.target.value), onkeydown: (event) => {
        if (event.key !== "Enter") return;
        const [first] = scene.find(wanted.peek());
        if (first) choose(first, true);
      } })),
      h("label.filter", h("span.label", "Day"), h("input", { type: "date", max: new Date().toLocaleDateString("sv"), value: () => day(), onchange: (event) => day.set(event.target.value) })),
      h("label.check", h("input", { type: "checkbox", onchange: (event) => hidesDown.set(event.target.checked) }), "Without links that are down"),
      found,
      h("span.topology-live", { "aria-live": "polite" }, () => (day() ? [badge("", "past day"), h("button.button.small", { type: "button", onclick: () => day.set("") }, "Back to now")] : live.state() === "open" ? badge("good", "live") : badge("warn", live.state() === "connecting" ? "connecting" : "not live"))),
    ),
    !canLayOut() && h("p.note", "The library for the graph is not installed (make portal); the tables have the same."),
    () => source.problem() && h("div.note.bad", { role: "alert" }, source.problem().message),
    stage,
    () => mode() === "table" && selected() && h("div.topology-stage", panel(selected(), scene, choose)),
    () => {
      count();
      return legend(scene);
    },
    () => {
      count();
      return details(source.data(), scene);
    },
  ];
}

function legend(scene) {
  const numbers = new Map();
  for (const link of scene.links) numbers.set(link.kind, (numbers.get(link.kind) ?? 0) + 1);
  return h("p.topology-legend", kinds.filter((kind) => numbers.has(kind)).map((kind) =>
    h("span", svg("svg", { class: `quality-${kind}`, viewBox: "0 0 28 8", "aria-hidden": "true" }, svg("line", { x1: 0, x2: 28, y1: 4, y2: 4 })), `${meaning(kind, scene.scale)}: ${numbers.get(kind)}`)));
}

const details = (graph, scene) =>
  h("details", h("summary", "About this graph"), facts([
    ["Label", graph.label], ["Protocol", graph.protocol], ["Version", graph.version], ["Metric", graph.metric], ["Nodes", String(scene.nodes.length)],
    ["Links", String(scene.links.length)], ["Created", formatTime(graph.created)], ["Changed", formatTime(graph.modified)],
  ]));
