// Charts of our own, drawn as SVG: each says in words what it shows and has the same as a table.
import { formatMinute } from "../core/time.js";
import { h, onEnd, signal, svg } from "../core/reactive.js";

/** The width of an element, which follows the window. */
function widthOf(element, first = 640) {
  const width = signal(first);
  const watcher = new ResizeObserver(([entry]) => width.set(Math.max(200, Math.floor(entry.contentRect.width))));
  watcher.observe(element);
  onEnd(() => watcher.disconnect());
  return width;
}

/** A round number at or above a value. */
function ceiling(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value && (power > 1 || Number.isInteger(step)));
}

function asTable(headings, rows) {
  return h(
    "details.chart-table",
    h("summary", "As a table"),
    h("div.table-frame", { tabindex: "0", role: "region", "aria-label": "Values of the chart" }, h("table.table.keeps-shape", h("thead", h("tr", headings.map((text) => h("th", { scope: "col" }, text)))), h("tbody", rows.map((row) => h("tr", row.map((cell) => h("td", cell))))))),
  );
}

/**
 * Two series over time, one up and one down from a common line: accepts and rejects, download and upload.
 * @param points `[time in seconds, up, down]`.
 * @param options `{ up, down, format, label, height, shape: "bars" | "area", address(time) }`.
 */
export function mirror(points, { up, down, format = String, label, height = 168, shape = "bars", onPick }) {
  const frame = h("div.chart-frame");
  const width = widthOf(frame);
  const topMaximum = ceiling(Math.max(...points.map((point) => point[1]), 0));
  const bottomMaximum = ceiling(Math.max(...points.map((point) => point[2]), 0));
  const hovered = signal(-1);
  const plotHeight = height - 20;
  // The line lies so that both sides have the same scale where that leaves each enough room.
  const share = Math.min(0.75, Math.max(0.35, topMaximum / (topMaximum + bottomMaximum)));
  const zero = Math.round(8 + (plotHeight - 16) * share);
  const y = (value, isUp) => (isUp ? zero - (value / topMaximum) * (zero - 10) : zero + (value / bottomMaximum) * (plotHeight - zero - 4));

  const draw = () => {
    const left = 44;
    const plot = width() - left - 4;
    const step = plot / Math.max(1, points.length);
    const x = (index) => left + index * step;
    const shapes = shape === "bars" ? bars(points, x, step, y, zero) : areas(points, x, step, y, zero);
    const every = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor(plot / 88))));
    return svg(
      "svg",
      { width: width(), height, role: "img", "aria-label": label, class: "chart" },
      svg("line", { class: "chart-grid", x1: left, x2: width(), y1: y(topMaximum, true), y2: y(topMaximum, true) }),
      svg("line", { class: "chart-grid", x1: left, x2: width(), y1: y(bottomMaximum, false), y2: y(bottomMaximum, false) }),
      svg("text", { class: "chart-text", x: left - 6, y: y(topMaximum, true) + 4, "text-anchor": "end" }, format(topMaximum)),
      svg("text", { class: "chart-text", x: left - 6, y: y(bottomMaximum, false) + 4, "text-anchor": "end" }, format(bottomMaximum)),
      svg("text", { class: "chart-text", x: left - 6, y: zero + 4, "text-anchor": "end" }, "0"),
      shapes,
      svg("line", { class: "chart-axis", x1: left, x2: width(), y1: zero + 0.5, y2: zero + 0.5 }),
      points.map((point, index) => index % every === 0 && svg("text", { class: "chart-text", x: x(index) + step / 2, y: height - 4, "text-anchor": "middle" }, formatMinute(point[0]))),
      () => hovered() >= 0 && svg("line", { class: "chart-cursor", x1: x(hovered()) + step / 2, x2: x(hovered()) + step / 2, y1: 4, y2: plotHeight }),
      svg("rect", {
        x: left, y: 0, width: plot, height: plotHeight, fill: "transparent", class: onPick ? "pickable" : "",
        onpointermove: (event) => hovered.set(Math.min(points.length - 1, Math.max(0, Math.floor((event.offsetX - left) / step)))),
        onpointerleave: () => hovered.set(-1),
        onclick: () => hovered.peek() >= 0 && onPick?.(points[hovered.peek()]),
      }),
    );
  };
  frame.append(
    h("p.legend", h("span.key.up", up), h("span.key.down", down), h("span.legend-value", () => {
      const point = points[hovered()];
      return point ? `${formatMinute(point[0])}: ${format(point[1])} ${up.toLowerCase()}, ${format(point[2])} ${down.toLowerCase()}` : "";
    })),
  );
  const holder = h("div", draw);
  frame.append(holder);
  return h("figure.figure", frame, asTable(["Time", up, down], points.map((point) => [formatMinute(point[0]), format(point[1]), format(point[2])])));
}

