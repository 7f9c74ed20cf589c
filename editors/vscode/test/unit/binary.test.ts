// Where the server is found, and what is said of one that cannot be used.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { expand, find, isOlder, locate, versionIn, type Surroundings } from "../../src/binary.ts";

const root = mkdtempSync(join(tmpdir(), "cloudc-binary-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** A program that answers like `cloudc`; its folder's name is `name`. */
function fake(name: string, script: string): string {
  const path = join(root, name, "cloudc");
  mkdirSync(join(root, name), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const GOOD = 'case "$1" in version) echo "cloudc 0.9.1 (1898 resource types)";; lsp) echo usage;; esac';
const NO_LSP = 'case "$1" in version) echo "cloudc 0.1.0 (1898 resource types)";; *) exit 2;; esac';

function around(changes: Partial<Surroundings> = {}): Surroundings {
  return { setting: undefined, extension: join(root, "extension"), workspace: join(root, "work"), environment: { PATH: "" }, platform: "linux", ...changes };
}

test("a path in the settings wins over the extension's, that over PATH", async () => {
  const [set, path] = [fake("set", GOOD), fake("path", GOOD)];
  const bundled = fake("extension/server", GOOD);
  const environment = { ...process.env, PATH: `/nowhere:${join(root, "path")}:${process.env["PATH"]}` };
  assert.deepEqual(locate(around({ setting: set, environment })), { path: set, origin: "settings" });
  assert.deepEqual(locate(around({ environment })), { path: bundled, origin: "extension" });
  assert.deepEqual(locate(around({ environment, extension: join(root, "other") })), { path, origin: "path" });
  assert.deepEqual(await find(around({ environment })), { path: bundled, origin: "extension", version: "0.9.1" });
});

test("without any there is none", async () => {
  assert.deepEqual(await find(around({ extension: join(root, "other") })), { kind: "none" });
});

test("a path in the settings that leads nowhere is told, not passed over", async () => {
  const path = join(root, "nothing");
  assert.deepEqual(await find(around({ setting: path })), { kind: "unusable", path, origin: "settings", reason: "there is no such file" });
});

test("a program from before the language server is too old", async () => {
  const path = fake("old", NO_LSP);
  assert.deepEqual(await find(around({ setting: path })), { kind: "old", path, origin: "settings", version: "0.1.0" });
  const older = fake("older", GOOD.replace("0.9.1", "0.0.9"));
  assert.deepEqual(await find(around({ setting: older })), { kind: "old", path: older, origin: "settings", version: "0.0.9" });
});

test("another program, one that fails and one that may not run are unusable", async () => {
  const reasons: [string, RegExp][] = [
    [fake("other", "echo something else"), /does not say that it is cloudc/],
    [fake("broken", "exit 7"), /ends with code 7/],
  ];
  const locked = fake("locked", GOOD);
  chmodSync(locked, 0o644);
  reasons.push([locked, /may not be executed/]);
  for (const [setting, wanted] of reasons) {
    const found = await find(around({ setting }));
    assert.ok("kind" in found && found.kind === "unusable", setting);
    assert.match(found.reason, wanted);
  }
});

test("variables in the settings' path are replaced", () => {
  const environment = { PATH: join(root, "path"), TOOLS: "/opt/tools" };
  const paths = ["~/bin/cloudc", "${workspaceFolder}/cloudc", "${env:TOOLS}/cloudc", "target/cloudc", "cloudc"];
  fake("path", GOOD);
  assert.deepEqual(
    paths.map((path) => expand(path, around({ environment }))),
    [join(homedir(), "bin/cloudc"), join(root, "work/cloudc"), "/opt/tools/cloudc", join(root, "work/target/cloudc"), join(root, "path/cloudc")],
  );
});

test("versions are read and compared by their numbers", () => {
  assert.equal(versionIn("cloudc 0.1.0 (1898 resource types)\n"), "0.1.0");
  assert.equal(versionIn("cloudc 1.2.3-beta.1 (7 resource types)"), "1.2.3-beta.1");
  assert.equal(versionIn("cloud 1.2.3"), undefined);
  assert.deepEqual([isOlder("0.1.0", "0.1.0"), isOlder("0.9.9", "0.10.0"), isOlder("1.0.0", "0.10.0"), isOlder("0.1.0-beta", "0.1.0")], [false, true, false, false]);
});
