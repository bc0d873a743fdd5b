/** The walk over the flat tree. Reads layout, writes nothing. */

import { attempt } from "../guard";
import {
  attribute, clientHeight, clientLeft, clientTop, clientWidth, firstChild, hasAttribute, listed, localName, matches,
  nextElement, nextSibling, nodeType, scrollHeight, scrollLeft, scrollTop, scrollWidth, styleOf,
} from "../natives";
import { closeBlocks } from "./blocks";
import { boxItem, fillOf, hatchedBox } from "./boxes";
import { canvasElement, Capturer, flatParent } from "./capture";
import { clippedBy } from "./clips";
import { colourOf } from "./colour";
import { captureControl, captureEditable } from "./controls";
import { bounds, contentBox, documentIn, frameDepthMax, isPage, moveTo, offset, rectsOf } from "./frames";
import { band, common, everywhere, isEmpty, meets, px, Rect } from "./geometry";
import { Context, Item, Part, Parts, placed, push, TextFlag } from "./items";
import { Layer, layerCountMax, LayerKind, raisedCountMax } from "./layers";
import { markerItem } from "./markers";
import { backgroundItem, pictureItem, pictureKind } from "./pictures";
import { rememberPasswords, verdictOf } from "./policy";
import { pseudoItem } from "./pseudo";
import { Band, inReach, sideOf } from "./reach";
import { rootOf } from "./roots";
import { captureText, languageOf, TextStyle, textStyleOf } from "./text";

const unseen = new Set([
  "script", "style", "noscript", "template", "head", "datalist",
]);

const noFormLabel = /^(?:button|summary)$/;
/** Deeper trees are cut off: the walk may not run out of stack. */
const depthMax = 400;
const itemCountMax = 20_000;
/** Of longer lists of children, runs of so many are passed over at a time where both ends are out of reach. */
const longMin = 64;
const strideLength = 32;

/** Work that may be set down between two steps. */
export type Pass<T> = Generator<void, T, void>;

/** When the work that runs now is to be set down, by the clock of `performance`. */
export interface Slice {
  end: number;
}

/** How one element is placed among the layers. */
type Place = "flow" | "under" | "positioned" | "layer";

export class Walk {
  readonly top: Layer[] = [];
  readonly scrollers = new Map<Node, number>();
  /** What paints the ground of its document. */
  private readonly canvases = new Set<Element>([canvasElement(document)]);
  /** Ancestors of what is painted in the viewport although they are elsewhere themselves. */
  private readonly onTheWay = new Set<Node>();
  private readonly modals = new Set<Element>();
  private layerCount = 1;
  private raisedCount = 0;
  private itemCount = 0;
  private frameDepth = 0;

  constructor(
    private readonly owner: Capturer, private readonly viewport: Rect, private readonly slice: Slice,
  ) {}

