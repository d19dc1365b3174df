// Batches of vouchers: made, printed, revoked.
import { api } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { formatDay, time } from "../../core/time.js";
import { dialog } from "../../shell/dialogs.js";
import { organizationName, organizationQuery } from "../../shell/organizations.js";
import { form } from "../../widgets/form.js";
import { badge, button, linkButton, mono, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";
import { batchBody, groupSource, voucherFields } from "./fields.js";

const kinds = { completed: "good", failed: "bad", cancelled: "bad", pending: "warn", processing: "warn" };
export const statusBadge = (batch) => badge(kinds[batch.status] ?? "", batch.status);
export const batchAddress = (batch) => to(`/${batch.strategy === "csv" ? "import" : "vouchers"}/${batch.id}`);

function make() {
  return dialog("New vouchers", (close) =>
    h("div.dialog-body", form(voucherFields(groupSource()), {
      action: "Make them",
      cancel: () => close(),
      submit: async (values) => {
        const batch = await api.post("radius/batch/", batchBody({ ...values, strategy: "prefix" }));
        close();
        go(to(`/vouchers/${batch.id}`));
      },
    })));
}

export default function vouchers() {
  return h(
    "div",
    pageHead("Vouchers", {
      note: "Accounts made in one go: vouchers with made-up passwords, and imported files.",
      actions: may("add", "radiusbatch") && [linkButton("Reception", to("/vouchers/desk")), button("New vouchers", make, { kind: "primary", iconName: "plus" })],
    }),
    table({
      name: "batches",
      caption: "Batches",
      path: "radius/batch/",
      query: organizationQuery,
      address: batchAddress,
      columns: [
        { key: "name", label: "Name", value: (row) => row.name, cell: (row) => h("a", { href: batchAddress(row) }, row.name) },
        { key: "strategy", label: "Made by", value: (row) => row.strategy, cell: (row) => (row.strategy === "csv" ? "file" : h("span", "prefix ", mono(row.prefix))) },
        { key: "status", label: "State", value: (row) => row.status, cell: statusBadge },
        { key: "organization", label: "Organization", value: (row) => organizationName(row.organization), cell: (row) => organizationName(row.organization) },
        { key: "expires", label: "Good until", value: (row) => row.expiration_date, cell: (row) => (row.expiration_date ? formatDay(row.expiration_date) : "–") },
        { key: "created", label: "Made", value: (row) => row.created, cell: (row) => time(row.created, { isShort: true }) },
      ],
      empty: empty("No vouchers yet", "A batch makes as many accounts as you want, each with a password of its own, and prints them as cards with QR codes."),
    }),
  );
}
