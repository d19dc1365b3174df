// One session with all that the device has told.
import { Problem, api, resource } from "../../core/api.js";
import { formatBytes } from "../../core/format.js";
import { h } from "../../core/reactive.js";
import { to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { formatDuration, since, time } from "../../core/time.js";
import { organizationName } from "../../shell/organizations.js";
import { badge, button, copyButton, facts, linkButton, mono, pageHead } from "../../widgets/parts.js";
import { loadedPage } from "../../widgets/states.js";
import { changeOne, disconnectOne } from "./actions.js";

async function find(id, abort) {
  const found = await api.page("radius/sessions/", { unique_id: id, page_size: 100 }, abort);
  const session = found.rows.find((row) => row.unique_id === id);
  if (!session) throw new Problem(404, null);
  return session;
}

export default function session({ id }) {
  const source = resource((abort) => find(id, abort));
  return h("div", loadedPage(source, (row) => {
    const isOpen = !row.stop_time;
    return [
      pageHead(row.username || row.calling_station_id || "Session", {
        back: { path: "/sessions", label: "Live sessions" },
        note: [isOpen ? badge("good", "online") : badge("", "ended"), " ", organizationName(row.organization)],
        actions: isOpen && may("add", "radiusaccounting") && [
          button("Change", () => changeOne(row)),
          button("Disconnect", async () => {
            await disconnectOne(row);
            source.reload();
          }, { kind: "danger" }),
        ],
      }),
      h(
        "div.two-columns",
        h("section.block", h("h2", "Course"), facts([
          ["Begun", time(row.start_time)], ["Last heard", time(row.update_time)], ["Ended", row.stop_time && time(row.stop_time)], ["Cause of the end", row.terminate_cause],
          ["Duration", isOpen ? since(row.start_time) : formatDuration(row.session_time)], ["To the user", formatBytes(row.output_octets)], ["From the user", formatBytes(row.input_octets)],
          ["Group", row.groupname],
        ])),
        h("section.block", h("h2", "Where"), facts([
          ["User's device", row.calling_station_id && mono(row.calling_station_id)], ["Address", row.framed_ip_address && mono(row.framed_ip_address)], ["IPv6 address", row.framed_ipv6_address && mono(row.framed_ipv6_address)],
          ["IPv6 prefix", row.framed_ipv6_prefix && mono(row.framed_ipv6_prefix)], ["Delegated prefix", row.delegated_ipv6_prefix && mono(row.delegated_ipv6_prefix)],
          ["NAS", row.nas_ip_address && mono(row.nas_ip_address)], ["Access point", row.called_station_id && mono(row.called_station_id)], ["Port", row.nas_port_id], ["Port type", row.nas_port_type],
          ["Connection", row.connection_info_start], ["Realm", row.realm],
        ])),
      ),
      h("section.block", h("h2", "Numbers of the session"), facts([
        ["Acct-Session-Id", h("span", mono(row.session_id), copyButton(row.session_id))], ["Unique id", h("span", mono(row.unique_id), copyButton(row.unique_id))], ["Authentication", row.authentication], ["Service", row.service_type], ["Protocol", row.framed_protocol],
      ])),
      h("p.links", linkButton("All sessions of this user", to("/sessions", { username: row.username, is_open: "all" }), { small: true }), linkButton("Its logins", to("/authentications", { username: row.username }), { small: true })),
    ];
  }));
}
