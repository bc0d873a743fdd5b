/**
 * The look of the panel as CSSOM only, which every content security policy allows: a constructed style sheet, or single
 * properties where the browser has none.
 */

import { attempt } from "./guard";

const card = "background:#fff;border:1px solid #c5ccd3;border-radius:10px;box-shadow:0 6px 24px #0003;"
  + "box-sizing:border-box;max-width:calc(100vw - 24px)";
const button = "font:inherit;cursor:pointer;border-radius:8px;padding:8px 14px;min-height:40px;border:1px solid";
const strong = `${button};color:#fff;font-weight:600`;

const rules: Record<string, string> = {
  root: "font:15px/1.4 system-ui,sans-serif;text-align:left;direction:ltr;color:#1c2733",
  help: `${strong};background:#0b4f8a`,
  panel: `${card};width:340px;max-height:60vh;overflow:auto;padding:16px`,
  title: "margin:0 0 8px;font-size:17px;font-weight:600",
  list: "margin:0 0 12px;padding-left:18px",
  buttons: "display:flex;flex-wrap:wrap;gap:8px",
  "consent-yes": `${strong};background:#0b4f8a`,
  "consent-no": `${button};background:#fff`,
  pill: `${card};display:flex;align-items:center;gap:10px;padding:6px 6px 6px 14px`,
  end: `${strong};background:#a61b1b;flex:none`,
};

/** The host may not be moved or hidden by the page's rules; its own come first in the cascade by `!important`. */
const hostRule = "all:initial;" +
  "display:block;position:fixed;inset:auto 12px 12px auto;z-index:2147483647;overflow:visible";

function important(declarations: string): string {
  return declarations.split(";").map((declaration) => `${declaration}!important`).join(";");
}

/** Applies the sheet; returns what styles one part where there are no constructed sheets. */
export function applyStyles(host: HTMLElement, root: ShadowRoot): (part: HTMLElement, name: string) => void {
  const isApplied = attempt(() => {
    const sheet = new CSSStyleSheet();
    const parts = Object.entries(rules).map(([name, text]) => `[data-look="${name}"]{${text}}`);
    parts.push(`:host{${important(hostRule)}}`, "button:focus-visible{outline:3px solid #fb0;outline-offset:2px}");
    sheet.replaceSync(parts.join(""));
    root.adoptedStyleSheets = [sheet];
    return root.adoptedStyleSheets.length === 1;
  }, false);
  if (isApplied) return (part, name) => part.setAttribute("data-look", name);
  setEach(host, hostRule, "important");
  return (part, name) => setEach(part, rules[name] ?? "", "");
}

function setEach(element: HTMLElement, declarations: string, priority: string): void {
  for (const declaration of declarations.split(";")) {
    const colon = declaration.indexOf(":");
    element.style.setProperty(declaration.slice(0, colon), declaration.slice(colon + 1), priority);
  }
}
