// A user's way through the extension in real VS Code, from opening a folder to the preview of the template.
//
//   CLOUDC=… TOOLS=… OUT=… VSIX=… node journey.mjs
//
// Pictures of every station go to OUT. The first thing that is not as it should be ends the journey, with a last
// picture and exit code 1.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import { chromium } from "playwright-core";

import { start, writeSettings, type Place } from "./codeServer.ts";
import { Window } from "./window.ts";

/** A variable of the environment that has to be there. */
function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return resolve(value);
}

const [compiler, tools, out, vsix] = [given("CLOUDC"), given("TOOLS"), given("OUT"), given("VSIX")];
const place: Place = { tools, vsix, home: join(out, "home"), workspace: join(out, "workspace", "data-platform") };

function onDisk(file: string): string {
  return readFileSync(join(place.workspace, file), "utf8");
}

/** Where text stands in a file on disk: line and column from one. */
function find(file: string, text: string, within = text): { line: number; column: number } {
  const lines = onDisk(file).split("\n");
  const line = lines.findIndex((it) => it.includes(text));
  assert.ok(line >= 0, `${file} holds no ${text}`);
  return { line: line + 1, column: (lines[line] ?? "").indexOf(text) + text.indexOf(within) + 1 };
}

/** Saves, and waits until a file on disk is as wanted. */
async function save(window: Window, file: string, wanted: RegExp): Promise<void> {
  await window.press("Control+s");
  await window.until(`${file} holds ${String(wanted)}`, () => wanted.test(onDisk(file)));
}

type Station = [name: string, walk: (window: Window) => Promise<void>];

