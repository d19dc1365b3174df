// QR codes, where the library is installed; the text itself otherwise.
import { load } from "../core/assets.js";
import { h, signal, svg } from "../core/reactive.js";

/** A QR code of a text. */
export function qr(text, { label = "QR code", size = 160 } = {}) {
  const library = signal(undefined);
  load("qrcode-generator/qrcode.js", "qrcode").then((found) => library.set(found));
  return h("div.qr", () => {
    const qrcode = library();
    if (qrcode === undefined) return null;
    if (!qrcode) return h("span.qr-text", text);
    const code = qrcode(0, "M");
    code.addData(text, "Byte");
    code.make();
    const modules = code.getModuleCount();
    let path = "";
    for (let row = 0; row < modules; row += 1) {
      for (let column = 0; column < modules; column += 1) if (code.isDark(row, column)) path += `M${column + 4} ${row + 4}h1v1h-1z`;
    }
    const whole = modules + 8;
    return svg(
      "svg",
      { viewBox: `0 0 ${whole} ${whole}`, width: size, height: size, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
      // Dark on light in both themes: readers want it so.
      svg("rect", { width: whole, height: whole, fill: "#fff" }),
      svg("path", { d: path, fill: "#000" }),
    );
  });
}
