/**
 * Frames of the shop's own origin are part of its page. What the browser says of their contents is in their own
 * viewport; here it is moved to the page's.
 */

import { attempt } from "../guard";
import { boundsIn, contentDocument, rectsIn } from "../natives";
import { px, Rect, zoomed, zoomTo } from "./geometry";

/** Frames in frames beyond this stay labelled boxes. */
export const frameDepthMax = 4;

/** Whether rectangles of what is zoomed by style are told before zoom: browsers did so until they had this name. */
const isBeforeZoom = !("currentCSSZoom" in Element.prototype);

/** The place of the viewport that is read now, in the page's; by what lengths are zoomed, and rectangles still. */
export type Reading = [number, number, number, number];

export const pageReading: Reading = [0, 0, 1, 1];
let offsetX = 0;
let offsetY = 0;
let scale = 1;

export function reading(): Reading {
  return [offsetX, offsetY, zoomed(), scale];
}

/** From now on all is read as `now` says. */
export function readAs(now: Reading): void {
  [offsetX, offsetY, , scale] = now;
  zoomTo(now[2]);
}

/** From now on an element is read whose style zooms by `factor`. */
export function zoomBy(factor: number): void {
  zoomTo(zoomed() * factor);
  if (isBeforeZoom) scale *= factor;
}

/** From now on a document is read whose viewport is at `x, y`. */
export function enterFrame(x: number, y: number): void {
  // Where rectangles are told before zoom, frames' documents are not zoomed at all.
  const zoom = isBeforeZoom ? 1 : zoomed();
  readAs([x, y, zoom, zoom]);
}

/** A copy in the page's viewport: every number of the browser's own is a call. */
export function moved(rect: DOMRect): DOMRect {
  const left = rect.x * scale + offsetX;
  const top = rect.y * scale + offsetY;
  const width = rect.width * scale;
  const height = rect.height * scale;
  return { left, top, right: left + width, bottom: top + height, width, height } as DOMRect;
}

export function bounds(element: Element): DOMRect {
  return moved(boundsIn(element));
}

export function rectsOf(of: Element | Range): DOMRect[] {
  const found: DOMRect[] = [];
  const rects = of instanceof Range ? of.getClientRects() : rectsIn(of);
  for (let index = 0; index < rects.length; index += 1) found.push(moved(rects[index] as DOMRect));
  return found;
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
