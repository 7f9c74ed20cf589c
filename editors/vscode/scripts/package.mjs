// Packages the extension into cloudc-VERSION.vsix. Needs no network.
//
//   node scripts/package.mjs [--server PATH --target linux-x64] [--out FILE]
//
// With --server the compiler is put inside, and the package is for that one platform.

import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { execFileSync } from "node:child_process";

const { values } = parseArgs({ options: { server: { type: "string" }, target: { type: "string" }, out: { type: "string" } } });
if ((values.server === undefined) !== (values.target === undefined)) {
  console.error("--server and --target belong together");
  process.exit(2);
}

execFileSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });

rmSync("server", { recursive: true, force: true });
if (values.server !== undefined) {
  const inside = values.target.startsWith("win32") ? "server/cloudc.exe" : "server/cloudc";
  mkdirSync("server");
  copyFileSync(values.server, inside);
  chmodSync(inside, 0o755);
}

// The package carries the project's licences.
const licences = ["MIT", "APACHE"].map((name) => readFileSync(`../../LICENSE-${name}`, "utf8"));
writeFileSync("LICENSE.txt", `cloudc may be used under either of these licences.\n\n${licences.join(`\n${"-".repeat(80)}\n\n`)}`);

const { createVSIX } = await import("@vscode/vsce");
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const packagePath = values.out ?? `cloudc-${version}${values.target ? `-${values.target}` : ""}.vsix`;
await createVSIX({
  packagePath,
  target: values.target,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
