// The extension's beginning and end: makes the parts, starts the server.

import * as vscode from "vscode";

import { commands } from "./commands.ts";
import { GraphPanels } from "./graph/panel.ts";
import { Server } from "./server.ts";
import { startsServerAnew } from "./settings.ts";
import { sources } from "./sources.ts";
import { statusBar } from "./statusBar.ts";
import { tasks } from "./tasks.ts";
import { TemplatePreview } from "./template.ts";
import { TreeView } from "./tree.ts";

let running: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const server = new Server(context);
  running = server;
  const preview = new TemplatePreview(server);
  const graphs = new GraphPanels(context, server);
  const trees = new TreeView(server);
  context.subscriptions.push(
    server,
    preview,
    graphs,
    trees,
    sources(server),
    statusBar(server),
    tasks(server),
    commands({ context, server, preview, graphs, trees }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (startsServerAnew(change)) void server.restart();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.restart()),
  );
  // Not awaited: commands and highlighting work while the server starts.
  void server.restart();
}

export function deactivate(): Promise<void> | undefined {
  return running?.stop();
}
