/** Shows the page to whoever looks: keyframes, deltas, scrolls and the cursor, while a link and a watcher are there. */

import { captureTimeNow, Link } from "../link";
import { scrollLeft, scrollTop } from "../natives";
import { Row } from "../tabs";
import { Kind } from "../wire";
import { Capturer, View } from "./capture";
import { deltaBody, keyframeBody } from "./difference";
import { Dirt, Look } from "./dirt";
import { pageReading, readAs, Reading, reading } from "./frames";
import { laidInto } from "./merged";
import { isPageHidden, Notice, noticeBody } from "./notice";
import { Pace } from "./pace";
import { refine } from "./pictures";
import { Pointer } from "./pointer";
import { Pass, Slice } from "./walk";

/** A view of more text than this is captured again, nearer to the viewport: a body may be 1 MiB. */
const bodyLengthMax = 340_000;
/** A pass holds the main thread so long at a time, in milliseconds; what follows it takes the rest of 4 ms. */
const sliceDuration = 3;
/** Where looks round the viewport take longer than this, in milliseconds, the viewport alone is looked at first. */
const wideCostMax = 80;
/** Then they take a thirtieth of the time. */
const wideRestFactor = 30;
/** A page that scrolls on and on is looked at all the same: the next pass mends what this one mixed. */
const restartCountMax = 3;
const layerKindFlow = 0;

/** One look at the page, done in slices. */
interface Sight {
  pass: Pass<View>;
  time: number;
  /** What was read when the last slice ended. */
  reading: Reading;
  /** What the page must still be like for the pass to be of one layout. */
  page: string;
  /** Whether it takes in more than the viewport. */
  isWide: boolean;
  /** The milliseconds that it took so far. */
  cost: number;
}

export class Mirror {
  private readonly capturer: Capturer;
  private readonly dirt: Dirt;
  private readonly pointer: Pointer;
  private readonly slice: Slice = { end: 0 };
  private link: Link | null = null;
  private page = 1;
  private tab = 1;
  /** The view that the other end has after all that was sent; `null` before the first keyframe of a link. */
  private base: View | null = null;
  private sight: Sight | null = null;
  private restartCount = 0;
  private scrollCount = 0;
  private reach = true;
  /** Whether the last look round the viewport was a long one; when the next may begin; whether it is next. */
  private isSlow = false;
  private wideFrom = 0;
  private isWideNext = false;
  private readonly pace = new Pace();
  /** The shopper's other tabs by their numbers, none for one that is gone; the next look tells of what changed. */
  readonly tabs = new Map<number, Row | null | undefined>();
  /** What the other end reads in place of the page. */
  told: Notice | null = null;

  /** `beforeLook` is called before each look at the page, and `noticed` when it is shown no more, or again. */
  constructor(
    host: Element, private readonly beforeLook: () => void, private readonly noticed: (notice: Notice | null) => void,
  ) {
    this.capturer = new Capturer(host);
    this.dirt = new Dirt(() => this.look(), this.pace);
    this.capturer.onRoot = (root) => this.dirt.observe(root);
    this.pointer = new Pointer(host, {
      cursorMoved: (x, y, time) => {
        if (!this.link || this.notice || (x !== null && this.link.isFull)) return;
        this.link.cursor(x === null ? [] : [x, y], time);
      },
      pressed: (x, y, what, time) => {
        if (this.base && !this.notice) this.link?.page(Kind.press, `[${x},${y},"${what}"]`, time);
      },
      scrolled: (target, time) => this.scrolled(target, time),
    });
    this.dirt.onScroll = (event) => this.pointer.scroll(event);
  }

  /** Begins to show the page over `link`; the keyframe comes with the next look, or sooner when asked for. */
  start(link: Link, page: number, tab: number): void {
    if (this.link === link) return;
    this.stop();
    this.link = link;
    this.page = page;
    this.tab = tab;
    this.dirt.start();
    this.pointer.start();
    this.dirt.mark();
  }

  stop(): void {
    if (!this.link) return;
    this.link = null;
    this.told = null;
    this.base = null;
    this.sight = null;
    this.capturer.places.clear();
    this.dirt.stop();
    this.pointer.stop();
  }

  /** Answers a request at once, since a rep waits: with what was read last, if nothing has changed since. */
  sendKeyframe(): void {
    if (!this.link) return;
    if (this.base && !this.dirt.isPending && !this.notice) {
      this.link.page(Kind.keyframe, keyframeBody(this.base), captureTimeNow());
      return;
    }
    this.told = null;
    this.base = null;
    this.sight = null;
    this.dirt.lookNow();
  }

  /** Tells that the shopper goes to another site; the document is about to end. */
  sayAway(host: string): void {
    if (this.base) this.link?.lastPage(Kind.keyframe, noticeBody("away", this.page, host), captureTimeNow());
  }

  /** Why the page may not be shown now. */
  private get notice(): Notice | null {
    return isPageHidden() ? "private" : this.pace.isSpent ? "cost" : null;
  }

