// WebSockets that come back by themselves.
import { onEnd, signal } from "./reactive.js";

/**
 * Opens a WebSocket of the server and keeps it open until the surrounding page ends.
 * @param onMessage gets each message as the object that it is.
 * @returns `state()` is "connecting", "open", "lost" or "closed", `close()` ends it.
 */
export function socket(path, onMessage, { onOpen } = {}) {
  const state = signal("connecting");
  let current = null;
  let attempts = 0;
  let timer = 0;
  let isOver = false;

  const open = () => {
    const address = new URL(path, location.origin);
    address.protocol = address.protocol.replace("http", "ws");
    current = new WebSocket(address);
    current.addEventListener("open", () => {
      attempts = 0;
      state.set("open");
      onOpen?.();
    });
    current.addEventListener("message", (event) => {
      try {
        onMessage(JSON.parse(event.data));
      } catch (error) {
        console.error(error);
      }
    });
    current.addEventListener("close", (event) => {
      if (isOver) return;
      if (event.code === 1000) {
        state.set("closed");
        return;
      }
      attempts += 1;
      // A route that is not there never opens: it is not asked for ever.
      if (attempts > 6 && state.peek() === "connecting") {
        state.set("closed");
        return;
      }
      if (state.peek() === "open") state.set("lost");
      const pause = Math.min(30_000, 500 * 2 ** attempts) * (0.5 + Math.random() / 2);
      timer = setTimeout(open, pause);
    });
  };

  const close = () => {
    isOver = true;
    clearTimeout(timer);
    current?.close(1000);
    state.set("closed");
  };
  onEnd(close);
  open();
  return { state, close };
}
