// The graph's page: draws what the extension sends, tells it what is clicked.

import type { Graph, GraphNode } from "../protocol.ts";
import { filtered, merged, relatives, types } from "./filter.ts";
import { layout, type Drawing } from "./layout.ts";
import type { FromPage, ToPage } from "./messages.ts";

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const SVG = "http://www.w3.org/2000/svg";
const NODE = { height: 44, padding: 14, least: 110, most: 320 };
const MARGIN = 24;

const host = acquireVsCodeApi();
const canvas = element("canvas", HTMLElement);
const search = element("search", HTMLInputElement);
const typeChoice = element("type", HTMLSelectElement);
const count = element("count", HTMLElement);
const problem = element("problem", HTMLElement);

let graph: Graph | undefined;
let drawing: Drawing | undefined;
let selected: string | undefined;
let svg: SVGSVGElement | undefined;
/** What of the drawing is seen, in its own units. */
let view = { x: 0, y: 0, scale: 1 };

function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`no #${id}`);
  return found;
}

function make<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  problem.hidden = data.kind !== "problem" && problem.hidden;
  switch (data.kind) {
    case "graph": {
      const first = graph === undefined;
      graph = data.graph;
      problem.hidden = true;
      fillTypes();
      draw(first);
      break;
    }
    case "problem":
      problem.textContent = graph ? `The last graph that could be drawn: ${data.text}` : `No graph: ${data.text}`;
      problem.hidden = false;
      break;
    case "select":
      select(data.id);
      break;
  }
});

/** Fills the list of types, keeping the choice. */
function fillTypes(): void {
  if (!graph) return;
  const chosen = typeChoice.value;
  const all = document.createElement("option");
  all.value = "";
  all.textContent = "All types";
  const options = types(graph).map(([type, number]) => {
    const option = document.createElement("option");
    option.value = type;
    option.textContent = `${type} (${number})`;
    return option;
  });
  typeChoice.replaceChildren(all, ...options);
  typeChoice.value = options.some((option) => option.value === chosen) ? chosen : "";
}

const measure = document.createElement("canvas").getContext("2d");

/** How wide a node's name or type is drawn. */
function textWidth(text: string, kind: "name" | "type"): number {
  if (!measure) return text.length * 8;
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  const size = parseFloat(fontSize);
  measure.font = kind === "name" ? `600 ${size}px ${fontFamily}` : `${size * 0.85}px ${fontFamily}`;
  return measure.measureText(text).width;
}

function widthOf(node: GraphNode): number {
  const text = Math.max(textWidth(node.id, "name"), textWidth(node.type, "type"));
  return Math.ceil(Math.min(NODE.most, Math.max(NODE.least, text + NODE.padding * 2)));
}

/** Draws what the filter lets through. */
function draw(fit: boolean): void {
  if (!graph) return;
  const shown = filtered(graph, { text: search.value, type: typeChoice.value });
  count.textContent = shown.nodes.length === graph.nodes.length ? `${graph.nodes.length} resources` : `${shown.nodes.length} of ${graph.nodes.length} resources`;
  const links = merged(shown.edges);
  drawing = layout(
    shown.nodes.map((node) => ({ id: node.id, width: widthOf(node), height: NODE.height })),
    links,
  );
  const edges = make("g", { class: "edges" });
  links.forEach((edge, at) => {
    const path = drawing?.paths[at];
    if (!path) return;
    const line = make("path", { d: path, class: edge.written ? "edge" : "edge added", "marker-start": "url(#arrow)" });
    line.dataset["from"] = edge.from;
    line.dataset["to"] = edge.to;
    line.append(make("title", {}, `${edge.from} needs ${edge.to}${edge.label ? `: ${edge.label}` : ""}`));
    edges.append(line);
  });
  const nodes = make("g", { class: "nodes" }, ...shown.nodes.map(nodeElement).filter((it) => it !== undefined));
  const arrow = make("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 1, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" }, make("path", { d: "M0 1 L7 4 L0 7 z" }));
  svg = make("svg", { role: "group", "aria-label": `Resources of ${graph.stack}` }, make("defs", {}, arrow), make("g", { id: "scene" }, edges, nodes));
  canvas.replaceChildren(svg);
  if (fit) fitAll();
  else show();
  select(selected);
}

