// Every login that was answered, with the reason of each refusal.
import { parameter, to } from "../../core/router.js";
import { h } from "../../core/reactive.js";
import { time } from "../../core/time.js";
import { organizationName, organizationQuery } from "../../shell/organizations.js";
import { badge, linkButton, mono, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";

export const isReject = (row) => /reject/i.test(row.reply ?? "");
export const replyBadge = (row) => (isReject(row) ? badge("bad", "rejected") : badge("good", "accepted"));
const nasName = (nas) => (nas && typeof nas === "object" ? (nas.name ?? nas.short_name ?? nas.address) : nas);

export default function authentications() {
  return h(
    "div",
    pageHead("Authentications", { actions: linkButton("Debug a login", to("/debug"), { iconName: "debug" }) }),
    table({
      name: "authentications",
      caption: "Authentications",
      path: "radius/authentications/",
      query: organizationQuery,
      every: 20,
      filters: [
        { name: "username", label: "User", type: "search", placeholder: "User name" },
        { name: "calling_station_id", label: "MAC address", placeholder: "any spelling" },
        { name: "reply", label: "Outcome", type: "select", options: [["", "All"], ["accept", "Accepted"], ["reject", "Rejected"]] },
        { name: "reason", label: "Reason", placeholder: "password.mismatch" },
        { name: "nas", label: "NAS" },
        ...(parameter("since") ? [{ name: "since", label: "Since" }, { name: "until", label: "Until" }] : [{ name: "since", label: "Since", type: "date" }]),
      ],
      address: (row) => to(`/debug/${row.id}`),
      columns: [
        { key: "time", label: "Time", value: (row) => row.time, cell: (row) => time(row.time, { isShort: true }) },
        { key: "username", label: "User", value: (row) => row.username, cell: (row) => h("a", { href: to(`/debug/${row.id}`) }, row.username || "no name") },
        { key: "reply", label: "Outcome", value: (row) => row.reply, cell: replyBadge },
        { key: "reason", label: "Why", value: (row) => row.explanation || row.reason, cell: (row) => (isReject(row) ? h("span", { title: row.next_step }, row.explanation || row.reason || "–") : h("span.quiet", "–")) },
        { key: "code", label: "Reason code", value: (row) => row.reason, cell: (row) => mono(row.reason), isHidden: true },
        { key: "method", label: "Method", value: (row) => row.method, cell: (row) => row.method ?? "–" },
        { key: "nas", label: "NAS", value: (row) => nasName(row.nas), cell: (row) => nasName(row.nas) ?? "–" },
        { key: "calling", label: "Device of the user", value: (row) => row.calling_station_id, cell: (row) => mono(row.calling_station_id) },
        { key: "called", label: "Access point", value: (row) => row.called_station_id, cell: (row) => mono(row.called_station_id), isHidden: true },
        { key: "organization", label: "Organization", value: (row) => organizationName(row.organization), isHidden: true },
      ],
      empty: empty("No login yet", [
        "Each login that a device asks for is listed here with its outcome.",
        "If a device should have asked: is its address known here, and does its shared secret agree?",
      ], linkButton("To the devices", to("/nas"))),
    }),
  );
}
