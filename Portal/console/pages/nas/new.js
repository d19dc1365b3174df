// The wizard for a new device: make, address and secret, lines to copy, first packet.
import { api, resource } from "../../core/api.js";
import { randomText } from "../../core/format.js";
import { organization } from "../../core/preferences.js";
import { h, onEnd, signal } from "../../core/reactive.js";
import { to } from "../../core/router.js";
import { user } from "../../core/session.js";
import { ago } from "../../core/time.js";
import { managedOrganizations } from "../../shell/organizations.js";
import { announce } from "../../shell/toasts.js";
import { organizationField } from "../users/fields.js";
import { form } from "../../widgets/form.js";
import { icon } from "../../widgets/icon.js";
import { codeBlock, linkButton, pageHead } from "../../widgets/parts.js";
import { loaded } from "../../widgets/states.js";
import { setupBlocks, typeSource } from "./parts.js";

const steps = ["Device", "Its configuration", "First packet"];

export default function newDevice() {
  const made = signal(null);
  const types = typeSource();
  return h(
    "div",
    pageHead("New NAS device", { back: { path: "/nas", label: "NAS devices" } }),
    h("ol.steps", { role: "list" }, steps.map((name, index) => h("li", { "aria-current": () => ((made() ? 1 : 0) === index ? "step" : null), class: () => made() && index === 0 && "done" }, h("span.step-number", index + 1), name))),
    () => (made() ? configure(made()) : loaded(types, (list) => first(list, made))),
  );
}

function first(types, made) {
  const organizations = managedOrganizations();
  return form(
    [
      { name: "type", label: "Make", type: "select", required: true, value: types[0]?.[0] ?? "other", options: types.length > 0 ? types : [["other", "Other"]] },
      { name: "name", label: "Address", required: true, placeholder: "192.0.2.10 or 10.4.0.0/16", help: "From where its requests come: an address or a block of addresses." },
      { name: "short_name", label: "Name", required: true, placeholder: "lobby-ap", maxlength: 32 },
      { name: "secret", label: "Shared secret", required: true, type: "password", value: randomText(24), help: "Made up here, long enough for every device. Both sides must have the same.", attributes: { class: "mono" } },
      organizationField({ none: "All organizations", required: !user().is_superuser, value: organization.peek() || (organizations.length === 1 ? organizations[0].id : ""), help: "Only its users may log in through the device; empty for all." }),
    ],
    {
      action: "Add the device",
      className: "columns",
      submit: async (values) => {
        const body = { ...values, organization: values.organization || null };
        made.set({ ...(await api.post("nas/", body)), secret: values.secret });
      },
    },
  );
}

function configure(nas) {
  const setup = resource((abort) => api.get(`nas/${nas.id}/setup/`, { abort }));
  return h(
    "div",
    h("section.block", h("h2", "Enter this at the device"), h("p.quiet", "The secret is shown only now; later it can only be replaced."), codeBlock(nas.secret, "Shared secret"), loaded(setup, setupBlocks)),
    h("section.block", h("h2", "Then let somebody log in"), firstPacket(nas)),
    h("p.links", linkButton("To the device", to(`/nas/${nas.id}`), { kind: "primary" })),
  );
}

function firstPacket(nas) {
  const state = signal(nas);
  const timer = setInterval(async () => {
    const now = await api.get(`nas/${nas.id}/`).catch(() => null);
    if (!now) return;
    if (now.last_seen && !state.peek().last_seen) announce("The device was heard.");
    state.set(now);
  }, 3000);
  onEnd(() => clearInterval(timer));
  return h("div", { "aria-live": "polite" }, () => {
    const now = state();
    if (now.wrong_secret_at) return h("div.note.bad", icon("warning"), h("div", h("strong", "The secret does not agree."), h("p", "A request came, signed by another secret. Enter it again at the device, without a space at its end.")));
    if (now.last_seen) return h("div.note.good", icon("check"), h("div", h("strong", "The device was heard "), ago(now.last_seen), h("p", "It can ask for logins.")));
    return h("p.waiting-line", "Waiting for the first packet. If none comes: does a firewall let UDP 1812 and 1813 through?");
  });
}
