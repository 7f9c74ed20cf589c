// The graph's panel: asks the server, hands the answer to the page, opens what is clicked.

import { randomBytes } from "node:crypto";

import * as vscode from "vscode";

import { narrowest } from "../places.ts";
import { graph, type Graph } from "../protocol.ts";
import type { Server } from "../server.ts";
import type { FromPage, ToPage } from "./messages.ts";

/** How long typing has to rest before the graph is drawn anew, in milliseconds. */
const REST = 300;

export class GraphPanels implements vscode.Disposable {
  /** One panel a program. */
  readonly #panels = new Map<string, GraphPanel>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
  ) {}

  /** Shows the graph of a program, beside it. */
  show(source: vscode.Uri): void {
    const key = source.toString();
    const open = this.#panels.get(key);
    if (open) {
      open.reveal();
      return;
    }
    const panel = new GraphPanel(this.context, this.server, source, () => this.#panels.delete(key));
    this.#panels.set(key, panel);
  }

  dispose(): void {
    for (const panel of [...this.#panels.values()]) panel.dispose();
  }
}

class GraphPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #subscriptions: vscode.Disposable;
  #graph: Graph | undefined;
  #timer: NodeJS.Timeout | undefined;
  #asked = 0;

  constructor(
    context: vscode.ExtensionContext,
    private readonly server: Server,
    private readonly source: vscode.Uri,
    private readonly closed: () => void,
  ) {
    const name = (source.path.split("/").pop() ?? "stack").replace(/\.cloud$/, "");
    const resources = vscode.Uri.joinPath(context.extensionUri, "out", "graph");
    this.#panel = vscode.window.createWebviewPanel(
      "cloudc.graph",
      `Graph: ${name}`,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [resources], retainContextWhenHidden: true },
    );
    const icon = (theme: string) => vscode.Uri.joinPath(context.extensionUri, "icons", `file-${theme}.svg`);
    this.#panel.iconPath = { light: icon("light"), dark: icon("dark") };
    this.#subscriptions = vscode.Disposable.from(
      this.#panel.onDidDispose(() => this.#end()),
      this.#panel.webview.onDidReceiveMessage((message: FromPage) => this.#hear(message)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === "cloud") this.#later();
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#select(textEditor)),
      server.onChanged(({ state }) => {
        if (state === "running") this.#later();
      }),
    );
    this.#panel.webview.html = page(this.#panel.webview, resources);
  }

  reveal(): void {
    this.#panel.reveal(undefined, true);
    void this.#refresh();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
    this.closed();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), REST);
  }

  async #refresh(): Promise<void> {
    const number = (this.#asked += 1);
    try {
      const answer = await this.server.ask(graph, { textDocument: { uri: this.source.toString() } });
      if (number !== this.#asked) return;
      if (answer) {
        this.#graph = answer;
        this.#tell({ kind: "graph", graph: answer });
      } else {
        const text = answer === null ? "this program has no stack, or its resources cannot be put in order" : "the language server does not run";
        this.#tell({ kind: "problem", text });
      }
    } catch (error) {
      // The last graph stays; the page says that it is not the newest.
      if (number === this.#asked) this.#tell({ kind: "problem", text: error instanceof Error ? error.message : String(error) });
    }
  }

  #tell(message: ToPage): void {
    void this.#panel.webview.postMessage(message);
  }

  #hear(message: FromPage): void {
    if (message.kind === "ready") void this.#refresh();
    else void this.#open(message.id);
  }

  /** Opens where a resource is declared, in the program's own column if it is open. */
  async #open(id: string): Promise<void> {
    const node = this.#graph?.nodes.find((it) => it.id === id);
    if (!node) return;
    const uri = vscode.Uri.parse(node.uri);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
    const { start } = node.range;
    const selection = new vscode.Range(start.line, start.character, start.line, start.character);
    await vscode.window.showTextDocument(uri, { viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One, selection });
  }

  /** Marks the resource that the cursor is in. */
  #select(editor: vscode.TextEditor): void {
    if (editor.document.languageId !== "cloud" || !this.#graph) return;
    const uri = editor.document.uri.toString();
    const node = narrowest(this.#graph.nodes, (it) => (vscode.Uri.parse(it.uri).toString() === uri ? it.range : undefined), editor.selection.active);
    this.#tell({ kind: "select", id: node?.id });
  }
}

/** The page: nothing from the network, only this extension's script and style. */
function page(webview: vscode.Webview, resources: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(resources, name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'">
<link rel="stylesheet" href="${file("view.css")}">
<title>Resource graph</title>
</head>
<body>
<header>
<input id="search" type="search" placeholder="Filter by name or type" aria-label="Filter by name or type">
<select id="type" aria-label="Show only this type"></select>
<span id="count" role="status"></span>
<span class="buttons">
<button id="smaller" title="Smaller" aria-label="Smaller">−</button>
<button id="fit" title="Show all" aria-label="Show all">⤢</button>
<button id="larger" title="Larger" aria-label="Larger">+</button>
</span>
</header>
<p id="problem" role="alert" hidden></p>
<main id="canvas"></main>
<script nonce="${nonce}" src="${file("view.js")}"></script>
</body>
</html>`;
}
