// Dialogs by the browser's own element, which keeps the focus inside and closes by Escape.
import { h, mount, signal } from "../core/reactive.js";
import { icon } from "../widgets/icon.js";

/**
 * Shows a dialog.
 * @param content gets `close(value)`.
 * @returns a promise of the value; undefined when it was dismissed.
 */
export function dialog(title, content, { size = "" } = {}) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const element = h("dialog.dialog", { class: size, "aria-labelledby": "dialog-title" });
    let result;
    let isOpen = true;
    const close = (value) => {
      result = value;
      element.close();
    };
    const end = mount(element, () => [
      h(
        "header.dialog-head",
        h("h2", { id: "dialog-title" }, title),
        h("button.icon-button", { type: "button", "aria-label": "Close", onclick: () => close() }, icon("close")),
      ),
      content(close),
    ]);
    element.addEventListener("close", () => {
      if (!isOpen) return;
      isOpen = false;
      end();
      element.remove();
      before?.focus?.();
      resolve(result);
    });
    // A press on what lies behind dismisses it.
    element.addEventListener("pointerdown", (event) => {
      if (event.target === element) close();
    });
    document.body.append(element);
    element.showModal();
    element.querySelector("[autofocus], .dialog-body input, .dialog-body select, .dialog-body textarea, .dialog-body button")?.focus();
  });
}

/**
 * Asks before something that cannot be taken back.
 * @param word when given, has to be typed first.
 * @returns a promise of whether it was confirmed.
 */
export async function confirm(title, text, { action = "Continue", danger = false, word = "" } = {}) {
  const typed = signal("");
  const answer = await dialog(title, (close) =>
    h(
      "form.dialog-body",
      {
        onsubmit: (event) => {
          event.preventDefault();
          close(true);
        },
      },
      [text].flat().map((each) => (typeof each === "string" ? h("p", each) : each)),
      word && h("label.field", h("span.label", `Type ${word} to confirm`), h("input", { autocomplete: "off", oninput: (event) => typed.set(event.target.value) })),
      h(
        "div.actions",
        h("button.button", { type: "button", onclick: () => close(false) }, "Cancel"),
        h("button.button", { class: danger ? "danger" : "primary", autofocus: !word, disabled: () => Boolean(word) && typed() !== word }, action),
      ),
    ));
  return answer === true;
}
