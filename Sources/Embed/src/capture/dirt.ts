/** Notices that the page may look different now. Notices only: what changed is found by looking again. */

import { guarded, Listeners } from "../guard";
import { cancelLater, later, matches, nextFrame, Observer } from "../natives";
import { heardList, isListDrawn, isListOpen } from "./options";
import { Pace } from "./pace";
import { forgetPicture } from "./pictures";

/** At most one look in this time, and longer after an expensive one. */
const pauseMin = 50;
/** While something moves by itself. */
const movingPause = 100;
const movingAfterEvent = 700;
const hoverPause = 250;
const sweepPause = 1000;
/** After a look that failed: what it was to see is not forgotten, and the page may be another one by then. */
const faultPause = 1000;
/** While a list has the focus or is open. */
const listPause = 100;

/** What became of a look: it is complete, goes on in the next slice, or is to be repeated later. */
export type Look = "done" | "more" | "again";

const changeEvents = "input change reset focusin focusout toggle beforetoggle error invalid slotchange "
  + "fullscreenchange close cancel compositionend";
const movingEvents =
  "transitionrun transitionend transitioncancel animationstart animationend animationcancel";

/** What is watched of one document or shadow root. */
class Watch {
  readonly listeners = new Listeners();

  constructor(readonly root: Node, readonly observer: MutationObserver) {}

  /** Whether the root's frame or host is gone. */
  get isGone(): boolean {
    return this.root !== document && (!(this.root as Document).isConnected
      || (this.root as Document).defaultView === null || this.root.ownerDocument?.defaultView === null);
  }

  stop(): void {
    this.listeners.stop();
    this.observer.disconnect();
  }
}

export class Dirt {
  private readonly listeners = new Listeners();
  private watches = new Map<Node, Watch>();
  private isRunning = false;
  private isDirty = false;
  /** Whether nothing tells of a change. */
  isSweep = false;
  private isScheduled = false;
  /** The page has changed and was not painted since: reading it now would lay it out in our time. */
  private isUnsettled = false;
  /** Whether the slice that is next has waited for a paint: a page that changes at each paint is read all the same. */
  private hasWaited = false;
  /** The number of the only message, or paint, that begins a slice: what was to begin one before is void. */
  private turn = 0;
  private timer: number | undefined;
  private lastLook = 0;
  private cost = 0;
  private lastHover = 0;
  private movingUntil = 0;
  private readonly channel = new MessageChannel();
  private sweep: number | undefined;
  /** The `select` that is watched. */
  private list: Element | null = null;
  /** Scrolling in a frame, which the page itself does not hear of. */
  onScroll: (event: Event) => void = () => undefined;

