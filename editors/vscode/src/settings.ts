// The settings that the extension itself reads; the others are the server's, which asks for them.

import * as vscode from "vscode";

import type { TemplateFormat } from "./protocol.ts";

/** The section of all settings. */
export const SECTION = "cloudc";

function section(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(SECTION);
}

/** The path of the server that the user chose, with its variables replaced. */
export function serverPath(): string | undefined {
  const path = section().get<string | null>("server.path")?.trim();
  return path ? path : undefined;
}

/** Further arguments of `cloudc lsp`. */
export function serverArguments(): string[] {
  return section().get<string[]>("server.args") ?? [];
}

/** How the template preview is written. */
export function previewFormat(): TemplateFormat {
  return section().get<TemplateFormat>("preview.format") ?? "yaml";
}

/** Whether preview and program follow each other's cursor. */
export function previewFollows(): boolean {
  return section().get<boolean>("preview.followCursor") ?? true;
}

/** Whether the server is told of CloudFormation templates, too. */
export function checksCloudFormation(): boolean {
  return section().get<boolean>("checkCloudFormation") ?? false;
}

/** Whether a change concerns how the server is started. */
export function startsServerAnew(change: vscode.ConfigurationChangeEvent): boolean {
  return ["server", "checkCloudFormation"].some((name) => change.affectsConfiguration(`${SECTION}.${name}`));
}
