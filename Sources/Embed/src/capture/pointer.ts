/** The shopper's cursor, presses and scrolling: sent as they happen, beside the view. */

import { guarded, Listeners } from "../guard";
import { cancelLater, later } from "../natives";

const cursorPause = 1000 / 30;
const scrollPause = 16;

export interface PointerEvents {
  cursorMoved(x: number | null, y: number, captureTime: number): void;
  pressed(x: number, y: number, what: "down" | "up" | "tap", captureTime: number): void;
  scrolled(target: EventTarget | null, captureTime: number): void;
}

/** The time of an event in microseconds since 1970. */
function timeOf(event: Event): number {
  return (performance.timeOrigin + event.timeStamp) * 1000;
}

export class Pointer {
  private readonly listeners = new Listeners();
  private latest: PointerEvent | null = null;
  private lastCursor = 0;
  private cursorTimer: number | undefined;
  private scrolled = new Map<EventTarget | null, Event>();
  private lastScroll = 0;
  private scrollTimer: number | undefined;

  constructor(private readonly host: Element, private readonly events: PointerEvents) {}

  start(): void {
    const quiet = { capture: true, passive: true };
    const on = this.listeners;
    on.on<PointerEvent>(window, "pointermove", (event) => this.moved(event), quiet);
    on.on<PointerEvent>(document, "pointerleave pointerout", (event) => this.left(event), quiet);
    on.on<PointerEvent>(window, "pointerdown pointerup", (event) => this.press(event), quiet);
    on.on<Event>(document, "scroll", (event) => this.scroll(event), quiet);
  }

  stop(): void {
    this.listeners.stop();
    cancelLater(this.cursorTimer);
    cancelLater(this.scrollTimer);
    this.cursorTimer = undefined;
    this.scrollTimer = undefined;
    this.latest = null;
    this.scrolled.clear();
  }

  private moved(event: PointerEvent): void {
    if (!event.isTrusted) return;
    this.latest = event;
    const wait = this.lastCursor + cursorPause - performance.now();
    if (wait <= 0) this.sendCursor();
    else this.cursorTimer ??= later(guarded(() => this.sendCursor()), wait);
  }

  private sendCursor(): void {
    cancelLater(this.cursorTimer);
    this.cursorTimer = undefined;
    const event = this.latest;
    if (!event) return;
    this.latest = null;
    this.lastCursor = performance.now();
    this.events.cursorMoved(Math.round(event.clientX), Math.round(event.clientY), timeOf(event));
  }

  private left(event: PointerEvent): void {
    if (event.relatedTarget !== null || event.pointerType !== "mouse") return;
    this.latest = null;
    this.events.cursorMoved(null, 0, timeOf(event));
  }

  private press(event: PointerEvent): void {
    if (!event.isTrusted || event.composedPath().includes(this.host)) return;
    const isDown = event.type === "pointerdown";
    const isTouch = event.pointerType === "touch";
    if (isTouch && !isDown) return;
    const what = isTouch ? "tap" : isDown ? "down" : "up";
    this.events.pressed(Math.round(event.clientX), Math.round(event.clientY), what, timeOf(event));
  }

  /** Scrolling, of the page or of a part of it. */
  scroll(event: Event): void {
    this.scrolled.set(event.target, event);
    const wait = this.lastScroll + scrollPause - performance.now();
    if (wait <= 0) this.sendScrolls();
    else this.scrollTimer ??= later(guarded(() => this.sendScrolls()), wait);
  }

  private sendScrolls(): void {
    cancelLater(this.scrollTimer);
    this.scrollTimer = undefined;
    this.lastScroll = performance.now();
    const scrolled = [...this.scrolled];
    this.scrolled.clear();
    for (const [target, event] of scrolled) this.events.scrolled(target, timeOf(event));
  }
}
