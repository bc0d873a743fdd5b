/**
 * The view of a document: one read-only walk over what is in and near the viewport. It changes nothing on the page and
 * keeps nothing but numbers of elements.
 */

import { attempt } from "../guard";
import { clientWidth, encodeJSON, scrollHeight, scrollWidth, styleOf } from "../natives";
import { closeBlocks } from "./blocks";
import { beginCounters } from "./counters";
import { blended } from "./colour";
import { everywhere, Rect } from "./geometry";
import { Block, Context, Parts } from "./items";
import { Identities, Layer, LayerKind, layerRow, paintOrder } from "./layers";
import { arePicturesLeft, beginPictures } from "./pictures";
import { fillOf } from "./boxes";
import { rememberPasswords } from "./policy";
import { Places, reachJSON } from "./reach";
import { scrubbed, scrubbedAddress } from "./scrub";
import { canvasElement } from "./traits";
import { Pass, Slice, Walk } from "./walk";

export interface View {
  /** Members of a keyframe that are replaced whole, as JSON: page, viewport, size, ground, reach. */
  facts: string[];
  layers: number[][];
  /** Blocks in paint order, each with the id of its layer. */
  blocks: (Block & { layer: number })[];
  /** Elements and documents of frames by the layer they scroll; the page's own is missing. */
  scrollers: Map<Node, number>;
  /** Whether something was left for a later pass. */
  hasMore: boolean;
}

/** Other tabs that a view tells of, by `Protocol/view.md`. */
const tabCountMax = 8;

/** What stays between passes. */
export class Capturer {
  readonly layerIds = new Identities();
  readonly blockIds = new Identities();
  readonly places = new Places();
  /** Shadow roots and documents of frames, whenever they are met; whoever observes the page takes them. */
  onRoot: (root: ShadowRoot | Document) => void = () => undefined;

  constructor(readonly host: Element) {}

  /**
   * The view now; `reach` false leaves what is outside the viewport; `tabs` are the shopper's others. Yields when the
   * slice has passed; the view is of one layout only if nothing changed meanwhile.
   */
  *capture(
    pageId: number, tab: number, reach: boolean, slice: Slice, tabs: Iterable<unknown> = [],
  ): Pass<View> {
    beginPictures();
    beginCounters();
    rememberPasswords(document);
    const scroller = document.scrollingElement ?? document.documentElement;
    const width = clientWidth(document.documentElement) || window.innerWidth;
    const height = window.innerHeight;
    const { scrollX, scrollY } = window;
    const viewport: Rect = { left: 0, top: 0, right: width, bottom: height };
    const root = rootLayer(scrollX, scrollY, scrollWidth(scroller), scrollHeight(scroller));
    const walk = new Walk(this, viewport, slice);
    const near = reach ? this.places.band(viewport, scrollX, scrollY, performance.now()) : viewport;
    const context: Context = {
      layer: root, positionedLayer: root, clip: everywhere, positionedClip: everywhere,
      band: near,
      opacity: 1, flags: 0, isMasked: document.designMode === "on", isShown: false, hasEllipsis: false,
      isTurned: false, depth: 0,
    };
    yield* walk.findFloating();
    const rest = walk.visit(document.documentElement, context, root.parts);
    if (rest) yield* rest;
    if (walk.isDue) yield;
    closeBlocks(root.parts, document.documentElement, null, root, this.blockIds, true);
    const layers = paintOrder(root, walk.top);
    // An element that moved between two slices was met twice: its last place is the newer one.
    const blocks = new Map<number, Block & { layer: number }>();
    for (const layer of layers) {
      for (const part of layer.parts.all) {
        const block = { ...(part as Block), layer: layer.id };
        block.top += scrollY;
        block.bottom += scrollY;
        blocks.set(block.id, block);
      }
    }
    // What is left is to say what changed: that fits into a slice of its own.
    if (walk.isDue) yield;
    const page = encodeJSON({
      "id": pageId, "url": scrubbedAddress(window.location.href), "title": scrubbed(document.title).slice(0, 200),
      "language": document.documentElement.lang, "tab": tab,
      "tabs": [...tabs].filter((one) => one).slice(0, tabCountMax),
    });
    const size = `${Math.round(root.width)},${Math.round(root.height)}`;
    return {
      facts: [
        `"page":${page}`, `"viewport":[${width},${height}]`, `"size":[${size}]`, `"ground":${groundColour()}`,
        `"reach":${reachJSON(near, scrollX, scrollY, root.width, root.height)}`,
      ],
      layers: layers.map(layerRow),
      blocks: [...blocks.values()],
      scrollers: walk.scrollers,
      hasMore: arePicturesLeft(),
    };
  }
}

function rootLayer(scrollX: number, scrollY: number, width: number, height: number): Layer {
  const layer = {
    id: 0, parent: 0, kind: LayerKind.flow, x: 0, y: 0, width, height, scrollX, scrollY, originX: -scrollX,
    originY: -scrollY, z: 0, element: null, parts: new Parts(), above: [],
  } as unknown as Layer;
  layer.context = layer;
  return layer;
}

function groundColour(): number {
  return attempt(() => blended(0xffffffff, fillOf(styleOf(canvasElement(document)), 1)), 0xffffffff);
}