  /** Asks the browser what stands at some points: a fixed element's parents may be far outside the band. */
  *findFloating(): Pass<void> {
    const { right, bottom } = this.viewport;
    for (let row = 0; row < 5; row += 1) {
      if (this.isDue) yield;
      for (let column = 0; column < 5; column += 1) {
        const hit = document.elementFromPoint((right * (column + 0.5)) / 5, (bottom * (row + 0.5)) / 5);
        this.markWay(hit);
      }
    }
    if (this.isDue) yield;
    for (const element of document.querySelectorAll("dialog[open],[popover]")) {
      const isTop = attempt(() => matches(element, ":modal"), false)
        || attempt(() => matches(element, ":popover-open"), false);
      if (isTop) this.modals.add(element);
    }
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

  /** Yields wherever a slice may end; what was read before stays as it was read. */
  *visit(element: Element, context: Context, out: Parts): Pass<void> {
    if (this.isDue) yield;
    if (element === this.owner.host || context.depth > depthMax || this.itemCount > itemCountMax) return;
    const name = localName(element);
    if (unseen.has(name)) return;
    const style = styleOf(element);
    const { display } = style;
    if (display === "none") return;
    if (display === "contents") return yield* this.visitContents(element, style, context, out);
    const opacity = context.opacity * Number(style.opacity);
    if (opacity < 0.02) return;
    const rect = bounds(element);
    if (isVisuallyHidden(rect, style)) return;
    if (this.isOutside(element, rect, style, context) && !this.onTheWay.has(element)) return;
    const inner: Context = { ...context, opacity, depth: context.depth + 1 };
    if (style.clipPath !== "none") inner.clip = inner.positionedClip = clippedBy(style.clipPath, rect, inner.clip);
    const place = this.place(element, style, rect, inner);
    const isNewLayer = place === "layer";
    const parts = isNewLayer ? inner.layer.parts : new Parts();
    yield* this.paint(element, name, style, rect, inner, parts);
    closeBlocks(parts, element, rect, inner.layer, this.owner.blockIds, isNewLayer);
    if (isNewLayer) return;
    if (place === "flow") out.takeFlow(parts);
    else push(place === "under" ? out.under : out.positioned, parts.all);
  }

  private *visitContents(
    element: Element, style: CSSStyleDeclaration, context: Context, out: Parts,
  ): Pass<void> {
    const verdict = verdictOf(element);
    if (verdict === "block") return;
    const inner = { ...context, depth: context.depth + 1 };
    if (verdict === "mask") inner.isMasked = true;
    if (verdict === "show") inner.isShown = true;
    yield* this.children(element, localName(element), style, inner, out, false);
  }

  /** Whether neither the element nor what is in it can be in the band. */
  private isOutside(element: Element, rect: DOMRect, style: CSSStyleDeclaration, context: Context): boolean {
    if (style.position === "fixed" || rect.width === 0 || rect.height === 0) return false;
    if (inReach(rect, context.band)) return false;
    if (isPage(element)) return false;
    const isContained = style.overflowY !== "visible" && style.overflowX !== "visible";
    return isContained || style.display === "inline"
      || (scrollHeight(element) <= clientHeight(element) + 1 && scrollWidth(element) <= clientWidth(element) + 1);
  }

  /** A root that the page's own document does not reach: it is watched, and its passwords are remembered. */
  private meet(root: ShadowRoot | Document): void {
    rememberPasswords(root);
    this.owner.onRoot(root);
  }

  // Layers.

  private place(element: Element, style: CSSStyleDeclaration, rect: DOMRect, inner: Context): Place {
    const { position } = style;
    const isPositioned = position !== "static";
    if (this.modals.has(element)) return this.enterTop(element, rect, inner);
    if (position === "fixed" && !inner.isTransformed) {
      return this.enter(LayerKind.fixed, element, rect, style, inner, inner.layer.context) ?? "positioned";
    }
    if (position === "absolute") {
      inner.clip = inner.positionedClip;
      if (inner.positionedLayer !== inner.layer) {
        inner.layer = inner.positionedLayer;
        const raised = this.enter(LayerKind.raised, element, rect, style, inner, inner.layer.context);
        if (raised) return raised;
      }
    }
    if (position === "sticky" && this.frameDepth === 0 && isStuck(rect, style, this.viewport)) {
      const fixed = this.enter(LayerKind.fixed, element, rect, style, inner, inner.layer.context);
      if (fixed) return fixed;
    }
    const z = style.zIndex === "auto" ? 0 : Number(style.zIndex) || 0;
    const isStacking = isPositioned && style.zIndex !== "auto";
    if (isStacking && z < 0) return "under";
    const isOverScroller = isPositioned && inner.layer.above.some((layer) =>
      layer.kind === LayerKind.scroll && layer.parent === inner.layer.id && covers(layer, inner.layer, rect));
    if ((isStacking && z > 0) || isOverScroller) {
      if (this.raisedCount < raisedCountMax) {
        const raised = this.enter(LayerKind.raised, element, rect, style, inner, inner.layer.context);
        if (raised) {
          this.raisedCount += 1;
          return raised;
        }
      }
    }
    return isPositioned || Number(style.opacity) < 1 || style.transform !== "none" ? "positioned" : "flow";
  }

  private enter(
    kind: number, element: Element, rect: DOMRect | Rect, style: CSSStyleDeclaration, inner: Context, context: Layer,
  ): "layer" | null {
    if (this.layerCount >= layerCountMax) return null;
    this.layerCount += 1;
    const parent = inner.layer;
    const isFloating = kind === LayerKind.fixed || kind === LayerKind.top;
    const isScroll = kind === LayerKind.scroll;
    const z = style.zIndex === "auto" || isScroll ? 0 : Number(style.zIndex) || 0;
    const scrollX = isScroll ? scrollLeft(element) : 0;
    const scrollY = isScroll ? scrollTop(element) : 0;
    const layer = {
      id: this.owner.layerIds.of(element, String(kind)), parent: isFloating ? 0 : parent.id, kind,
      x: rect.left - (isFloating ? 0 : parent.originX), y: rect.top - (isFloating ? 0 : parent.originY),
      width: rect.right - rect.left, height: rect.bottom - rect.top, scrollX, scrollY,
      originX: rect.left - scrollX, originY: rect.top - scrollY, z, element, parts: new Parts(), above: [],
    } as unknown as Layer;
    // A scroll container alone does not stack: what is raised in it competes with what is raised beside it.
    layer.context = isScroll ? context : layer;
    if (kind === LayerKind.top) this.top.push(layer);
    else context.above.push(layer);
    inner.layer = layer;
    inner.positionedLayer = layer;
    if (isFloating) {
      inner.clip = everywhere;
      inner.positionedClip = everywhere;
      inner.band = this.viewport;
    }
    return "layer";
  }

  private enterTop(element: Element, rect: DOMRect, inner: Context): Place {
    const backdrop = attempt(() => colourOf(styleOf(element, "::backdrop").backgroundColor), 0);
    if (backdrop !== 0 && this.layerCount < layerCountMax) {
      const behind: Context = { ...inner };
      const style = styleOf(element);
      const before = this.top.length;
      if (this.enter(LayerKind.fixed, element, this.viewport, style, behind, behind.layer.context)) {
        const { layer } = behind;
        layer.id = this.owner.layerIds.of(element, "backdrop");
        inner.layer.context.above.pop();
        this.top.splice(before, 0, layer);
        layer.parts.flow.push(placed("b", this.viewport, backdrop));
        closeBlocks(layer.parts, element, null, layer, this.owner.blockIds, true);
      }
    }
    inner.opacity = Number(styleOf(element).opacity);
    return this.enter(LayerKind.top, element, rect, styleOf(element), inner, inner.layer.context) ?? "positioned";
  }

  // What one element paints.

  private *paint(
    element: Element, name: string, style: CSSStyleDeclaration, rect: DOMRect, inner: Context, parts: Parts,
  ): Pass<void> {
    const isVisible = style.visibility === "visible";
    const verdict = verdictOf(element);
    if (verdict === "block") {
      const box = isVisible ? hatchedBox(rect, inner) : null;
      if (box) this.add(parts, box);
      return;
    }
    if (verdict === "mask") inner.isMasked = true;
    if (verdict === "show") inner.isShown = true;
    if (name === "input" || name === "select" || name === "textarea") {
      const items: Item[] = [];
      if (isVisible && meets(rect, inner.clip)) captureControl(element, name, rect, style, inner, items);
      for (const item of items) this.add(parts, item);
      return;
    }
    if (isVisible && isEditable(element) && !inner.isShown) {
      const items: Item[] = [];
      if (meets(rect, inner.clip)) captureEditable(element, rect, items, inner);
      for (const item of items) this.add(parts, item);
      return;
    }
    if (isVisible) this.box(element, style, rect, inner, parts);
    if (name === "iframe" || name === "frame") {
      const inside = isVisible && this.frameDepth < frameDepthMax ? documentIn(element) : null;
      if (inside && (yield* this.frame(inside, style, rect, inner))) return;
    }
    if (pictureKind(name)) {
      const item = isVisible ? pictureItem(element, name, rect, inner) : null;
      if (item) this.add(parts, item);
      if (name === "svg") this.vectorTexts(element, inner, parts);
      return;
    }
    yield* this.contents(element, name, style, rect, inner, parts);
  }

  /** The page in a frame, as a scroll container of its own; false where there is no room for one. */
  private *frame(
    inside: Document, style: CSSStyleDeclaration, rect: DOMRect, inner: Context,
  ): Pass<boolean> {
    const box = contentBox(rect, style);
    if (isEmpty(box) || !inReach(box, inner.band, inner.clip)) return true;
    const scroller = inside.scrollingElement ?? inside.documentElement;
    if (!this.enter(LayerKind.scroll, scroller, box, style, inner, inner.layer.context)) return false;
    const { layer } = inner;
    this.scrollers.set(inside, layer.id);
    this.meet(inside);
    const ground = fillOf(styleOf(canvasElement(inside)), inner.opacity);
    if (ground !== 0) {
      const whole = { left: layer.originX, top: layer.originY, right: 0, bottom: 0 };
      whole.right = whole.left + Math.max(scrollWidth(scroller), box.right - box.left);
      whole.bottom = whole.top + Math.max(scrollHeight(scroller), box.bottom - box.top);
      this.add(layer.parts, placed("b", whole, ground));
    }
    this.canvases.add(canvasElement(inside));
    inner.clip = inner.positionedClip = everywhere;
    inner.band = band(box, layer.scrollX, layer.scrollY);
    inner.hasEllipsis = false;
    // What is fixed in a frame is fixed to the frame alone: it moves with it.
    inner.isTransformed = true;
    if (inside.designMode === "on") inner.isMasked = true;
    const [x, y] = offset();
    moveTo(box.left, box.top);
    this.frameDepth += 1;
    yield* this.visit(inside.documentElement, inner, layer.parts);
    this.frameDepth -= 1;
    moveTo(x, y);
    closeBlocks(layer.parts, scroller, null, layer, this.owner.blockIds, true);
    return true;
  }

  private box(element: Element, style: CSSStyleDeclaration, rect: DOMRect, inner: Context, parts: Parts): void {
    if (this.canvases.has(element)) return;
    if (style.display === "inline") {
      for (const part of listed(rectsOf(element))) {
        const item = boxItem(part, style, inner);
        if (item) this.add(parts, item);
      }
      return;
    }
    const item = boxItem(rect, style, inner);
    if (item) this.add(parts, item);
    if (style.backgroundImage.includes("url(")) {
      const image = backgroundItem(element, rect, inner);
      if (image) this.add(parts, image);
    }
  }

  private *contents(
    element: Element, name: string, style: CSSStyleDeclaration, rect: DOMRect, inner: Context, parts: Parts,
  ): Pass<void> {
    const { position } = style;
    const isMoved = style.transform !== "none";
    const isPositioned = position !== "static" || isMoved;
    if (isMoved || style.filter !== "none") inner.isTransformed = true;
    if (isTurned(style)) inner.isTurned = true;
    if (position === "fixed" && inner.layer.element === element) inner.isTransformed = false;
    const decoration = style.textDecorationLine;
    if (decoration !== "none") {
      if (decoration.includes("underline")) inner.flags |= TextFlag.underline;
      if (decoration.includes("line-through")) inner.flags |= TextFlag.struck;
    }
    if (name === "a" && hasAttribute(element, "href")) inner.flags |= TextFlag.link;
    if (noFormLabel.test(name) || attribute(element, "role") === "button") inner.flags |= TextFlag.label;
    const isClipping = !isPage(element) && style.overflowX !== "visible" && style.display !== "inline";
    if (isPositioned) inner.positionedLayer = inner.layer;
    let target = parts;
    if (isClipping) {
      const padding = paddingBox(element, rect);
      const isScroller = isScrollable(element, style);
      if (isScroller) {
        if (!inReach(padding, inner.band, inner.clip)) return;
        const outer: Context = { ...inner };
        const isEntered = this.enter(LayerKind.scroll, element, padding, style, inner, inner.layer.context) !== null;
        if (isEntered) {
          inner.positionedLayer = isPositioned ? inner.layer : outer.positionedLayer;
          this.scrollers.set(element, inner.layer.id);
          inner.clip = everywhere;
          inner.band = band(padding, inner.layer.scrollX, inner.layer.scrollY);
          inner.positionedClip = isPositioned ? everywhere : outer.positionedClip;
          target = inner.layer.parts;
          yield* this.children(element, name, style, inner, target, true);
          closeBlocks(target, element, padding as DOMRect, inner.layer, this.owner.blockIds, true);
          return;
        }
      }
      inner.clip = common(inner.clip, padding);
      if (isEmpty(inner.clip)) return;
      inner.hasEllipsis = style.textOverflow === "ellipsis";
    }
    if (isPositioned) inner.positionedClip = inner.clip;
    yield* this.children(element, name, style, inner, target, true);
  }

  private *children(
    element: Element, name: string, style: CSSStyleDeclaration, inner: Context, parts: Parts, hasBox: boolean,
  ): Pass<void> {
    const root = rootOf(element);
    if (root) this.meet(root);
    if (hasBox && style.contentVisibility === "hidden") return;
    if (name === "slot") {
      const assigned = (element as HTMLSlotElement).assignedNodes({ flatten: true });
      if (assigned.length > 0) {
        for (const node of assigned) yield* this.child(node, style, inner, parts);
        return;
      }
    }
    const isClosed = name === "details" && !hasAttribute(element, "open");
    const state: TextState = { style: null, isClamped: false };
    if (style.display === "list-item" && style.visibility === "visible") {
      const marker = markerItem(element, style, inner);
      if (marker) this.add(parts, marker);
    }
    if (hasBox) this.pseudo(element, "::before", style, inner, parts);
    const isLong = (root ?? element).childElementCount > longMin && isInOrder(style);
    for (let node: ChildNode | null = firstChild(root ?? element); node; node = nextSibling(node)) {
      if (isLong && nodeType(node) === 1) node = this.nextInReach(node as Element, inner.band);
      if (isClosed && !(nodeType(node) === 1 && localName(node) === "summary")) continue;
      yield* this.child(node, style, inner, parts, state);
    }
    if (hasBox && !isClosed) this.pseudo(element, "::after", style, inner, parts);
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

  private *child(
    node: Node, style: CSSStyleDeclaration, inner: Context, parts: Parts,
    state: TextState = { style: null, isClamped: false },
  ): Pass<void> {
    const type = nodeType(node);
    if (type === 1) {
      yield* this.visit(node as Element, inner, parts);
      return;
    }
    if (type !== 3) return;
    const { data } = node as Text;
    if (data.length === 0 || !/\S/.test(data)) return;
    const parent = node.parentElement;
    if (!state.style) {
      if (style.visibility !== "visible") return;
      state.style = textStyleOf(style, inner, parent ? languageOf(parent) : "");
      const clamp = style.getPropertyValue("-webkit-line-clamp");
      state.isClamped = clamp !== "" && clamp !== "none";
    }
    if (this.isDue) yield;
    const items: Item[] = [];
    captureText(node as Text, inner, state.style, state.isClamped, items);
    for (const item of items) this.add(parts, item);
  }

  private pseudo(
    element: Element, which: "::before" | "::after", style: CSSStyleDeclaration, inner: Context, parts: Parts,
  ): void {
    if (style.visibility !== "visible" || inner.isMasked) return;
    const items = pseudoItem(element, which, inner);
    for (const item of items) {
      this.itemCount += 1;
      parts.flow.push(item);
    }
  }

  private vectorTexts(element: Element, inner: Context, parts: Parts): void {
    for (const text of element.querySelectorAll("text")) {
      const style = styleOf(text);
      if (style.visibility !== "visible" || style.display === "none") continue;
      const shown: TextStyle = { ...textStyleOf(style, inner, ""), colour: colourOf(style.fill) };
      const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      const items: Item[] = [];
      for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
        captureText(node as Text, inner, shown, false, items);
      }
      for (const item of items) this.add(parts, item);
    }
  }

  private add(parts: Parts, item: Item): void {
    this.itemCount += 1;
    (parts.flow as Part[]).push(item);
  }
}

interface TextState {
  style: TextStyle | null;
  isClamped: boolean;
}

/** Whether lines of text do not run from left to right or right to left. */
function isTurned(style: CSSStyleDeclaration): boolean {
  if (style.writingMode && style.writingMode !== "horizontal-tb") return true;
  const { transform } = style;
  if (transform === "none") return false;
  const [a, b] = transform.startsWith("matrix(") ? transform.slice(7).split(",").map(Number) : [1, 0];
  return Math.abs(b ?? 0) > Math.abs(a ?? 1) * 0.3;
}

/** Whether children stand one after the other, so that what lies between two of them is on their side. */
function isInOrder(style: CSSStyleDeclaration): boolean {
  return style.columnCount === "auto" && style.columnWidth === "auto" && !style.flexWrap.endsWith("reverse")
    && !style.flexDirection.endsWith("reverse");
}

function isEditable(element: Element): boolean {
  const value = attribute(element, "contenteditable");
  return value !== null && value.toLowerCase() !== "false";
}

function paddingBox(element: Element, rect: DOMRect): Rect {
  const left = rect.left + clientLeft(element);
  const top = rect.top + clientTop(element);
  return { left, top, right: left + clientWidth(element), bottom: top + clientHeight(element) };
}

function isScrollable(element: Element, style: CSSStyleDeclaration): boolean {
  const isHidden = (overflow: string): boolean => overflow === "hidden" || overflow === "clip";
  if (isHidden(style.overflowX) && isHidden(style.overflowY)) {
    return scrollTop(element) !== 0 || scrollLeft(element) !== 0;
  }
  const hasMore = (!isHidden(style.overflowY) && scrollHeight(element) > clientHeight(element) + 1)
    || (!isHidden(style.overflowX) && scrollWidth(element) > clientWidth(element) + 1);
  return hasMore || scrollTop(element) !== 0 || scrollLeft(element) !== 0;
}

/** Text for screen readers alone: a pixel, or clipped to nothing. */
function isVisuallyHidden(rect: DOMRect, style: CSSStyleDeclaration): boolean {
  if (rect.width <= 1 && rect.height <= 1 && style.overflowX !== "visible") return true;
  if (style.position !== "absolute" && style.clipPath === "none") return false;
  return /^rect\([01]px, [01]px, [01]px, [01]px\)$/.test(style.clip) || /^inset\((?:50|100)%\)$/.test(style.clipPath);
}

/** Whether a sticky element stands at its edge of the viewport, where it stays while the page scrolls. */
function isStuck(rect: DOMRect, style: CSSStyleDeclaration, viewport: Rect): boolean {
  if (style.top !== "auto" && Math.abs(rect.top - px(style.top)) < 1) return true;
  return style.bottom !== "auto" && Math.abs(viewport.bottom - rect.bottom - px(style.bottom)) < 1;
}

function covers(scroller: Layer, parent: Layer, rect: DOMRect): boolean {
  const left = parent.originX + scroller.x;
  const top = parent.originY + scroller.y;
  return meets(rect, { left, top, right: left + scroller.width, bottom: top + scroller.height });
}
