// What the graph's page and the extension tell each other.

import type { Graph } from "../protocol.ts";

export type ToPage = { kind: "graph"; graph: Graph } | { kind: "problem"; text: string } | { kind: "select"; id: string | undefined };

export type FromPage = { kind: "ready" } | { kind: "open"; id: string };