function bars(points, x, step, y, zero) {
  const gap = step > 4 ? 1 : 0;
  const bar = (index, top, bottom, kind) => bottom - top > 0 && svg("rect", { class: kind, x: (x(index) + gap / 2).toFixed(2), width: Math.max(0.5, step - gap).toFixed(2), y: top.toFixed(2), height: Math.max(1, bottom - top).toFixed(2) });
  return points.map((point, index) => [bar(index, y(point[1], true), zero, "chart-up"), bar(index, zero + 1, y(point[2], false) + 1, "chart-down")]);
}

function areas(points, x, step, y, zero) {
  if (points.length === 0) return null;
  const line = (side, isUp) => points.map((point, index) => `${(x(index) + step / 2).toFixed(1)},${y(point[side], isUp).toFixed(1)}`).join(" L");
  const ends = [x(0) + step / 2, x(points.length - 1) + step / 2].map((value) => value.toFixed(1));
  return [
    svg("path", { class: "chart-up area", d: `M${ends[0]},${zero} L${line(1, true)} L${ends[1]},${zero}Z` }),
    svg("path", { class: "chart-down area", d: `M${ends[0]},${zero} L${line(2, false)} L${ends[1]},${zero}Z` }),
  ];
}

/** Numbers by name as bars in a list, each a link to what it counts. */
export function ranking(entries, { empty: nothing = "Nothing to count." } = {}) {
  const most = Math.max(...entries.map((entry) => entry.count), 1);
  if (entries.length === 0) return h("p.quiet", nothing);
  return h(
    "ol.ranking",
    entries.map((entry) =>
      h("li", h("a", { href: entry.address, title: entry.note }, h("span.ranking-label", entry.label), h("span.ranking-count", entry.count.toLocaleString()), svg("svg", { class: "ranking-bar", "aria-hidden": "true", width: "100%", height: 4 }, svg("rect", { width: `${Math.max(1, (entry.count / most) * 100)}%`, height: 4 }))))),
  );
}

/** A small line without axes. */
export function sparkline(values, label) {
  const most = Math.max(...values, 1);
  const step = 120 / Math.max(1, values.length - 1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(22 - (value / most) * 20).toFixed(1)}`).join(" ");
  return svg("svg", { class: "sparkline", viewBox: "0 0 120 24", preserveAspectRatio: "none", role: "img", "aria-label": label }, svg("polyline", { points }));
}

/** How much of something is used. */
export function meter(used, limit, label) {
  const share = limit > 0 ? Math.min(1, used / limit) : 0;
  return h("div.meter", { role: "meter", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": Math.round(share * 100), "aria-label": label, class: share >= 1 ? "full" : share > 0.8 ? "near" : "" },
    svg("svg", { width: "100%", height: 6, "aria-hidden": "true" }, svg("rect", { class: "meter-rest", width: "100%", height: 6 }), svg("rect", { class: "meter-used", width: `${share * 100}%`, height: 6 })));
}

/** Values by day as bars. */
export function days(points, { format = String, label, name }) {
  const most = ceiling(Math.max(...points.map((point) => point.value), 0));
  const frame = h("div.chart-frame");
  const width = widthOf(frame);
  const height = 132;
  frame.append(h("div", () => {
    const left = 56;
    const step = (width() - left) / Math.max(1, points.length);
    const every = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor((width() - left) / 72))));
    return svg(
      "svg",
      { width: width(), height, role: "img", "aria-label": label, class: "chart" },
      svg("line", { class: "chart-grid", x1: left, x2: width(), y1: 10, y2: 10 }),
      svg("text", { class: "chart-text", x: left - 6, y: 14, "text-anchor": "end" }, format(most)),
      points.map((point, index) => [
        point.value > 0 && svg("rect", { class: "chart-up", x: left + index * step + 1, width: Math.max(1, step - 2), y: 10 + (1 - point.value / most) * 96, height: Math.max(1, (point.value / most) * 96) }, svg("title", `${point.label}: ${format(point.value)}`)),
        index % every === 0 && svg("text", { class: "chart-text", x: left + (index + 0.5) * step, y: height - 6, "text-anchor": "middle" }, point.label),
      ]),
      svg("line", { class: "chart-axis", x1: left, x2: width(), y1: 106.5, y2: 106.5 }),
    );
  }));
  return h("figure.figure", frame, asTable(["Day", name], points.map((point) => [point.label, format(point.value)])));
}
