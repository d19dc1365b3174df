// Devices that ask for logins, and whether they do it right.
import { h } from "../../core/reactive.js";
import { to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { ago } from "../../core/time.js";
import { organizationName, organizationQuery } from "../../shell/organizations.js";
import { badge, linkButton, mono, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";
import { formatNumber } from "../../core/format.js";
import { blastBadge, organizationOf, seenBadge, typeSource } from "./parts.js";

export default function devices() {
  const types = typeSource();
  const typeName = (type) => types.data()?.find(([name]) => name === type)?.[1] ?? type ?? "–";
  return h(
    "div",
    pageHead("NAS devices", { note: "Access points, controllers and routers that ask this server.", actions: may("add", "nas") && linkButton("New device", to("/nas/new"), { kind: "primary", iconName: "plus" }) }),
    table({
      name: "nas",
      caption: "NAS devices",
      path: "nas/",
      query: organizationQuery,
      every: 30,
      filters: [
        { name: "q", label: "Find", type: "search", placeholder: "Name or address" },
        { name: "type", label: "Kind", type: "select", options: () => [["", "All"], ...(types.data() ?? [])] },
      ],
      address: (row) => to(`/nas/${row.id}`),
      columns: [
        { key: "name", label: "Name", value: (row) => row.short_name || row.name, cell: (row) => h("a", { href: to(`/nas/${row.id}`) }, row.short_name || row.name) },
        { key: "address", label: "Address", value: (row) => row.name, cell: (row) => mono(row.name) },
        { key: "type", label: "Kind", value: (row) => row.type, cell: (row) => typeName(row.type) },
        { key: "organization", label: "Organization", value: (row) => organizationName(organizationOf(row)), cell: (row) => (row.organization ? organizationName(organizationOf(row)) : h("span.quiet", "all")) },
        { key: "seen", label: "Last heard", value: (row) => row.last_seen, cell: (row) => h("span", seenBadge(row), " ", row.last_seen && ago(row.last_seen)) },
        { key: "packets", label: "Packets", isNumeric: true, value: (row) => row.packets, cell: (row) => formatNumber(row.packets) },
        { key: "secret", label: "Secret", value: (row) => (row.wrong_secret_at ? "wrong" : ""), cell: (row) => (row.wrong_secret_at ? h("span", badge("bad", "wrong"), " ", ago(row.wrong_secret_at)) : h("span.quiet", "–")) },
        { key: "blast", label: "Requests", value: (row) => row.message_authenticator, cell: blastBadge },
      ],
      empty: empty("No device yet", ["A device is known by its address, and proves itself by a shared secret. The wizard gives the lines for its make."], may("add", "nas") ? linkButton("Add the first device", to("/nas/new"), { kind: "primary" }) : null),
    }),
  );
}
