/** Items of `Protocol/view.md` and what the walk carries from parent to child. */

import { cutText } from "../wire";
import { Rect } from "./geometry";
import { Layer } from "./layers";
import { Band } from "./reach";

/** One item, `[kind, x, y, …]`. While captured, `x` and `y` are in the viewport; a block makes them its own. */
export type Item = [string, number, number, ...unknown[]];

export const enum TextFlag {
  bold = 1, italic = 2, underline = 4, struck = 8, link = 16, centred = 32, right = 64, cut = 128, label = 256,
  rightToLeft = 512,
}

export const enum ControlState {
  focused = 1, disabled = 2, checked = 4, invalid = 8, required = 16, masked = 32, empty = 64, readOnly = 128,
  mixed = 256,
}

/** An item of `kind` over `rect`. */
export function placed(kind: string, rect: Rect, ...rest: unknown[]): Item {
  return [
    kind, rect.left, rect.top, Math.round(rect.right - rect.left), Math.round(rect.bottom - rect.top), ...rest,
  ];
}

/** What an element's children inherit from it in the walk. */
export interface Context {
  layer: Layer;
  /** The layer of absolutely positioned descendants: that of their containing block. */
  positionedLayer: Layer;
  /** What may be painted, by `overflow` of ancestors; for descendants in flow, and for positioned ones. */
  clip: Rect;
  positionedClip: Rect;
  /** What is captured: the viewport and some more. */
  band: Band;
  opacity: number;
  /** Text flags that descend: underline, struck, link, label. */
  flags: number;
  isMasked: boolean;
  isShown: boolean;
  hasEllipsis: boolean;
  /** Whether text runs neither from left to right nor from right to left here. */
  isTurned: boolean;
  depth: number;
}

/** Parts in the order in which a stacking context paints them. */
export class Parts {
  readonly under: Part[] = [];
  readonly flow: Part[] = [];
  readonly positioned: Part[] = [];

  get all(): Part[] {
    return [...this.under, ...this.flow, ...this.positioned];
  }

  /** Takes the parts of a child in flow. */
  takeFlow(child: Parts): void {
    push(this.under, child.under);
    push(this.flow, child.flow);
    push(this.positioned, child.positioned);
  }
}

export function push<T>(target: T[], more: readonly T[]): void {
  for (const one of more) target.push(one);
}

/** An item that still looks for a block, or a block that is complete. */
export type Part = Item | Block;

export interface Block {
  id: number;
  x: number;
  y: number;
  /** From where to where the items reach, in the viewport while captured and in the document in a view. */
  top: number;
  bottom: number;
  /** The items as JSON: what the next pass compares. */
  json: string;
}

export function isBlock(part: Part): part is Block {
  return !Array.isArray(part);
}

const textBytesMax = 2048;

/** A string within the limit of a view. */
export function limited(text: string): string {
  return cutText(text, textBytesMax);
}

export function collapsed(text: string): string {
  return text.replace(/[\s\u00a0]+/g, " ").replace(/[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "");
}
