// A new topology; one that receives inputs shows the line for the device.
import { api } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { form } from "../../widgets/form.js";
import { pageHead } from "../../widgets/parts.js";
import { loaded } from "../../widgets/states.js";
import { tell } from "../../shell/toasts.js";
import { bodyOf, parserSource, topologyFields } from "./fields.js";

export default function newTopology() {
  const parsers = parserSource();
  return h(
    "div",
    pageHead("New topology", { back: { path: "/topology", label: "Topologies" } }),
    loaded(parsers, (list) => form(topologyFields(list), {
      action: "Add the topology",
      className: "columns",
      submit: async (values) => {
        const made = await api.post("network-topology/topology/", bodyOf(values, true));
        tell("Added.");
        go(to(`/topology/${made.id}`, { tab: made.strategy === "receive" ? "source" : "" }));
      },
    })),
  );
}
