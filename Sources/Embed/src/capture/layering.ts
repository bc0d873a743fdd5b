/** How elements are placed among the layers of a view. */

import { attempt } from "../guard";
import { scrollLeft, scrollTop, styleOf } from "../natives";
import { closeBlocks } from "./blocks";
import type { Capturer } from "./capture";
import { colourOf } from "./colour";
import { everywhere, Rect, zoomed } from "./geometry";
import { Context, Parts, placed } from "./items";
import { Layer, layerCountMax, LayerKind, raisedCountMax } from "./layers";
import { covers, isFixedToPage, isStuck, Look } from "./traits";

/** How one element is placed among the layers. */
export type Place = "flow" | "under" | "positioned" | "layer";

export class Layering {
  readonly top: Layer[] = [];
  protected readonly modals = new Set<Element>();
  protected frameDepth = 0;
  private layerCount = 1;
  private raisedCount = 0;

  constructor(protected readonly owner: Capturer, protected readonly viewport: Rect) {}

  /** Turns all that is loose in a layer, or in a scroll container, into blocks. */
  protected close(parts: Parts, element: Element, rect: Rect | null, layer: Layer): void {
    closeBlocks(parts, element, rect, layer, this.owner.blockIds, true);
  }

  protected place({ element, rect, style, position, transform }: Look, opacity: number, inner: Context): Place {
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

  protected enter(
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
}
