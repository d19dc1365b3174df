// The graph, drawn on a canvas: moved and zoomed by pointer, wheel, two fingers and keys.
import { h, onEnd } from "../../core/reactive.js";
import { icon } from "../../widgets/icon.js";
import { layout } from "./layout.js";
import { kinds } from "./quality.js";

const smallest = 0.02;
const largest = 8;

/**
 * @param scene what is drawn.
 * @param onSelect gets the node or link that was chosen, or null.
 */
export function graphView(scene, { onSelect, label }) {
  const canvas = h("canvas.topology-canvas", { tabindex: "0", role: "img", "aria-label": label });
  const view = { x: 0, y: 0, scale: 1 };
  let selected = null;
  let found = new Set();
  let isFitted = false;
  let frame = 0;
  let colours = null;

  const draw = () => {
    frame = 0;
    colours ??= readColours(canvas);
    paint(canvas, view, scene, colours, selected, found);
  };
  const redraw = () => {
    frame ||= requestAnimationFrame(draw);
  };
  const forces = layout(scene, (isDone) => {
    // At first everything is to be seen; later the viewer has chosen what he looks at.
    if (!isFitted) fit();
    if (isDone) isFitted = true;
    redraw();
  });

  function fit() {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (scene.nodes.length === 0 || width === 0) return;
    const [left, right] = extent(scene.nodes, "x");
    const [top, bottom] = extent(scene.nodes, "y");
    view.scale = Math.min(2, Math.max(smallest, 0.9 * Math.min(width / (right - left + 60), height / (bottom - top + 60))));
    view.x = width / 2 - view.scale * (left + right) / 2;
    view.y = height / 2 - view.scale * (top + bottom) / 2;
    redraw();
  }

  function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
    isFitted = true;
    const scale = Math.min(largest, Math.max(smallest, view.scale * factor));
    view.x = x - (x - view.x) * scale / view.scale;
    view.y = y - (y - view.y) * scale / view.scale;
    view.scale = scale;
    redraw();
  }

  listen(canvas, view, {
    pick: (x, y) => pick(scene, view, x, y),
    pan: (dx, dy) => {
      isFitted = true;
      view.x += dx;
      view.y += dy;
      redraw();
    },
    zoom,
    drag: (node, x, y) => {
      isFitted = true;
      node.isHeld = true;
      node.x = (x - view.x) / view.scale;
      node.y = (y - view.y) / view.scale;
      forces.move(node);
      redraw();
    },
    drop: (node) => {
      node.isHeld = false;
      forces.release(node);
    },
    choose: (what) => onSelect(what),
    fit,
  });
  const watcher = new ResizeObserver(() => {
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    if (!isFitted) fit();
    redraw();
  });
  watcher.observe(canvas);
  const recolour = () => {
    colours = null;
    redraw();
  };
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", recolour);
  onEnd(() => {
    watcher.disconnect();
    scheme.removeEventListener("change", recolour);
    cancelAnimationFrame(frame);
    forces.end();
  });
  forces.start(1);

  return {
    element: [
      canvas,
      h("div.topology-zoom", h("button.button.small", { type: "button", "aria-label": "Zoom in", onclick: () => zoom(1.4) }, icon("plus")), h("button.button.small", { type: "button", onclick: fit }, "All")),
    ],
    /** Takes over the scene's new state. */
    refresh(isOther) {
      if (isOther) forces.start(Math.max(0.3, forces.isDone() ? 0 : 1));
      redraw();
    },
    select(what, { shows = false } = {}) {
      selected = what;
      const node = what?.source ?? what;
      if (shows && node && node.x !== null) {
        isFitted = true;
        view.scale = Math.max(view.scale, 0.8);
        view.x = canvas.clientWidth / 2 - view.scale * node.x;
        view.y = canvas.clientHeight / 2 - view.scale * node.y;
      }
      redraw();
    },
    mark(nodes) {
      found = new Set(nodes);
      redraw();
    },
  };
}

function extent(nodes, axis) {
  let least = Infinity;
  let most = -Infinity;
  for (const node of nodes) {
    if (node[axis] < least) least = node[axis];
    if (node[axis] > most) most = node[axis];
  }
  return [least, most];
}

/** The page's colours, which follow the theme. */
function readColours(canvas) {
  const probe = h("span");
  canvas.parentNode.append(probe);
  const read = (name) => {
    probe.style.color = "";
    probe.style.setProperty("color", name);
    return getComputedStyle(probe).color;
  };
  const colours = { ink: read("var(--ink)"), quiet: read("var(--ink-2)"), node: read("var(--accent)"), paper: read("var(--sunken)"), mark: read("var(--warn)"), links: {} };
  for (const kind of kinds) {
    probe.className = `quality-${kind}`;
    colours.links[kind] = read("");
  }
  probe.remove();
  return colours;
}

