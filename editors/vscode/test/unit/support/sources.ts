// Programs of the repository, for tests.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The extension's folder; tests are started there. */
export const extension = process.cwd();

/** The root of the repository. */
export const repository = join(extension, "..", "..");

/** All files below a folder of the repository, sorted, as paths from the root. */
function files(folder: string, ending: string): string[] {
  const entries = readdirSync(join(repository, folder), { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending));
  return found.map((entry) => relative(repository, join(entry.parentPath, entry.name))).sort();
}

/** All programs below a folder of the repository. */
export function cloudFiles(folder: string): string[] {
  return files(folder, ".cloud");
}

/** The text of a file of the repository. */
export function readText(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

/** The ```cloud blocks of the Markdown pages below a folder of the repository. */
export function cloudBlocks(folder: string): { path: string; text: string }[] {
  const blocks = [];
  for (const path of files(folder, ".md")) {
    for (const [, text = ""] of readText(path).matchAll(/^```cloud\n([\s\S]*?)^```$/gm)) {
      blocks.push({ path, text });
    }
  }
  return blocks;
}
