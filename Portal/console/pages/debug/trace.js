// A trace: for some minutes each login of one user or device is shown as it is decided.
import { api } from "../../core/api.js";
import { each, effect, h, onEnd, signal, untracked } from "../../core/reactive.js";
import { socket } from "../../core/socket.js";
import { ticking } from "../../core/time.js";
import { announce } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { button } from "../../widgets/parts.js";
import { decisionView } from "./decision.js";

/** @param start `username` or `calling_station_id` to begin with. */
export function trace(start) {
  const armed = signal(null);
  const decisions = signal([]);
  onEnd(() => {
    if (armed.peek()) api.delete(`radius/traces/${armed.peek().id}/`).catch(() => null);
  });
  const arm = async ({ who, minutes }) => {
    const isAddress = /^[0-9a-f]{2}([:-]?[0-9a-f]{2}){5}$/i.test(who.trim());
    const made = await api.post("radius/traces/", { [isAddress ? "calling_station_id" : "username"]: who.trim(), minutes: Number(minutes) });
    decisions.set([]);
    armed.set({ ...made, who: who.trim() });
  };
  const stop = async () => {
    await api.delete(`radius/traces/${armed.peek().id}/`).catch(() => null);
    armed.set(null);
  };
  return h("div.trace", () => (armed() ? running(armed(), decisions, stop, armed) : [
    h("p.quiet", "Ask the person to try again while the trace is armed: each attempt shows here with all its stages."),
    form(
      [
        { name: "who", label: "User name or MAC address", required: true, value: start.username || start.calling_station_id || "", attributes: { autocapitalize: "none" } },
        { name: "minutes", label: "For", type: "select", value: "10", options: [["2", "2 minutes"], ["5", "5 minutes"], ["10", "10 minutes"]], isOptionalShown: false },
      ],
      { action: "Arm the trace", className: "inline", submit: arm },
    ),
    () => decisions().length > 0 && decisions().map(decisionView),
  ]));
}

function running(trace, decisions, stop, armed) {
  const ends = Date.parse(trace.expires);
  const now = ticking();
  const left = () => Math.max(0, Math.round((ends - now()) / 1000));
  effect(() => {
    if (left() === 0) untracked(() => armed.set(null));
  });
  let counter = 0;
  const { state } = socket(`/ws/radius/trace/${trace.id}/`, (message) => {
    if (message.type !== "decision") return;
    counter += 1;
    const number = counter;
    decisions.update((list) => [{ ...message.decision, number }, ...list].slice(0, 50));
    announce(`${message.decision.username}: ${message.decision.explanation || message.decision.outcome}`);
  });
  const words = { open: "Listening", connecting: "Connecting", lost: "Reconnecting", closed: "Ended" };
  return [
    h(
      "div.armed",
      h("span.live", { class: () => state() }, () => words[state()]),
      h("p", h("strong", trace.who), " · ", () => `${Math.floor(left() / 60)}:${String(left() % 60).padStart(2, "0")} left`),
      button("Stop", stop, { small: true }),
    ),
    h("div.trace-list", { "aria-live": "off" }, () => decisions().length === 0 && h("p.waiting-line", "Waiting for the next attempt."), each(decisions, (decision) => decision.number, (decision) => h("div", decisionView(decision())))),
  ];
}
