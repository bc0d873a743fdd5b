/**
 * Shadow roots: open ones as the browser gives them, closed ones when they are made after the script has loaded. The
 * page is not told: what is called, thrown and returned is the browser's own.
 */

import { attempt } from "../guard";
import { shadowRoot } from "../natives";

const closed = new WeakMap<Element, ShadowRoot>();

/** Begins to remember closed roots. */
export function rememberRoots(): void {
  const key = "attachShadow";
  const own = Object.getOwnPropertyDescriptor(Element.prototype, key);
  const native = own?.value as ((options: ShadowRootInit) => ShadowRoot) | undefined;
  if (!own?.configurable || typeof native !== "function") return;
  // A proxy keeps name, length and the text of a native function.
  const value = new Proxy(native, {
    apply(target, host: Element, input: [ShadowRootInit]): ShadowRoot {
      const root = Reflect.apply(target, host, input) as ShadowRoot;
      attempt(() => root.mode === "closed" && closed.set(host, root), undefined);
      return root;
    },
  });
  attempt(() => Object.defineProperty(Element.prototype, key, { ...own, value }), undefined);
}

/** The root whose content an element shows in place of its own. */
export function rootOf(element: Element): ShadowRoot | null {
  return shadowRoot(element) ?? closed.get(element) ?? null;
}
