// What a look at the page reckons by itself: counter styles, clip paths, and how often it may look.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { written, clippedBy, Pace } = await load("capture/counters", "capture/clips", "capture/pace");

test("numbers are written in the style of their list", () => {
  const styles = { "upper-roman": "MCMXCIV", "lower-roman": "mcmxciv", "decimal": "1994", "unheard-of": "1994" };
  for (const [style, text] of Object.entries(styles)) assert.equal(written(1994, style), text);
  assert.deepEqual([1, 26, 27, 52, 703].map((number) => written(number, "lower-alpha")), ["a", "z", "aa", "az", "aaa"]);
  assert.equal(written(7, "decimal-leading-zero"), "07");
  // What a style cannot write is written as a number: CSS Counter Styles 3, 2.1.
  assert.equal(written(0, "upper-roman"), "0");
  assert.equal(written(-3, "lower-alpha"), "-3");
  assert.equal(written(4000, "upper-roman"), "4000");
});

test("a clip path cuts a rectangle by lengths and parts", () => {
  const rect = { left: 10, top: 20, right: 110, bottom: 220 };
  const all = { left: -1e7, top: -1e7, right: 1e7, bottom: 1e7 };
  assert.deepEqual(clippedBy("inset(10px 50% 0px 5px)", rect, all), { left: 15, top: 30, right: 60, bottom: 220 });
  assert.deepEqual(clippedBy("inset(25% round 4px)", rect, all), { left: 35, top: 70, right: 85, bottom: 170 });
  assert.deepEqual(clippedBy("circle(40px)", rect, all), all);
});

test("looks take a ninth of the time, and past the budget far less until a quiet minute has gone by", () => {
  const pace = new Pace();
  /** The share of the time from `now` to `end` that looks of 10 ms take, each as early as it may. */
  const share = (now, end) => {
    let spent = 0;
    for (const start = now; ; spent += 10) {
      now = Math.max(now, pace.next) + 10;
      if (now > end) return spent / (end - start);
      pace.spent(10, now);
    }
  };
  pace.spent(10, 1000);
  assert.ok(pace.next <= 1000, "a change may follow another");
  assert.ok(10 / pace.sweepRest <= 0.005, "looking at nothing new takes half a percent at most");
  const first = share(1000, 3000);
  assert.ok(first > 0.1 && first < 0.14, `${first}`);
  share(3000, 40_000);
  assert.ok(share(40_000, 58_000) <= 0.04, "more than three seconds a minute were spent");
  assert.ok(share(61_000, 65_000) <= 0.06, "the minute before was too dear");
  assert.ok(share(130_000, 132_000) > 0.1);
  // Whoever asks for looks without a rest makes nobody wait longer for it.
  for (let count = 0; count < 50; count += 1) pace.spent(10, 140_000);
  assert.ok(pace.next <= 140_080);
});
