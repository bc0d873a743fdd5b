/**
 * Frames of the shop's own origin are part of its page. What the browser says of their contents is in their own
 * viewport; here it is moved to the page's.
 */

import { attempt } from "../guard";
import { boundsIn, contentDocument, listed, rectsIn } from "../natives";
import { px, Rect } from "./geometry";

/** Frames in frames beyond this stay labelled boxes. */
export const frameDepthMax = 4;

let offsetX = 0;
let offsetY = 0;

/** The place of the viewport that is read now, in the page's. */
export function offset(): [number, number] {
  return [offsetX, offsetY];
}

/** From now on all that is read stands in a viewport at `x, y`. */
export function moveTo(x: number, y: number): void {
  offsetX = x;
  offsetY = y;
}

function moved(rect: DOMRect): DOMRect {
  return new DOMRect(rect.x + offsetX, rect.y + offsetY, rect.width, rect.height);
}

export function bounds(element: Element): DOMRect {
  const rect = boundsIn(element);
  return offsetX === 0 && offsetY === 0 ? rect : moved(rect);
}

export function rectsOf(of: Element | Range): ArrayLike<DOMRect> {
  const rects = of instanceof Range ? of.getClientRects() : rectsIn(of);
  return offsetX === 0 && offsetY === 0 ? rects : listed(rects, moved);
}

/** The document in a frame; `null` where it is another origin's or not there yet. */
export function documentIn(frame: Element): Document | null {
  const inner = attempt(() => contentDocument(frame), null);
  return inner?.documentElement && inner.defaultView ? inner : null;
}

/** Whether an element holds its document's page. */
export function isPage(element: Element): boolean {
  const owner = element.ownerDocument;
  return element === owner.body || element === owner.documentElement;
}

/** The part of a frame in which its document is seen: without border and padding. */
export function contentBox(rect: DOMRect, style: CSSStyleDeclaration): Rect {
  return {
    left: rect.left + px(style.borderLeftWidth) + px(style.paddingLeft),
    top: rect.top + px(style.borderTopWidth) + px(style.paddingTop),
    right: rect.right - px(style.borderRightWidth) - px(style.paddingRight),
    bottom: rect.bottom - px(style.borderBottomWidth) - px(style.paddingBottom),
  };
}
