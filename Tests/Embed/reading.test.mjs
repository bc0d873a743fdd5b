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

test("a look is followed by a rest, and past the budget by a long one until a quiet minute has gone by", () => {
  const pace = new Pace();
  pace.spent(10, 1000);
  assert.equal(pace.rest, 80);
  assert.ok(10 / pace.sweepRest <= 0.005, "looking at nothing new takes half a percent at most");
  for (let now = 1000; now < 31_000; now += 100) pace.spent(10.1, now);
  assert.ok(10 / pace.rest <= 0.04, "more than three seconds a minute were spent");
  pace.spent(10, 62_000);
  assert.ok(10 / pace.rest <= 0.04, "the minute before was too dear");
  pace.spent(10, 130_000);
  assert.equal(pace.rest, 80);
});
