/** The walk over the flat tree. Reads layout, writes nothing. */

import {
  attribute, clientHeight, clientWidth, firstChild, firstElement, hasAttribute, localName, nextElement, nextSibling,
  nodeType, scrollHeight, scrollWidth, styleOf,
} from "../natives";
import { closeBlocks } from "./blocks";
import { fillOf } from "./boxes";
import type { Capturer } from "./capture";
import { clippedBy } from "./clips";
import { bounds, contentBox, enterFrame, isPage, readAs, reading, zoomBy } from "./frames";
import { band, everywhere, isEmpty, Rect, zoomed } from "./geometry";
import { Context, Parts, placed, push } from "./items";
import { LayerKind } from "./layers";
import { markerItem } from "./markers";
import { Painter } from "./painter";
import { pictureKind } from "./pictures";
import { rememberPasswords } from "./policy";
import { Band, inReach, sideOf } from "./reach";
import { rootOf } from "./roots";
import { TextStyle, textStyleOf } from "./text";
import {
  canvasElement, flatParent, isBlocked, isInOrder, isVisible, isVisuallyHidden, Look, paddingBox,
} from "./traits";

const unseen = new Set([
  "script", "style", "noscript", "template", "head", "datalist", "br", "wbr",
]);

/** What extensions put beside a page, such as the addresses a password manager knows: neither the shop's nor shown. */
const foreign = /(?:^| )(?:com-1password|grammarly|dashlane|lastpass|bitwarden|protonpass)/;
/** Deeper trees are cut off: the walk may not run out of stack. */
const depthMax = 400;
const itemCountMax = 20_000;
/** Of longer lists of children, runs of so many are passed over at a time where both ends are out of reach. */
const longMin = 64;
const strideLength = 32;
/** What floats stands in a corner, at an edge or in the middle: parts of the viewport's width and height. */
const probes = [0.03, 0.5, 0.97];

/** Work that may be set down between two steps. */
export type Pass<T> = Generator<void, T, void>;

/** When the work that runs now is to be set down, by the clock of `performance`. */
export interface Slice {
  end: number;
}

export class Walk extends Painter {
  /** Ancestors of what is painted in the viewport although they are elsewhere themselves. */
  private readonly onTheWay = new Set<Node>();
  private visitCount = 0;

  constructor(owner: Capturer, viewport: Rect, private readonly slice: Slice) {
    super(owner, viewport);
  }

  /** Asks the browser what stands at some points: a fixed element's parents may be far outside the band. */
  *findFloating(): Pass<void> {
    const { right, bottom } = this.viewport;
    for (const row of probes) {
      if (this.isDue) yield;
      for (const column of probes) this.markWay(document.elementFromPoint(right * column, bottom * row));
    }
    if (this.isDue) yield;
    // Browsers pass over what they do not know in `:is`.
    for (const element of document.querySelectorAll(":is(:modal,:popover-open)")) this.modals.add(element);
    const full = document.fullscreenElement;
    if (full) this.modals.add(full);
    for (const element of this.modals) this.markWay(element);
  }

  private markWay(to: Element | null): void {
    for (let node: Node | null = to; node && !this.onTheWay.has(node); node = flatParent(node)) this.onTheWay.add(node);
  }

  /** Whether the slice is over. */
  get isDue(): boolean {
    return performance.now() >= this.slice.end;
  }