  /** `look` reads the page for one slice. */
  constructor(private readonly look: () => Look, private readonly pace: Pace) {
    this.channel.port1.onmessage = guarded(({ data }) => {
      if (data === this.turn) this.run();
    });
  }

  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.observe(document);
    const on = this.listeners;
    // A page that is not seen any more does not paint what was waited for.
    on.on(document, "visibilitychange", () => this.lookNow());
    on.on(window, "resize orientationchange hashchange popstate online", () => this.mark(), { passive: true });
    if (document.fonts) on.on(document.fonts, "loadingdone", () => this.mark());
    this.sweepLater();
  }

  stop(): void {
    this.isRunning = false;
    this.isDirty = false;
    this.isScheduled = false;
    this.cost = 0;
    this.listeners.stop();
    for (const watch of this.watches.values()) watch.stop();
    this.watches.clear();
    cancelLater(this.sweep);
    cancelLater(this.timer);
  }

  /** Watches the page, the document of a frame, or a shadow root, once. */
  observe(root: Document | ShadowRoot): void {
    if (!this.isRunning || this.watches.has(root)) return;
    const watch = new Watch(root, new Observer(guarded(() => this.mark())));
    this.watches.set(root, watch);
    watch.observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
    const quiet = { capture: true, passive: true };
    const on = watch.listeners;
    if ("host" in root) {
      // These do not leave a shadow root.
      on.on(root, "toggle slotchange load error change", () => this.mark(), quiet);
      on.on(root, "scroll", (event) => this.onScroll(event), quiet);
      return;
    }
    on.on(root, changeEvents, () => this.mark(), quiet);
    on.on(root, "load", (event) => {
      forgetPicture(event.target);
      this.mark();
    }, quiet);
    on.on(root, movingEvents, () => this.moving(), quiet);
    on.on(root, "pointerover", () => this.hovered(), quiet);
    on.on(root, "pointerdown keydown keyup change focusout", (event) => {
      const list = heardList(event);
      if (!list) return;
      if (!this.list) this.watchList();
      this.list = list;
    }, quiet);
    if (root !== document) on.on(root, "scroll", (event) => this.onScroll(event), quiet);
  }

  /** Whether something may have changed that no complete look has seen. */
  get isPending(): boolean {
    return this.isDirty || this.cost > 0;
  }

  /** Something may have changed; `isSweep` where nothing tells of it. */
  mark(isSweep = false): void {
    if (!this.isRunning) return;
    this.isSweep = isSweep && !this.isDirty;
    this.isDirty = true;
    this.isUnsettled = true;
    if (this.isScheduled || this.cost > 0) return;
    this.isScheduled = true;
    const wait = Math.max(this.lastLook + pauseMin, this.pace.next) - performance.now();
    if (wait > 4) this.timer = later(guarded(() => this.afterPaint()), wait);
    else this.afterPaint();
  }

  /** Looks without a rest before; only after `start`. */
  lookNow(): void {
    this.isDirty = true;
    this.isScheduled = true;
    cancelLater(this.timer);
    this.post();
  }

  private post(): void {
    this.channel.port2.postMessage(this.turn += 1);
  }

  private afterPaint(): void {
    // Layout is clean right after the frame was painted: reading it then costs no second layout.
    if (document.hidden) return this.post();
    const turn = this.turn += 1;
    nextFrame(guarded(() => {
      if (turn === this.turn) this.post();
    }));
  }

  private run(): void {
    if (!this.isRunning || (!this.isDirty && this.cost === 0)) {
      this.isScheduled = false;
      return;
    }
    // Between two slices: the next one comes after the paint.
    this.hasWaited = this.isUnsettled && this.cost > 0 && !this.hasWaited;
    this.isUnsettled = false;
    if (this.hasWaited) return this.afterPaint();
    const start = performance.now();
    // What changes from now on has to be looked at again.
    if (this.cost === 0) this.isDirty = false;
    let look: Look | undefined;
    try {
      look = this.look();
    } finally {
      const now = performance.now();
      this.cost += now - start;
      this.pace.sliced(now - start);
      if (look === "more" && this.isRunning) this.post();
      else this.looked(look ? now : now + faultPause, look !== "done", start);
    }
  }

  private looked(now: number, isToRepeat: boolean, start: number): void {
    this.pace.spent(this.cost, now);
    this.cost = 0;
    this.lastLook = now;
    this.isScheduled = false;
    for (const [root, watch] of this.watches) {
      if (!watch.isGone) continue;
      watch.stop();
      this.watches.delete(root);
    }
    if (isToRepeat || this.isDirty) this.mark();
    else if (start < this.movingUntil) later(guarded(() => this.mark()), movingPause);
  }

  /** A list is opened and closed without an event. */
  private watchList(): void {
    later(guarded(() => {
      const { list } = this;
      this.list = null;
      if (!list || !this.isRunning) return;
      const isOpen = isListOpen(list);
      if (isOpen !== isListDrawn(list)) this.mark();
      if (!isOpen && !matches(list, ":focus")) return;
      this.list = list;
      this.watchList();
    }), listPause);
  }

  private moving(): void {
    this.movingUntil = performance.now() + movingAfterEvent;
    this.mark();
  }

  private hovered(): void {
    const now = performance.now();
    if (now - this.lastHover < hoverPause) return;
    this.lastHover = now;
    this.mark();
  }

  /** Style sheets and properties change without an event: look once in a while all the same. */
  private sweepLater(): void {
    this.sweep = later(guarded(() => {
      if (!this.isRunning) return;
      if (!document.hidden) {
        if (document.getAnimations().some((one) => one.playState === "running" && isFinite(endOf(one)))) this.moving();
        this.mark(true);
      }
      this.sweepLater();
    }), Math.max(sweepPause, this.pace.sweepRest));
  }
}

function endOf(animation: Animation): number {
  return Number(animation.effect?.getComputedTiming().endTime ?? 0);
}
