// Where what the server says for all editors is fitted to this one.

import * as vscode from "vscode";
import type { Middleware, ProvideCompletionItemsSignature, StaticFeature } from "vscode-languageclient/node";

/**
 * Leaves the colours of keywords to the grammar, which tells declarations, control flow and constants apart. Semantic
 * tokens of a type that no theme knows keep the colour they had.
 */
export const keywordsByGrammar: StaticFeature = {
  fillClientCapabilities: () => undefined,
  preInitialize(capabilities) {
    const types = capabilities.semanticTokensProvider?.legend.tokenTypes;
    const keyword = types?.indexOf("keyword") ?? -1;
    if (types && keyword >= 0) types[keyword] = "cloudKeyword";
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** The commands that a hover may offer. */
export const HOVER_COMMANDS = ["cloudc.showReferences", "cloudc.previewTemplate", "cloudc.downloadSchemas"];

/**
 * Whether a list would open because a bracket was opened, where the next key is mostly Enter: it would take the first
 * entry instead of beginning a line. An interpolation is not followed by a new line.
 */
function opensBracket({ triggerCharacter }: vscode.CompletionContext, before: string): boolean {
  return (triggerCharacter === "{" || triggerCharacter === "[") && !before.endsWith("${");
}

type Completions = vscode.CompletionItem[] | vscode.CompletionList | null | undefined;

/**
 * Asks for completions, again when an edit made the server give the answer up: the editor asks at a word's first letter
 * only, so that who types on fast enough would see no list for the whole word.
 */
async function complete(
  document: vscode.TextDocument,
  position: vscode.Position,
  context: vscode.CompletionContext,
  token: vscode.CancellationToken,
  next: ProvideCompletionItemsSignature,
): Promise<Completions> {
  let at = position;
  for (let tries = 0; ; tries += 1) {
    const version = document.version;
    const found = await next(document, at, context, token);
    const wasEdited = document.version !== version;
    const cursor = vscode.window.activeTextEditor?.document === document ? vscode.window.activeTextEditor.selection.active : undefined;
    const typedOn = wasEdited && cursor?.line === position.line && cursor.character > position.character;
    if (found || tries === 8 || !typedOn || token.isCancellationRequested) return moved(found, at.character - position.character);
    at = cursor;
  }
}

/** Completions for a cursor that was `columns` further right: the editor adds what was typed since it asked by itself. */
function moved(found: Completions, columns: number): Completions {
  if (columns === 0 || !found) return found;
  const back = ({ start, end }: vscode.Range) => new vscode.Range(start, end.translate(0, -columns));
  for (const item of Array.isArray(found) ? found : found.items) {
    if (item.range instanceof vscode.Range) item.range = back(item.range);
    else if (item.range) item.range = { inserting: back(item.range.inserting), replacing: back(item.range.replacing) };
  }
  return found;
}

export const middleware: Middleware = {
  provideCompletionItem(document, position, context, token, next) {
    const before = document.lineAt(position.line).text.slice(0, position.character);
    return opensBracket(context, before) ? undefined : complete(document, position, context, token, next);
  },

  // The same for actions: after saving, the lamp would have nothing to offer.
  async provideCodeActions(document, range, context, token, next) {
    for (const pause of [20, 100]) {
      const found = await next(document, range, context, token);
      if (found || token.isCancellationRequested) return found;
      await new Promise((done) => setTimeout(done, pause));
    }
    return next(document, range, context, token);
  },

  // Any notification, such as that of saving, may make the server give an answer up. The editor does not ask again for
  // a lens before the next change and shows "no commands" until then.
  async resolveCodeLens(lens, token, next) {
    for (const pause of [20, 100, 500]) {
      try {
        const resolved = await next(lens, token);
        if (resolved?.command || token.isCancellationRequested) return resolved;
      } catch (error) {
        if (token.isCancellationRequested) throw error;
      }
      await new Promise((done) => setTimeout(done, pause));
    }
    return next(lens, token);
  },

  // Where a hover mentions the command that fetches descriptions, its name is a link.
  async provideHover(document, position, token, next) {
    const hover = await next(document, position, token);
    for (const content of hover?.contents ?? []) {
      if (content instanceof vscode.MarkdownString) {
        content.value = content.value.replace("`cloudc: sync schemas`", "[cloudc: Sync CloudFormation Schemas](command:cloudc.downloadSchemas)");
      }
    }
    return hover;
  },
};