  /** Captures an element; the work that is left where there is more in it than text. */
  visit(element: Element, context: Context, out: Parts, isZoomed = false): Pass<void> | null {
    if (element === this.owner.host || context.depth > depthMax || this.itemCount > itemCountMax) return null;
    const name = localName(element);
    if (unseen.has(name) || (context.depth < 3 && foreign.test(`${name} ${attribute(element, "id")}`))) return null;
    // Each value that is read costs about as much as all that is done with it.
    const style = styleOf(element);
    const { display } = style;
    if (display === "none") return null;
    const zoom = Number(style.zoom) || 1;
    if (zoom !== 1 && !isZoomed) return this.visitZoomed(element, zoom, context, out);
    if (display === "contents") return this.visitContents(element, name, style, context, out);
    const own = Number(style.opacity);
    const opacity = context.opacity * own;
    if (opacity < 0.02) return null;
    const rect = bounds(element);
    const { position, clipPath } = style;
    if (isVisuallyHidden(rect, style, position, clipPath)) return null;
    if (this.isOutside(element, rect, style, display, position, context) && !this.onTheWay.has(element)) return null;
    const inner: Context = { ...context, opacity, depth: context.depth + 1 };
    if (clipPath !== "none") inner.clip = inner.positionedClip = clippedBy(clipPath, rect, inner.clip);
    const isText = display === "inline" && !pictureKind(name);
    const look: Look = {
      element, name, style, rect, display, position, transform: isText ? "none" : style.transform,
    };
    const place = this.place(look, own, inner);
    const parts = place === "layer" ? inner.layer.parts : new Parts();
    const inside = this.paint(look, inner, parts);
    const leave = (): void => {
      const { layer } = inner;
      if (inside instanceof Parts && inside !== parts) this.close(inside, element, paddingBox(element, rect), layer);
      closeBlocks(parts, element, rect, layer, this.owner.blockIds, place === "layer");
      if (place === "flow") out.takeFlow(parts);
      else if (place !== "layer") push(place === "under" ? out.under : out.positioned, parts.all);
    };
    if (inside instanceof Parts) {
      const root = rootOf(element);
      if (root || firstElement(element) || /^(?:slot|details)$/.test(name)) {
        return this.descend(look, inner, inside, root, leave);
      }
      // Most elements hold text alone: for them nothing is set up that can be set down.
      if (this.open(look, inner, inside)) {
        let known: TextStyle | null | undefined;
        for (let node = firstChild(element); node; node = nextSibling(node)) {
          known = this.text(node, style, inner, inside, known);
        }
        this.pseudo(element, "::after", style, inner, inside);
      }
    } else if (inside) return this.frame(inside, look, inner, parts, leave);
    leave();
    return null;
  }

  private *visitZoomed(element: Element, zoom: number, context: Context, out: Parts): Pass<void> {
    const before = reading();
    zoomBy(zoom);
    const rest = this.visit(element, context, out, true);
    if (rest) yield* rest;
    readAs(before);
  }

  private *visitContents(
    element: Element, name: string, style: CSSStyleDeclaration, context: Context, out: Parts,
  ): Pass<void> {
    const inner = { ...context, depth: context.depth + 1 };
    if (!isBlocked(element, inner)) yield* this.children(element, name, style, inner, out, rootOf(element));
  }

  private *descend(
    look: Look, inner: Context, parts: Parts, root: ShadowRoot | null, leave: () => void,
  ): Pass<void> {
    const { element, name, style } = look;
    if (this.open(look, inner, parts)) {
      const isOpen = yield* this.children(element, name, style, inner, parts, root);
      if (isOpen) this.pseudo(element, "::after", style, inner, parts);
    }
    leave();
  }

  /** What comes before an element's content; false where that is not painted. */
  private open({ element, display, style }: Look, inner: Context, parts: Parts): boolean {
    if (display !== "inline" && style.contentVisibility === "hidden") return false;
    if (display === "list-item" && isVisible(style)) this.add(parts, markerItem(element, style, inner));
    this.pseudo(element, "::before", style, inner, parts);
    return true;
  }

  /** Whether neither the element nor what is in it can be in the band. */
  private isOutside(
    element: Element, rect: DOMRect, style: CSSStyleDeclaration, display: string, position: string, context: Context,
  ): boolean {
    if (inReach(rect, context.band) || position === "fixed" || rect.width === 0 || rect.height === 0) return false;
    if (isPage(element)) return false;
    return display === "inline" || (style.overflowY !== "visible" && style.overflowX !== "visible")
      || (scrollHeight(element) <= clientHeight(element) + 1 && scrollWidth(element) <= clientWidth(element) + 1);
  }

  /** A root that the page's own document does not reach: it is watched, and its passwords are remembered. */
  private meet(root: ShadowRoot | Document): void {
    rememberPasswords(root);
    this.owner.onRoot(root);
  }

