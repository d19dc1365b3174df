// A graph as the views have it: nodes stay the same objects from one state to the next, so that they stay where they are.
import { quality, scaleOf } from "./quality.js";

/** Where a node lies on the earth; null where nobody said. */
function placeOf(node) {
  const place = node.properties?.location ?? node.location;
  const lat = Number(place?.lat ?? node.properties?.lat);
  const lng = Number(place?.lng ?? place?.lon ?? node.properties?.lng ?? node.properties?.lon);
  return Number.isFinite(lat) && Number.isFinite(lng) && Math.abs(lat) <= 90 && Math.abs(lng) <= 180 && (lat !== 0 || lng !== 0) ? [lat, lng] : null;
}

/** What is shown: nodes with their links, by id, and what changed last. */
export class Scene {
  nodes = [];
  links = [];
  byID = new Map();
  scale = "metric";

  /**
   * Takes over a state.
   * @returns whether nodes or links came or went, so that a new layout is due.
   */
  update(graph, { hidesDown = false } = {}) {
    const before = this.byID;
    const pairs = new Set(this.links.map((link) => link.key));
    this.scale = scaleOf(graph);
    this.byID = new Map();
    this.nodes = [];
    const add = (data) => {
      const node = before.get(data.id) ?? { id: data.id, x: null, y: null };
      node.data = data;
      node.label = data.label || data.id;
      node.place = placeOf(data);
      node.links = [];
      node.index = this.nodes.length;
      this.byID.set(data.id, node);
      this.nodes.push(node);
      return node;
    };
    for (const data of graph.nodes ?? []) if (!this.byID.has(data.id)) add(data);
    this.links = [];
    let isNew = this.nodes.length !== before.size;
    for (const data of graph.links ?? []) {
      const kind = quality(data, this.scale);
      if (hidesDown && kind === "down") continue;
      const source = this.byID.get(data.source) ?? add({ id: data.source });
      const target = this.byID.get(data.target) ?? add({ id: data.target });
      const link = { key: `${data.source}\u0000${data.target}`, source, target, data, kind };
      source.links.push(link);
      target.links.push(link);
      this.links.push(link);
      if (!pairs.delete(link.key)) isNew = true;
    }
    this.place();
    return isNew || pairs.size > 0;
  }

  /** Puts nodes that have no place yet beside their neighbours, or on a spiral. */
  place() {
    this.nodes.forEach((node, index) => {
      if (node.x !== null) return;
      const neighbour = node.links.map((link) => (link.source === node ? link.target : link.source)).find((each) => each.x !== null);
      const angle = index * 2.399963;
      const radius = neighbour ? 18 : 12 * Math.sqrt(index + 0.5);
      node.x = (neighbour?.x ?? 0) + radius * Math.cos(angle);
      node.y = (neighbour?.y ?? 0) + radius * Math.sin(angle);
    });
  }

  /** The nodes that a text is part of: in label, addresses or properties. */
  find(text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return [];
    return this.nodes.filter((node) =>
      [node.label, node.id, ...(node.data.local_addresses ?? []), ...Object.values(node.data.properties ?? {})].some((each) => String(each).toLowerCase().includes(wanted)));
  }
}
