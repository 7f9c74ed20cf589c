// The requests and notifications that `cloudc lsp` knows beside those of the Language Server Protocol.

import { NotificationType, RequestType, type Range } from "vscode-languageclient/node";

/** A document by its URI. */
export interface DocumentParams {
  textDocument: { uri: string };
}

/** How a template is written. */
export type TemplateFormat = "yaml" | "json";

/** One part of a template and where in the sources it was written. */
export interface TemplateEntry {
  id: string;
  template: Range;
  uri: string;
  source: Range;
}

/** The template of a stack. With errors in the program, `text` is the last good one or empty, and `problem` says why. */
export interface Template {
  stack: string;
  languageId: TemplateFormat;
  text: string;
  entries: TemplateEntry[];
  problem: string | null;
}

export const showTemplate = new RequestType<DocumentParams & { format?: TemplateFormat }, Template, void>("cloud/showTemplate");

/** A resource of a stack. */
export interface GraphNode {
  id: string;
  type: string;
  uri: string;
  range: Range;
  conditional: boolean;
}

/** `from` needs `to`; `written` says whether the program says so by `@depends_on`. */
export interface GraphEdge {
  from: string;
  to: string;
  label: string;
  written: boolean;
}

export interface Graph {
  stack: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export const graph = new RequestType<DocumentParams, Graph, void>("cloud/graph");

export const syntaxTree = new RequestType<DocumentParams & { range?: Range }, { text: string }, void>("cloud/syntaxTree");

/** The text of a read-only source, such as `cloud-std:/std/network.cloud`. */
export const source = new RequestType<{ uri: string }, { text: string }, void>("cloud/source");

/** What the server is doing. */
export interface ServerStatus {
  state: "ready" | "busy" | "error";
  message?: string;
}

export const status = new NotificationType<ServerStatus>("cloud/status");
