// How far a batch is: told by the server as it goes, asked for where no WebSocket comes through.
import { api } from "../../core/api.js";
import { formatNumber } from "../../core/format.js";
import { h, onEnd, signal } from "../../core/reactive.js";
import { socket } from "../../core/socket.js";
import { meter } from "../../widgets/charts.js";
import { confirm } from "../../shell/dialogs.js";
import { button } from "../../widgets/parts.js";

const isFinished = (status) => !["pending", "processing"].includes(status);

/** @param done called when the batch is finished. */
export function progress(batch, done) {
  const state = signal({ status: batch.status, processed: 0, total: 0, created: 0, linked: 0, refused: 0 });
  let isDone = false;
  const take = (message) => {
    if (message.total !== undefined) state.set(message);
    if (isFinished(message.status) && !isDone) {
      isDone = true;
      done();
    }
  };
  const live = socket(`/ws/radius/batch/${batch.id}/`, take);
  const timer = setInterval(() => live.state() !== "open" && !isDone && api.get(`radius/batch/${batch.id}/progress/`).then(take, () => null), 2000);
  onEnd(() => clearInterval(timer));
  return h(
    "section.block.progress",
    h("h2", () => (state().status === "pending" ? "Waiting for its turn" : "At work")),
    () => meter(state().processed, state().total, "Rows done"),
    h("p", { "aria-live": "polite" }, () => `${formatNumber(state().processed)} of ${formatNumber(state().total)} rows · ${formatNumber(state().created)} new · ${formatNumber(state().linked)} joined · ${formatNumber(state().refused)} refused`),
    button("Stop", async () => {
      if (!(await confirm("Stop the import", "What is made so far stays and can be undone as a whole.", { action: "Stop it", danger: true }))) return;
      await api.post(`radius/batch/${batch.id}/cancel/`);
      done();
    }, { small: true }),
    h("p.quiet", "You may leave this page; the server goes on."),
  );
}
