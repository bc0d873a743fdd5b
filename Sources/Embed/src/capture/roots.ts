/** Shadow roots: open ones as the browser gives them, closed ones as the loader remembers them. */

import { shadowRoot } from "../natives";

let closed = new WeakMap<Element, ShadowRoot>();

/** The closed roots that are known. */
export function knowRoots(roots: WeakMap<Element, ShadowRoot>): void {
  closed = roots;
}

/** The root whose content an element shows in place of its own. */
export function rootOf(element: Element): ShadowRoot | null {
  return shadowRoot(element) ?? closed.get(element) ?? null;
}
