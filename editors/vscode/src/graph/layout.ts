// A layered drawing of a dependency graph: what is needed stands left of what needs it.
//
// In: nodes and edges by id, in any order. Out: a place for every node and a path for every edge. Always: the
// same graph gives the same drawing; every node is placed, also in a cycle; no two nodes overlap.

export interface Vertex {
  id: string;
  width: number;
  height: number;
}

/** `from` needs `to`. */
export interface Link {
  from: string;
  to: string;
}

/** A vertex in its place: `x` and `y` are its upper left corner. */
export interface Placed extends Vertex {
  x: number;
  y: number;
  layer: number;
}

export interface Drawing {
  width: number;
  height: number;
  nodes: Map<string, Placed>;
  /** An SVG path for each link, in the order of the links; empty for a link of a node to itself or to nothing. */
  paths: string[];
}

/** Space between layers and between nodes of one layer. */
const GAP = { layers: 72, nodes: 18, edge: 10 };
/** How often the layers are reordered; more changes little. */
const SWEEPS = 8;

/** A vertex, or a place where a long edge passes a layer. */
interface Slot {
  id: string;
  height: number;
  before: Slot[];
  after: Slot[];
  y: number;
}

/** Draws. */
export function layout(vertices: readonly Vertex[], links: readonly Link[]): Drawing {
  const known = new Map(vertices.map((vertex) => [vertex.id, vertex]));
  const layerOf = layers(known, links);
  const columns: Slot[][] = [];
  const slots = new Map<string, Slot>();
  for (const { id, height } of vertices) {
    const slot: Slot = { id, height, before: [], after: [], y: 0 };
    slots.set(id, slot);
    (columns[layerOf.get(id) ?? 0] ??= []).push(slot);
  }
  for (let at = 0; at < columns.length; at += 1) columns[at] ??= [];
  const chains = links.map((link) => chain(link, slots, layerOf, columns));
  order(columns);
  place(columns);
  return draw(known, columns, chains, layerOf);
}

/** The layer of every node: one more than the largest of what it needs. Links that close a cycle do not count. */
export function layers(known: ReadonlyMap<string, Vertex>, links: readonly Link[]): Map<string, number> {
  const needs = new Map<string, string[]>();
  for (const { from, to } of links) {
    if (from !== to && known.has(from) && known.has(to)) {
      const list = needs.get(from);
      if (list) list.push(to);
      else needs.set(from, [to]);
    }
  }
  const layer = new Map<string, number>();
  const open = new Set<string>();
  for (const root of known.keys()) {
    // Depth first without recursion: chains may be long.
    const stack = [{ id: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (!top) break;
      if (top.next === 0) {
        if (layer.has(top.id)) {
          stack.pop();
          continue;
        }
        open.add(top.id);
      }
      const need = needs.get(top.id)?.[top.next];
      if (need === undefined) {
        const deepest = (needs.get(top.id) ?? []).map((id) => (open.has(id) ? -1 : (layer.get(id) ?? -1)));
        layer.set(top.id, Math.max(-1, ...deepest) + 1);
        open.delete(top.id);
        stack.pop();
        continue;
      }
      top.next += 1;
      if (!open.has(need) && !layer.has(need)) stack.push({ id: need, next: 0 });
    }
  }
  return layer;
}

/** The slots an edge passes, from what is needed to what needs it; long edges get a slot in every layer between. */
function chain({ from, to }: Link, slots: Map<string, Slot>, layerOf: Map<string, number>, columns: Slot[][]): Slot[] {
  const [start, end] = [slots.get(to), slots.get(from)];
  if (!start || !end || start === end) return [];
  const [first, last] = [layerOf.get(to) ?? 0, layerOf.get(from) ?? 0];
  const passed = [start];
  for (let layer = first + 1; layer < last; layer += 1) {
    const slot: Slot = { id: `${from}\u0000${to}\u0000${layer}`, height: GAP.edge, before: [], after: [], y: 0 };
    columns[layer]?.push(slot);
    passed.push(slot);
  }
  passed.push(end);
  // A link that closes a cycle runs backwards and takes no part in the order.
  if (first < last) {
    passed.forEach((slot, at) => {
      const next = passed[at + 1];
      if (next) {
        slot.after.push(next);
        next.before.push(slot);
      }
    });
  }
  return passed;
}

/** Orders every layer by the middle of its neighbours, forwards and backwards in turn, so that fewer edges cross. */
function order(columns: Slot[][]): void {
  let best = columns.map((column) => [...column]);
  let fewest = crossings(columns);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep += 1) {
    const forwards = sweep % 2 === 0;
    for (const column of forwards ? columns : [...columns].reverse()) {
      const places = placesOf(columns);
      const wish = new Map(column.map((slot, at) => [slot, median((forwards ? slot.before : slot.after).map((it) => places.get(it) ?? 0), at)]));
      column.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
    }
    const now = crossings(columns);
    if (now < fewest) {
      fewest = now;
      best = columns.map((column) => [...column]);
    }
  }
  best.forEach((column, at) => (columns[at] = column));
}

function placesOf(columns: Slot[][]): Map<Slot, number> {
  const places = new Map<Slot, number>();
  for (const column of columns) column.forEach((slot, at) => places.set(slot, at));
  return places;
}

