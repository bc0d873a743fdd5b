/**
 * What a rep would see of a page, and why of the rest not: for `alongside masklint`, which runs this in a browser of
 * its own. The view is made by the code that shoppers run; the reasons come from the functions that it asks.
 */

import { Capturer } from "./capture/capture";
import { keyframeBody } from "./capture/difference";
import { documentIn, frameDepthMax } from "./capture/frames";
import { isPassword, isSecretField, isSecretFill, isShowableValue, verdictOf } from "./capture/policy";
import { knowRoots, rootOf } from "./capture/roots";
import { scrubbed, scrubbedAddress, secretsIn } from "./capture/scrub";
import { rememberRoots } from "./closed";
import { areaValue, attribute, firstChild, inputValue, later, localName, nextSibling, nodeType } from "./natives";

/** Where the program finds the function. */
const place = "alongsideLint";
const entryCountMax = 1000;
const passCountMax = 200;
/** A page is captured down to here. */
const depthMax = 20_000;
const frameNames = /^(?:iframe|frame|object|embed)$/;
const buttonTypes = /^(?:hidden|submit|button|reset|image)$/;
const spokenAttributes = ["alt", "title", "placeholder", "aria-label"];

interface Entry {
  rule: string;
  kind: string;
  element: string;
}

interface Surroundings {
  isMasked: boolean;
  isShown: boolean;
  frames: number;
}

/** A name that the page's author gave, not one that tells of a shopper. */
function isPlain(name: string | null): name is string {
  return name !== null && /^[A-Za-z][\w-]{0,31}$/.test(name) && !/\d{5}/.test(name) && secretsIn(name).length === 0;
}

function step(element: Element): string {
  const name = localName(element);
  const id = attribute(element, "id");
  if (isPlain(id)) return `${name}#${id}`;
  const given = attribute(element, "name");
  if (isPlain(given)) return `${name}[name=${given}]`;
  let place = 1;
  for (let other = element.previousElementSibling; other; other = other.previousElementSibling) {
    if (localName(other) === name) place += 1;
  }
  return place > 1 || element.nextElementSibling ? `${name}:nth-of-type(${place})` : name;
}

/** The way to an element: three steps, or as far as an id. */
function pathOf(element: Element): string {
  const steps: string[] = [];
  for (let one: Element | null = element; one && steps.length < 3; one = one.parentElement) {
    steps.unshift(step(one));
    if (steps[0]?.includes("#")) break;
  }
  return steps.join(" > ");
}

class Reasons {
  readonly entries: Entry[] = [];

  private add(rule: string, kind: string, element: Element): void {
    if (this.entries.length < entryCountMax) this.entries.push({ rule, kind, element: pathOf(element) });
  }

  visit(node: Node, around: Surroundings): void {
    if (nodeType(node) === 3) {
      const parent = node.parentElement;
      if (parent && !around.isMasked) this.secrets("text", (node as Text).data, parent);
      return;
    }
    const element = nodeType(node) === 1 ? node as Element : null;
    let inner = around;
    if (element) {
      const name = localName(element);
      if (/^(?:script|style|noscript|template|head)$/.test(name)) return;
      const verdict = verdictOf(element);
      if (verdict === "block") return this.add("data-alongside-block", "region", element);
      if (verdict === "mask") {
        this.add("data-alongside-mask", "region", element);
        inner = { ...inner, isMasked: true };
      }
      if (verdict === "show") inner = { ...inner, isShown: true };
      for (const word of spokenAttributes) this.secrets(word, attribute(element, word) ?? "", element);
      if (/^(?:input|select|textarea)$/.test(name)) return this.field(element, name, inner);
      const editable = attribute(element, "contenteditable");
      if (editable !== null && editable.toLowerCase() !== "false" && !inner.isShown) {
        return this.add("typed", "contenteditable", element);
      }
      if (frameNames.test(name)) return this.frame(element, inner);
    }
    const root = element ? rootOf(element) : null;
    for (const parent of root ? [root, node] : [node]) {
      for (let child = firstChild(parent); child; child = nextSibling(child)) this.visit(child, inner);
    }
  }

  private frame(element: Element, around: Surroundings): void {
    const inside = around.frames < frameDepthMax ? documentIn(element) : null;
    if (inside) this.visit(inside.documentElement, { ...around, frames: around.frames + 1 });
    else this.add("frame", "of another origin", element);
  }

  private secrets(kind: string, text: string, element: Element): void {
    for (const secret of secretsIn(text)) this.add(secret.kind, kind, element);
  }

  private field(element: Element, name: string, around: Surroundings): void {
    const type = name === "input" ? (element as HTMLInputElement).type : name;
    if (buttonTypes.test(type)) return;
    if (type === "checkbox" || type === "radio") return this.add("shown", `${type}, whether it is checked`, element);
    const option = name === "select" ? (element as HTMLSelectElement).selectedOptions[0] : undefined;
    const value = option ? option.label : name === "textarea" ? areaValue(element) : name === "input"
      ? inputValue(element) : "";
    this.add(this.ruleOf(element, type, value, around), type, element);
  }

  private ruleOf(element: Element, type: string, value: string, around: Surroundings): string {
    if (isPassword(element, type)) return "password";
    if (isSecretFill(element)) return "autocomplete";
    if (isSecretField(element, type)) return "name";
    if (around.isMasked) return "data-alongside-mask";
    if (!around.isShown || type === "file") return "typed";
    return isShowableValue(value) ? "shown" : "value";
  }
}

async function lint(settle: number): Promise<unknown> {
  await document.fonts.ready;
  await new Promise((resolve) => later(resolve, settle));
  const capturer = new Capturer(document.createElement("div"));
  capturer.places.add(0, depthMax, performance.now());
  const slice = { end: Infinity };
  let view = null;
  for (let pass = 0; pass < passCountMax && (!view || view.hasMore); pass += 1) {
    const steps = capturer.capture(1, 1, true, slice);
    let result = steps.next();
    while (!result.done) result = steps.next();
    view = result.value;
  }
  const reasons = new Reasons();
  reasons.visit(document.documentElement, { isMasked: document.designMode === "on", isShown: false, frames: 0 });
  const { href } = window.location;
  if (scrubbedAddress(href) !== href) reasons.entries.push({ rule: "address", kind: "query or path", element: "" });
  if (scrubbed(document.title) !== document.title) {
    reasons.entries.push({ rule: "title", kind: "text", element: "title" });
  }
  const [navigation] = performance.getEntriesByType("navigation");
  const status = Number((navigation as unknown as Record<string, unknown>)?.["responseStatus"]) || 0;
  return { "view": view ? keyframeBody(view) : "", "rules": reasons.entries, "status": status };
}

if (window.top === window) {
  knowRoots(rememberRoots());
  Object.defineProperty(window, place, { value: lint });
}
