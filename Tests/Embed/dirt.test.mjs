import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

/** A page's clock: timers, messages and paints in the order of their time; nothing else takes any. */
class Clock {
  now = 0;
  works = [];

  at(wait, work) {
    const one = { time: this.now + Math.max(0, wait), work };
    this.works.push(one);
    return one;
  }

  until(end) {
    for (;;) {
      const [next] = this.works.filter(({ time }) => time <= end).sort((a, b) => a.time - b.time);
      if (!next) break;
      this.works.splice(this.works.indexOf(next), 1);
      this.now = Math.max(this.now, next.time);
      next.work();
    }
    this.now = Math.max(this.now, end);
  }
}

const frame = 16;
let clock = new Clock();
let observers = [];
let listeners = new Map();

class Observer {
  constructor(work) {
    observers.push(work);
  }

  observe() {}

  disconnect() {}
}

class Channel {
  port1 = {};
  port2 = { postMessage: (data) => clock.at(0, () => this.port1.onmessage({ data })) };
}

const fakes = {
  setTimeout: (work, wait) => clock.at(wait, work),
  clearTimeout: (one) => {
    clock.works = clock.works.filter((other) => other !== one);
  },
  // A page that nobody sees is not painted.
  requestAnimationFrame: (work) => {
    clock.at(frame - (clock.now % frame), () => document.hidden ? fakes.requestAnimationFrame(work) : work());
  },
  MutationObserver: Observer,
};
const own = Object.fromEntries(Object.keys(fakes).map((name) => [name, globalThis[name]]));
Object.assign(globalThis, fakes);
const { Dirt } = await load("capture/dirt");
const { Pace } = await load("capture/pace");
Object.assign(globalThis, own);
const listening = (name, work) => listeners.set(name, [...listeners.get(name) ?? [], work]);
Object.assign(globalThis, { MessageChannel: Channel, addEventListener: listening });
Object.assign(document, { addEventListener: listening, getAnimations: () => [], hidden: false });

/** A `Dirt` whose looks take `slices`, of `duration` each; `starts` says when each look began. */
function watching(slices, duration) {
  clock = new Clock();
  observers = [];
  listeners = new Map();
  document.hidden = false;
  performance.now = () => clock.now;
  const starts = [];
  const ends = [];
  let left = 0;
  const dirt = new Dirt(() => {
    if (left === 0) starts.push(clock.now);
    left = (left || (typeof slices === "function" ? slices() : slices)) - 1;
    clock.now += duration();
    if (left > 0) return "more";
    ends.push(clock.now);
    return "done";
  }, new Pace());
  dirt.start();
  const change = () => observers[0]();
  const hide = (isHidden) => {
    document.hidden = isHidden;
    for (const work of listeners.get("visibilitychange")) work({});
  };
  return { dirt, starts, ends, change, hide };
}

test("a page that changes at each paint and between is read to the end all the same", () => {
  const { ends, change } = watching(8, () => 3);
  const tick = () => {
    change();
    clock.at(2, tick);
  };
  tick();
  clock.until(5000);
  const gaps = ends.slice(1).map((end, index) => end - ends[index]);
  assert.ok(ends.length > 10 && Math.max(...gaps) < 600, `${ends}`);
});

test("a change is seen in a few seconds after a look that took long by the clock, though the budget is spent", () => {
  for (const stall of [500, 1300, 2900]) {
    let duration = 3;
    const { starts, change } = watching(1, () => duration);
    // A minute's budget is spent.
    for (; clock.now < 40_000; clock.until(clock.now + 100)) {
      duration = 80;
      change();
    }
    clock.until(60_000);
    duration = stall;
    change();
    const count = starts.length;
    clock.until(60_000 + stall + 100);
    assert.equal(starts.length, count + 1);
    duration = 3;
    change();
    const changed = clock.now;
    clock.until(changed + 30_000);
    assert.ok(starts[count + 1] - changed < 1600 + stall, `${starts.slice(count)}, changed at ${changed}`);
  }
});

test("past the budget looks take a small part of the time", () => {
  const { starts, change } = watching(10, () => 3);
  for (; clock.now < 200_000; clock.until(clock.now + 50)) change();
  const late = starts.filter((start) => start > 120_000 && start < 180_000);
  assert.ok(late.length * 30 < 60_000 * 0.08 && late.length > 50, `${late.length} looks`);
});

test("a page that is hidden while it waits for a paint is read without one", () => {
  const { starts, change, hide } = watching(2, () => 3);
  clock.until(1000);
  change();
  hide(true);
  clock.until(1100);
  assert.deepEqual(starts.length, 1);
});

test("a look that fails is done again, a while later", () => {
  let isBroken = true;
  const { ends, change } = watching(1, () => {
    if (!isBroken) return 3;
    isBroken = false;
    throw new Error("the page changed meanwhile");
  });
  clock.until(10);
  change();
  clock.until(900);
  assert.equal(ends.length, 0);
  clock.until(1200);
  assert.equal(ends.length, 1);
});

test("after a look that was asked for at once the next one takes its rest", () => {
  let isChanging = true;
  const { dirt, starts, change } = watching(1, () => {
    if (isChanging) change();
    isChanging = false;
    return 20;
  });
  clock.until(1000);
  change();
  // The paint that was waited for comes after it, and the page has changed since.
  dirt.lookNow();
  clock.until(1060);
  assert.deepEqual(starts, [1000]);
  clock.until(1200);
  assert.equal(starts.length, 2);
});
