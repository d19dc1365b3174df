// The pages outside of the console: the published topologies, and one of them on the whole screen.
import { api, refreshSession, resource } from "../../core/api.js";
import { theme } from "../../core/preferences.js";
import { effect, h, mount, settle } from "../../core/reactive.js";
import { empty, loaded } from "../../widgets/states.js";
import { topologyView } from "./view.js";

effect(() => {
  if (theme() !== "system") document.documentElement.dataset.theme = theme();
});

const id = /\/topology\/topology\/([0-9a-f-]{36})/i.exec(location.pathname)?.[1];

function one() {
  const title = h("h1", "Network topology");
  return [
    h("header.page-head", h("a.back", { href: "/topology/" }, "All topologies"), title),
    topologyView(id, { onGraph: (graph) => {
      title.textContent = graph.label;
      document.title = graph.label;
    } }),
  ];
}

function list() {
  const source = resource((abort) => api.get("network-topology/topology/", { abort }));
  return [
    h("header.page-head", h("h1", "Network topologies")),
    loaded(source, ({ collection }) =>
      collection.length === 0
        ? empty("No topology is published", "Managers publish topologies in the console.")
        : h("ul.topology-list", collection.map((graph) =>
            h("li", h("a", { href: `/topology/topology/${graph.id}/` }, graph.label), h("span.quiet", ` ${graph.nodes.length} nodes, ${graph.links.filter((link) => link.properties.status === "up").length} of ${graph.links.length} links up`))))),
  ];
}

// Whether somebody is logged in or not, the server shows what may be seen.
refreshSession().catch(() => {}).then(() => {
  mount(document.getElementById("topology"), id ? one : list);
  settle();
});
