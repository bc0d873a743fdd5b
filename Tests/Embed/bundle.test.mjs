import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { embed } from "./support.mjs";

const loaderBytesMax = 2048;
const totalBytesMax = 25_700;
const files = ["alongside.js", "session.js", "words/en.json", "words/et.json", "words/fi.json", "words/pl.json"];
const read = (name, folder = embed) => readFileSync(join(folder, name), "utf8");
const loader = read("alongside.js");
const sessions = files.slice(2).map((words) => `${read("session.js")}(${read(words)});\n`);
/** What the daemon sends, by what it is: the loader, then the session's script in each language. */
const zippedNames = ["alongside.js.gz", "en.js.gz", "et.js.gz", "fi.js.gz", "pl.js.gz"];
const zipped = (name, folder = embed) => readFileSync(join(folder, "zipped", name));
const sources = readdirSync(join(embed, "src"), { recursive: true }).filter((name) => name.endsWith(".ts"))
  .map((name) => [name, readFileSync(join(embed, "src", name), "utf8")]);

test("the bundles are what the sources make, and their types are right", () => {
  const folder = mkdtempSync(join(tmpdir(), "alongside-embed-"));
  try {
    execFileSync("node", [join(embed, "src/build.mjs"), folder], { stdio: "pipe" });
    for (const name of files) assert.equal(read(name, folder), read(name), `${name}: run make bundle`);
    for (const name of zippedNames) assert.deepEqual(zipped(name, folder), zipped(name), `${name}: run make bundle`);
    assert.equal(read("lint.js", folder), read("lint.js", join(embed, "../MaskLint")), "lint.js: run make bundle");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what is served as gzip is what is served without", () => {
  const texts = zippedNames.map((name) => gunzipSync(zipped(name)).toString());
  assert.deepEqual(texts, [loader, ...sessions]);
});

test("the loader is tiny, and what a page loads in all is small", (context) => {
  const [loaderSize, ...sizes] = zippedNames.map((name) => zipped(name).length);
  context.diagnostic(`loader ${loader.length} bytes, ${loaderSize} as sent; with the session's ${
    sizes.map((size) => size + loaderSize).join(", ")}`);
  assert.ok(loaderSize <= loaderBytesMax, `${loaderSize} bytes`);
  assert.ok(Math.max(...sizes) + loaderSize < totalBytesMax, `${Math.max(...sizes) + loaderSize} bytes`);
});

test("the loader names each session's script by what is in it", () => {
  for (const session of sessions) {
    assert.ok(loader.includes(createHash("sha256").update(session).digest("base64")));
  }
});

test("nothing in it needs a laxer content security policy or writes to the page", () => {
  const banned = new RegExp([
    "\\beval\\b", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document\\.write", "\\.cssText",
    "setAttribute\\(\"style\"", "createObjectURL", "new Worker", "localStorage", "document\\.cookie", "https?://",
  ].join("|"));
  for (const [name, text] of [...sources, ["alongside.js", loader], ["session.js", sessions[0]]]) {
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
    for (const mark of ["{place}", "{name}", "{tab}"]) assert.ok(text.includes(mark), `${name} lacks ${mark}`);
  }
});
