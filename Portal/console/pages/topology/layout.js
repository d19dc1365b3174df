// Where nodes lie: the worker computes, the scene keeps.
import { has } from "../../core/assets.js";

const files = ["collection", "dispatch", "quadtree", "timer", "force"].map((name) => `d3/d3-${name}.min.js`);

/** Whether the library for the layout is installed. */
export const canLayOut = () => files.every(has);

/**
 * Lays a scene out.
 * @param onMove is called whenever nodes have moved.
 */
export function layout(scene, onMove) {
  const worker = new Worker(new URL("./layout-worker.js", import.meta.url));
  let version = 0;
  let order = [];
  let isDone = true;
  worker.addEventListener("message", ({ data }) => {
    // Of a state before this one.
    if (data.version !== version) return;
    isDone = data.isDone;
    order.forEach((node, index) => {
      if (node.isHeld) return;
      node.x = data.positions[2 * index];
      node.y = data.positions[2 * index + 1];
    });
    onMove(isDone);
  });
  return {
    /** Begins anew with the scene as it is. */
    start(alpha) {
      version += 1;
      isDone = false;
      order = [...scene.nodes];
      worker.postMessage({
        type: "graph", version, alpha, positions: order.map((node) => [node.x, node.y]), links: scene.links.map((link) => [link.source.index, link.target.index]),
      });
    },
    move: (node) => worker.postMessage({ type: "move", index: node.index, x: node.x, y: node.y }),
    release: (node) => worker.postMessage({ type: "release", index: node.index }),
    isDone: () => isDone,
    end: () => worker.terminate(),
  };
}
