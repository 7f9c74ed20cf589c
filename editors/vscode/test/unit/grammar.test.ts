// The TextMate grammar over every program of the repository: nothing inside a declaration goes without a scope,
// nothing correct is marked as illegal, and no construct leaks past the end of its declaration.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cloudBlocks, cloudFiles, readText, repository } from "./support/sources.ts";
import { tokenize, type Token } from "./support/textmate.ts";

/** Where a token stands, for messages. */
function place(file: string, token: Token): string {
  return `${file}:${token.line + 1}:${token.start + 1} ${JSON.stringify(token.text)} ${token.scopes.join(" ")}`;
}

const programs = [
  ...cloudFiles("examples"),
  ...cloudFiles("stdlib"),
  ...cloudFiles("tests/fixtures/programs"),
  ...cloudFiles("compiler/cli/templates"),
].map((path) => ({ path, text: readText(path) }));

test("the repository has programs to look at", () => {
  assert.ok(programs.length > 20, `${programs.length} programs in ${repository}`);
});

test("every piece of text in the programs has a scope of its own", async () => {
  const bare: string[] = [];
  for (const { path, text } of programs) {
    for (const token of await tokenize(text)) {
      // `meta.` scopes say where a token is, not what it is.
      const own = token.scopes.filter((scope) => scope !== "source.cloud" && !scope.startsWith("meta."));
      if (own.length === 0 && token.text.trim() !== "") {
        bare.push(place(path, token));
      }
    }
  }
  assert.deepEqual(bare.slice(0, 20), []);
});

test("nothing in the programs is marked as illegal", async () => {
  const illegal: string[] = [];
  for (const { path, text } of programs) {
    for (const token of await tokenize(text)) {
      if (token.scopes.some((scope) => scope.startsWith("invalid."))) {
        illegal.push(place(path, token));
      }
    }
  }
  assert.deepEqual(illegal.slice(0, 20), []);
});

test("at the end of a program nothing is left open", async () => {
  const open: string[] = [];
  for (const { path, text } of programs) {
    const last = (await tokenize(`${text}\nlet the_end = 1`)).filter((token) => token.text.trim() !== "").slice(-4);
    const shown = last.map((token) => `${token.text.trim()}: ${token.scopes.join(" ")}`);
    const wanted = [
      "let: source.cloud meta.declaration.value.cloud keyword.declaration.let.cloud",
      "the_end: source.cloud meta.declaration.value.cloud variable.other.definition.cloud",
      "=: source.cloud keyword.operator.assignment.cloud",
      "1: source.cloud constant.numeric.integer.cloud",
    ];
    if (shown.join("\n") !== wanted.join("\n")) {
      open.push(`${path}:\n  ${shown.join("\n  ")}`);
    }
  }
  assert.deepEqual(open, []);
});

test("declarations' keywords in the programs are keywords, and keys of the same name are not", async () => {
  for (const { path, text } of programs) {
    for (const token of await tokenize(text)) {
      const written = /^\s*(?:pub\s+)?(resource|input|param|let|output|component|fn|type|existing|stack)$/.exec(
        (text.split("\n")[token.line] ?? "").slice(0, token.end),
      );
      const next = (text.split("\n")[token.line] ?? "").slice(token.end);
      if (written && /^\s+[A-Za-z_]/.test(next)) {
        assert.ok(
          token.scopes.some((scope) => scope.startsWith("keyword.declaration.") || scope.startsWith("comment.") || scope.startsWith("string.")),
          place(path, token),
        );
      }
    }
  }
});

test("blocks of the language's pages have scopes as well", async () => {
  const bare: string[] = [];
  let blocks = 0;
  for (const { path, text } of cloudBlocks("tests/fixtures/lang")) {
    blocks += 1;
    for (const token of await tokenize(text)) {
      const own = token.scopes.filter((scope) => scope !== "source.cloud" && !scope.startsWith("meta."));
      if (own.length === 0 && token.text.trim() !== "") {
        bare.push(place(path, token));
      }
    }
  }
  assert.ok(blocks > 50, `${blocks} blocks`);
  assert.deepEqual(bare.slice(0, 20), []);
});

test("fenced blocks in Markdown are programs, and end where their fence ends", async () => {
  const page = '```cloud title="x"\nlet a = 1\n```\nlet b\n~~~ cloud {.example}\nlet c = "unclosed\n~~~\nlet d\n```clouds\nlet e\n```';
  const tokens = await tokenize(page, "text.html.markdown");
  const keywords = tokens.filter((token) => token.scopes.includes("keyword.declaration.let.cloud"));
  assert.deepEqual(keywords.map((token) => token.line), [1, 5]);
});
