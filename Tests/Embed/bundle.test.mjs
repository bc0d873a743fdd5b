import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { embed } from "./support.mjs";

const gzipBytesMax = 24_700;
const bundle = readFileSync(join(embed, "alongside.js"));
const sources = readdirSync(join(embed, "src"), { recursive: true }).filter((name) => name.endsWith(".ts"))
  .map((name) => [name, readFileSync(join(embed, "src", name), "utf8")]);

test("the bundle is what the sources make, and their types are right", () => {
  const folder = mkdtempSync(join(tmpdir(), "alongside-embed-"));
  try {
    const fresh = join(folder, "alongside.js");
    execFileSync("node", [join(embed, "src/build.mjs"), fresh], { stdio: "pipe" });
    assert.ok(readFileSync(fresh).equals(bundle), "run node Sources/Embed/src/build.mjs");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the bundle is small", (context) => {
  const size = gzipSync(bundle, { level: 9 }).length;
  context.diagnostic(`${bundle.length} bytes, ${size} gzipped`);
  assert.ok(size < gzipBytesMax, `${size} bytes`);
});

test("nothing in it needs a laxer content security policy or writes to the page", () => {
  const banned = new RegExp([
    "\\beval\\b", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document\\.write", "\\.cssText",
    "setAttribute\\(\"style\"", "createObjectURL", "new Worker", "localStorage", "document\\.cookie", "https?://",
  ].join("|"));
  for (const [name, text] of [...sources, ["alongside.js", bundle.toString()]]) {
    const code = text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, "");
    assert.doesNotMatch(code, banned, name);
  }
});

test("sources are kept in the house's bounds", () => {
  for (const [name, text] of sources) {
    const lines = text.split("\n");
    assert.ok(lines.length <= 600, `${name} has ${lines.length} lines`);
    assert.ok(lines.every((line) => line.length <= 120), `${name} has a long line`);
    assert.doesNotMatch(text, /\b(?:customer|visitor|agent|snapshot)\b/i, name);
    assert.doesNotMatch(text, /TODO|FIXME/, name);
  }
});

test("every language says everything", () => {
  const keys = (text) => [...text.matchAll(/^ {2}(\w+):/gm)].map((match) => match[1]);
  const english = keys(readFileSync(join(embed, "src/words/en.ts"), "utf8"));
  for (const name of ["fi", "et", "pl"]) {
    const text = readFileSync(join(embed, `src/words/${name}.ts`), "utf8");
    assert.deepEqual(keys(text), english);
    for (const mark of ["{place}", "{name}"]) assert.ok(text.includes(mark), `${name} lacks ${mark}`);
  }
});
