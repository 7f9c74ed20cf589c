// Read-only documents that the server holds: the standard library under `cloud-std:`.

import * as vscode from "vscode";

import { source } from "./protocol.ts";
import type { Server } from "./server.ts";

/** The scheme of the library's files. */
export const LIBRARY = "cloud-std";

/** Opens `cloud-std:` documents with what the server says is in them; a new server may hold another library. */
export function sources(server: Server): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri, token) {
      const answer = await server.ask(source, { uri: uri.toString() }, token);
      if (!answer) throw new Error("the language server does not run");
      return answer.text;
    },
  };
  let before = server.condition.state;
  const refresh = server.onChanged(({ state }) => {
    const started = state === "running" && before !== "running";
    before = state;
    if (!started) return;
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === LIBRARY) changed.fire(uri);
    }
  });
  return vscode.Disposable.from(vscode.workspace.registerTextDocumentContentProvider(LIBRARY, provider), changed, refresh);
}
