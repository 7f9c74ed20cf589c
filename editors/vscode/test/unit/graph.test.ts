// The drawing of the graph, and what a filter leaves of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { filtered, merged, relatives, types } from "../../src/graph/filter.ts";
import { layout, type Drawing, type Link } from "../../src/graph/layout.ts";
import type { Graph, GraphEdge, GraphNode } from "../../src/protocol.ts";

const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };

function node(id: string, type = "AWS::SNS::Topic"): GraphNode {
  return { id, type, uri: "file:///a.cloud", range, conditional: false };
}

function edge(from: string, to: string): GraphEdge {
  return { from, to, label: "", written: false };
}

function draw(ids: string, links: Link[]): Drawing {
  return layout([...ids].map((id) => ({ id, width: 100, height: 40 })), links);
}

/** Edges by their ends: "ab" is: a needs b. */
function links(...pairs: string[]): Link[] {
  return pairs.map(([from = "", to = ""]) => ({ from, to }));
}

function layersOf(drawing: Drawing): Record<string, number> {
  return Object.fromEntries([...drawing.nodes].map(([id, { layer }]) => [id, layer]));
}

function assertApart(drawing: Drawing): void {
  const nodes = [...drawing.nodes.values()];
  nodes.forEach((a, at) => {
    for (const b of nodes.slice(at + 1)) {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      assert.ok(apart, `${a.id} and ${b.id} overlap`);
    }
    assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= drawing.width && a.y + a.height <= drawing.height, `${a.id} is outside`);
  });
}

test("what is needed stands left of what needs it", () => {
  const drawing = draw("abcd", links("ab", "bc", "ac", "dc"));
  assert.deepEqual(layersOf(drawing), { a: 2, b: 1, c: 0, d: 1 });
  assertApart(drawing);
});

test("an empty graph, lone nodes, self-references and unknown ends are drawn", () => {
  assert.deepEqual(draw("", []), { width: 0, height: 0, nodes: new Map(), paths: [] });
  const drawing = draw("ab", links("aa", "ax", "ab"));
  assert.deepEqual(drawing.paths.map((path) => path !== ""), [false, false, true]);
  assertApart(drawing);
});

test("a cycle is drawn, every node once", () => {
  const drawing = draw("abc", links("ab", "bc", "ca"));
  assert.equal(drawing.nodes.size, 3);
  assert.ok(drawing.paths.every((path) => path.startsWith("M")));
  assertApart(drawing);
});

test("a long chain takes no recursion", () => {
  const ids = Array.from({ length: 3000 }, (_, at) => `n${at}`);
  const drawing = layout(
    ids.map((id) => ({ id, width: 10, height: 10 })),
    ids.slice(1).map((id, at) => ({ from: id, to: ids[at] ?? "" })),
  );
  assert.equal(drawing.nodes.get("n2999")?.layer, 2999);
});

test("edges that need not cross do not", () => {
  const drawing = draw("abcxyz", links("xc", "yb", "za"));
  const y = (id: string) => drawing.nodes.get(id)?.y ?? 0;
  const order = (ids: string) => [...ids].sort((a, b) => y(a) - y(b)).join("");
  const right = order("xyz");
  const needs: Record<string, string> = { x: "c", y: "b", z: "a" };
  assert.equal(order("abc"), [...right].map((id) => needs[id]).join(""));
});

test("a large graph is drawn without overlaps, always the same, in a moment", () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  const ids = Array.from({ length: 400 }, (_, at) => `n${at}`);
  const many = Array.from({ length: 700 }, () => {
    const from = 1 + random(399);
    return { from: `n${from}`, to: `n${random(from)}` };
  });
  const vertices = ids.map((id) => ({ id, width: 100 + random(100), height: 40 }));
  const start = performance.now();
  const drawing = layout(vertices, many);
  assert.ok(performance.now() - start < 3000, `${performance.now() - start} ms`);
  assertApart(drawing);
  assert.deepEqual(layout(vertices, many).paths, drawing.paths);
});

const graph: Graph = {
  stack: "shop",
  nodes: [node("Role", "AWS::IAM::Role"), node("Function", "AWS::Lambda::Function"), node("Alarm"), node("Alone")],
  edges: [edge("Function", "Role"), edge("Alarm", "Function")],
};

test("a filter keeps what fits and the edges between it", () => {
  const ids = (part: Graph) => part.nodes.map(({ id }) => id);
  assert.deepEqual(ids(filtered(graph, { text: "", type: "" })), ids(graph));
  assert.deepEqual(ids(filtered(graph, { text: " LAMBDA ", type: "" })), ["Function"]);
  assert.deepEqual(ids(filtered(graph, { text: "al", type: "AWS::SNS::Topic" })), ["Alarm", "Alone"]);
  assert.deepEqual(filtered(graph, { text: "", type: "" }).edges, graph.edges);
  assert.deepEqual(filtered(graph, { text: "a", type: "AWS::SNS::Topic" }).edges, []);
});

test("types are counted in the order of their names", () => {
  assert.deepEqual(types(graph), [
    ["AWS::IAM::Role", 1],
    ["AWS::Lambda::Function", 1],
    ["AWS::SNS::Topic", 2],
  ]);
});

test("relatives are what is needed and what needs it, but not what shares a need", () => {
  const more = { ...graph, edges: [...graph.edges, edge("Alone", "Role")] };
  assert.deepEqual([...relatives(more, "Function")].sort(), ["Alarm", "Function", "Role"]);
});

test("edges between the same two nodes are one line", () => {
  const edges = [
    { from: "a", to: "b", label: "Role", written: false },
    { from: "a", to: "c", label: "", written: false },
    { from: "a", to: "b", label: "Policies", written: true },
    { from: "a", to: "b", label: "Role", written: true },
  ];
  assert.deepEqual(merged(edges), [
    { from: "a", to: "b", label: "Role, Policies", written: true },
    { from: "a", to: "c", label: "", written: false },
  ]);
});
