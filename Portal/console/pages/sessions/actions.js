// Disconnect and Change-of-Authorization, with what the device answered.
import { api } from "../../core/api.js";
import { h, signal } from "../../core/reactive.js";
import { confirm, dialog } from "../../shell/dialogs.js";
import { form } from "../../widgets/form.js";
import { icon } from "../../widgets/icon.js";
import { badge, facts } from "../../widgets/parts.js";

const outcomes = {
  ack: ["good", "Done", "The device confirmed it (ACK)."],
  nak: ["bad", "Refused", "The device refused it (NAK)."],
  timeout: ["bad", "No answer", "The device did not answer. Is its port for Disconnect and CoA (3799) open to this server, and switched on?"],
  unreachable: ["bad", "Not reachable", "No packet could be sent to the device. Is its address right, and is there a way to it?"],
};

/** What became of an action, in words. */
export function resultNote(result) {
  const [kind, title, text] = outcomes[result.result] ?? ["bad", result.result, ""];
  return h(
    "div.note",
    { class: kind, role: "status" },
    icon(kind === "good" ? "check" : "warning"),
    h(
      "div",
      h("strong", title),
      h("p", text),
      facts([
        ["Error-Cause", result.error_cause ? `${result.error_cause_text ?? ""} (${result.error_cause})`.trim() : null],
        ["Device", typeof result.nas === "object" ? result.nas?.name : result.nas],
        ["Detail", result.detail],
        ["Took", result.milliseconds !== null && result.milliseconds !== undefined ? `${result.milliseconds} ms` : null],
      ]),
    ),
  );
}

/** A short word about the result, for lists. */
export const resultBadge = (result) => badge((outcomes[result.result] ?? ["bad"])[0], (outcomes[result.result] ?? ["", result.result])[1]);

export const disconnect = (session) => api.post(`radius/sessions/${encodeURIComponent(session.unique_id)}/disconnect/`);

/** Asks, disconnects and shows what the device said. */
export async function disconnectOne(session) {
  const name = session.username || session.calling_station_id;
  if (!(await confirm("Disconnect", `${name} loses the connection at once and may log in again.`, { action: "Disconnect", danger: true }))) return null;
  const result = await disconnect(session);
  await dialog("Disconnect", () => h("div.dialog-body", h("p", name), resultNote(result)));
  return result;
}

/** Disconnects several and shows a line for each. */
export async function disconnectMany(sessions) {
  if (!(await confirm("Disconnect", `${sessions.length} sessions end at once. Their users may log in again.`, { action: `Disconnect ${sessions.length}`, danger: true }))) return false;
  const results = signal([]);
  const waiting = [...sessions];
  const work = Array.from({ length: 4 }, async () => {
    for (let session = waiting.shift(); session; session = waiting.shift()) {
      const result = await disconnect(session).catch((problem) => ({ result: problem.message }));
      results.update((list) => [...list, { session, result }]);
    }
  });
  await dialog("Disconnect", () =>
    h(
      "div.dialog-body",
      h("p", { role: "status" }, () => `${results().length} of ${sessions.length} answered.`),
      h("ul.result-list", () => results().map(({ session, result }) => h("li", h("span", session.username || session.calling_station_id), resultBadge(result), h("span.quiet", result.error_cause_text ?? "")))),
    ));
  await Promise.all(work);
  return true;
}

/** Changes a session under way: by attributes, as the device wants them. */
export async function changeOne(session) {
  const answer = signal(null);
  await dialog("Change the session", (close) =>
    h(
      "div.dialog-body",
      h("p.quiet", "A Change-of-Authorization: what is written here holds for the rest of the session."),
      form(
        [{
          name: "attributes", label: "Attributes, one on each line", type: "textarea", rows: 4, required: true, placeholder: "Session-Timeout = 600\nMikrotik-Rate-Limit = \"2M/2M\"",
          help: "As in a reply: name = value. The device has to know them.", attributes: { class: "mono" },
        }],
        {
          action: "Send",
          cancel: () => close(),
          submit: async ({ attributes }) => {
            answer.set(null);
            answer.set(await api.post(`radius/sessions/${encodeURIComponent(session.unique_id)}/coa/`, { attributes: attributes.split("\n").map((line) => line.trim()).filter(Boolean) }));
          },
        },
      ),
      () => answer() && resultNote(answer()),
    ));
}
