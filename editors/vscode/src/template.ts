// The template preview: what the program at hand becomes, beside it, while it is typed; both follow each
// other's cursor through the source map that comes with the template.

import * as vscode from "vscode";

import { nearest, type Span } from "./places.ts";
import { showTemplate, type Template, type TemplateEntry } from "./protocol.ts";
import type { Server } from "./server.ts";
import { previewFollows, previewFormat } from "./settings.ts";

const SCHEME = "cloudc-template";
/** How long typing has to rest before the template is made anew, in milliseconds. */
const REST = 150;

/** The preview of one program. */
interface Preview {
  /** The program. */
  source: vscode.Uri;
  template: Template | undefined;
  /** What stands in the preview when there is no template. */
  failure: string | undefined;
  /** Counts requests, so that a late answer does not replace a newer one. */
  asked: number;
  timer: NodeJS.Timeout | undefined;
}

export class TemplatePreview implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  /** By the URI of the preview. */
  readonly #previews = new Map<string, Preview>();
  readonly #subscriptions: vscode.Disposable;
  readonly #mark = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
    isWholeLine: true,
    overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.rangeHighlightForeground"),
  });
  readonly #stale = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    after: { color: new vscode.ThemeColor("editorWarning.foreground"), fontStyle: "italic", margin: "0 0 0 2em" },
  });

  readonly #faded = vscode.window.createTextEditorDecorationType({ opacity: "0.55" });

  constructor(private readonly server: Server) {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      // A change in any program may change the template of another that imports it.
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === "cloud") this.#refreshAll();
        else if (document.uri.scheme === SCHEME) this.#redraw(document.uri);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#close(uri)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("cloudc")) this.#refreshAll();
      }),
      vscode.window.onDidChangeTextEditorSelection((change) => this.#follow(change)),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const { document } of editors) if (document.uri.scheme === SCHEME) this.#redraw(document.uri);
      }),
      server.onChanged(({ state }) => {
        if (state === "running") this.#refreshAll();
      }),
    );
  }

  /** Opens the preview of a program in the column beside it. */
  async show(source: vscode.Uri): Promise<void> {
    const preview: Preview = { source, template: undefined, failure: undefined, asked: 0, timer: undefined };
    await this.#ask(preview);
    const format = preview.template?.languageId ?? previewFormat();
    const uri = previewUri(source, format);
    const known = this.#previews.get(uri.toString());
    if (known) Object.assign(known, { template: preview.template, failure: preview.failure });
    else this.#previews.set(uri.toString(), preview);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, format);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
    const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.Beside;
    await vscode.window.showTextDocument(document, { viewColumn, preserveFocus: true, preview: false });
    this.#redraw(uri);
    const editor = vscode.window.visibleTextEditors.find((it) => it.document.uri.toString() === source.toString());
    if (editor) this.#toTemplate(editor);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const preview = this.#previews.get(uri.toString());
    if (preview?.template && preview.template.text !== "") return preview.template.text;
    const problem = preview?.template?.problem ?? preview?.failure ?? "the language server does not run";
    return uri.path.endsWith(".json") ? `${JSON.stringify({ "no template yet": problem }, undefined, 2)}\n` : `# No template yet: ${problem}\n`;
  }

  dispose(): void {
    for (const { timer } of this.#previews.values()) clearTimeout(timer);
    this.#subscriptions.dispose();
    this.#changed.dispose();
    this.#mark.dispose();
    this.#stale.dispose();
    this.#faded.dispose();
  }

  #close(uri: vscode.Uri): void {
    clearTimeout(this.#previews.get(uri.toString())?.timer);
    this.#previews.delete(uri.toString());
  }

  #refreshAll(): void {
    for (const [uri, preview] of this.#previews) {
      clearTimeout(preview.timer);
      preview.timer = setTimeout(() => void this.#refresh(uri, preview), REST);
    }
  }

  async #refresh(uri: string, preview: Preview): Promise<void> {
    if (await this.#ask(preview)) this.#changed.fire(vscode.Uri.parse(uri));
    this.#redraw(vscode.Uri.parse(uri));
  }

  /** Asks for the template; says whether its text is another now. */
  async #ask(preview: Preview): Promise<boolean> {
    const number = (preview.asked += 1);
    const before = preview.template?.text;
    try {
      const template = await this.server.ask(showTemplate, { textDocument: { uri: preview.source.toString() }, format: previewFormat() });
      if (number !== preview.asked) return false;
      preview.failure = template === null ? "this file has no stack" : undefined;
      preview.template = template ? newest(preview.template, template) : undefined;
    } catch (error) {
      if (number !== preview.asked) return false;
      preview.failure = error instanceof Error ? error.message : String(error);
    }
    return preview.template === undefined || preview.template.text === "" || preview.template.text !== before;
  }

  /** Fades what is shown when it is not what the program is now, and says so in its first line and on hover. */
  #redraw(uri: vscode.Uri): void {
    const preview = this.#previews.get(uri.toString());
    const problem = preview?.template?.text ? (preview.template.problem ?? preview.failure) : undefined;
    const note = `last good template: ${problem ?? ""}`;
    const first = { range: new vscode.Range(0, 0, 0, 0), renderOptions: { after: { contentText: note } } };
    for (const editor of editorsOf(uri)) {
      const all = { range: new vscode.Range(0, 0, editor.document.lineCount, 0), hoverMessage: note };
      editor.setDecorations(this.#stale, problem ? [first] : []);
      editor.setDecorations(this.#faded, problem ? [all] : []);
    }
  }

  #follow(change: vscode.TextEditorSelectionChangeEvent): void {
    // Only what a person did moves the other side, so the two never chase each other.
    if (change.kind === undefined || !previewFollows()) return;
    const editor = change.textEditor;
    if (editor.document.uri.scheme === SCHEME) this.#toSource(editor);
    else if (editor.document.languageId === "cloud") this.#toTemplate(editor);
  }

  /** Shows in the previews what the cursor's place in a program becomes. */
  #toTemplate(editor: vscode.TextEditor): void {
    const uri = editor.document.uri.toString();
    for (const [key, { template }] of this.#previews) {
      const spanOf = (entry: TemplateEntry): Span | undefined => (sameUri(entry.uri, uri) ? entry.source : undefined);
      const entry = template && nearest(template.entries, spanOf, editor.selection.active);
      for (const shown of editorsOf(vscode.Uri.parse(key))) this.#point(shown, entry?.template);
    }
  }

  /** Shows in the program where the cursor's place in a preview comes from. */
  #toSource(editor: vscode.TextEditor): void {
    const template = this.#previews.get(editor.document.uri.toString())?.template;
    const entry = template && nearest(template.entries, (it) => it.template, editor.selection.active);
    this.#point(editor, undefined);
    if (!entry) return;
    for (const shown of editorsOf(vscode.Uri.parse(entry.uri))) {
      this.#point(shown, entry.source);
      setTimeout(() => shown.setDecorations(this.#mark, []), 2000);
    }
  }

  /** Marks a span and scrolls to it. */
  #point(editor: vscode.TextEditor, span: Span | undefined): void {
    if (!span) {
      editor.setDecorations(this.#mark, []);
      return;
    }
    const range = new vscode.Range(span.start.line, span.start.character, span.end.line, span.end.character);
    editor.setDecorations(this.#mark, [range]);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

/** The newer template; while there is a problem, the older one with its places. */
function newest(older: Template | undefined, newer: Template): Template {
  const stays = newer.problem !== null && older !== undefined && older.text !== "" && (newer.text === "" || newer.text === older.text);
  return stays ? { ...older, problem: newer.problem } : newer;
}

/** `cloudc-template:/photos.template.yaml?file:///…/photos.cloud`. */
function previewUri(source: vscode.Uri, format: string): vscode.Uri {
  const name = (source.path.split("/").pop() ?? "stack").replace(/\.cloud$/, "");
  return vscode.Uri.from({ scheme: SCHEME, path: `/${name}.template.${format}`, query: source.toString() });
}

function editorsOf(uri: vscode.Uri): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => sameUri(editor.document.uri.toString(), uri.toString()));
}

/** Whether two URIs are one, however their characters are escaped. */
function sameUri(a: string, b: string): boolean {
  return a === b || vscode.Uri.parse(a).toString() === vscode.Uri.parse(b).toString();
}
