// How good a link is, by its cost and what costs are.

/** Kinds by name: what the legend says, and up to which cost a link is of it. */
const scales = {
  metric: [1.2, 2, 4],
  latency: [50, 150, 300],
};

export const kinds = ["1", "2", "3", "4", "down"];

/** The scale of a graph: ETX and TQ begin at 1, ZeroTier tells milliseconds. */
export const scaleOf = (graph) => (/^zerotier/i.test(graph.protocol ?? "") ? "latency" : "metric");

/** The kind of a link: "1" (best) to "4", or "down". */
export function quality(link, scale) {
  if (link.properties?.status === "down") return "down";
  const index = scales[scale].findIndex((limit) => link.cost <= limit);
  return index < 0 ? "4" : String(index + 1);
}

/** What the legend says about a kind. */
export function meaning(kind, scale) {
  if (kind === "down") return "down";
  const unit = scale === "latency" ? " ms" : "";
  const limits = scales[scale];
  return kind === "4" ? `cost above ${limits[2]}${unit}` : `up to ${limits[Number(kind) - 1]}${unit}`;
}
