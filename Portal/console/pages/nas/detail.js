// One device: is it heard, does the secret agree, how it is set up.
import { api, resource } from "../../core/api.js";
import { formatNumber, randomText } from "../../core/format.js";
import { h } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { ago } from "../../core/time.js";
import { confirm } from "../../shell/dialogs.js";
import { organizationName } from "../../shell/organizations.js";
import { tell } from "../../shell/toasts.js";
import { organizationField } from "../users/fields.js";
import { form } from "../../widgets/form.js";
import { icon } from "../../widgets/icon.js";
import { button, facts, linkButton, mono, pageHead, tabs } from "../../widgets/parts.js";
import { loaded, loadedPage } from "../../widgets/states.js";
import { blastBadge, organizationOf, seenBadge, setupBlocks, typeSource } from "./parts.js";

export default function detail({ id }) {
  const source = resource((abort) => api.get(`nas/${id}/`, { abort }));
  return h("div", loadedPage(source, (nas) => [
    pageHead(nas.short_name || nas.name, {
      back: { path: "/nas", label: "NAS devices" },
      note: [seenBadge(nas), " ", mono(nas.name)],
      actions: [
        linkButton("Its logins", to("/authentications", { nas: nas.name })),
        may("delete", "nas") && button("Delete", async () => {
          if (!(await confirm("Delete the device", "Its requests are no longer answered.", { action: "Delete", danger: true, word: nas.short_name || nas.name }))) return;
          await api.delete(`nas/${id}/`);
          tell("Deleted.");
          go(to("/nas"));
        }, { kind: "danger" }),
      ],
    }),
    notes(nas),
    tabs([
      { name: "state", label: "State", make: () => facts([
        ["Last heard", ago(nas.last_seen)], ["Packets", formatNumber(nas.packets)], ["Wrong secret", nas.wrong_secret_at ? ago(nas.wrong_secret_at) : "never"],
        ["Message-Authenticator", h("span", blastBadge(nas))], ["Organization", nas.organization ? organizationName(organizationOf(nas)) : "all"], ["Kind", nas.type],
      ]) },
      { name: "setup", label: "Lines for the device", make: () => setup(id) },
      ...(may("change", "nas") ? [{ name: "edit", label: "Edit", make: () => edit(nas, source) }] : []),
    ]),
  ]));
}

function notes(nas) {
  return [
    nas.wrong_secret_at && h("div.note.bad", { role: "alert" }, icon("warning"), h("div", h("strong", "Requests with a wrong secret"), h("p", "The last came ", ago(nas.wrong_secret_at), ". Such requests get no answer, and the device shows a timeout. Enter the secret again on both sides; a space at its end counts."))),
    nas.message_authenticator === "missing" && h("div.note.warn", icon("warning"), h("div", h("strong", "Requests are not signed"), h("p", "Replies to unsigned requests can be forged on the way (BlastRADIUS, CVE-2024-3596). Update the device or switch on Message-Authenticator, then require it here."))),
    !nas.last_seen && h("div.note", icon("warning"), h("div", h("strong", "Never heard"), h("p", "No packet has come from this address. Is the server's address right at the device? Does a firewall let UDP 1812 and 1813 through? Does the device send from another address?"))),
  ];
}

function setup(id) {
  const source = resource((abort) => api.get(`nas/${id}/setup/`, { abort }));
  return h("div", loaded(source, (answer) => [answer.vendor && h("p.quiet", answer.vendor), setupBlocks(answer)]));
}

function edit(nas, source) {
  const types = typeSource();
  return h("div", loaded(types, (list) => form(
    [
      { name: "short_name", label: "Name", required: true, value: nas.short_name ?? "" },
      { name: "name", label: "Address", required: true, value: nas.name },
      { name: "type", label: "Make", type: "select", value: nas.type ?? "other", options: list.some(([name]) => name === nas.type) ? list : [[nas.type ?? "other", nas.type ?? "other"], ...list] },
      organizationField({ none: "All organizations", value: organizationOf(nas) ?? "" }),
      { name: "secret", label: "New shared secret", type: "password", placeholder: nas.has_secret === false ? "none is set" : "stays as it is", help: `Suggestion: ${randomText(24)}`, attributes: { class: "mono" } },
      { name: "require_message_authenticator", label: "Require signed requests (Message-Authenticator)", type: "check", value: nas.require_message_authenticator ?? false, help: "Unsigned requests are no longer answered." },
    ],
    { className: "columns", submit: async (values) => {
      const body = { ...values, organization: values.organization || null };
      if (!body.secret) delete body.secret;
      source.set(await api.patch(`nas/${nas.id}/`, body));
      tell("Saved.");
    } },
  )));
}
