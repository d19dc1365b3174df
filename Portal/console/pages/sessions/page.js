// Who is online: pushed as it changes, disconnected from here.
import { formatBytes, isRandomAddress } from "../../core/format.js";
import { h, signal } from "../../core/reactive.js";
import { parameter, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { socket } from "../../core/socket.js";
import { formatDuration, since, time } from "../../core/time.js";
import { organizationName, organizationQuery } from "../../shell/organizations.js";
import { badge, button, mono, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";
import { disconnectMany, disconnectOne } from "./actions.js";

export const sessionColumns = [
  { key: "username", label: "User", value: (row) => row.username, cell: (row) => h("a", { href: to(`/sessions/${encodeURIComponent(row.unique_id)}`) }, row.username || "no name") },
  { key: "calling", label: "Device of the user", value: (row) => row.calling_station_id, cell: (row) => h("span.nowrap", mono(row.calling_station_id), isRandomAddress(row.calling_station_id) && h("span.quiet", { title: "A private address: made up by the device, it changes from network to network" }, " ~", h("span.hidden", "private"))) },
  { key: "ip", label: "Address", value: (row) => row.framed_ip_address, cell: (row) => mono(row.framed_ip_address ?? row.framed_ipv6_address) },
  { key: "nas", label: "NAS", value: (row) => row.nas_name ?? row.nas_ip_address, cell: (row) => (row.nas ? h("a", { href: to(`/nas/${row.nas.id ?? row.nas}`) }, row.nas.name ?? row.nas_ip_address) : mono(row.nas_ip_address)) },
  { key: "called", label: "Access point", value: (row) => row.called_station_id, cell: (row) => mono(row.called_station_id), isHidden: true },
  { key: "organization", label: "Organization", value: (row) => organizationName(row.organization), isHidden: true },
  { key: "start", label: "Since", value: (row) => row.start_time, cell: (row) => time(row.start_time, { isShort: true }) },
  { key: "duration", label: "Lasts", isNumeric: true, value: (row) => row.session_time, cell: (row) => (row.stop_time ? formatDuration(row.session_time) : since(row.start_time)) },
  { key: "down", label: "Down", isNumeric: true, value: (row) => row.output_octets, cell: (row) => formatBytes(row.output_octets) },
  { key: "up", label: "Up", isNumeric: true, value: (row) => row.input_octets, cell: (row) => formatBytes(row.input_octets) },
  { key: "group", label: "Group", value: (row) => row.groupname, cell: (row) => row.groupname ?? "–", isHidden: true },
  { key: "update", label: "Last update", value: (row) => row.update_time, cell: (row) => time(row.update_time, { isShort: true }), isHidden: true },
  { key: "end", label: "Ended", value: (row) => row.stop_time, cell: (row) => (row.stop_time ? h("span", time(row.stop_time, { isShort: true }), " ", h("span.quiet", row.terminate_cause ?? "")) : badge("good", "online")), isHidden: true },
];

export default function sessions() {
  const isOpenOnly = () => (parameter("is_open") || "true") === "true";
  const mayAct = may("add", "radiusaccounting");
  const list = table({
    name: "sessions",
    caption: "Sessions",
    path: "radius/sessions/",
    query: organizationQuery,
    ask: (values) => ({ ...values, is_open: values.is_open === "all" ? "" : values.is_open }),
    filters: [
      { name: "username", label: "User", type: "search", placeholder: "User name" },
      { name: "calling_station_id", label: "MAC address", placeholder: "any spelling" },
      { name: "called_station_id", label: "Access point", placeholder: "any spelling" },
      { name: "is_open", label: "Which", type: "select", value: "true", options: [["true", "Online now"], ["false", "Ended"], ["all", "All"]] },
      { name: "start_time", label: "Begun since", type: "date" },
    ],
    rowKey: (row) => row.unique_id,
    address: (row) => to(`/sessions/${encodeURIComponent(row.unique_id)}`),
    columns: [
      ...sessionColumns,
      ...(mayAct ? [{ key: "actions", label: "", className: "row-actions", cell: (row) => !row.stop_time && button("Disconnect", async () => {
          const result = await disconnectOne(row);
          if (result?.result === "ack") list.reload();
        }, { small: true }) }] : []),
    ],
    bulk: mayAct ? [{ label: "Disconnect", danger: true, action: async (rows) => {
      const answer = await disconnectMany(rows.filter((row) => !row.stop_time));
      list.reload();
      return answer;
    } }] : null,
    tools: liveSign(() => list, isOpenOnly),
    empty: empty("Nobody is online", [
      "Sessions come from accounting: the device tells when one begins, goes on and ends.",
      "If people are online and none shows, switch on accounting (port 1813) and interim updates at the device; its page shows the lines.",
    ], h("a.button", { href: to("/nas") }, "To the devices")),
  });
  return h("div", pageHead("Live sessions"), list);
}

/** Follows the changes of open sessions, and says whether it does. */
function liveSign(list, isOpenOnly) {
  const changes = signal(0);
  let timer = 0;
  let connections = 0;
  const refresh = () => {
    clearTimeout(timer);
    // A row on this page changes at once; others change what the page holds, which the server knows.
    timer = setTimeout(() => document.visibilityState === "visible" && list().reload(), 400);
  };
  const { state } = socket("/ws/radius/sessions/", (message) => {
    changes.update((number) => number + 1);
    const changed = message.sessions ?? message.changes ?? [];
    const known = new Map(changed.map((each) => [each.unique_id, each]));
    if (known.size > 0) {
      list().source.update((rows) =>
        rows.map((row) => (known.has(row.unique_id) ? { ...row, ...known.get(row.unique_id) } : row)).filter((row) => !isOpenOnly() || !row.stop_time));
    }
    refresh();
  }, {
    // What changed while the connection was lost was not told.
    onOpen: () => {
      if (connections++ > 0) refresh();
    },
  });
  const words = { open: "Live", connecting: "Connecting", lost: "Reconnecting", closed: "Not live" };
  return h("span.live", { class: () => state() }, () => words[state()]);
}
