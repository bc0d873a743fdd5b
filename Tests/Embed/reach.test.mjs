// What is captured beside the viewport: the places that reps look at.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { Places, inReach, reachJSON, sideOf } = await load("capture/reach");
const viewport = { left: 0, top: 0, right: 1000, bottom: 800 };
const at = (top, bottom) => ({ left: 0, right: 100, top, bottom });

test("a screen each way is in reach, and what lies beyond is not", () => {
  const band = new Places().band(viewport, 0, 0, 0);
  assert.ok(inReach(at(1500, 1590), band) && !inReach(at(1610, 1700), band));
  assert.ok(!inReach(at(1500, 1590), band, { left: 0, top: 0, right: 100, bottom: 1400 }), "clipped away");
  assert.equal(reachJSON(band, 0, 0, 1000, 4000), "[[0,0,1000,1600]]");
});

test("a place that a rep looks at is in reach until nobody asks for it any more", () => {
  const places = new Places();
  assert.ok(places.add(3000, 3600, 0), "news");
  assert.ok(!places.add(3000, 3600, 20_000), "no news");
  const band = places.band(viewport, 0, 400, 49_000);
  assert.ok(inReach(at(2650, 2700), band) && !inReach(at(2000, 2100), band));
  assert.equal(reachJSON(band, 0, 400, 1000, 3500), "[[0,0,1000,2000],[0,3000,1000,500]]");
  assert.ok(!inReach(at(2650, 2700), places.band(viewport, 0, 400, 50_001)));
  assert.ok(places.add(3000, 3600, 60_000), "forgotten meanwhile");
});

test("only the last four places are kept", () => {
  const places = new Places();
  for (let n = 0; n < 9; n += 1) places.add(n * 1000, n * 1000 + 10, 0);
  assert.equal(places.band(viewport, 0, 0, 1).places.length, 4);
  assert.ok(places.clear() && !places.clear());
});

test("what lies between two places is on another side than what lies above or below them", () => {
  const places = new Places();
  places.add(5000, 5600, 0);
  places.add(3000, 3600, 0);
  const band = places.band(viewport, 0, 0, 1);
  const sides = [at(-2000, -1900), at(2000, 2100), at(4000, 4100), at(7000, 7100)].map((rect) => sideOf(rect, band));
  assert.equal(new Set(sides).size, 4);
  assert.ok(!sides.includes(0) && sideOf(at(3500, 3900), band) === 0);
  assert.equal(sideOf({ left: 0, top: 9000, right: 0, bottom: 9000 }, band), 0, "nowhere");
});
