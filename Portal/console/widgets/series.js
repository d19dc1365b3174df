// A series over time that can be zoomed, where dygraphs is installed; our own drawing otherwise.
import { load, loadStyle } from "../core/assets.js";
import { formatClock, formatMinute } from "../core/time.js";
import { effect, h, onEnd, signal } from "../core/reactive.js";
import { mirror } from "./charts.js";

/**
 * Two series, up and down.
 * @param points `[time in seconds, up, down]`.
 */
export function series(points, options) {
  const library = signal(undefined);
  load("dygraphs/dygraph.min.js", "Dygraph").then((found) => library.set(found));
  return () => {
    const Dygraph = library();
    if (Dygraph === undefined) return h("div.chart-frame.waiting");
    if (!Dygraph || points.length < 3) return mirror(points, { ...options, shape: "area" });
    return zoomable(Dygraph, points, options);
  };
}

function zoomable(Dygraph, points, { up, down, format, label, height = 168 }) {
  loadStyle("dygraphs/dygraph.min.css");
  // Its legend writes style attributes, which the content security policy forbids; ours is a line of text.
  Dygraph.PLUGINS = Dygraph.PLUGINS.filter((plugin) => plugin !== Dygraph.Plugins.Legend);
  const value = signal("");
  const holder = h("div.series", { role: "img", "aria-label": label });
  holder.style.setProperty("height", `${height}px`);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let graph = null;
  effect(() => {
    queueMicrotask(() => {
      if (!holder.isConnected || graph) return;
      const probe = h("i.probe");
      holder.append(probe);
      const colours = ["up", "down"].map((kind) => {
        probe.className = `probe ${kind}`;
        return getComputedStyle(probe).color;
      });
      probe.remove();
      graph = new Dygraph(holder, points.map((point) => [new Date(point[0] * 1000), point[1], -point[2]]), {
        labels: ["Time", up, down], colors: colours, fillGraph: true, fillAlpha: 0.2, strokeWidth: 1.5, legend: "never", axisLabelWidth: 56, gridLineColor: colour("--line") || "#888",
        axes: { x: { axisLabelFormatter: (moment) => formatMinute(moment), drawGrid: false }, y: { axisLabelFormatter: (number) => format(Math.abs(number)) } },
        highlightCallback: (_, time, found) => value.set(`${formatClock(new Date(time))}: ${found.map((each) => `${format(Math.abs(each.yval))} ${each.name.toLowerCase()}`).join(", ")}`),
        unhighlightCallback: () => value.set(""),
      });
    });
  });
  const watcher = new ResizeObserver(() => graph?.resize());
  watcher.observe(holder);
  onEnd(() => {
    watcher.disconnect();
    graph?.destroy();
  });
  return h("figure.figure", h("p.legend", h("span.key.up", up), h("span.key.down", down), h("span.legend-value", () => value() || "Drag to zoom, double-click for all")), holder);
}
