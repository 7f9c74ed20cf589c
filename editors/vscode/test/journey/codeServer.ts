// VS Code as a web server: started with the packaged extension, for one folder, with nothing of the user's own.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

/** What is needed to start it. */
export interface Place {
  /** Where install.sh put Node and code-server. */
  tools: string;
  /** An empty folder for settings, extensions and logs. */
  home: string;
  /** The folder that is opened. */
  workspace: string;
  /** The packaged extension. */
  vsix: string;
}

export interface Running {
  url: string;
  stop(): Promise<void>;
}

/** Settings without which the window shows what is not looked at. */
const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.colorTheme": "Dark Modern",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "extensions.ignoreRecommendations": true,
  "extensions.autoCheckUpdates": false,
  "git.enabled": false,
  "editor.minimap.enabled": false,
  "editor.cursorBlinking": "solid",
  // Keys that a script presses are not lost on a textarea.
  "editor.editContext": false,
  "window.restoreWindows": "none",
  "workbench.reduceMotion": "on",
};

/**
 * Writes settings; a running editor notices. Those of the extension are the machine's: the user's own file does not
 * decide which program is started on a server.
 */
export function writeSettings(place: Place, machine: object): void {
  for (const [folder, settings] of [["User", QUIET], ["Machine", machine]] as const) {
    mkdirSync(join(place.home, "data", folder), { recursive: true });
    writeFileSync(join(place.home, "data", folder, "settings.json"), JSON.stringify(settings, undefined, 2));
  }
}

/** Installs the extension and starts. */
export async function start(place: Place): Promise<Running> {
  const node = join(place.tools, "node", "bin", "node");
  const entry = join(place.tools, "code-server", "node_modules", "code-server", "out", "node", "entry.js");
  const folders = ["--user-data-dir", join(place.home, "data"), "--extensions-dir", join(place.home, "extensions"), "--config", join(place.home, "config.yaml")];
  // Node's folder goes first on PATH, `cloudc` is on none.
  const env = { ...process.env, HOME: place.home, XDG_CONFIG_HOME: place.home, XDG_DATA_HOME: place.home, XDG_CACHE_HOME: place.home };
  mkdirSync(place.home, { recursive: true });
  writeFileSync(join(place.home, "config.yaml"), "cert: false\n");
  execFileSync(node, [entry, ...folders, "--install-extension", place.vsix], { env, stdio: ["ignore", "ignore", "inherit"] });
  const port = await freePort();
  const quiet = ["--auth", "none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust", "--disable-getting-started-override"];
  const child = spawn(node, [entry, ...folders, ...quiet, "--bind-addr", `127.0.0.1:${port}`, place.workspace], { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (output += text.toString()));
  const url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(place.workspace)}`;
  for (let tries = 0; !(await answers(url)); tries += 1) {
    if (child.exitCode !== null || tries > 300) {
      await end(child);
      throw new Error(`code-server did not start:\n${output}`);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  return { url, stop: () => end(child) };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { redirect: "manual" })).status < 500;
  } catch {
    return false;
  }
}

/** Ends the process and all that it started. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  signal(child.pid, "SIGTERM");
  await Promise.race([ended, new Promise((done) => setTimeout(done, 3000))]);
  signal(child.pid, "SIGKILL");
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // All of them have ended.
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? done(address.port) : fail(new Error("no port"))));
    });
  });
}
