// The topologies: where they come from and how they are.
import { h } from "../../core/reactive.js";
import { formatNumber } from "../../core/format.js";
import { to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { ago } from "../../core/time.js";
import { organizationName, organizationQuery } from "../../shell/organizations.js";
import { badge, linkButton, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";

const add = () => (may("add", "topology") ? linkButton("New topology", to("/topology/new"), { kind: "primary", iconName: "plus" }) : null);

function state(row) {
  if (!row.published) return badge("", "not published");
  if (row.failure) return h("span", badge("bad", "failed"), " ", h("span.quiet", row.failure));
  return row.updated ? h("span", badge("good", "updated"), " ", ago(row.updated)) : badge("warn", "no input yet");
}

export default function topologies() {
  return h(
    "div",
    pageHead("Topologies", { note: "Mesh networks and tunnels as graphs, from what their programs print.", actions: add() }),
    table({
      name: "topology",
      caption: "Topologies",
      path: "network-topology/source/",
      query: organizationQuery,
      every: 30,
      filters: [{ name: "q", label: "Find", type: "search", placeholder: "Name" }],
      address: (row) => to(`/topology/${row.id}`),
      columns: [
        { key: "label", label: "Name", value: (row) => row.label, cell: (row) => h("a", { href: to(`/topology/${row.id}`) }, row.label) },
        { key: "organization", label: "Organization", value: (row) => organizationName(row.organization), cell: (row) => (row.organization ? organizationName(row.organization) : h("span.quiet", "all")) },
        { key: "parser", label: "Format", value: (row) => row.parser, cell: (row) => row.parser.replace(/^\w+\.|Parser$/g, "") },
        { key: "strategy", label: "Inputs", value: (row) => row.strategy, cell: (row) => (row.strategy === "fetch" ? "fetched" : "received") },
        { key: "nodes", label: "Nodes", isNumeric: true, value: (row) => row.nodes, cell: (row) => formatNumber(row.nodes) },
        { key: "links", label: "Links up", isNumeric: true, value: (row) => row.links_up, cell: (row) => `${formatNumber(row.links_up)} of ${formatNumber(row.links)}` },
        { key: "state", label: "State", value: (row) => row.failure ?? row.updated, cell: state },
      ],
      empty: empty("No topology yet", ["A topology shows a mesh network or a VPN as a graph, live. Its inputs are what OLSR, batman-adv, OpenVPN, WireGuard and others print."], add()),
    }),
  );
}
