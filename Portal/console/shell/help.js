// All keys that do something now.
import { boundKeys } from "../core/keyboard.js";
import { shortcuts } from "../core/preferences.js";
import { h } from "../core/reactive.js";
import { dialog } from "./dialogs.js";

const names = { " ": "Space", Enter: "Enter" };

const keys = (text) => text.split(" ").map((key, index) => [index > 0 && " then ", h("kbd", names[key] ?? key)]);

/** Shows the list of keys. */
export function showHelp() {
  const bound = boundKeys();
  const sections = [...new Set(bound.map((entry) => entry.section))];
  return dialog("Keyboard", () =>
    h(
      "div.dialog-body.key-map",
      sections.map((section) =>
        h(
          "section",
          h("h3", section),
          h("dl", bound.filter((entry) => entry.section === section).map((entry) => h("div", h("dt", keys(entry.keys)), h("dd", entry.label)))),
        )),
      h(
        "label.check",
        h("input", { type: "checkbox", checked: shortcuts, onchange: (event) => shortcuts.set(event.target.checked) }),
        "Single keys do something",
      ),
    ), { size: "wide" });
}
