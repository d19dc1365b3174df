// One import: progress, what became of it, the refused lines, undo.
import { api, resource } from "../../core/api.js";
import { download } from "../../core/csv.js";
import { count } from "../../core/format.js";
import { h } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { formatDay, time } from "../../core/time.js";
import { confirm } from "../../shell/dialogs.js";
import { organizationName, organizationNamed } from "../../shell/organizations.js";
import { tell } from "../../shell/toasts.js";
import { button, facts, pageHead } from "../../widgets/parts.js";
import { loadedPage } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";
import { statusBadge } from "../vouchers/page.js";
import { progress } from "./progress.js";

export default function batch({ id }) {
  const source = resource(async (abort) => {
    const [document, state] = await Promise.all([api.get(`radius/batch/${id}/`, { abort }), api.get(`radius/batch/${id}/progress/`, { abort }).catch(() => null)]);
    return { document, state };
  });
  return h("div", loadedPage(source, ({ document, state }) => {
    const slug = organizationNamed(document.organization)?.slug;
    const file = (name) => `radius/organization/${slug}/batch/${id}/${name}/`;
    return [
      pageHead(document.name, {
        back: { path: "/vouchers", label: "Batches" },
        note: [statusBadge(document), " ", organizationName(document.organization)],
        actions: [
          slug && state?.refused > 0 && button("Refused lines", async () => download(`${document.name}-errors.csv`, await api.file(file("errors"))), { iconName: "export" }),
          slug && document.csvfile && button("The file", async () => download(`${document.name}.csv`, await api.file(file("csv")))),
          document.pdf_link && h("a.button", { href: document.pdf_link, download: "" }, "PDF"),
          may("delete", "radiusbatch") && button("Undo", async () => {
            if (!(await confirm("Undo the import", "The accounts that it made are deleted. Accounts that were there before stay, and so do those that others share.", { action: "Undo", danger: true }))) return;
            await api.delete(`radius/batch/${id}/`);
            tell("Undone.");
            go(to("/vouchers"));
          }, { kind: "danger" }),
        ],
      }),
      ["pending", "processing"].includes(document.status) && progress(document, source.reload),
      document.error && h("p.note.bad", { role: "alert" }, document.error),
      facts([
        ["Made", time(document.created)], ["Good until", document.expiration_date && formatDay(document.expiration_date)], ["Notes", document.notes],
        ["Result", state && `${count(state.created, "new account")}, ${state.linked} joined, ${state.refused} refused`],
      ]),
      table({
        name: "batch-users", caption: "Accounts", path: `radius/batch/${id}/users/`, address: (row) => to(`/users/${row.id}`),
        columns: [
          { key: "username", label: "User name", value: (row) => row.username, cell: (row) => h("a", { href: to(`/users/${row.id}`) }, row.username) },
          { key: "email", label: "E-mail", value: (row) => row.email, cell: (row) => row.email ?? "–" },
          { key: "name", label: "Name", value: (row) => [row.first_name, row.last_name].filter(Boolean).join(" ") },
          { key: "groups", label: "Groups", value: (row) => row.groups.join(", ") },
        ],
      }),
    ];
  }));
}
