// Which part of a graph is shown. Plain data in and out.

import type { Graph, GraphEdge } from "../protocol.ts";

/** What the page's controls say; an empty string filters nothing. */
export interface Filter {
  text: string;
  type: string;
}

/** The nodes that fit, and the edges between them. */
export function filtered(graph: Graph, { text, type }: Filter): Graph {
  const wanted = text.trim().toLowerCase();
  const nodes = graph.nodes.filter((node) => {
    const fits = wanted === "" || node.id.toLowerCase().includes(wanted) || node.type.toLowerCase().includes(wanted);
    return fits && (type === "" || node.type === type);
  });
  const kept = new Set(nodes.map((node) => node.id));
  return { ...graph, nodes, edges: graph.edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to)) };
}

/** The types in a graph with how many nodes each has, sorted by name. */
export function types(graph: Graph): [string, number][] {
  const counts = new Map<string, number>();
  for (const { type } of graph.nodes) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A node with all that it needs and all that needs it, however far. */
export function relatives(graph: Graph, id: string): Set<string> {
  const reached = new Set([id]);
  for (const forwards of [true, false]) {
    const queue = [id];
    const seen = new Set(queue);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const { from, to } of graph.edges) {
        const [here, there] = forwards ? [from, to] : [to, from];
        if (here === at && !seen.has(there)) {
          seen.add(there);
          reached.add(there);
          queue.push(there);
        }
      }
    }
  }
  return reached;
}

/** One edge for all between the same two nodes, with all their labels; written when any of them is. */
export function merged(edges: readonly GraphEdge[]): GraphEdge[] {
  const pairs = new Map<string, { from: string; to: string; labels: Set<string>; written: boolean }>();
  for (const { from, to, label, written } of edges) {
    const key = `${from}\u0000${to}`;
    const known = pairs.get(key) ?? { from, to, labels: new Set<string>(), written: false };
    if (label !== "") known.labels.add(label);
    known.written ||= written;
    pairs.set(key, known);
  }
  return [...pairs.values()].map(({ from, to, labels, written }) => ({ from, to, label: [...labels].join(", "), written }));
}
