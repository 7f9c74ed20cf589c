// Where what the server says for all editors is fitted to this one.

import * as vscode from "vscode";
import type { Middleware, StaticFeature } from "vscode-languageclient/node";

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

export const middleware: Middleware = {
  provideCompletionItem(document, position, context, token, next) {
    const before = document.lineAt(position.line).text.slice(0, position.character);
    return opensBracket(context, before) ? undefined : next(document, position, context, token);
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
