// The names of members that are the script's own and may become shorter: no browser and no body on the wire knows them.
import { execFileSync } from "node:child_process";
import { readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// The library beside the compiler that checks the types.
const compiler = realpathSync(execFileSync("which", ["tsc"]).toString().trim());
const ts = createRequire(compiler)("../lib/typescript.js");

/** Members of interfaces and classes in `folder`, without those that any type of the browser has too. */
export function ownNames(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".ts"));
  const program = ts.createProgram(files.map((name) => join(folder, name)), {
    target: ts.ScriptTarget.ES2020, lib: ["lib.es2020.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"], types: [],
  });
  const ours = new Set();
  const others = new Set();
  for (const file of program.getSourceFiles()) {
    // The words come as JSON, and the handover goes from one bundle to the other; masklint keeps its names anyway.
    if (file.fileName.endsWith("/lint.ts")) continue;
    const isFixed = file.isDeclarationFile || /\/words\/|\/handover\.ts$/.test(file.fileName);
    const names = isFixed ? others : ours;
    const visit = (node) => {
      const isMember = ts.isClassElement(node) || ts.isTypeElement(node)
        || (ts.isParameter(node) && node.modifiers?.length > 0);
      const isGlobal = file.isDeclarationFile && (ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node));
      if ((isMember || isGlobal) && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
      // Members of enumerations become their values.
      if (ts.isEnumMember(node)) others.add(node.name.text);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return [...ours].filter((name) => !others.has(name)).sort();
}
