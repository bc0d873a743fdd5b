// Checks the script's types and writes what is served: alongside.js, the loader; session.js, an expression that takes
// its words; words/LANGUAGE.json; what of them a browser loads as gzip, in zipped/; and MaskLint's lint.js.
// `build.mjs FOLDER` writes all of it there.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ownNames } from "./names.mjs";

const source = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2] ?? join(source, ".."));
const lintFolder = process.argv[2] ? folder : join(source, "../../MaskLint");
/** English first: it stands in for the languages that are not there. */
const languages = ["en", "et", "fi", "pl"];

function bundled(name, ...options) {
  return execFileSync("esbuild", [
    join(source, `${name}.ts`), "--bundle", "--minify", "--target=es2020", "--legal-comments=none", "--charset=utf8",
    "--log-level=warning", ...options,
  ]).toString();
}

/** A module's text, shorter. Debian's packages stand in the folder, where only Debian's own Node looks. */
function shortened(text) {
  const compress = "passes=4,unsafe_arrows,unsafe_methods,pure_getters,keep_fargs=false,hoist_props,hoist_funs,"
    + "inline=1,ecma=2020";
  const env = { ...process.env, NODE_PATH: "/usr/share/nodejs" };
  const input = ["--module", "--ecma", "2020", "--compress", compress, "--mangle"];
  return execFileSync("terser", input, { input: text, env, maxBuffer: 1 << 24 }).toString().trim();
}

/** Writes a text in gzip: 3 % smaller than `gzip -9` makes it, and the same bytes at every run. */
function writeZipped(name, text) {
  const file = join(folder, "zipped", name);
  writeFileSync(file, text);
  execFileSync("zopfli", [file]);
  rmSync(file);
}

execFileSync("tsc", ["--noEmit", "-p", join(source, "..")], { stdio: "inherit" });
const mangled = `--mangle-props=^(?:${ownNames(source).join("|")})$`;
// The browser reads it while it arrives, all of it: else it would read it while the shopper waits for the first look.
const hint = "//# allFunctionsCalledOnLoad\n";
const session = `${hint}(sessionWords=>{"use strict";${shortened(bundled("main", "--format=esm", mangled))}})`;
const words = languages.map((language) => {
  const module = bundled(`words/${language}`, "--format=iife", "--global-name=module");
  return new Function(`${module}; return module.${language};`)();
});
// What the daemon serves: the expression, called with the words.
const served = words.map((one) => `${session}(${JSON.stringify(one)});\n`);
const files = languages.map((language, index) => [
  language, words[index].help, createHash("sha256").update(served[index]).digest("base64"),
]);
const loader = `${shortened(bundled("loader", "--format=iife", mangled,
  `--define:sessionFiles=${JSON.stringify(files)}`))}\n`;

for (const name of ["words", "zipped"]) mkdirSync(join(folder, name), { recursive: true });
writeFileSync(join(folder, "alongside.js"), loader);
writeZipped("alongside.js", loader);
writeFileSync(join(folder, "session.js"), session);
writeFileSync(join(lintFolder, "lint.js"), bundled("lint", "--format=iife"));
for (const [index, language] of languages.entries()) {
  writeFileSync(join(folder, "words", `${language}.json`), JSON.stringify(words[index]));
  writeZipped(`${language}.js`, served[index]);
}
