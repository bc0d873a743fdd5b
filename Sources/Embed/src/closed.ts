/** Remembers closed shadow roots. The page is not told: what is called, thrown and returned is the browser's own. */

import { attempt } from "./guard";

/** Begins to remember; the roots that are made from now on, by their hosts. */
export function rememberRoots(): WeakMap<Element, ShadowRoot> {
  const closed = new WeakMap<Element, ShadowRoot>();
  const key = "attachShadow";
  const own = Object.getOwnPropertyDescriptor(Element.prototype, key);
  // A proxy keeps name, length and the text of a native function.
  attempt(() => Object.defineProperty(Element.prototype, key, {
    ...own, value: new Proxy(own?.value as (options: ShadowRootInit) => ShadowRoot, {
      apply(target, host: Element, input): ShadowRoot {
        const root = Reflect.apply(target, host, input) as ShadowRoot;
        attempt(() => root.mode === "closed" && closed.set(host, root), undefined);
        return root;
      },
    }),
  }), undefined);
  return closed;
}
