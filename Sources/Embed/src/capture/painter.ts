/** What one element paints. */

import { attribute, hasAttribute, styleOf } from "../natives";
import { boxItems, hatchedBox } from "./boxes";
import { canvasElement } from "./traits";
import { colourOf } from "./colour";
import { captureControl, captureEditable } from "./controls";
import { documentIn, frameDepthMax, isPage, rectsOf } from "./frames";
import { band, common, everywhere, isEmpty, meets } from "./geometry";
import { Context, Item, Parts, TextFlag } from "./items";
import { Layering } from "./layering";
import { LayerKind } from "./layers";
import { listItems } from "./options";
import { backgroundItem, pictureItem, pictureKind } from "./pictures";
import { pseudoItem } from "./pseudo";
import { inReach } from "./reach";
import { captureText, TextStyle, textStyleOf } from "./text";
import { isBlocked, isEditable, isScrollable, isTurned, isVisible, Look, paddingBox } from "./traits";

const noFormLabel = /^(?:button|summary)$/;

export class Painter extends Layering {
  readonly scrollers = new Map<Node, number>();
  /** What paints the ground of its document. */
  protected readonly canvases = new Set<Element>([canvasElement(document)]);
  protected itemCount = 0;

  /** Paints the element; what is left are its children, for the parts that are returned, or the page in a frame. */
  protected paint(look: Look, inner: Context, parts: Parts): Parts | Document | null {
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
      if (name === "select") this.list(look, inner);
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

  /** The open list of a control, above all else that is painted by now. */
  private list({ element, rect, style }: Look, inner: Context): void {
    const items = listItems(element, rect, style, inner, this.viewport.bottom);
    const [box] = items;
    if (!box) return;
    const [, left, top, width, height] = box;
    const own = { ...inner };
    const place = { left, top, right: left + Number(width), bottom: top + Number(height) };
    if (!this.enter(LayerKind.top, element, place, style, own)) return;
    this.add(own.layer.parts, ...items);
    this.close(own.layer.parts, element, null, own.layer);
  }

  protected picture({ element, name, style, rect }: Look, inner: Context, parts: Parts): void {
    if (isVisible(style)) this.add(parts, pictureItem(element, name, rect, inner));
  }

  private box({ element, style, rect, display }: Look, inner: Context, parts: Parts): void {
    if (this.canvases.has(element)) return;
    const { backgroundImage } = style;
    const isInline = display === "inline";
    const items = boxItems(() => isInline ? rectsOf(element) : [rect], style, inner, backgroundImage);
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

  protected pseudo(
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
      const shown: TextStyle = { ...textStyleOf(style, inner), colour: colourOf(style.fill) };
      const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
        this.addText(node as Text, inner, shown, parts);
      }
    }
  }

  protected addText(node: Text, inner: Context, style: TextStyle, parts: Parts): void {
    const items: Item[] = [];
    captureText(node, inner, style, items);
    for (const item of items) this.add(parts, item);
  }

  protected add(parts: Parts, ...items: (Item | null)[]): void {
    for (const item of items) {
      if (!item) continue;
      this.itemCount += 1;
      parts.flow.push(item);
    }
  }
}
