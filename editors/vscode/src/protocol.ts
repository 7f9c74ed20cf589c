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

/** Null when the document has no stack. */
export const showTemplate = new RequestType<DocumentParams & { format?: TemplateFormat }, Template | null, void>("cloud/showTemplate");

/** A resource of a stack. */
export interface GraphNode {
  id: string;
  type: string;
  uri: string;
  range: Range;
  conditional: boolean;
}

/** `from` needs `to`; `label` is the property that names it, or why it is needed; `written` is false where cloudc added it. */
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

/** Null when the document has no stack that could be put in order. */
export const graph = new RequestType<DocumentParams, Graph | null, void>("cloud/graph");

export const syntaxTree = new RequestType<DocumentParams & { range?: Range }, { text: string }, void>("cloud/syntaxTree");

/** The text of a read-only source, such as `cloud-std:/std/network.cloud`. */
export const source = new RequestType<{ uri: string }, { text: string }, void>("cloud/source");

/** What the server is doing. */
export interface ServerStatus {
  state: "ready" | "busy" | "error";
  message?: string;
}

export const status = new NotificationType<ServerStatus>("cloud/status");

/** What is wrong in the whole workspace: the answer of `cloudc.check`. */
export interface Counts {
  files: number;
  errors: number;
  warnings: number;
}

/** What the command line said: the answer of `cloudc.build` and `cloudc.syncSchemas`. */
export interface Said {
  output: string;
}
