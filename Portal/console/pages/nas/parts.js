// What the pages of devices have in common.
import { api, resource } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { date } from "../../core/time.js";
import { badge, codeBlock } from "../../widgets/parts.js";

/** Kinds of devices: `[name, label]`. */
export const typeSource = () =>
  resource(async (abort) => {
    const answer = await api.get("nas/types/", { abort }).catch(() => []);
    const list = Array.isArray(answer) ? answer : (answer.types ?? answer.results ?? []);
    return list.map((type) => (typeof type === "string" ? [type, type] : [type.name, type.label ?? type.name]));
  });

export const organizationOf = (nas) => (nas.organization && typeof nas.organization === "object" ? nas.organization.id : nas.organization);

/** Whether the device was heard lately. */
export function seenBadge(nas) {
  const seen = date(nas.last_seen);
  if (!seen) return badge("warn", "never heard");
  return Date.now() - seen.getTime() < 15 * 60_000 ? badge("good", "heard lately") : badge("warn", "silent");
}

/** The state of Message-Authenticator, which protects against forged replies (CVE-2024-3596). */
export function blastBadge(nas) {
  const states = { required: ["good", "signed, required"], learned: ["good", "signs"], missing: ["bad", "unsigned"] };
  const [kind, text] = states[nas.message_authenticator] ?? ["", "not known"];
  return badge(kind, text);
}

/** Lines for the device, ready to copy. */
export const setupBlocks = (setup) => h("div.setup", (setup.blocks ?? []).map((block) => codeBlock(block.text, block.title)), (setup.blocks ?? []).length === 0 && h("p.quiet", "There are no lines for this kind. Set the server's address, ports 1812 and 1813, and the shared secret by hand."));