function paint(canvas, view, scene, colours, selected, found) {
  const context = canvas.getContext("2d");
  const ratio = devicePixelRatio || 1;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
  const pixel = 1 / view.scale;
  const bounds = [-view.x * pixel, -view.y * pixel, (canvas.clientWidth - view.x) * pixel, (canvas.clientHeight - view.y) * pixel];
  // One path for each kind: thousands of links are a few strokes.
  for (const kind of kinds) {
    context.beginPath();
    for (const link of scene.links) {
      if (link.kind !== kind) continue;
      context.moveTo(link.source.x, link.source.y);
      context.lineTo(link.target.x, link.target.y);
    }
    context.strokeStyle = colours.links[kind];
    context.lineWidth = Math.max(pixel, Math.min(3, 2 * pixel));
    context.setLineDash(kind === "down" ? [5 * pixel, 4 * pixel] : []);
    context.stroke();
  }
  context.setLineDash([]);
  const radius = Math.max(4, 3 * pixel);
  context.beginPath();
  for (const node of scene.nodes) {
    if (isOutside(node, bounds, radius)) continue;
    context.moveTo(node.x + radius, node.y);
    context.arc(node.x, node.y, radius, 0, 2 * Math.PI);
  }
  context.fillStyle = colours.node;
  context.fill();
  context.lineWidth = pixel;
  context.strokeStyle = colours.paper;
  context.stroke();
  for (const node of found) ring(context, node, radius + 3 * pixel, colours.mark, 2.5 * pixel);
  if (selected?.source) {
    context.beginPath();
    context.moveTo(selected.source.x, selected.source.y);
    context.lineTo(selected.target.x, selected.target.y);
    context.strokeStyle = colours.ink;
    context.lineWidth = 4 * pixel;
    context.stroke();
  } else if (selected) ring(context, selected, radius + 3 * pixel, colours.ink, 2.5 * pixel);
  labels(context, view, scene, colours, radius, pixel, bounds, selected, found);
}

function ring(context, node, radius, colour, width) {
  context.beginPath();
  context.arc(node.x, node.y, radius, 0, 2 * Math.PI);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

const isOutside = (node, [left, top, right, bottom], margin) => node.x < left - margin || node.x > right + margin || node.y < top - margin || node.y > bottom + margin;

/** Names, where they have room: of what was chosen or found first, then of whoever has most links. */
function labels(context, view, scene, colours, radius, pixel, bounds, selected, found) {
  const visible = scene.nodes.filter((node) => !isOutside(node, bounds, 0));
  const first = (node) => (node === selected || found.has(node) ? 1 : 0);
  const most = visible.length > 400 && view.scale < 0.8 ? 60 : 400;
  visible.sort((left, right) => first(right) - first(left) || right.links.length - left.links.length);
  context.font = `${12 * pixel}px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillStyle = colours.ink;
  const cells = new Set();
  for (const node of visible.slice(0, most)) {
    const text = node.label.length > 28 ? `${node.label.slice(0, 27)}…` : node.label;
    // Texts that would lie on another are left out.
    const row = Math.round(node.y * view.scale / 16);
    const column = Math.round(node.x * view.scale / 16);
    const reach = Math.ceil(text.length * 3.4 / 16);
    let isFree = true;
    for (let step = -reach; step <= reach && isFree; step += 1) isFree = !cells.has(`${row} ${column + step}`);
    if (!isFree && !first(node)) continue;
    for (let step = -reach; step <= reach; step += 1) cells.add(`${row} ${column + step}`);
    context.fillText(text, node.x, node.y + radius + 3 * pixel);
  }
}

/** The node or link at a point of the element. */
function pick(scene, view, x, y) {
  const [px, py] = [(x - view.x) / view.scale, (y - view.y) / view.scale];
  const reach = Math.max(8, 10 / view.scale);
  let best = null;
  let least = reach * reach;
  for (const node of scene.nodes) {
    const distance = (node.x - px) ** 2 + (node.y - py) ** 2;
    if (distance < least) [best, least] = [node, distance];
  }
  if (best) return best;
  least = (6 / view.scale) ** 2;
  for (const link of scene.links) {
    const [dx, dy] = [link.target.x - link.source.x, link.target.y - link.source.y];
    const length = dx * dx + dy * dy || 1;
    const share = Math.min(1, Math.max(0, ((px - link.source.x) * dx + (py - link.source.y) * dy) / length));
    const distance = (link.source.x + share * dx - px) ** 2 + (link.source.y + share * dy - py) ** 2;
    if (distance < least) [best, least] = [link, distance];
  }
  return best;
}

/** Pointers, wheel and keys. */
function listen(canvas, view, actions) {
  const pointers = new Map();
  let held = null;
  let hasMoved = false;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    hasMoved = pointers.size > 1;
    const what = pointers.size === 1 ? actions.pick(event.offsetX, event.offsetY) : null;
    held = what && !what.source ? what : null;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.offsetX, event.offsetY];
    if (!hasMoved && Math.hypot(now[0] - before[0], now[1] - before[1]) < 4) return;
    hasMoved = true;
    if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const distance = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
      actions.zoom(distance(now) / Math.max(1, distance(before)), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    } else if (held) actions.drag(held, now[0], now[1]);
    else actions.pan(now[0] - before[0], now[1] - before[1]);
    pointers.set(event.pointerId, now);
  });
  const up = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (held && hasMoved) actions.drop(held);
    else if (event.type === "pointerup" && !hasMoved) actions.choose(actions.pick(event.offsetX, event.offsetY));
    held = null;
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    actions.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), event.offsetX, event.offsetY);
  }, { passive: false });
  const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) actions.pan(...moves[event.key]);
    else if (event.key === "+") actions.zoom(1.4);
    else if (event.key === "-") actions.zoom(1 / 1.4);
    else if (event.key === "0") actions.fit();
    else return;
    event.preventDefault();
  });
}
