/** Shows the page to whoever looks: keyframes, deltas, scrolls and the cursor, while a link and a watcher are there. */

import { captureTimeNow, Link } from "../link";
import { scrollLeft, scrollTop } from "../natives";
import { Kind } from "../wire";
import { Capturer, View } from "./capture";
import { deltaBody, keyframeBody } from "./difference";
import { Dirt } from "./dirt";
import { Pointer } from "./pointer";

/** A view of more text than this is captured again, nearer to the viewport: a body may be 1 MiB. */
const bodyLengthMax = 340_000;
const layerKindFlow = 0;

export class Mirror {
  private readonly capturer: Capturer;
  private readonly dirt: Dirt;
  private readonly pointer: Pointer;
  private link: Link | null = null;
  private page = 1;
  /** The view that the other end has after all that was sent; `null` before the first keyframe of a link. */
  private base: View | null = null;
  private reach = true;

  /** `beforeLook` is called before each look at the page. */
  constructor(host: Element, private readonly beforeLook: () => void) {
    this.capturer = new Capturer(host);
    this.dirt = new Dirt(() => this.look());
    this.capturer.onShadowRoot = (root) => this.dirt.observe(root);
    this.pointer = new Pointer(host, {
      cursorMoved: (x, y, time) => {
        if (this.link && !(x !== null && this.link.isFull)) this.link.cursor(x === null ? [] : [x, y], time);
      },
      pressed: (x, y, what, time) => {
        if (this.base) this.link?.page(Kind.press, `[${x},${y},"${what}"]`, time);
      },
      scrolled: (target, time) => this.scrolled(target, time),
    });
  }

  /** Begins to show the page over `link`; the keyframe comes with the next look, or sooner when asked for. */
  start(link: Link, page: number): void {
    if (this.link === link) return;
    this.stop();
    this.link = link;
    this.page = page;
    this.dirt.start();
    this.pointer.start();
    this.dirt.mark();
  }

  stop(): void {
    if (!this.link) return;
    this.link = null;
    this.base = null;
    this.dirt.stop();
    this.pointer.stop();
  }

  /** Answers a request: at once, since a rep waits for it. */
  sendKeyframe(): void {
    if (!this.link) return;
    const start = performance.now();
    this.base = null;
    const isDone = this.look();
    this.dirt.looked(performance.now() - start);
    if (!isDone) this.dirt.mark();
  }

  private view(): View {
    return this.capturer.capture(this.page, this.reach);
  }

  /** Looks at the page and sends what changed; false when the wire is full. */
  private look(): boolean {
    const { link } = this;
    if (!link) return true;
    if (link.isFull) return false;
    this.beforeLook();
    const time = captureTimeNow();
    let view = this.view();
    let body = this.base ? deltaBody(this.base, view) : keyframeBody(view);
    if (body !== null && body.length > bodyLengthMax && this.reach) {
      this.reach = false;
      view = this.view();
      body = this.base ? deltaBody(this.base, view) : keyframeBody(view);
    }
    if (body !== null && body.length > bodyLengthMax) {
      view.blocks = fitting(view.blocks);
      this.base = null;
      body = keyframeBody(view);
    }
    if (body !== null) link.page(this.base ? Kind.delta : Kind.keyframe, body, time);
    this.base = view;
    return !view.hasMore;
  }

  private scrolled(target: EventTarget | null, time: number): void {
    const { base, link } = this;
    this.dirt.mark();
    if (!base || !link) return;
    const isDocument = target === document || target === document.scrollingElement;
    const id = isDocument ? 0 : base.scrollers.get(target as Element);
    const row = base.layers.find((layer) => layer[0] === id);
    if (id === undefined || !row || (id === 0 && row[2] !== layerKindFlow)) return;
    const x = Math.round(isDocument ? window.scrollX : scrollLeft(target as Element));
    const y = Math.round(isDocument ? window.scrollY : scrollTop(target as Element));
    if (row[7] === x && row[8] === y) return;
    row[7] = x;
    row[8] = y;
    link.page(Kind.scroll, `[[${id},${x},${y}]]`, time);
  }
}

/** The first blocks that a body has room for. */
function fitting(blocks: View["blocks"]): View["blocks"] {
  let room = bodyLengthMax * 0.8;
  return blocks.filter((block) => (room -= block.json.length + 32) > 0);
}
