// Bundles modules of the script for Node, with just enough of a browser for them to load.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const embed = join(root, "Sources/Embed");

class Bare {}

Object.assign(globalThis, {
  window: globalThis,
  document: { createRange: () => ({}), documentElement: { lang: "en" } },
  Node: Bare,
  Element: Bare,
  HTMLInputElement: Bare,
  HTMLTextAreaElement: Bare,
  HTMLIFrameElement: Bare,
  ShadowRoot: Bare,
  MutationObserver: Bare,
  requestAnimationFrame: (work) => setTimeout(work, 16),
  getComputedStyle: () => ({}),
});

/** The exports of the script's modules, named from `src`. */
export async function load(...names) {
  const folder = mkdtempSync(join(tmpdir(), "alongside-embed-"));
  try {
    const modules = [];
    for (const name of names) {
      const file = join(folder, `${name.replace(/\//g, "_")}.mjs`);
      execFileSync("esbuild", [
        join(embed, "src", `${name}.ts`), "--bundle", "--format=esm", "--target=es2020", "--log-level=warning",
        `--outfile=${file}`,
      ]);
      modules.push(await import(pathToFileURL(file).href));
    }
    return modules.length === 1 ? modules[0] : Object.assign({}, ...modules);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function vectors(name) {
  return JSON.parse(readFileSync(join(root, "Protocol/vectors", name), "utf8"));
}

export function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function hexOf(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
