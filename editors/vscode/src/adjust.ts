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

/** Makes the name of the command that fetches descriptions, where a hover mentions it, a link. */
export const middleware: Middleware = {
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
