/** The walk over the flat tree. Reads layout, writes nothing. */

import { attempt } from "../guard";
import {
  attribute, clientHeight, clientLeft, clientTop, clientWidth, firstChild, hasAttribute, listed, localName, matches,
  nextElement, nextSibling, nodeType, parentNode, scrollHeight, scrollLeft, scrollTop, scrollWidth, styleOf,
} from "../natives";
import { closeBlocks } from "./blocks";
import { boxItems, fillOf, hatchedBox } from "./boxes";
import { canvasElement, Capturer, flatParent } from "./capture";
import { clippedBy } from "./clips";
import { colourOf } from "./colour";
import { captureControl, captureEditable } from "./controls";
import {
  bounds, contentBox, documentIn, enterFrame, frameDepthMax, isPage, readAs, reading, rectsOf, zoomBy,
} from "./frames";
import { band, common, everywhere, isEmpty, meets, px, Rect, zoomed } from "./geometry";
import { Context, Item, Parts, placed, push, TextFlag } from "./items";
import { Layer, layerCountMax, LayerKind, raisedCountMax } from "./layers";
import { markerItem } from "./markers";
import { backgroundItem, pictureItem, pictureKind } from "./pictures";
import { rememberPasswords, verdictOf } from "./policy";
import { pseudoItem } from "./pseudo";
import { Band, inReach, sideOf } from "./reach";
import { rootOf } from "./roots";
import { captureText, languageOf, TextStyle, textStyleOf } from "./text";

const unseen = new Set([
  "script", "style", "noscript", "template", "head", "datalist", "br", "wbr",
]);

/** What extensions put beside a page, such as the addresses a password manager knows: neither the shop's nor shown. */
const foreign = /(?:^| )(?:com-1password|grammarly|dashlane|lastpass|bitwarden|protonpass)/;
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

/** What is read of an element before anything is decided. */
interface Look {
  element: Element;
  name: string;
  style: CSSStyleDeclaration;
  rect: DOMRect;
  display: string;
  position: string;
  transform: string;
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
  private visitCount = 0;
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
  *visit(element: Element, context: Context, out: Parts, isZoomed = false): Pass<void> {
    // Asking for the time costs too.
    if (((this.visitCount += 1) & 7) === 0 && this.isDue) yield;
    if (element === this.owner.host || context.depth > depthMax || this.itemCount > itemCountMax) return;
    const name = localName(element);
    if (unseen.has(name) || (context.depth < 3 && foreign.test(`${name} ${attribute(element, "id")}`))) return;
    // Each value that is read costs about as much as all that is done with it.
    const style = styleOf(element);
    const { display } = style;
    if (display === "none") return;
    const zoom = Number(style.zoom) || 1;
    if (zoom !== 1 && !isZoomed) {
      const before = reading();
      zoomBy(zoom);
      yield* this.visit(element, context, out, true);
      return readAs(before);
    }
    if (display === "contents") return yield* this.visitContents(element, name, style, context, out);
    const own = Number(style.opacity);
    const opacity = context.opacity * own;
    if (opacity < 0.02) return;
    const rect = bounds(element);
    const { position, clipPath } = style;
    if (isVisuallyHidden(rect, style, position, clipPath)) return;
    if (this.isOutside(element, rect, style, display, position, context) && !this.onTheWay.has(element)) return;
    const inner: Context = { ...context, opacity, depth: context.depth + 1 };
    if (clipPath !== "none") inner.clip = inner.positionedClip = clippedBy(clipPath, rect, inner.clip);
    const isText = display === "inline" && !pictureKind(name);
    const look: Look = {
      element, name, style, rect, display, position, transform: isText ? "none" : style.transform,
    };
    const place = this.place(look, own, inner);
    const isNewLayer = place === "layer";
    const parts = isNewLayer ? inner.layer.parts : new Parts();
    const rest = this.paint(look, inner, parts);
    if (rest instanceof Parts) {
      yield* this.children(element, name, style, inner, rest, display);
      if (rest !== parts) this.close(rest, element, paddingBox(element, rect), inner.layer);
    } else if (rest && !(yield* this.frame(rest, look, inner))) this.picture(look, inner, parts);
    closeBlocks(parts, element, rect, inner.layer, this.owner.blockIds, isNewLayer);
    if (isNewLayer) return;
    if (place === "flow") out.takeFlow(parts);
    else push(place === "under" ? out.under : out.positioned, parts.all);
  }

