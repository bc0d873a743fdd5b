import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { laidInto } = await load("capture/merged");

const root = [0, 0, 0, 0, 0, 1280, 9000, 0, 1000];
const block = (id, top, layer = 0, json = "") => ({ id, layer, x: 0, y: top, top, bottom: top + 100, json });
const view = (blocks, layers = [root], reach = "narrow") => ({
  facts: ["page", "size", reach], layers, blocks, scrollers: new Map(), hasMore: false,
});
const ids = (one) => one.blocks.map(({ id }) => id);

test("what lies outside of the viewport stays, in its order, beside what was seen anew", () => {
  const base = view([block(1, 500), block(2, 1100), block(3, 1200), block(4, 2000), block(5, 2100)], [root], "wide");
  const next = laidInto(base, view([block(2, 1100, 0, "new"), block(6, 1150), block(3, 1200)]), 800);
  assert.deepEqual(ids(next), [1, 2, 6, 3, 4, 5]);
  assert.equal(next.blocks[1].json, "new");
  assert.deepEqual(next.facts, ["page", "size", "wide"]);
});

test("what is gone from the viewport is gone", () => {
  assert.deepEqual(ids(laidInto(view([block(1, 1100), block(3, 950)]), view([]), 800)), []);
  assert.deepEqual(ids(laidInto(view([block(1, 1100), block(2, 900)]), view([block(1, 1100)]), 800)), [1, 2]);
});

test("a layer stays with its blocks, and its parents with it", () => {
  const layer = (id, parent) => [id, parent, 4, 0, 0, 10, 10, 0, 0];
  const base = view([block(1, 3000, 8), block(2, 1100, 9)], [root, layer(7, 0), layer(8, 7), layer(9, 0)]);
  assert.deepEqual(laidInto(base, view([]), 800).layers.map(([id]) => id), [0, 7, 8]);
});
