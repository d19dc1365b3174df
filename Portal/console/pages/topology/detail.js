// One topology in the console: the graph, where inputs come from, its settings.
import { api, resource } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { confirm } from "../../shell/dialogs.js";
import { organizationName } from "../../shell/organizations.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { badge, button, codeBlock, copyButton, facts, linkButton, mono, pageHead, tabs } from "../../widgets/parts.js";
import { loaded, loadedPage } from "../../widgets/states.js";
import { bodyOf, parserSource, topologyFields } from "./fields.js";
import { topologyView } from "./view.js";

export default function detail({ id }) {
  const path = `network-topology/topology/${id}/`;
  const source = resource((abort) => api.get(path, { query: { include_unpublished: "1" }, abort }));
  return h("div", loadedPage(source, (topology) => [
    pageHead(topology.label, {
      back: { path: "/topology", label: "Topologies" },
      note: [topology.published ? badge("good", "published") : badge("", "not published"), " ", topology.organization ? organizationName(topology.organization) : "all organizations"],
      actions: [
        topology.published && linkButton("Whole screen", `/topology/topology/${id}/`),
        may("change", "topology") && topology.strategy === "fetch" && topology.published && button("Fetch now", async () => {
          const done = await api.post(`${path}update/`);
          tell(`${done.new_nodes} nodes and ${done.new_links} links new, ${done.links_down} links down.`);
        }),
        may("delete", "topology") && button("Delete", async () => {
          if (!(await confirm("Delete the topology", "Nodes, links and history go with it.", { action: "Delete", danger: true, word: topology.label }))) return;
          await api.delete(path);
          tell("Deleted.");
          go(to("/topology"));
        }, { kind: "danger" }),
      ],
    }),
    tabs([
      { name: "graph", label: "Graph", make: () => topologyView(id) },
      { name: "source", label: "Inputs", make: () => inputs(topology) },
      ...(may("change", "topology") ? [{ name: "edit", label: "Edit", make: () => edit(topology, path, source) }] : []),
    ]),
  ]));
}

const commands = {
  "netdiff.OpenvpnParser": "cat /run/openvpn/server.status",
  "netdiff.WireguardParser": "wg show all dump",
  "netdiff.ZeroTierParser": "zerotier-cli peers -j",
  "netdiff.OlsrParser": "echo /all | nc 127.0.0.1 9090",
  "netdiff.BatmanParser": "batadv-vis -f jsondoc",
  "radian.BabelParser": "echo dump | nc -w 2 ::1 33123",
  "radian.Olsrv2Parser": "echo '/netjsoninfo graph' | nc 127.0.0.1 2009",
};

function inputs(topology) {
  if (topology.strategy === "fetch") return facts([["Fetched from", mono(topology.url)], ["Format", topology.parser]]);
  const command = commands[topology.parser] ?? "cat graph.json";
  return h(
    "div",
    facts([["Sent to", [mono(topology.receive_url), " ", copyButton(topology.receive_url)]], ["Format", topology.parser], ["Links go down", topology.expiration_time === 0 ? "with the first input that does not name them" : `after ${topology.expiration_time} s without being named`]]),
    codeBlock(`${command} | curl -s -X POST --data-binary @- -H "Content-Type: text/plain" "${topology.receive_url}"`, "For cron on the device, each minute"),
  );
}

function edit(topology, path, source) {
  const parsers = parserSource();
  return h("div", loaded(parsers, (list) => form(topologyFields(list, topology), {
    className: "columns",
    submit: async (values) => {
      source.set(await api.patch(path, bodyOf(values, false)));
      tell("Saved.");
    },
  })));
}
