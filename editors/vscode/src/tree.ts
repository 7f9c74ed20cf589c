// The syntax tree of a program, or of what is selected in it, as a read-only document that follows typing.

import * as vscode from "vscode";

import { syntaxTree } from "./protocol.ts";
import type { Server } from "./server.ts";

const SCHEME = "cloudc-tree";
const REST = 300;

export class TreeView implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly server: Server) {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === "cloud") this.#later();
      }),
    );
  }

  /** Opens the tree beside the editor: of the selection if there is one, else of the whole file. */
  async show(editor: vscode.TextEditor): Promise<void> {
    const { document, selection } = editor;
    const lines = selection.isEmpty ? "" : `${selection.start.line}:${selection.start.character}-${selection.end.line}:${selection.end.character}`;
    const name = `${document.uri.path.split("/").pop() ?? "program"}${lines && ` ${lines}`}.tree`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: document.uri.toString(), fragment: lines });
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const numbers = uri.fragment.split(/[:-]/).map(Number);
    const [line = 0, character = 0, endLine = 0, endCharacter = 0] = numbers;
    const range = { start: { line, character }, end: { line: endLine, character: endCharacter } };
    const params = { textDocument: { uri: uri.query }, ...(uri.fragment === "" ? {} : { range }) };
    return (await this.server.ask(syntaxTree, params, token))?.text ?? "the language server does not run\n";
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) this.#changed.fire(uri);
    }, REST);
  }
}
