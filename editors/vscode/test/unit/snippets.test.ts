// Every snippet, expanded with its defaults, is a program that `cloudc check` has nothing to say about.
//
// The compiler is the one that CLOUDC names.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";

import { extension } from "./support/sources.ts";
import { expand } from "./support/snippet.ts";
import { tokenize } from "./support/textmate.ts";

interface Snippet {
  prefix: string;
  description: string;
  body: string[];
}

const snippets = Object.entries(JSON.parse(readFileSync(join(extension, "snippets/cloud.json"), "utf8")) as Record<string, Snippet>);

/** What stands around a snippet that uses what it does not make, by prefix. */
const SURROUNDINGS: Record<string, string> = {
  output: "resource resource: AWS::SNS::Topic {}",
  outputexport: "resource resource: AWS::SNS::Topic {}",
  importas: "",
  let: 'input stage: "dev" | "prod" = "dev"',
  if: 'input stage: "dev" | "prod" = "dev"',
  assert: "let nodes = 2",
  moved: "resource new_name: AWS::SNS::Topic {}",
  bucket: 'import "std/storage" { Bucket }',
  vpc: 'import "std/network" { Vpc }',
};

/** Names that snippets of resources take for granted. */
const NAMES: Record<string, string> = {
  bucket: "resource bucket: AWS::S3::Bucket {}",
  queue: "resource queue: AWS::SQS::Queue {}",
  topic: "resource topic: AWS::SNS::Topic {}",
  cluster: "resource cluster: AWS::ECS::Cluster {}",
  vpc: 'existing vpc: AWS::EC2::VPC = "vpc-0123456789abcdef0"',
  subnet: 'existing subnet: AWS::EC2::Subnet = "subnet-0123456789abcdef0"',
  other_subnet: 'existing other_subnet: AWS::EC2::Subnet = "subnet-0123456789abcdef1"',
  group: 'existing group: AWS::EC2::SecurityGroup = "sg-0123456789abcdef0"',
  role: 'existing role: AWS::IAM::Role = "arn:aws:iam::123456789012:role/work"',
  function: 'existing function: AWS::Lambda::Function = "work"',
  rule: 'resource rule: AWS::Events::Rule { ScheduleExpression: "rate(1 hour)" }',
};

/** A whole program around a snippet. */
function program({ prefix, body }: Snippet): string {
  const text = expand(body.join("\n"));
  const declared = (name: string) => new RegExp(`^\\s*(?:resource|existing|param|input|let) ${name}\\b`, "m").test(text);
  const given = Object.entries(NAMES).filter(([name]) => new RegExp(`(?<![\\w."/:])${name}\\b(?!\\s*:)(?![-/"])`).test(text) && !declared(name));
  const isStack = /^stack /m.test(text);
  const isImport = text.startsWith("import ");
  const parts = [isImport ? text : "", isStack ? "" : "stack snippet {}", SURROUNDINGS[prefix] ?? given.map(([, line]) => line).join("\n"), isImport ? "" : text];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

test("there are snippets for all that is common, each with its own prefix and a description", () => {
  assert.ok(snippets.length >= 30, `${snippets.length} snippets`);
  const prefixes = snippets.map(([, { prefix }]) => prefix);
  assert.deepEqual(prefixes.filter((prefix, at) => prefixes.indexOf(prefix) !== at), []);
  for (const [name, { description, body }] of snippets) {
    assert.ok(description.length > 5, name);
    assert.match(body.join("\n"), /\$0|\$\{0/, `${name} has no final place for the cursor`);
  }
});

test("expanding keeps escapes, repeats placeholders and takes the first choice", () => {
  assert.equal(expand("a ${1:b} $1 ${2|x,y|} \\${c\\} ${3:d ${4:e} f}$0"), "a b b x ${c} d e f");
});

test("every snippet is highlighted without illegal text", async () => {
  for (const [name, snippet] of snippets) {
    const wrong = (await tokenize(program(snippet))).filter((token) => token.scopes.some((scope) => scope.startsWith("invalid.")));
    assert.deepEqual(wrong.map((token) => token.text), [], name);
  }
});

const compiler = process.env["CLOUDC"];

test("cloudc has nothing to say about any snippet", () => {
  assert.ok(compiler, "CLOUDC must name the compiler: CLOUDC=target/debug/cloudc npm test");
  const folder = mkdtempSync(join(tmpdir(), "cloudc-snippets-"));
  try {
    writeFileSync(join(folder, "network.cloud"), 'pub let cidr = 10.0.0.0/16\n');
    mkdirSync(join(folder, "stacks"));
    for (const [, snippet] of snippets) {
      const file = snippet.prefix === "importas" ? join(folder, `${snippet.prefix}.cloud`) : join(folder, "stacks", `${snippet.prefix}.cloud`);
      writeFileSync(file, program(snippet));
    }
    // One mistake on purpose: that it is found shows that programs here are really looked at.
    writeFileSync(join(folder, "stacks", "mistake.cloud"), "stack mistake {}\nresource topic: AWS::SNS::Topic { Nme: 1 }\n");
    let output = "";
    try {
      output = execFileSync(compiler, ["check", "--embedded-schemas", "--format", "json", folder], { encoding: "utf8" });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    const found = (JSON.parse(output) as { diagnostics: { message: string; file: string; range?: { start: { line: number } } }[] }).diagnostics;
    const shown = found.map((it) => `${basename(it.file)}:${it.range?.start.line} ${it.message}`);
    assert.deepEqual(shown, ["mistake.cloud:2 `AWS::SNS::Topic` has no property `Nme`"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