  /** The page in a frame, as a scroll container of its own; as a picture where there is no room for one. */
  private *frame(inside: Document, look: Look, inner: Context, parts: Parts, leave: () => void): Pass<void> {
    const { style, rect } = look;
    const box = contentBox(rect, style);
    if (isEmpty(box) || !inReach(box, inner.band, inner.clip)) return leave();
    const scroller = inside.scrollingElement ?? inside.documentElement;
    const before = reading();
    enterFrame(box.left, box.top);
    if (!this.enter(LayerKind.scroll, scroller, box, style, inner)) {
      readAs(before);
      this.picture(look, inner, parts);
      return leave();
    }
    const { layer } = inner;
    this.scrollers.set(inside, layer.id);
    this.meet(inside);
    const canvas = canvasElement(inside);
    const ground = fillOf(styleOf(canvas), inner.opacity);
    if (ground !== 0) {
      const whole = { left: layer.originX, top: layer.originY, right: 0, bottom: 0 };
      whole.right = whole.left + Math.max(scrollWidth(scroller) * zoomed(), box.right - box.left);
      whole.bottom = whole.top + Math.max(scrollHeight(scroller) * zoomed(), box.bottom - box.top);
      this.add(layer.parts, placed("b", whole, ground));
    }
    this.canvases.add(canvas);
    inner.clip = inner.positionedClip = everywhere;
    inner.band = band(box, layer.scrollX, layer.scrollY);
    inner.hasEllipsis = false;
    if (inside.designMode === "on") inner.isMasked = true;
    this.frameDepth += 1;
    const rest = this.visit(inside.documentElement, inner, layer.parts);
    if (rest) yield* rest;
    this.frameDepth -= 1;
    readAs(before);
    this.close(layer.parts, scroller, null, layer);
    leave();
  }

  /**
   * The children in the flat tree; false where only the summary of what is closed is shown. Yields wherever a slice may
   * end; what was read before stays as it was read.
   */
  private *children(
    element: Element, name: string, style: CSSStyleDeclaration, inner: Context, parts: Parts, root: ShadowRoot | null,
  ): Pass<boolean> {
    if (root) this.meet(root);
    const isClosed = name === "details" && !hasAttribute(element, "open");
    const parent = root ?? element;
    const assigned: Node[] = name === "slot" ? (element as HTMLSlotElement).assignedNodes({ flatten: true }) : [];
    const isLong = !assigned[0] && parent.childElementCount > longMin && isInOrder(style);
    let known: TextStyle | null | undefined;
    let index = 0;
    let next: Node | null;
    for (let node: Node | null = assigned[0] ?? firstChild(parent); node; node = next) {
      const type = nodeType(node);
      if (isLong && type === 1) node = this.nextInReach(node as Element, inner.band);
      next = assigned[0] ? assigned[index += 1] ?? null : nextSibling(node);
      if (isClosed && !(type === 1 && localName(node) === "summary")) continue;
      // Asking for the time costs too.
      if (((this.visitCount += 1) & 7) === 0 && this.isDue) yield;
      const rest = type === 1 ? this.visit(node as Element, inner, parts) : null;
      if (rest) yield* rest;
      known = this.text(node, style, inner, parts, known);
    }
    return !isClosed;
  }

  /** The last of a run of siblings that all lie on one side of the band, or `first` itself. */
  private nextInReach(first: Element, reach: Band): Element {
    for (;;) {
      const side = sideOf(bounds(first), reach);
      if (side === 0) return first;
      let last = first;
      for (let step = 0; step < strideLength; step += 1) {
        const next = nextElement(last);
        if (!next || this.onTheWay.has(next)) break;
        last = next;
      }
      if (last === first || sideOf(bounds(last), reach) !== side) return first;
      first = last;
    }
  }

  /** Paints a text in an element of `style`; what is `known` of the style afterwards, `null` where it is not seen. */
  private text(
    node: Node, style: CSSStyleDeclaration, inner: Context, parts: Parts, known: TextStyle | null | undefined,
  ): TextStyle | null | undefined {
    if (nodeType(node) !== 3 || !/\S/.test((node as Text).data)) return known;
    if (known === undefined) known = isVisible(style) ? textStyleOf(style, inner) : null;
    if (known) this.addText(node as Text, inner, known, parts);
    return known;
  }
}
