// Text in, tokens with TextMate scopes out, by the same library that VS Code uses.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

import { extension } from "./sources.ts";

/** A piece of one line; `line`, `start` and `end` count from zero. */
export interface Token {
  line: number;
  start: number;
  end: number;
  text: string;
  scopes: string[];
}

const grammars = new Map([
  ["source.cloud", "syntaxes/cloud.tmLanguage.json"],
  ["text.html.markdown", "test/grammar/markdown.stub.json"],
  ["markdown.cloud.codeblock", "syntaxes/markdown.tmLanguage.json"],
]);

const engine = oniguruma.loadWASM(readFileSync(createRequire(join(extension, "x.js")).resolve("vscode-oniguruma/release/onig.wasm")).buffer as ArrayBuffer).then(() => ({
  createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
  createOnigString: (text: string) => new oniguruma.OnigString(text),
}));

const registry = new textmate.Registry({
  onigLib: engine,
  getInjections: (scope) => (scope === "text.html.markdown" ? ["markdown.cloud.codeblock"] : []),
  loadGrammar: async (scope) => {
    const path = grammars.get(scope);
    return path === undefined ? null : textmate.parseRawGrammar(readFileSync(join(extension, path), "utf8"), path);
  },
});

/** Cuts `text` into tokens; `scope` names the grammar. */
export async function tokenize(text: string, scope = "source.cloud"): Promise<Token[]> {
  const grammar = await registry.loadGrammar(scope);
  if (!grammar) throw new Error("the grammar cannot be loaded");
  const tokens: Token[] = [];
  let state = textmate.INITIAL;
  text.split(/\r?\n/).forEach((content, line) => {
    const result = grammar.tokenizeLine(content, state);
    state = result.ruleStack;
    for (const { startIndex, endIndex, scopes } of result.tokens) {
      tokens.push({ line, start: startIndex, end: endIndex, text: content.slice(startIndex, endIndex), scopes });
    }
  });
  return tokens;
}
