// The view of a reception: one voucher at a time, large, and nothing else.
import { api } from "../../core/api.js";
import { preference } from "../../core/preferences.js";
import { h, signal } from "../../core/reactive.js";
import { formatDay } from "../../core/time.js";
import { managedOrganizations, organizationNamed } from "../../shell/organizations.js";
import { form } from "../../widgets/form.js";
import { button, copyText, pageHead } from "../../widgets/parts.js";
import { qr } from "../../widgets/qr.js";
import { voucherAddress } from "./cards.js";
import { batchBody, groupSource } from "./fields.js";

const remembered = preference("desk", {});
const day = (offset) => {
  const date = new Date(Date.now() + offset * 86_400_000);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
};
const spans = [["0", "Today"], ["1", "Until tomorrow"], ["2", "3 days"], ["6", "A week"], ["29", "30 days"]];

export default function desk() {
  const made = signal(null);
  const groups = groupSource();
  const make = async ({ organization_slug, days, group, guest }) => {
    remembered.set({ organization_slug, days, group });
    const stamp = new Date();
    const number = `${String(stamp.getMonth() + 1).padStart(2, "0")}${String(stamp.getDate()).padStart(2, "0")}-`;
    const batch = await api.post("radius/batch/", batchBody({
      organization_slug, strategy: "prefix", prefix: `g${number}`, number_of_users: "1", expiration_date: day(Number(days)), group,
      name: `Reception ${stamp.toISOString().replace("T", " ").slice(0, 23)}`, notes: guest,
    }));
    made.set(batch);
  };
  return h(
    "div.desk",
    pageHead("Reception", { note: "One voucher at a time." }),
    () => {
      const batch = made();
      const pair = batch?.user_credentials?.[0];
      if (batch) return pair ? ticket(batch, pair, () => made.set(null)) : h("div.note.warn", h("p", "The voucher was made, its password is not shown to you."), button("Another", () => made.set(null)));
      const organizations = managedOrganizations();
      const start = remembered.peek();
      return form(
        [
          ...(organizations.length === 1 ? [] : [{ name: "organization_slug", label: "Organization", type: "select", required: true, value: start.organization_slug ?? "", options: [["", "Choose…"], ...organizations.map((each) => [each.slug, each.name])] }]),
          { name: "days", label: "Good for", type: "radio", value: start.days ?? "0", options: spans },
          { name: "group", label: "Kind of access", type: "select", value: start.group ?? "", options: () => [["", "Usual"], ...(groups.data() ?? []).map((group) => [group.id, group.description || group.name])] },
          { name: "guest", label: "Guest or room", maxlength: 200, help: "For your own notes." },
        ],
        { action: "Make a voucher", className: "desk-form", submit: (values) => make({ organization_slug: organizations.length === 1 ? organizations[0].slug : values.organization_slug, ...values }) },
      );
    },
  );
}

function ticket(batch, [username, password], again) {
  const organization = organizationNamed(batch.organization);
  const next = button("Another voucher", again);
  queueMicrotask(() => next.focus());
  return h(
    "div.ticket-part",
    h(
      "article.ticket",
      { role: "status" },
      h("p.voucher-title", organization?.name ?? "WiFi"),
      h("dl", h("div", h("dt", "User name"), h("dd.mono", username)), h("div", h("dt", "Password"), h("dd.mono", password))),
      batch.expiration_date && h("p.voucher-note", `good until ${formatDay(batch.expiration_date)}`),
      organization && qr(voucherAddress(organization.slug, username), { label: "Login page with the user name", size: 176 }),
    ),
    h("div.actions", button("Print", () => window.print(), { kind: "primary", iconName: "print" }), button("Copy", () => copyText(`${username}\n${password}`)), next),
  );
}
