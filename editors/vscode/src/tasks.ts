// `cloudc check` and `cloudc build` as tasks, for those who run them by key or before something else.

import * as vscode from "vscode";

import type { Server } from "./server.ts";

const TYPE = "cloudc";

interface Definition extends vscode.TaskDefinition {
  command: "build" | "check";
  path?: string;
}

/** Offers the tasks. */
export function tasks(server: Server): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TYPE, {
    provideTasks: () => (["check", "build"] as const).map((command) => make(server, { type: TYPE, command }, vscode.TaskScope.Workspace)),
    resolveTask: (task) => make(server, task.definition as Definition, task.scope ?? vscode.TaskScope.Workspace),
  });
}

function make(server: Server, definition: Definition, scope: vscode.TaskScope | vscode.WorkspaceFolder): vscode.Task {
  const program = server.binary?.path ?? "cloudc";
  const args = [definition.command, "--color", "never", ...(definition.path ? [definition.path] : [])];
  const name = definition.path ? `${definition.command} ${definition.path}` : definition.command;
  const task = new vscode.Task(definition, scope, name, TYPE, new vscode.ProcessExecution(program, args), "$cloudc");
  if (definition.command === "build") task.group = vscode.TaskGroup.Build;
  return task;
}
