// One batch of vouchers: progress while it is made, printing, revoking.
import { api, resource } from "../../core/api.js";
import { write, download } from "../../core/csv.js";
import { count } from "../../core/format.js";
import { h, signal } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { formatDay, time } from "../../core/time.js";
import { confirm } from "../../shell/dialogs.js";
import { organizationName, organizationNamed } from "../../shell/organizations.js";
import { tell } from "../../shell/toasts.js";
import { button, facts, linkButton, mono, pageHead } from "../../widgets/parts.js";
import { loadedPage } from "../../widgets/states.js";
import { progress } from "../import/progress.js";
import { voucherCards } from "./cards.js";
import { statusBadge } from "./page.js";

const layouts = [["cards", "Cards, ten on a page"], ["strips", "Strips for a receipt printer"], ["list", "List"]];

export default function detail({ id }) {
  const source = resource((abort) => api.get(`radius/batch/${id}/`, { abort }));
  const layout = signal("cards");
  const hasCode = signal(true);
  return h("div.voucher-batch", loadedPage(source, (batch) => {
    const organization = organizationNamed(batch.organization);
    const pairs = batch.user_credentials ?? [];
    return [
      pageHead(batch.name, {
        back: { path: "/vouchers", label: "Vouchers" },
        note: [statusBadge(batch), " ", organizationName(batch.organization)],
        actions: [
          batch.pdf_link && h("a.button", { href: batch.pdf_link, download: "" }, "PDF"),
          pairs.length > 0 && button("CSV", () => download(`${batch.name}.csv`, write([["username", "password"], ...pairs])), { iconName: "export" }),
          pairs.length > 0 && button("Print", () => window.print(), { kind: "primary", iconName: "print" }),
          may("delete", "radiusbatch") && button("Revoke all", async () => {
            if (!(await confirm("Revoke the batch", "All accounts that it made are deleted; cards already handed out are worth nothing.", { action: "Revoke", danger: true, word: batch.name }))) return;
            await api.delete(`radius/batch/${id}/`);
            tell("Revoked.");
            go(to("/vouchers"));
          }, { kind: "danger" }),
        ],
      }),
      ["pending", "processing"].includes(batch.status) && progress(batch, source.reload),
      batch.error && h("p.note.bad", batch.error),
      facts([["Begin with", batch.prefix && mono(batch.prefix)], ["Made", time(batch.created)], ["Good until", batch.expiration_date && formatDay(batch.expiration_date)], ["Notes", batch.notes]]),
      pairs.length > 0
        ? [
            h(
              "div.print-options",
              h("label.filter", h("span", "Layout"), h("select", { onchange: (event) => layout.set(event.target.value) }, layouts.map(([value, label]) => h("option", { value }, label)))),
              h("label.check", h("input", { type: "checkbox", checked: hasCode, onchange: (event) => hasCode.set(event.target.checked) }), "QR code of the login page"),
              h("p.quiet", `${count(pairs.length, "voucher")}. This is how they print.`),
            ),
            voucherCards(pairs, { organization, batch, layout, hasCode }),
          ]
        : batch.status === "completed" && h("section.block", h("p.quiet", "The passwords of this batch are not kept any more. The accounts are:"), h("ul.name-list", batch.users.map((user) => h("li", h("a", { href: to(`/users/${user.id}`) }, user.username))))),
      batch.users.length > 0 && pairs.length > 0 && h("p.links", linkButton("The accounts", to("/users", { q: batch.prefix ?? "" }), { small: true })),
    ];
  }));
}