  private *visitContents(
    element: Element, name: string, style: CSSStyleDeclaration, context: Context, out: Parts,
  ): Pass<void> {
    const inner = { ...context, depth: context.depth + 1 };
    if (!isBlocked(element, inner)) yield* this.children(element, name, style, inner, out, "");
  }

  /** Turns all that is loose in a layer, or in a scroll container, into blocks. */
  private close(parts: Parts, element: Element, rect: Rect | null, layer: Layer): void {
    closeBlocks(parts, element, rect, layer, this.owner.blockIds, true);
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

  // Layers.

  private place({ element, rect, style, position, transform }: Look, opacity: number, inner: Context): Place {
    const enter = (kind: number): "layer" | null => this.enter(kind, element, rect, style, inner);
    if (this.modals.has(element)) return this.enterTop(element, rect, inner);
    const isPositioned = position !== "static";
    if (!isPositioned) return opacity < 1 || transform !== "none" ? "positioned" : "flow";
    // What is fixed in a frame is fixed to the frame alone: it moves with it.
    if (position === "fixed" && this.frameDepth === 0 && isFixedToPage(element)) {
      return enter(LayerKind.fixed) ?? "positioned";
    }
    if (position === "absolute") {
      inner.clip = inner.positionedClip;
      if (inner.positionedLayer !== inner.layer) {
        inner.layer = inner.positionedLayer;
        const raised = enter(LayerKind.raised);
        if (raised) return raised;
      }
    }
    if (position === "sticky" && this.frameDepth === 0 && isStuck(rect, style, this.viewport)) {
      const fixed = enter(LayerKind.fixed);
      if (fixed) return fixed;
    }
    const z = Number(style.zIndex) || 0;
    if (z < 0) return "under";
    const isOverScroller = inner.layer.above.some((layer) =>
      layer.kind === LayerKind.scroll && layer.parent === inner.layer.id && covers(layer, inner.layer, rect));
    if ((z > 0 || isOverScroller) && this.raisedCount < raisedCountMax) {
      const raised = enter(LayerKind.raised);
      if (raised) {
        this.raisedCount += 1;
        return raised;
      }
    }
    return "positioned";
  }

  private enter(
    kind: number, element: Element, rect: Rect, style: CSSStyleDeclaration, inner: Context,
  ): "layer" | null {
    if (this.layerCount >= layerCountMax) return null;
    this.layerCount += 1;
    const parent = inner.layer;
    const { context } = parent;
    const isFloating = kind === LayerKind.fixed || kind === LayerKind.top;
    const isScroll = kind === LayerKind.scroll;
    const z = isScroll ? 0 : Number(style.zIndex) || 0;
    const scrollX = isScroll ? scrollLeft(element) * zoomed() : 0;
    const scrollY = isScroll ? scrollTop(element) * zoomed() : 0;
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
    const style = styleOf(element);
    const backdrop = attempt(() => colourOf(styleOf(element, "::backdrop").backgroundColor), 0);
    if (backdrop !== 0 && this.layerCount < layerCountMax) {
      const behind: Context = { ...inner };
      const before = this.top.length;
      if (this.enter(LayerKind.fixed, element, this.viewport, style, behind)) {
        const { layer } = behind;
        layer.id = this.owner.layerIds.of(element, "backdrop");
        inner.layer.context.above.pop();
        this.top.splice(before, 0, layer);
        layer.parts.flow.push(placed("b", this.viewport, backdrop));
        this.close(layer.parts, element, null, layer);
      }
    }
    inner.opacity = Number(style.opacity);
    return this.enter(LayerKind.top, element, rect, style, inner) ?? "positioned";
  }

  // What one element paints.

  /** Paints the element; what is left are its children, for the parts that are returned, or the page in a frame. */
  private paint(look: Look, inner: Context, parts: Parts): Parts | Document | null {
    const { element, name, style, rect } = look;
    if (isBlocked(element, inner)) {
      if (isVisible(style)) this.add(parts, hatchedBox(rect, inner));
      return null;
    }
    const isControl = name === "input" || name === "select" || name === "textarea";
    if (isControl || (isEditable(element) && !inner.isShown && isVisible(style))) {
      const items: Item[] = [];
      if (isVisible(style) && meets(rect, inner.clip)) {
        if (isControl) captureControl(element, name, rect, style, inner, items);
        else captureEditable(element, rect, items, inner);
      }
      this.add(parts, ...items);
      return null;
    }
    this.box(look, inner, parts);
    if (name === "iframe" || name === "frame") {
      const inside = this.frameDepth < frameDepthMax && isVisible(style) ? documentIn(element) : null;
      if (inside) return inside;
    }
    if (!pictureKind(name)) return this.contents(look, inner, parts);
    this.picture(look, inner, parts);
    if (name === "svg") this.vectorTexts(element, inner, parts);
    return null;
  }

  private picture({ element, name, style, rect }: Look, inner: Context, parts: Parts): void {
    if (isVisible(style)) this.add(parts, pictureItem(element, name, rect, inner));
  }

  /** The page in a frame, as a scroll container of its own; false where there is no room for one. */
  private *frame(inside: Document, { style, rect }: Look, inner: Context): Pass<boolean> {
    const box = contentBox(rect, style);
    if (isEmpty(box) || !inReach(box, inner.band, inner.clip)) return true;
    const scroller = inside.scrollingElement ?? inside.documentElement;
    const before = reading();
    enterFrame(box.left, box.top);
    if (!this.enter(LayerKind.scroll, scroller, box, style, inner)) {
      readAs(before);
      return false;
    }
    const { layer } = inner;
    this.scrollers.set(inside, layer.id);
    this.meet(inside);
    const ground = fillOf(styleOf(canvasElement(inside)), inner.opacity);
    if (ground !== 0) {
      const whole = { left: layer.originX, top: layer.originY, right: 0, bottom: 0 };
      whole.right = whole.left + Math.max(scrollWidth(scroller) * zoomed(), box.right - box.left);
      whole.bottom = whole.top + Math.max(scrollHeight(scroller) * zoomed(), box.bottom - box.top);
      this.add(layer.parts, placed("b", whole, ground));
    }
    this.canvases.add(canvasElement(inside));
    inner.clip = inner.positionedClip = everywhere;
    inner.band = band(box, layer.scrollX, layer.scrollY);
    inner.hasEllipsis = false;
    if (inside.designMode === "on") inner.isMasked = true;
    this.frameDepth += 1;
    yield* this.visit(inside.documentElement, inner, layer.parts);
    this.frameDepth -= 1;
    readAs(before);
    this.close(layer.parts, scroller, null, layer);
    return true;
  }

  private box({ element, style, rect, display }: Look, inner: Context, parts: Parts): void {
    if (this.canvases.has(element)) return;
    const { backgroundImage } = style;
    const isInline = display === "inline";
    const items = boxItems(() => isInline ? listed(rectsOf(element)) : [rect], style, inner, backgroundImage);
    const hasPicture = !isInline && backgroundImage.includes("url(");
    if ((items.length > 0 || hasPicture) && isVisible(style)) {
      this.add(parts, ...items, hasPicture ? backgroundItem(element, rect, inner) : null);
    }
  }

  private contents(look: Look, inner: Context, parts: Parts): Parts | null {
    const { element, name, style, rect, display, position, transform } = look;
    const isPositioned = position !== "static" || transform !== "none";
    if (isTurned(transform)) inner.isTurned = true;
    const decoration = style.textDecorationLine;
    if (decoration !== "none") {
      if (decoration.includes("underline")) inner.flags |= TextFlag.underline;
      if (decoration.includes("line-through")) inner.flags |= TextFlag.struck;
    }
    if (name === "a" && hasAttribute(element, "href")) inner.flags |= TextFlag.link;
    if (noFormLabel.test(name) || attribute(element, "role") === "button") inner.flags |= TextFlag.label;
    if (isPositioned) inner.positionedLayer = inner.layer;
    if (display !== "inline" && style.overflowX !== "visible" && !isPage(element)) {
      const padding = paddingBox(element, rect);
      if (isScrollable(element, style)) {
        if (!inReach(padding, inner.band, inner.clip)) return null;
        const { positionedLayer, positionedClip } = inner;
        if (this.enter(LayerKind.scroll, element, padding, style, inner)) {
          const { layer } = inner;
          if (!isPositioned) inner.positionedLayer = positionedLayer;
          this.scrollers.set(element, layer.id);
          inner.clip = everywhere;
          inner.band = band(padding, layer.scrollX, layer.scrollY);
          inner.positionedClip = isPositioned ? everywhere : positionedClip;
          return layer.parts;
        }
      }
      inner.clip = common(inner.clip, padding);
      if (isEmpty(inner.clip)) return null;
      inner.hasEllipsis = style.textOverflow === "ellipsis";
    }
    if (isPositioned) inner.positionedClip = inner.clip;
    return parts;
  }

  /** `display` is empty for an element that has no box. */
  private *children(
    element: Element, name: string, style: CSSStyleDeclaration, inner: Context, parts: Parts, display: string,
  ): Pass<void> {
    const root = rootOf(element);
    if (root) this.meet(root);
    if (display && display !== "inline" && style.contentVisibility === "hidden") return;
    const isClosed = name === "details" && !hasAttribute(element, "open");
    if (display === "list-item" && isVisible(style)) this.add(parts, markerItem(element, style, inner));
    if (display) this.pseudo(element, "::before", style, inner, parts);
    const parent = root ?? element;
    const assigned: Node[] = name === "slot" ? (element as HTMLSlotElement).assignedNodes({ flatten: true }) : [];
    const isLong = !assigned[0] && parent.childElementCount > longMin && isInOrder(style);
    let texts: TextStyle | null | undefined;
    let index = 0;
    let next: Node | null;
    for (let node: Node | null = assigned[0] ?? firstChild(parent); node; node = next) {
      let type = nodeType(node);
      if (isLong && type === 1) node = this.nextInReach(node as Element, inner.band);
      next = assigned[0] ? assigned[index += 1] ?? null : nextSibling(node);
      if (isClosed && !(type === 1 && localName(node) === "summary")) type = 0;
      if (type === 1) yield* this.visit(node as Element, inner, parts);
      if (type !== 3 || !/\S/.test((node as Text).data)) continue;
      if (texts === undefined) {
        texts = isVisible(style) ? textStyleOf(style, inner, languageOf(parentNode(node) as Element)) : null;
      }
      if (!texts) continue;
      if (this.isDue) yield;
      this.addText(node as Text, inner, texts, parts);
    }
    if (display && !isClosed) this.pseudo(element, "::after", style, inner, parts);
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

  private pseudo(
    element: Element, which: "::before" | "::after", style: CSSStyleDeclaration, inner: Context, parts: Parts,
  ): void {
    if (inner.isMasked) return;
    const items = pseudoItem(element, which, inner);
    if (items.length > 0 && isVisible(style)) this.add(parts, ...items);
  }

  private vectorTexts(element: Element, inner: Context, parts: Parts): void {
    for (const text of element.querySelectorAll("text")) {
      const style = styleOf(text);
      if (!isVisible(style) || style.display === "none") continue;
      const shown: TextStyle = { ...textStyleOf(style, inner, ""), colour: colourOf(style.fill) };
      const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
        this.addText(node as Text, inner, shown, parts);
      }
    }
  }

  private addText(node: Text, inner: Context, style: TextStyle, parts: Parts): void {
    const items: Item[] = [];
    captureText(node, inner, style, items);
    this.add(parts, ...items);
  }

  private add(parts: Parts, ...items: (Item | null)[]): void {
    for (const item of items) {
      if (!item) continue;
      this.itemCount += 1;
      parts.flow.push(item);
    }
  }
}

function isVisible(style: CSSStyleDeclaration): boolean {
  return style.visibility === "visible";
}

/** Whether the site keeps an element to itself; what its attributes say besides goes to `inner`. */
function isBlocked(element: Element, inner: Context): boolean {
  const verdict = verdictOf(element);
  if (verdict === "mask") inner.isMasked = true;
  if (verdict === "show") inner.isShown = true;
  return verdict === "block";
}

/** Whether no ancestor holds a fixed element. */
function isFixedToPage(element: Element): boolean {
  for (let node = flatParent(element); node; node = flatParent(node)) {
    const style = nodeType(node) === 1 ? styleOf(node as Element) : null;
    if (style && (style.transform !== "none" || style.filter !== "none")) return false;
  }
  return true;
}

/** Whether a transform turns lines of text. */
function isTurned(transform: string): boolean {
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
  const zoom = zoomed();
  const left = rect.left + clientLeft(element) * zoom;
  const top = rect.top + clientTop(element) * zoom;
  return { left, top, right: left + clientWidth(element) * zoom, bottom: top + clientHeight(element) * zoom };
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
function isVisuallyHidden(rect: DOMRect, style: CSSStyleDeclaration, position: string, clipPath: string): boolean {
  if (rect.width <= 1 && rect.height <= 1 && style.overflowX !== "visible") return true;
  if (position !== "absolute" && clipPath === "none") return false;
  return /^rect\([01]px, [01]px, [01]px, [01]px\)$/.test(style.clip) || /^inset\((?:50|100)%\)$/.test(clipPath);
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
