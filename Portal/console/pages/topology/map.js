// Nodes that have a place on the earth, by Leaflet. Without tiles their outlines are shown on plain ground.
import { api } from "../../core/api.js";
import { has, load, loadStyle } from "../../core/assets.js";
import { h, onEnd } from "../../core/reactive.js";

/** Whether maps are installed. */
export const canMap = () => has("leaflet/leaflet.js") && has("leaflet/leaflet.css");

/** @param onSelect gets the node or link that was chosen. */
export function mapView(scene, { onSelect, label }) {
  const element = h("div.topology-map", { role: "application", "aria-label": label });
  let map = null;
  let layer = null;
  let leaflet = null;
  let isOver = false;
  let isFitted = false;
  let selected = null;
  let found = new Set();
  const shapes = new Map();

  const start = async () => {
    loadStyle("leaflet/leaflet.css");
    const [library, source] = await Promise.all([load("leaflet/leaflet.js", "L"), api.get("network-topology/map/").catch(() => null)]);
    if (!library || isOver) return;
    leaflet = library;
    map = leaflet.map(element, { preferCanvas: true, zoomControl: true, attributionControl: Boolean(source?.tiles), worldCopyJump: true });
    map.setView([20, 0], 2);
    if (source?.tiles) {
      // The attribution is text of the operator, never markup.
      const attribution = new XMLSerializer().serializeToString(document.createTextNode(source.attribution));
      leaflet.tileLayer(source.tiles, { maxZoom: 19, attribution }).addTo(map);
    }
    layer = leaflet.layerGroup().addTo(map);
    draw();
  };

  const colour = (name) => {
    const probe = h("span", { class: name.startsWith("quality") ? name : "" });
    if (!name.startsWith("quality")) probe.style.setProperty("color", name);
    element.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };

  const draw = () => {
    if (!map) return;
    layer.clearLayers();
    shapes.clear();
    const colours = new Map();
    const of = (name) => {
      if (!colours.has(name)) colours.set(name, colour(name));
      return colours.get(name);
    };
    for (const link of scene.links) {
      if (!link.source.place || !link.target.place) continue;
      const shape = leaflet.polyline([link.source.place, link.target.place], { color: of(`quality-${link.kind}`), weight: link === selected ? 6 : 3, dashArray: link.kind === "down" ? "6 5" : null });
      shape.on("click", () => onSelect(link)).addTo(layer);
    }
    const places = [];
    for (const node of scene.nodes) {
      if (!node.place) continue;
      places.push(node.place);
      const isMarked = node === selected || found.has(node);
      const shape = leaflet.circleMarker(node.place, { radius: isMarked ? 9 : 6, weight: 2, color: of(isMarked ? "var(--warn)" : "var(--surface)"), fillColor: of("var(--accent)"), fillOpacity: 1 });
      const name = document.createElement("span");
      name.textContent = node.label;
      shape.bindTooltip(name).on("click", () => onSelect(node)).addTo(layer);
      shapes.set(node, shape);
    }
    if (!isFitted && places.length > 0) {
      isFitted = true;
      map.fitBounds(places, { padding: [30, 30], maxZoom: 16, animate: false });
    }
  };

  const watcher = new ResizeObserver(() => map?.invalidateSize({ animate: false }));
  watcher.observe(element);
  onEnd(() => {
    isOver = true;
    watcher.disconnect();
    map?.remove();
  });
  // The element has its size once it stands in the page.
  requestAnimationFrame(start);

  return {
    element,
    refresh: draw,
    select(what, { shows = false } = {}) {
      selected = what;
      draw();
      const node = what?.source ?? what;
      if (shows && node?.place) map?.setView(node.place, Math.max(map.getZoom(), 14));
    },
    mark(nodes) {
      found = new Set(nodes);
      draw();
    },
  };
}
