// The item in the status bar: the server's state; a click opens a menu.

import * as vscode from "vscode";

import type { Condition, Server } from "./server.ts";

/** Shows the item as long as the window lives. */
export function statusBar(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("cloudc.status", vscode.StatusBarAlignment.Left, 0);
  item.name = "cloudc";
  item.command = "cloudc.showMenu";
  const show = (condition: Condition) => {
    const { icon, text, severity } = look(condition);
    item.text = `$(${icon}) cloudc`;
    item.tooltip = tooltip(condition, text);
    item.accessibilityInformation = { label: `cloudc: ${text}`, role: "button" };
    item.backgroundColor = severity ? new vscode.ThemeColor(`statusBarItem.${severity}Background`) : undefined;
  };
  show(server.condition);
  item.show();
  return vscode.Disposable.from(item, server.onChanged(show));
}

/** The icon, text and severity for a condition. */
function look(condition: Condition): { icon: string; text: string; severity?: "error" | "warning" } {
  switch (condition.state) {
    case "starting":
      return { icon: "sync~spin", text: "starting" };
    case "stopped":
      return { icon: "circle-slash", text: "stopped", severity: "warning" };
    case "missing":
      return { icon: "error", text: condition.why, severity: "error" };
    case "running":
      switch (condition.status.state) {
        case "ready":
          return { icon: "cloud", text: condition.status.message ?? "ready" };
        case "busy":
          return { icon: "sync~spin", text: condition.status.message ?? "working" };
        case "error":
          return { icon: "error", text: condition.status.message ?? "something went wrong", severity: "error" };
      }
  }
}

function tooltip(condition: Condition, text: string): vscode.MarkdownString {
  const tip = new vscode.MarkdownString("", true);
  tip.appendMarkdown("**cloudc** — ").appendText(text);
  if (condition.state === "running") {
    tip.appendMarkdown("\n\n").appendText(`${condition.binary.version}, ${condition.binary.path}`);
  }
  tip.isTrusted = { enabledCommands: ["cloudc.restartServer", "cloudc.showLogs"] };
  tip.appendMarkdown("\n\n[Restart](command:cloudc.restartServer) · [Logs](command:cloudc.showLogs)");
  return tip;
}

/** The menu behind the item. */
export async function showMenu(server: Server): Promise<void> {
  const isCloud = vscode.window.activeTextEditor?.document.languageId === "cloud";
  const entry = (command: string, icon: string, label: string, description = "") => ({ command, label: `$(${icon}) ${label}`, description });
  const { text } = look(server.condition);
  const entries = [
    ...(isCloud
      ? [
          entry("cloudc.previewTemplate", "open-preview", "Preview template"),
          entry("cloudc.showGraph", "type-hierarchy", "Show resource graph"),
          entry("cloudc.buildStack", "package", "Build this stack"),
        ]
      : []),
    entry("cloudc.checkWorkspace", "checklist", "Check the whole workspace"),
    entry("cloudc.downloadSchemas", "cloud-download", "Sync CloudFormation schemas"),
    entry("cloudc.restartServer", "refresh", "Restart language server"),
    entry("cloudc.showLogs", "output", "Show logs"),
    entry("cloudc.openSettings", "gear", "Settings"),
    entry("cloudc.openWalkthrough", "book", "Get started"),
  ];
  const binary = server.binary;
  const title = binary ? `cloudc ${binary.version}: ${text}` : `cloudc: ${text}`;
  const chosen = await vscode.window.showQuickPick(entries, { title, placeHolder: binary?.path ?? "no server" });
  if (chosen) await vscode.commands.executeCommand(chosen.command);
}
