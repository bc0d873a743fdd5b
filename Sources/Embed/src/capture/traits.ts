/** What decides how an element is painted: read from its style and its box, each time it is asked for. */

import {
  attribute, clientHeight, clientLeft, clientTop, clientWidth, nodeType, parentNode, scrollHeight, scrollLeft,
  scrollTop, scrollWidth, styleOf,
} from "../natives";
import { colourOf } from "./colour";
import { meets, px, Rect, zoomed } from "./geometry";
import { Context } from "./items";
import { Layer } from "./layers";
import { verdictOf } from "./policy";

/** What is read of an element before anything is decided. */
export interface Look {
  element: Element;
  name: string;
  style: CSSStyleDeclaration;
  rect: DOMRect;
  display: string;
  position: string;
  transform: string;
}

export function isVisible(style: CSSStyleDeclaration): boolean {
  return style.visibility === "visible";
}

/** Whether the site keeps an element to itself; what its attributes say besides goes to `inner`. */
export function isBlocked(element: Element, inner: Context): boolean {
  const verdict = verdictOf(element);
  if (verdict === "mask") inner.isMasked = true;
  if (verdict === "show") inner.isShown = true;
  return verdict === "block";
}

/** Whether no ancestor holds a fixed element. */
export function isFixedToPage(element: Element): boolean {
  for (let node = flatParent(element); node; node = flatParent(node)) {
    const style = nodeType(node) === 1 ? styleOf(node as Element) : null;
    if (style && (style.transform !== "none" || style.filter !== "none")) return false;
  }
  return true;
}

/** Whether a transform turns lines of text. */
export function isTurned(transform: string): boolean {
  if (transform === "none") return false;
  const [a, b] = transform.startsWith("matrix(") ? transform.slice(7).split(",").map(Number) : [1, 0];
  return Math.abs(b ?? 0) > Math.abs(a ?? 1) * 0.3;
}

/** Whether children stand one after the other, so that what lies between two of them is on their side. */
export function isInOrder(style: CSSStyleDeclaration): boolean {
  return style.columnCount === "auto" && style.columnWidth === "auto" && !style.flexWrap.endsWith("reverse")
    && !style.flexDirection.endsWith("reverse");
}

export function isEditable(element: Element): boolean {
  const value = attribute(element, "contenteditable");
  return value !== null && value.toLowerCase() !== "false";
}

export function paddingBox(element: Element, rect: DOMRect): Rect {
  const zoom = zoomed();
  const left = rect.left + clientLeft(element) * zoom;
  const top = rect.top + clientTop(element) * zoom;
  return { left, top, right: left + clientWidth(element) * zoom, bottom: top + clientHeight(element) * zoom };
}

export function isScrollable(element: Element, style: CSSStyleDeclaration): boolean {
  const isHidden = (overflow: string): boolean => overflow === "hidden" || overflow === "clip";
  return (!isHidden(style.overflowY) && scrollHeight(element) > clientHeight(element) + 1)
    || (!isHidden(style.overflowX) && scrollWidth(element) > clientWidth(element) + 1)
    || scrollTop(element) !== 0 || scrollLeft(element) !== 0;
}

/** Text for screen readers alone: a pixel, or clipped to nothing. */
export function isVisuallyHidden(
  rect: DOMRect, style: CSSStyleDeclaration, position: string, clipPath: string,
): boolean {
  if (rect.width <= 1 && rect.height <= 1 && style.overflowX !== "visible") return true;
  if (position !== "absolute" && clipPath === "none") return false;
  return /^rect\([01]px, [01]px, [01]px, [01]px\)$/.test(style.clip) || /^inset\((?:50|100)%\)$/.test(clipPath);
}

/** Whether a sticky element stands at its edge of the viewport, where it stays while the page scrolls. */
export function isStuck(rect: DOMRect, style: CSSStyleDeclaration, viewport: Rect): boolean {
  if (style.top !== "auto" && Math.abs(rect.top - px(style.top)) < 1) return true;
  return style.bottom !== "auto" && Math.abs(viewport.bottom - rect.bottom - px(style.bottom)) < 1;
}

export function covers(scroller: Layer, parent: Layer, rect: DOMRect): boolean {
  const left = parent.originX + scroller.x;
  const top = parent.originY + scroller.y;
  return meets(rect, { left, top, right: left + scroller.width, bottom: top + scroller.height });
}

/** The element whose background is the canvas of the document (CSS Backgrounds 3, 2.11.2). */
export function canvasElement(owner: Document): Element {
  const root = owner.documentElement;
  const style = styleOf(root);
  const isBare = style.backgroundImage === "none" && colourOf(style.backgroundColor) === 0;
  return isBare && owner.body ? owner.body : root;
}

/** The parent in the flat tree, for looking upwards from what the pointer would hit. */
export function flatParent(node: Node): Node | null {
  const slot = (node as Element).assignedSlot;
  if (slot) return slot;
  const parent = parentNode(node);
  return parent instanceof ShadowRoot ? parent.host : parent;
}
