// Where the server is: in the settings, in the extension, on PATH, in this order; and whether it is one to use.
//
// Nothing here knows the editor, so that it can be tested without one.

import { execFile, type ExecFileException } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** The oldest `cloudc` that speaks everything this extension asks for. */
export const OLDEST = "0.1.0";

/** How long a server may take to tell its version, in milliseconds. */
const PATIENCE = 10_000;

/** Where a server was found. */
export type Origin = "settings" | "extension" | "path";

export interface Binary {
  path: string;
  origin: Origin;
  /** Such as `0.1.0`. */
  version: string;
}

/** Why there is no server to start. */
export type Missing =
  | { kind: "none" }
  | { kind: "unusable"; path: string; origin: Origin; reason: string }
  | { kind: "old"; path: string; origin: Origin; version: string };

/** What the search depends on. */
export interface Surroundings {
  /** The path in the settings, if any. */
  setting: string | undefined;
  /** The folder of the extension. */
  extension: string;
  /** The first workspace folder, if any. */
  workspace: string | undefined;
  environment: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
}

/** Finds the server and asks for its version. */
export async function find(around: Surroundings): Promise<Binary | Missing> {
  const candidate = locate(around);
  if (!candidate) return { kind: "none" };
  const { path, origin } = candidate;
  if (!isFile(path)) return { kind: "unusable", path, origin, reason: "there is no such file" };
  const [version, lsp] = await Promise.all([run(path, ["version"], around), run(path, ["lsp", "--help"], around)]);
  if (version.error) return { kind: "unusable", path, origin, reason: version.error };
  const number = versionIn(version.output);
  if (!number) return { kind: "unusable", path, origin, reason: "it does not say that it is cloudc" };
  // A `cloudc` that knows no `lsp` is from before the language server.
  if (lsp.error || isOlder(number, OLDEST)) return { kind: "old", path, origin, version: number };
  return { path, origin, version: number };
}

/** The first place that names a server. A path in the settings is taken even when nothing is there, and then told. */
export function locate(around: Surroundings): { path: string; origin: Origin } | undefined {
  if (around.setting) {
    return { path: expand(around.setting, around), origin: "settings" };
  }
  const name = around.platform === "win32" ? "cloudc.exe" : "cloudc";
  const bundled = join(around.extension, "server", name);
  if (isFile(bundled)) return { path: bundled, origin: "extension" };
  for (const folder of (around.environment["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (folder !== "" && isExecutable(path)) return { path, origin: "path" };
  }
  return undefined;
}

/** Replaces `~`, `${workspaceFolder}` and `${env:NAME}`, and makes the path absolute. */
export function expand(path: string, around: Surroundings): string {
  const workspace = around.workspace ?? "";
  const filled = path
    .replace(/^~(?=$|[\\/])/, homedir())
    .replaceAll("${workspaceFolder}", workspace)
    .replace(/\$\{env:([^}]+)\}/g, (_, name: string) => around.environment[name] ?? "");
  // A bare name is looked up like a command.
  if (!/[\\/]/.test(filled)) {
    for (const folder of (around.environment["PATH"] ?? "").split(delimiter)) {
      if (folder !== "" && isExecutable(join(folder, filled))) return join(folder, filled);
    }
  }
  return isAbsolute(filled) ? filled : resolve(workspace, filled);
}

/** The version in what `cloudc version` prints, such as `cloudc 0.1.0 (1898 resource types)`. */
export function versionIn(output: string): string | undefined {
  return /^cloudc (\d+\.\d+\.\d+\S*)/.exec(output)?.[1];
}

/** Whether version `a` comes before version `b`; what follows the three numbers does not count. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [numbers(a), numbers(b)];
  for (let part = 0; part < 3; part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbers(version: string): number[] {
  return version.split(/[.+-]/).slice(0, 3).map(Number);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isExecutable(path: string): boolean {
  if (!isFile(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(path: string, args: string[], around: Surroundings): Promise<{ output: string; error?: string }> {
  return new Promise((done) => {
    const options = { timeout: PATIENCE, env: around.environment, windowsHide: true };
    try {
      execFile(path, args, options, (error, output) => {
        done(error ? { output, error: reason(error) } : { output });
      });
    } catch (error) {
      done({ output: "", error: String(error) });
    }
  });
}

function reason(error: ExecFileException): string {
  if (error.killed) return "it does not answer";
  if (error.code === "EACCES") return "it may not be executed";
  if (error.code === "ENOEXEC" || error.code === "UNKNOWN") return "it is no program for this system";
  return typeof error.code === "number" ? `it ends with code ${error.code}` : error.message;
}
