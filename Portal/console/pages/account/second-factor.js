// A second factor: set up by a QR code, confirmed by a code, taken away again.
import { api, resource } from "../../core/api.js";
import { download } from "../../core/csv.js";
import { h, signal } from "../../core/reactive.js";
import { tell } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { badge, button, copyButton } from "../../widgets/parts.js";
import { qr } from "../../widgets/qr.js";
import { loaded } from "../../widgets/states.js";

const path = "auth/second-factor/";
const codeField = { name: "code", label: "Code of the authenticator", required: true, autocomplete: "one-time-code", maxlength: 32, attributes: { inputmode: "text", autocapitalize: "none" } };
const passwordField = { name: "password", label: "Your password", type: "password", required: true, autocomplete: "current-password" };

export function secondFactor() {
  const source = resource((abort) => api.get(path, { abort }));
  const offer = signal(null);
  const codes = signal(null);
  return h("div", () => {
    if (codes()) return recovery(codes(), () => {
      codes.set(null);
      source.reload();
    });
    if (offer()) return confirmation(offer(), codes, offer);
    return loaded(source, (state) => (state.enabled ? switchedOn(state, source) : switchedOff(offer)));
  });
}

function switchedOff(offer) {
  return h(
    "section",
    h("p", "With a second factor a stolen password is not enough: a code of an app on your phone is asked for as well."),
    form([passwordField], { action: "Set it up", submit: async (values) => offer.set(await api.post(path, values)) }),
  );
}

function confirmation(offer, codes, offerSignal) {
  return h(
    "section.factor",
    h("ol.hints", h("li", "Open an authenticator on your phone."), h("li", "Read this code, or type the key."), h("li", "Type the six digits that it shows.")),
    qr(offer.otpauth_uri, { label: "QR code for the authenticator", size: 192 }),
    h("p", h("span.label", "Key"), h("span.mono.secret", offer.secret.match(/.{1,4}/g).join(" ")), copyButton(offer.secret, "Copy the key")),
    form([codeField], {
      action: "Confirm",
      cancel: () => offerSignal.set(null),
      submit: async (values) => {
        const answer = await api.post(`${path}confirm/`, values);
        offerSignal.set(null);
        codes.set(answer.recovery_codes);
      },
    }),
  );
}

function recovery(list, done) {
  return h(
    "section",
    h("h2", "Recovery codes"),
    h("p", "Each is good once, for the day the phone is lost. They are not shown again."),
    h("ul.recovery-codes", list.map((code) => h("li.mono", code))),
    h("div.actions", button("Save as a file", () => download("radian-recovery-codes.txt", `${list.join("\n")}\n`, "text/plain")), button("I have kept them", done, { kind: "primary" })),
  );
}

function switchedOn(state, source) {
  return h(
    "section",
    h("p", badge("good", "on"), ` ${state.recovery_codes} recovery codes are left.`),
    h("details", h("summary", "Do without it"), form([passwordField, codeField], {
      action: "Switch it off", kind: "danger", submit: async (values) => {
        await api.delete(path, values);
        tell("The second factor is off.");
        source.reload();
      },
    })),
  );
}
