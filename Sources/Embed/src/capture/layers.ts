/** Layers in the making, and their order of painting (CSS 2.2, appendix E, with the top layer last). */

import { Parts } from "./items";

export const enum LayerKind { flow = 0, fixed = 1, scroll = 2, top = 3, raised = 4 }

export const layerCountMax = 256;
/** Raised layers beyond this are painted with their surroundings: room must stay for what scrolls and floats. */
export const raisedCountMax = 120;

export interface Layer {
  id: number;
  parent: number;
  kind: number;
  /** The clip rectangle in the parent's content. */
  x: number;
  y: number;
  width: number;
  height: number;
  scrollX: number;
  scrollY: number;
  /** Where the layer's content begins, in the viewport. */
  originX: number;
  originY: number;
  z: number;
  element: Element | null;
  parts: Parts;
  /** The layers that its stacking context paints after it. */
  above: Layer[];
  /** The layer whose stacking context this one belongs to. */
  context: Layer;
}

/** Numbers that stay with an element for the life of the document. */
export class Identities {
  private readonly numbers = new WeakMap<object, Record<string, number>>();
  private last = 0;

  of(element: object, name: string): number {
    const own = this.numbers.get(element) ?? {};
    this.numbers.set(element, own);
    return own[name] ??= this.last += 1;
  }
}

/** All layers of `root`'s document in the order in which they are painted. */
export function paintOrder(root: Layer, top: readonly Layer[]): Layer[] {
  const ordered: Layer[] = [];
  const add = (layer: Layer): void => {
    ordered.push(layer);
    for (const child of layer.above.sort((a, b) => a.z - b.z)) add(child);
  };
  add(root);
  for (const layer of top) add(layer);
  const known = new Set<number>();
  return ordered.filter(({ id }) => !known.has(id) && known.add(id)).slice(0, layerCountMax);
}

export function layerRow({ id, parent, kind, x, y, width, height, scrollX, scrollY }: Layer): number[] {
  return [id, parent, kind, x, y, width, height, scrollX, scrollY].map(Math.round);
}

