// What package.json promises is there: files, commands, settings; and the language configuration does what it says.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { extension } from "./support/sources.ts";

interface Property {
  default: unknown;
  markdownDescription?: string;
}

const manifest = JSON.parse(readFileSync(join(extension, "package.json"), "utf8"));
const contributes = manifest.contributes;
const settings: Record<string, Property> = Object.assign({}, ...contributes.configuration.map((section: { properties: object }) => section.properties));

/** The settings that the server knows, with their defaults. */
const SERVER: Record<string, unknown> = {
  "server.path": null,
  "server.args": [],
  "trace.server": "off",
  "inlayHints.types": true,
  "inlayHints.parameterNames": true,
  "inlayHints.values": true,
  "codeLens.references": true,
  "codeLens.tests": true,
  "completion.snippets": true,
  "completion.autoImport": true,
  "diagnostics.unused": true,
  environment: null,
  region: null,
  "format.onType": true,
  checkCloudFormation: false,
};

test("the settings are those of the server, with its defaults, and all are documented", () => {
  for (const [name, value] of Object.entries(SERVER)) assert.deepEqual(settings[`cloudc.${name}`]?.default, value, name);
  for (const [name, { markdownDescription }] of Object.entries(settings)) {
    assert.ok((markdownDescription ?? "").endsWith(".") || (markdownDescription ?? "").endsWith(")."), name);
  }
});

test("every command is implemented, and every use names one", () => {
  const source = readFileSync(join(extension, "src/commands.ts"), "utf8");
  const commands: string[] = contributes.commands.map((it: { command: string }) => it.command);
  for (const command of commands) assert.match(source, new RegExp(`^    ${command.replace("cloudc.", "")}\\b[:,]`, "m"), command);
  const text = JSON.stringify(contributes.walkthroughs) + readFileSync(join(extension, "src/statusBar.ts"), "utf8");
  for (const [, used = ""] of text.matchAll(/(?:command:|")(cloudc\.[a-z][A-Za-z]+)/g)) {
    if (!["cloudc.running", "cloudc.status"].includes(used)) assert.ok(commands.includes(used), used);
  }
  for (const { command } of [...Object.values(contributes.menus).flat(), ...contributes.keybindings] as { command: string }[]) {
    assert.ok(commands.includes(command), command);
  }
});

test("no command's name is one the server registers itself", () => {
  const commands: string[] = contributes.commands.map((it: { command: string }) => it.command);
  for (const name of ["cloudc.build", "cloudc.check", "cloudc.syncSchemas"]) assert.ok(!commands.includes(name), name);
});

test("every file that is named is there", () => {
  const named = [...JSON.stringify(manifest).matchAll(/"(?:\.\/)?((?:icons|syntaxes|snippets|walkthrough)\/[\w.-]+|language-configuration\.json)"/g)];
  assert.ok(named.length >= 10);
  for (const [, path = ""] of named) assert.ok(existsSync(join(extension, path)), path);
});

const configuration = JSON.parse(readFileSync(join(extension, "language-configuration.json"), "utf8"));

test("words are names, types and numbers", () => {
  const words = [...'AWS::S3::Bucket bucket.Arn @retain 10.0.0.0/16 30s "a-b" _x'.matchAll(new RegExp(configuration.wordPattern.pattern, "g"))].map(([word]) => word);
  assert.deepEqual(words, ["AWS::S3::Bucket", "bucket", "Arn", "@retain", "10.0.0.0/16", "30s", "a", "b", "_x"]);
});

test("lines that open something indent what follows, others do not", () => {
  const opens = new RegExp(configuration.indentationRules.increaseIndentPattern);
  const indents = ["resource a: T {", "  Tags: [ // all", "let x = a ??", "let x =", "f("];
  const stays = ["let x = 1", "// a {", "a: b", "  a == b,", "}"];
  assert.deepEqual([...indents, ...stays].map((line) => opens.test(line)), [true, true, true, true, true, false, false, false, false, false]);
});

test("a new line in documentation is documentation", () => {
  const continued = (line: string) => configuration.onEnterRules.find((rule: { beforeText: { pattern: string }; afterText?: unknown }) => !rule.afterText && new RegExp(rule.beforeText.pattern).test(line))?.action.appendText;
  assert.deepEqual([continued("  /// What it is."), continued("/// "), continued("// plain"), continued("let a = 1")], ["/// ", undefined, undefined, undefined]);
});

test("regions fold", () => {
  const { start, end } = configuration.folding.markers;
  assert.deepEqual([new RegExp(start).test("  // #region network"), new RegExp(start).test("// region x"), new RegExp(end).test("// #endregion")], [true, true, true]);
});
