/** A look at the viewport alone, laid into what was seen round it before: on a slow page what changes is shown soon. */

import { View } from "./capture";

/** `fresh` with what is kept of `old`, each behind what it stood behind before. */
function interleaved<T>(
  old: readonly T[], fresh: readonly T[], idOf: (one: T) => number, kept: (one: T) => boolean,
): T[] {
  const known = new Set(fresh.map(idOf));
  const behind = new Map<number, T[]>();
  let last = -1;
  for (const one of old) {
    const id = idOf(one);
    if (known.has(id)) last = id;
    else if (kept(one)) behind.set(last, [...behind.get(last) ?? [], one]);
  }
  const all = [...behind.get(-1) ?? []];
  for (const one of fresh) all.push(one, ...behind.get(idOf(one)) ?? []);
  return all;
}

/** `view` of the viewport, which is `height` high, with the blocks of `base` that lie outside of it. */
export function laidInto(base: View, view: View, height: number): View {
  const top = view.layers[0]?.[8] ?? 0;
  const held = new Set<number>();
  const blocks = interleaved(base.blocks, view.blocks, (block) => block.id, (block) => {
    const isOut = block.bottom <= top || block.top >= top + height;
    if (isOut) held.add(block.layer);
    return isOut;
  });
  for (const [id = 0, parent = 0] of [...base.layers].reverse()) if (held.has(id)) held.add(parent);
  return {
    ...view, blocks,
    layers: interleaved(base.layers, view.layers, ([id]) => id ?? 0, ([id]) => held.has(id ?? 0)),
    facts: [...view.facts.slice(0, -1), ...base.facts.slice(-1)],
    scrollers: new Map([...base.scrollers, ...view.scrollers]),
  };
}