const stations: Station[] = [
  [
    "open",
    async (window) => {
      await window.page.locator(".monaco-workbench").waitFor();
      await window.open("main.cloud");
      await window.status().waitFor();
      await window.until("the server is ready", async () => (await window.status().locator(".codicon-cloud").count()) > 0);
      await window.page.locator(".view-line .mtk1, .view-line span[class*=mtk]").first().waitFor();
      assert.equal(await window.editor(".squiggly-error").count(), 0, "the example has no errors");
    },
  ],
  [
    "mistake",
    async (window) => {
      const { line } = find("main.cloud", "OwnershipControls: { Rules:");
      await window.newLineAfter(line);
      await window.type('VersioningConfigurtion: { Status: "Enabled" }');
      await window.press("Escape");
      await window.editor(".squiggly-error").first().waitFor();
      await window.press("Control+Shift+m");
      await window.problems().filter({ hasText: "VersioningConfigurtion" }).first().waitFor();
    },
  ],
  [
    "quick-fix",
    async (window) => {
      await window.press("Control+1");
      await save(window, "main.cloud", /VersioningConfigurtion/);
      const { line, column } = find("main.cloud", "VersioningConfigurtion");
      await window.goTo(line, column + 3);
      const fix = window.page.locator(".action-widget .monaco-list-row", { hasText: "VersioningConfiguration" }).first();
      await window.until("the fix is offered", async () => {
        await window.press("Control+.");
        await window.page.waitForTimeout(1000);
        const offered = await fix.isVisible();
        if (!offered) await window.press("Escape");
        return offered;
      });
      await window.shoot("quick-fix-menu");
      await fix.click();
      await window.until("the mistake is gone", async () => (await window.editor(".squiggly-error").count()) === 0);
      await save(window, "main.cloud", /\n {2}VersioningConfiguration: \{ Status: "Enabled" \}\n/);
    },
  ],
  [
    "completion",
    async (window) => {
      const { line } = find("main.cloud", "VersioningConfiguration: {");
      await window.newLineAfter(line);
      // Faster than the server is asked: the list has to come all the same.
      await window.page.keyboard.type("BucketNa", { delay: 3 });
      const row = window.page.locator(".suggest-widget.visible .monaco-list-row.focused", { hasText: "BucketName" });
      await row.waitFor();
      await window.shoot("completion-list");
      await window.press("Tab");
      await window.until("the completion is in the text", async () => (await window.line("BucketName").count()) > 0);
      // The completion has brought the quotes along, and put the cursor between them.
      await window.type("trail-of-raw-data");
      await save(window, "main.cloud", /\n {2}BucketName: "trail-of-raw-data"\n/);
    },
  ],
  [
    "hover",
    async (window) => {
      const { line, column } = find("main.cloud", "resource trail_logs: AWS::S3::Bucket", "AWS::S3::Bucket");
      await window.goTo(line, column + 10);
      await window.command("Show or Focus Hover");
      const hover = window.page.locator(".monaco-hover:visible", { hasText: "AWS::S3::Bucket" }).first();
      await hover.waitFor();
      await window.shoot("hover");
      await window.press("Escape");
    },
  ],
  [
    "typing",
    async (window) => {
      // Who types everything and takes nothing from the lists that open gets what was typed.
      await window.press("Control+1", "Control+End");
      const before = onDisk("main.cloud");
      for (const line of ["", "resource jobs: AWS::SQS::Queue {", "VisibilityTimeout: 30s"]) {
        await window.type(line);
        // Long enough for a list to open that would take the Enter.
        await window.page.waitForTimeout(700);
        await window.press("Enter");
      }
      await window.type('Tags: { kind: "${aws.region}" }');
      await window.press("Escape", "Control+End");
      await save(window, "main.cloud", /resource jobs/);
      assert.equal(onDisk("main.cloud"), `${before}\nresource jobs: AWS::SQS::Queue {\n  VisibilityTimeout: 30s\n  Tags: { kind: "\${aws.region}" }\n}`);
      await window.until("it has no errors", async () => (await window.editor(".squiggly-error").count()) === 0);
    },
  ],
  [
    "rename",
    async (window) => {
      await window.open("lake.cloud");
      const { line, column } = find("lake.cloud", "pub component Zone {", "Zone");
      await window.goTo(line, column + 1);
      await window.press("F2");
      const input = window.page.locator(".rename-box input, .rename-input").first();
      await input.waitFor();
      await input.fill("DataZone");
      await window.shoot("rename-box");
      await window.press("Enter");
      await window.line("pub component DataZone {").waitFor();
      await window.command("File: Save All Files");
      await window.until("both files are written", () => onDisk("lake.cloud").includes("pub component DataZone {") && onDisk("main.cloud").includes('import "./lake.cloud" { DataZone, TeamSpace }'));
      assert.match(onDisk("main.cloud"), /resource zone: DataZone \{/);
      assert.match(onDisk("main.cloud"), /resource archive: DataZone \{/);
      assert.match(onDisk("lake.cloud"), /pub type ZoneRef = /, "what is only called alike keeps its name");
      await window.open("main.cloud");
      await window.goTo(find("main.cloud", "resource zone: DataZone").line, 1);
      await window.line("resource zone: DataZone").waitFor();
      assert.equal(await window.editor(".squiggly-error").count(), 0, "after renaming nothing is wrong");
    },
  ],
  [
    "library",
    async (window) => {
      await window.open("lake.cloud");
      const { line, column } = find("lake.cloud", "resource results: Bucket", "Bucket");
      await window.goTo(line, column + 2);
      await window.press("F12");
      await window.tab("storage.cloud").waitFor();
      await window.line("pub component Bucket").waitFor();
      await window.type("x");
      await window.page.locator(".monaco-editor-overlaymessage", { hasText: "read-only" }).waitFor();
      await window.shoot("library");
      await window.command("View: Close Editor");
    },
  ],
  [
    "preview",
    async (window) => {
      await window.command("View: Hide Panel").catch(() => window.press("Escape"));
      await window.open("main.cloud");
      const { line, column } = find("main.cloud", "resource trail_logs");
      await window.goTo(line, column);
      await window.command("cloudc: Preview Template to the Side");
      await window.page.locator(".tab", { hasText: "main.template.yaml" }).first().waitFor();
      const preview = window.page.locator('.editor-instance, .monaco-editor').filter({ hasText: "TrailLogs:" }).last();
      await preview.waitFor();
      await window.press("ArrowDown");
      await preview.locator(".view-overlays .rangeHighlight, .view-overlays [class*=ced-]").first().waitFor();
    },
  ],
  [
    "preview-follows",
    async (window) => {
      // Typing changes the template.
      const { line } = find("main.cloud", 'BucketName: "trail-of-raw-data');
      await window.goTo(line, 1);
      await window.press("End", "ArrowLeft");
      await window.type("-2");
      await window.page.locator(".view-line", { hasText: /BucketName:[ \u00a0]"?trail-of-raw-data-2/ }).last().waitFor();
      await save(window, "main.cloud", /"trail-of-raw-data-2"/);
      // The cursor in the template moves the program.
      await window.goTo(1, 1);
      await window.press("Control+2");
      const shown = window.page.locator(".view-line", { hasText: "TrailLogs:" }).last();
      await shown.click();
      await window.until("the program is marked", async () => (await window.page.locator(".view-overlays [class*=ced-]").count()) > 0, 5000);
      await window.page.locator(".view-line", { hasText: /resource[ \u00a0]trail_logs/ }).first().waitFor();
    },
  ],
  [
    "preview-stale",
    async (window) => {
      // While something is wrong the last good template stays, and says so.
      await window.press("Control+1");
      await window.goTo(find("main.cloud", 'BucketName: "trail-of-raw-data').line, 1);
      await window.press("End");
      await window.type(" + 5");
      await window.editor(".squiggly-error").first().waitFor();
      await window.page.locator(".view-line", { hasText: "TrailLogs:" }).last().waitFor();
      await window.press("Control+2", "Control+Home");
      await window.shoot("preview-stale");
      await window.press("Control+1", "Control+z", "Control+z");
      await window.until("the mistake is gone", async () => (await window.editor(".squiggly-error").count()) === 0);
      await save(window, "main.cloud", /"trail-of-raw-data(-2)?"\n/);
    },
  ],
  [
    "graph",
    async (window) => {
      await window.press("Control+1");
      await window.command("View: Close Other Editors in Group").catch(() => undefined);
      await window.open("main.cloud");
      await window.command("cloudc: Show Resource Graph");
      const page = window.webview();
      await page.locator(".node").first().waitFor();
      const all = await page.locator(".node").count();
      assert.ok(all > 10, `${all} resources`);
      await window.shoot("graph-all");
      await page.locator("#type").selectOption("AWS::Glue::Database");
      await window.until("the filter leaves the databases", async () => (await page.locator(".node").count()) === 4);
      await page.locator("#type").selectOption("");
      await page.locator("#search").fill("traillogs");
      await page.locator(".node").first().click();
      await window.tab("main.cloud").waitFor();
      await window.page.locator(".view-line", { hasText: /resource[ \u00a0]trail_logs/ }).first().waitFor();
    },
  ],
  [
    "commands",
    async (window) => {
      await window.press("Control+1");
      await window.command("cloudc: Build This Stack");
      await window.message("data_platform.template.json").waitFor();
      const template = JSON.parse(onDisk("build/data_platform.template.json")) as { Resources: object };
      assert.ok(Object.keys(template.Resources).length > 10, "the template holds the resources");
      await window.command("cloudc: Check the Whole Workspace");
      await window.message("0 errors, 0 warnings in 2 files").waitFor();
      await window.command("cloudc: Show Syntax Tree");
      await window.page.locator(".view-line", { hasText: /SourceFile|SOURCE_FILE|Chunk/ }).first().waitFor();
    },
  ],
  [
    "menu",
    async (window) => {
      await window.status().click();
      const row = window.page.locator(".quick-input-list .monaco-list-row", { hasText: "Restart language server" });
      await row.waitFor();
      await window.shoot("menu");
      await row.click();
      await window.until("the server is back", async () => (await window.status().locator(".codicon-cloud").count()) > 0);
    },
  ],
  [
    "absent",
    async (window) => {
      writeSettings(place, { "cloudc.server.path": "/nowhere/cloudc" });
      const message = window.message("cloudc cannot be started from /nowhere/cloudc");
      for (const button of ["Open Settings", "Installation Help"]) await message.locator(".monaco-button", { hasText: button }).first().waitFor();
      await window.shoot("absent");
      await message.locator(".monaco-button", { hasText: "Installation Help" }).click();
      await window.page.getByText("Let it fill in what is required").first().waitFor();
      await window.page.waitForTimeout(500);
      await window.shoot("walkthrough");
      writeSettings(place, { "cloudc.server.path": compiler });
      await window.until("the server is back", async () => (await window.status().locator(".codicon-cloud").count()) > 0);
    },
  ],
];

/** A station was not as it should be, and that was said. */
class Failed extends Error {}

async function walk(): Promise<void> {
  for (const old of readdirSync(out)) if (old.endsWith(".png")) rmSync(join(out, old));
  for (const folder of [place.home, place.workspace]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(place.workspace, { recursive: true });
  cpSync(join("..", "..", "examples", "data-platform"), place.workspace, { recursive: true });
  writeSettings(place, { "cloudc.server.path": compiler, "cloudc.trace.server": process.env["TRACE"] ?? "off" });

  const server = await start(place);
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void server.stop().finally(() => process.exit(1)));
  }
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    const window = new Window(page, out);
    await page.goto(server.url);
    for (const [name, station] of stations) {
      if (process.env["ONLY"] && !process.env["ONLY"].split(",").includes(name)) continue;
      const started = Date.now();
      try {
        await station(window);
      } catch (error) {
        await window.shoot(`${name}-failed`);
        console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        for (const line of errors.slice(0, 5)) console.error(`  page: ${line}`);
        throw new Failed();
      }
      // Some show more on the way than at their end.
      if (!window.shown.has(name)) await window.shoot(name);
      console.log(`${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}

try {
  await walk();
} catch (error) {
  // A station has told what it waited for; anything else is told here.
  if (!(error instanceof Failed)) console.error(error);
  process.exitCode = 1;
}
