// Checks the script's types and writes its bundle, alongside.js; `build.mjs FILE` writes elsewhere.
import { execFileSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const source = dirname(fileURLToPath(import.meta.url));
const output = resolve(process.argv[2] ?? join(source, "../alongside.js"));

execFileSync("tsc", ["--noEmit", "-p", join(source, "..")], { stdio: "inherit" });
execFileSync("esbuild", [
  join(source, "main.ts"), "--bundle", "--minify", "--target=es2020", "--format=iife", "--legal-comments=none",
  "--charset=utf8", "--log-level=warning", `--outfile=${output}`,
], { stdio: "inherit" });