  /** Whether words stand in place of the page; they are sent when they change. */
  private tell(link: Link): boolean {
    const { notice } = this;
    if (notice !== this.told) {
      this.told = notice;
      this.base = null;
      this.noticed(notice);
      if (notice) link.page(Kind.keyframe, noticeBody(notice, this.page), captureTimeNow());
    }
    if (notice) this.sight = null;
    return notice !== null;
  }

  /** A rep looks at a part of the document: it is captured too, for a while. */
  lookAt(top: number, height: number): void {
    if (!this.link || !this.capturer.places.add(top, top + height, performance.now())) return;
    this.isWideNext = true;
    this.dirt.mark();
  }

  /** A rep asks for a finer picture of one image. */
  refine(number: number): void {
    refine(number);
    this.dirt.mark();
  }

  /** What tells whether the page was scrolled or resized between two slices. */
  private get pageState(): string {
    const { scrollX, scrollY, innerWidth, innerHeight } = window;
    return `${location.href},${scrollX},${scrollY},${innerWidth},${innerHeight},${this.scrollCount}`;
  }

  private begin(): Sight {
    this.beforeLook();
    // What the shopper sees comes first, what is round it with the next look.
    const isWide = this.reach && this.base !== null && (!this.isSlow || this.isWideNext || this.dirt.isSweep);
    const pass = this.capturer.capture(this.page, this.tab, isWide, this.slice, this.tabs.values());
    return this.sight = { pass, time: captureTimeNow(), reading: pageReading, page: this.pageState, isWide, cost: 0 };
  }

  /** Looks at the page for one slice, and sends what changed when the pass is complete. */
  private look(): Look {
    const { link } = this;
    if (!link) return "done";
    if (link.isFull) return "again";
    if (this.tell(link)) return "done";
    let sight = this.sight;
    if (!sight) this.restartCount = 0;
    else if (sight.page !== this.pageState && this.restartCount < restartCountMax) {
      this.restartCount += 1;
      sight = null;
    }
    sight ??= this.begin();
    const start = performance.now();
    this.slice.end = start + sliceDuration;
    readAs(sight.reading);
    let step: IteratorResult<void, View>;
    try {
      step = sight.pass.next();
      sight.reading = reading();
    } catch (error) {
      this.sight = null;
      throw error;
    } finally {
      readAs(pageReading);
      sight.cost += performance.now() - start;
    }
    if (!step.done) return "more";
    this.sight = null;
    // What was read may be of a page that the shop keeps to itself since.
    if (this.tell(link)) return "done";
    const isMixed = sight.page !== this.pageState;
    const { hasMore } = step.value;
    const isLaidIn = this.base !== null && this.reach && !sight.isWide;
    const view = this.base && isLaidIn ? laidInto(this.base, step.value, window.innerHeight) : step.value;
    const isSent = this.send(link, view, sight.time);
    this.paced(sight, isLaidIn);
    return isSent && !hasMore && !isMixed && (sight.isWide === this.reach || (isLaidIn && !this.isWideNext))
      ? "done" : "again";
  }

  /** What a look cost tells when the next one round the viewport may begin. */
  private paced({ isWide, cost }: Sight, isLaidIn: boolean): void {
    const now = performance.now();
    this.isWideNext = !isWide && (!isLaidIn || now >= this.wideFrom);
    if (!isWide) return;
    this.isSlow = cost > wideCostMax;
    this.wideFrom = now + cost * wideRestFactor;
    // The rest for the whole of it is taken there: what changes in the viewport does not wait so long.
    this.pace.aside = Math.max(0, cost - wideCostMax);
  }

  /** Sends what makes the other end's view into `view`; false when the page has to be looked at again, closer. */
  private send(link: Link, view: View, time: number): boolean {
    let body = this.base ? deltaBody(this.base, view) : keyframeBody(view);
    if (body !== null && body.length > bodyLengthMax) {
      if (this.capturer.places.clear()) return false;
      if (this.reach) {
        this.reach = false;
        return false;
      }
      view.blocks = fitting(view.blocks);
      this.base = null;
      body = keyframeBody(view);
    }
    if (body !== null) link.page(this.base ? Kind.delta : Kind.keyframe, body, time);
    this.base = view;
    return true;
  }

  private scrolled(target: EventTarget | null, time: number): void {
    const { base, link } = this;
    this.scrollCount += 1;
    this.dirt.mark();
    if (!base || !link || this.notice) return;
    const isDocument = target === document || target === document.scrollingElement;
    const id = isDocument ? 0 : base.scrollers.get(target as Node);
    const row = base.layers.find((layer) => layer[0] === id);
    if (id === undefined || !row || (id === 0 && row[2] !== layerKindFlow)) return;
    const element = (target as Document).scrollingElement ?? (target as Element);
    const x = Math.round(isDocument ? window.scrollX : scrollLeft(element));
    const y = Math.round(isDocument ? window.scrollY : scrollTop(element));
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
