// The forces of the layout, beside the page so that it stays fluid. Classic worker: the library's files are scripts, no modules.
/* global d3, importScripts */
for (const name of ["collection", "dispatch", "quadtree", "timer", "force"]) importScripts(`../../vendor/d3/d3-${name}.min.js`);

let simulation = null;
let nodes = [];
let version = 0;
let timer = 0;

function publish() {
  const positions = new Float32Array(nodes.length * 2);
  nodes.forEach((node, index) => {
    positions[2 * index] = node.x;
    positions[2 * index + 1] = node.y;
  });
  postMessage({ version, positions, isDone: !simulation || simulation.alpha() < simulation.alphaMin() }, [positions.buffer]);
}

function step() {
  timer = 0;
  if (!simulation) return;
  // As many steps as fit into a picture.
  const start = performance.now();
  do simulation.tick();
  while (performance.now() - start < 12 && simulation.alpha() >= simulation.alphaMin());
  publish();
  run();
}

function run() {
  if (!timer && simulation && simulation.alpha() >= simulation.alphaMin()) timer = setTimeout(step, 16);
}

onmessage = ({ data }) => {
  if (data.type === "graph") {
    version = data.version;
    nodes = data.positions.map(([x, y]) => ({ x, y }));
    const isLarge = nodes.length > 500;
    simulation = d3.forceSimulation(nodes)
      .force("link", d3.forceLink(data.links.map(([source, target]) => ({ source, target }))).distance(nodes.length > 50 ? 40 : 80).iterations(isLarge ? 1 : 2))
      .force("charge", d3.forceManyBody().strength(nodes.length > 50 ? -120 : -240).theta(isLarge ? 1.1 : 0.9).distanceMax(900))
      .force("x", d3.forceX(0).strength(0.03))
      .force("y", d3.forceY(0).strength(0.03))
      .alphaDecay(isLarge ? 0.03 : 0.0228)
      .stop();
    simulation.alpha(data.alpha);
  } else if (simulation && data.type === "move") {
    const node = nodes[data.index];
    if (!node) return;
    node.fx = data.x;
    node.fy = data.y;
    simulation.alpha(Math.max(simulation.alpha(), 0.2));
  } else if (simulation && data.type === "release") {
    const node = nodes[data.index];
    if (node) node.fx = node.fy = null;
  }
  run();
};
