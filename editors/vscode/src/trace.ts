// The log of the traffic with the server, which the setting `cloudc.trace.server` turns on.
//
// The client's library writes traffic only to a channel whose log level is "trace". People look for the setting, so
// the channel that the library is given claims the level that the setting asks for.

import * as vscode from "vscode";

import { SECTION } from "./settings.ts";

/** A channel for the library, which shows what it traces; and what is to be disposed of. */
export function traceChannel(): { channel: vscode.LogOutputChannel; disposable: vscode.Disposable } {
  const real = vscode.window.createOutputChannel("cloudc traffic", { log: true });
  const changed = new vscode.EventEmitter<vscode.LogLevel>();
  const listener = vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${SECTION}.trace`)) changed.fire(level());
  });
  const channel = new Proxy(real, {
    get(target, key) {
      switch (key) {
        case "logLevel":
          return level();
        case "onDidChangeLogLevel":
          return changed.event;
        case "trace":
          return (message: string) => target.info(message);
        default: {
          const value: unknown = Reflect.get(target, key);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        }
      }
    },
  });
  return { channel, disposable: vscode.Disposable.from(real, changed, listener) };
}

function level(): vscode.LogLevel {
  const wanted = vscode.workspace.getConfiguration(SECTION).get<string>("trace.server") ?? "off";
  return wanted === "off" ? vscode.LogLevel.Off : vscode.LogLevel.Trace;
}
