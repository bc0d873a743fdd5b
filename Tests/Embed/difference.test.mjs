import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { deltaBody, keyframeBody } = await load("capture/difference");

const items = (text) => JSON.stringify([["t", 0, 0, 9, 9, text, 1, 0, 9]]);
const block = (id, x, y, text, layer = 0) => ({ id, layer, x, y, json: items(text) });
const view = (blocks, changes = {}) => ({
  facts: ['"page":{"id":1}', '"viewport":[1280,800]', '"size":[1280,2000]', '"ground":4294967295'],
  layers: [[0, 0, 0, 0, 0, 1280, 2000, 0, 0]], blocks, scrollers: new Map(), hasMore: false, ...changes,
});
const delta = (base, next) => JSON.parse(deltaBody(base, next) ?? "null");

test("a view that did not change makes no delta", () => {
  assert.equal(deltaBody(view([block(1, 0, 0, "a")]), view([block(1, 0, 0, "a")])), null);
});

test("a keyframe is whole", () => {
  const body = JSON.parse(keyframeBody(view([block(1, 5, 6, "a"), block(2, 7, 8, "b")])));
  assert.deepEqual(Object.keys(body), ["page", "viewport", "size", "ground", "layers", "blocks"]);
  assert.deepEqual(body.blocks[1], [2, 0, 7, 8, [["t", 0, 0, 9, 9, "b", 1, 0, 9]]]);
});

test("a block that only moved is a move", () => {
  const base = view([block(1, 0, 0, "a"), block(2, 0, 50, "b")]);
  assert.deepEqual(delta(base, view([block(1, 0, 0, "a"), block(2, 0, 70, "b")])), { moves: [[2, 0, 70]] });
});

test("a block whose words changed is sent again, alone", () => {
  const base = view([block(1, 0, 0, "a"), block(2, 0, 50, "b")]);
  const body = delta(base, view([block(1, 0, 0, "a"), block(2, 0, 50, "c")]));
  assert.deepEqual(Object.keys(body), ["blocks"]);
  assert.deepEqual(body.blocks.map((one) => one[0]), [2]);
});

test("new, gone and reordered blocks bring the order", () => {
  assert.deepEqual(delta(view([block(1, 0, 0, "a")]), view([block(2, 0, 0, "b"), block(1, 0, 0, "a")])).order, [2, 1]);
  const base = view([block(1, 0, 0, "a"), block(2, 0, 0, "b")]);
  assert.deepEqual(delta(base, view([block(2, 0, 0, "b")])), { order: [2] });
});

test("a block that changes its layer is sent again, after the layers", () => {
  const layers = [[0, 0, 0, 0, 0, 1280, 2000, 0, 0], [3, 0, 1, 0, 0, 1280, 60, 0, 0]];
  const body = delta(view([block(1, 0, 0, "a")]), view([block(1, 0, 0, "a", 3)], { layers }));
  assert.deepEqual(body.layers, layers);
  assert.equal(body.blocks[0][1], 3);
});