function nodeElement(node: GraphNode): SVGGElement | undefined {
  const placed = drawing?.nodes.get(node.id);
  if (!placed) return undefined;
  const room = placed.width - NODE.padding * 2 + 1;
  const group = make(
    "g",
    {
      class: node.conditional ? "node conditional" : "node",
      transform: `translate(${placed.x} ${placed.y})`,
      tabindex: 0,
      role: "button",
      "aria-label": `${node.id}, ${node.type}${node.conditional ? ", conditional" : ""}`,
    },
    make("title", {}, `${node.id}\n${node.type}${node.conditional ? "\nexists only under a condition" : ""}`),
    make("rect", { width: placed.width, height: placed.height, rx: 5 }),
    make("text", { x: NODE.padding, y: 18, class: "name" }, shorten(node.id, "name", room)),
    make("text", { x: NODE.padding, y: 34, class: "type" }, shorten(node.type, "type", room)),
  );
  group.dataset["id"] = node.id;
  const open = () => host.postMessage({ kind: "open", id: node.id });
  group.addEventListener("click", open);
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open();
    }
  });
  group.addEventListener("pointerenter", () => emphasize(node.id));
  group.addEventListener("pointerleave", () => emphasize(undefined));
  return group;
}

/** Cuts a text to the room there is for it. */
function shorten(text: string, kind: "name" | "type", room: number): string {
  if (textWidth(text, kind) <= room) return text;
  let length = text.length;
  while (length > 1 && textWidth(`${text.slice(0, length)}…`, kind) > room) length -= 1;
  return `${text.slice(0, length)}…`;
}

/** Fades all but a node and what is connected to it. */
function emphasize(id: string | undefined): void {
  const near = id !== undefined && graph ? relatives(graph, id) : undefined;
  for (const node of canvas.querySelectorAll<SVGGElement>(".node")) {
    node.classList.toggle("faded", near !== undefined && !near.has(node.dataset["id"] ?? ""));
  }
  for (const edge of canvas.querySelectorAll<SVGPathElement>(".edge")) {
    const both = near?.has(edge.dataset["from"] ?? "") && near.has(edge.dataset["to"] ?? "");
    edge.classList.toggle("faded", near !== undefined && !both);
  }
}

/** Marks the resource at the editor's cursor, and moves it into view. */
function select(id: string | undefined): void {
  selected = id;
  for (const node of canvas.querySelectorAll<SVGGElement>(".node")) node.classList.toggle("selected", node.dataset["id"] === id);
  const placed = id === undefined ? undefined : drawing?.nodes.get(id);
  if (!placed || !svg) return;
  const { width, height } = canvas.getBoundingClientRect();
  const [x, y] = [placed.x * view.scale + view.x, placed.y * view.scale + view.y];
  const outside = x < 0 || y < 0 || x + placed.width * view.scale > width || y + placed.height * view.scale > height;
  if (outside) {
    view.x = width / 2 - (placed.x + placed.width / 2) * view.scale;
    view.y = height / 2 - (placed.y + placed.height / 2) * view.scale;
    show();
  }
}

function show(): void {
  document.getElementById("scene")?.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
}

/** Shows the whole drawing. */
function fitAll(): void {
  if (!drawing) return;
  const { width, height } = canvas.getBoundingClientRect();
  const scale = Math.min(1.2, (width - 2 * MARGIN) / Math.max(1, drawing.width), (height - 2 * MARGIN) / Math.max(1, drawing.height));
  view.scale = Math.max(0.05, scale);
  view.x = (width - drawing.width * view.scale) / 2;
  view.y = (height - drawing.height * view.scale) / 2;
  show();
}

/** Zooms about a point of the canvas. */
function zoom(factor: number, x: number, y: number): void {
  const scale = Math.min(4, Math.max(0.05, view.scale * factor));
  view = { scale, x: x - ((x - view.x) * scale) / view.scale, y: y - ((y - view.y) * scale) / view.scale };
  show();
}

function zoomMiddle(factor: number): void {
  const { width, height } = canvas.getBoundingClientRect();
  zoom(factor, width / 2, height / 2);
}

canvas.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const { left, top } = canvas.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
  },
  { passive: false },
);
canvas.addEventListener("pointerdown", (event) => {
  if (event.target instanceof Element && event.target.closest(".node")) return;
  canvas.setPointerCapture(event.pointerId);
  const start = { x: event.clientX - view.x, y: event.clientY - view.y };
  const move = (moved: PointerEvent) => {
    view.x = moved.clientX - start.x;
    view.y = moved.clientY - start.y;
    show();
  };
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", () => canvas.removeEventListener("pointermove", move), { once: true });
});
search.addEventListener("input", () => draw(true));
typeChoice.addEventListener("change", () => draw(true));
element("fit", HTMLButtonElement).addEventListener("click", fitAll);
element("larger", HTMLButtonElement).addEventListener("click", () => zoomMiddle(1.25));
element("smaller", HTMLButtonElement).addEventListener("click", () => zoomMiddle(0.8));

host.postMessage({ kind: "ready" });
