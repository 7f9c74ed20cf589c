// Bundles the extension and the graph's page into out/; with --tests the unit tests into out/test/, with --journey
// the journey through real VS Code into out/journey/.
//
//   node scripts/build.mjs [--watch | --tests | --journey]

import { mkdirSync, readdirSync, rmSync } from "node:fs";

import * as esbuild from "esbuild";

const watch = process.argv.includes("--watch");
const common = { bundle: true, logLevel: "warning", sourcemap: watch ? "linked" : false, minify: !watch };

/** The extension itself; the editor gives `vscode`. */
const extension = {
  ...common,
  entryPoints: ["src/extension.ts"],
  outfile: "out/extension.cjs",
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
};

const page = { ...common, entryPoints: ["src/graph/view.ts", "src/graph/view.css"], outdir: "out/graph", platform: "browser", format: "iife", target: "chrome120" };

/** Tests run in plain Node. */
const plain = { bundle: true, logLevel: "warning", outExtension: { ".js": ".mjs" }, platform: "node", format: "esm", target: "node20", packages: "external" };
const units = readdirSync("test/unit").filter((name) => name.endsWith(".test.ts"));
const tests = { ...plain, entryPoints: units.map((name) => `test/unit/${name}`), outdir: "out/test" };
const journey = { ...plain, entryPoints: ["test/journey/journey.ts"], outdir: "out/journey" };

if (process.argv.includes("--tests")) {
  rmSync("out/test", { recursive: true, force: true });
  await esbuild.build(tests);
} else if (process.argv.includes("--journey")) {
  await esbuild.build(journey);
} else if (watch) {
  for (const options of [extension, page]) await (await esbuild.context(options)).watch();
} else {
  for (const made of ["out/extension.cjs", "out/graph"]) rmSync(made, { recursive: true, force: true });
  mkdirSync("out", { recursive: true });
  await Promise.all([esbuild.build(extension), esbuild.build(page)]);
}
