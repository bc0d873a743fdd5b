/** Notices that the page may look different now. Notices only: what changed is found by looking again. */

import { guarded, Listeners } from "../guard";
import { cancelLater, later, nextFrame, Observer } from "../natives";
import { forgetPicture } from "./pictures";

/** At most one look in this time, and longer after an expensive one. */
const pauseMin = 50;
/** Looks may take this share of the main thread: a look of 5 ms is followed by 40 ms of rest. */
const restFactor = 8;
/** While something moves by itself. */
const movingPause = 100;
const movingAfterEvent = 700;
const hoverPause = 250;
const sweepPause = 1000;
const sweepRestFactor = 100;

export class Dirt {
  private readonly listeners = new Listeners();
  private readonly observer: MutationObserver;
  private roots = new WeakSet<Node>();
  private isRunning = false;
  private isDirty = false;
  private isScheduled = false;
  private lastLook = 0;
  private lastCost = 0;
  private lastHover = 0;
  private movingUntil = 0;
  private readonly channel = new MessageChannel();
  private sweep: number | undefined;

  /** `look` reads the page; it returns false when it has to be asked again. */
  constructor(private readonly look: () => boolean) {
    this.observer = new Observer(guarded(() => this.mark()));
    this.channel.port1.onmessage = guarded(() => this.run());
  }

  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.roots = new WeakSet();
    this.observe(document);
    const on = this.listeners;
    const capture = { capture: true, passive: true };
    on.on(document, "input change reset focusin focusout toggle beforetoggle error invalid slotchange "
      + "fullscreenchange close cancel visibilitychange compositionend", () => this.mark(), capture);
    on.on(document, "load", (event) => {
      forgetPicture(event.target);
      this.mark();
    }, capture);
    on.on(document, "transitionrun transitionend transitioncancel animationstart animationend animationcancel",
      () => this.moving(), capture);
    on.on(document, "pointerover", () => this.hovered(), capture);
    on.on(window, "resize orientationchange hashchange popstate", () => this.mark(), { passive: true });
    if (document.fonts) on.on(document.fonts, "loadingdone", () => this.mark());
    this.sweepLater();
  }

  stop(): void {
    this.isRunning = false;
    this.isDirty = false;
    this.listeners.stop();
    this.observer.disconnect();
    cancelLater(this.sweep);
  }

  /** Watches a document or an open shadow root, once. */
  observe(root: Node): void {
    if (!this.isRunning || this.roots.has(root)) return;
    this.roots.add(root);
    this.observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
  }

  /** Something may have changed. */
  mark(): void {
    if (!this.isRunning) return;
    this.isDirty = true;
    if (this.isScheduled) return;
    this.isScheduled = true;
    const rest = Math.max(pauseMin, this.lastCost * restFactor);
    const wait = this.lastLook + rest - performance.now();
    if (wait > 4) later(guarded(() => this.afterPaint()), wait);
    else this.afterPaint();
  }

  /** The page was looked at from outside of a scheduled look. */
  looked(cost: number): void {
    this.isDirty = false;
    this.lastCost = cost;
    this.lastLook = performance.now();
  }

  private afterPaint(): void {
    // Layout is clean right after the frame was painted: reading it then costs no second layout.
    if (document.hidden) this.channel.port2.postMessage(0);
    else nextFrame(guarded(() => this.channel.port2.postMessage(0)));
  }

  private run(): void {
    this.isScheduled = false;
    if (!this.isRunning || !this.isDirty) return;
    const start = performance.now();
    const isDone = this.look();
    this.looked(performance.now() - start);
    if (!isDone) this.mark();
    else if (start < this.movingUntil) later(guarded(() => this.mark()), movingPause);
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
    const pause = Math.max(sweepPause, this.lastCost * sweepRestFactor);
    this.sweep = later(guarded(() => {
      if (!this.isRunning) return;
      if (!document.hidden) {
        if (document.getAnimations().some((one) => one.playState === "running" && isFinite(endOf(one)))) this.moving();
        this.mark();
      }
      this.sweepLater();
    }), pause);
  }
}

function endOf(animation: Animation): number {
  return Number(animation.effect?.getComputedTiming().endTime ?? 0);
}
