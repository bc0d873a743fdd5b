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

/** Does its work when asked, at most once in a while. */
class Throttle {
  private last = 0;
  private timer: number | undefined;

  constructor(private readonly pause: number, private readonly work: () => void) {}

  ask(): void {
    const wait = this.last + this.pause - performance.now();
    if (wait > 0) this.timer ??= later(guarded(() => this.run()), wait);
    else this.run();
  }

  stop(): void {
    cancelLater(this.timer);
    this.timer = undefined;
  }

  private run(): void {
    this.stop();
    this.last = performance.now();
    this.work();
  }
}

export class Pointer {
  private readonly listeners = new Listeners();
  private latest: PointerEvent | null = null;
  private readonly cursor = new Throttle(cursorPause, () => this.sendCursor());
  private readonly scrolls = new Throttle(scrollPause, () => this.sendScrolls());
  private scrolled = new Map<EventTarget | null, Event>();

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
    this.cursor.stop();
    this.scrolls.stop();
    this.latest = null;
    this.scrolled.clear();
  }

  private moved(event: PointerEvent): void {
    if (!event.isTrusted) return;
    this.latest = event;
    this.cursor.ask();
  }

  private sendCursor(): void {
    const event = this.latest;
    if (!event) return;
    this.latest = null;
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
    this.scrolls.ask();
  }

  private sendScrolls(): void {
    const scrolled = [...this.scrolled];
    this.scrolled.clear();
    for (const [target, event] of scrolled) this.events.scrolled(target, timeOf(event));
  }
}