function median(values: number[], otherwise: number): number {
  if (values.length === 0) return otherwise;
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  const [left = 0, right = 0] = [values[middle - 1], values[middle]];
  return values.length % 2 === 1 ? right : (left + right) / 2;
}

/** How many pairs of edges between neighbouring layers cross. */
function crossings(columns: Slot[][]): number {
  const places = placesOf(columns);
  let count = 0;
  for (const column of columns) {
    const ends: number[] = [];
    for (const slot of column) {
      const targets = slot.after.map((it) => places.get(it) ?? 0).sort((a, b) => a - b);
      for (const target of targets) for (const end of ends) if (end > target) count += 1;
      ends.push(...targets);
      if (ends.length > 2000) return count;
    }
  }
  return count;
}

/** Gives every slot its height on the page: near the middle of its neighbours, never on its predecessor. */
function place(columns: Slot[][]): void {
  for (const column of columns) stack(column, column.map(() => 0));
  for (let round = 0; round < 6; round += 1) {
    const forwards = round % 2 === 0;
    for (const column of forwards ? columns : [...columns].reverse()) {
      const wishes = column.map((slot) => {
        const near = forwards ? slot.before : slot.after;
        if (near.length === 0) return slot.y;
        return median(near.map((it) => it.y + it.height / 2), 0) - slot.height / 2;
      });
      stack(column, wishes);
    }
  }
  const top = Math.min(0, ...columns.flat().map((slot) => slot.y));
  for (const slot of columns.flat()) slot.y -= top;
}

/** Puts a layer's slots at the places they wish for, moved apart as far as needed, in their order. */
function stack(column: Slot[], wishes: number[]): void {
  // Blocks of slots that touch move together to the mean of what their members wish.
  const blocks: { sum: number; count: number; height: number; from: number }[] = [];
  column.forEach((slot, at) => {
    let block = { sum: wishes[at] ?? 0, count: 1, height: slot.height + GAP.nodes, from: at };
    for (;;) {
      const above = blocks[blocks.length - 1];
      if (!above || above.sum / above.count + above.height <= block.sum / block.count) break;
      blocks.pop();
      block = { sum: above.sum + block.sum - above.height * block.count, count: above.count + block.count, height: above.height + block.height, from: above.from };
    }
    blocks.push(block);
  });
  blocks.forEach((block, index) => {
    const end = blocks[index + 1]?.from ?? column.length;
    let y = block.sum / block.count;
    for (const slot of column.slice(block.from, end)) {
      slot.y = y;
      y += slot.height + GAP.nodes;
    }
  });
}

function draw(known: ReadonlyMap<string, Vertex>, columns: Slot[][], chains: Slot[][], layerOf: Map<string, number>): Drawing {
  const nodes = new Map<string, Placed>();
  const left: number[] = [];
  const widths: number[] = [];
  let x = 0;
  columns.forEach((column, layer) => {
    left[layer] = x;
    widths[layer] = Math.max(0, ...column.map((slot) => known.get(slot.id)?.width ?? 0));
    x += (widths[layer] ?? 0) + GAP.layers;
  });
  for (const slot of columns.flat()) {
    const vertex = known.get(slot.id);
    const layer = layerOf.get(slot.id) ?? 0;
    if (vertex) nodes.set(vertex.id, { ...vertex, x: left[layer] ?? 0, y: slot.y, layer });
  }
  const columnOf = new Map<Slot, number>();
  columns.forEach((column, layer) => column.forEach((slot) => columnOf.set(slot, layer)));
  const paths = chains.map((passed) => path(passed, nodes, columnOf, left, widths));
  const height = Math.max(0, ...columns.flat().map((slot) => slot.y + slot.height));
  return { width: Math.max(0, x - GAP.layers), height, nodes, paths };
}

/** A smooth line through the slots, from the right edge of what is needed to the left edge of what needs it. */
function path(passed: Slot[], nodes: Map<string, Placed>, columnOf: Map<Slot, number>, left: number[], widths: number[]): string {
  const [first, last] = [passed[0], passed[passed.length - 1]];
  const [start, end] = [first && nodes.get(first.id), last && nodes.get(last.id)];
  if (!start || !end) return "";
  const points: [number, number][] = [[start.x + start.width, start.y + start.height / 2]];
  for (const slot of passed.slice(1, -1)) {
    const layer = columnOf.get(slot) ?? 0;
    const y = slot.y + slot.height / 2;
    points.push([left[layer] ?? 0, y], [(left[layer] ?? 0) + (widths[layer] ?? 0), y]);
  }
  points.push([end.x, end.y + end.height / 2]);
  let drawn = `M${round(points[0]?.[0])} ${round(points[0]?.[1])}`;
  for (let at = 1; at < points.length; at += 1) {
    const [[fromX, fromY], [toX, toY]] = [points[at - 1] ?? [0, 0], points[at] ?? [0, 0]];
    const bend = Math.max(24, Math.abs(toX - fromX) / 2);
    drawn += ` C${round(fromX + bend)} ${round(fromY)} ${round(toX - bend)} ${round(toY)} ${round(toX)} ${round(toY)}`;
  }
  return drawn;
}

function round(value = 0): number {
  return Math.round(value * 10) / 10;
}
