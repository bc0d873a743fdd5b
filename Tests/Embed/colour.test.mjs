import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { colourOf, faded, blended, gradientColour } = await load("capture/colour");

test("computed colours are packed with their opacity", () => {
  assert.equal(colourOf("rgb(229, 87, 46)"), 0xe5572eff);
  assert.equal(colourOf("rgba(0, 0, 0, 0.5)"), 0x00000080);
  assert.equal(colourOf("rgba(10, 20, 30, 0)"), 0);
});

test("opacity fades, and nothing stays nothing", () => {
  assert.equal(faded(0x112233ff, 0.5), 0x11223380);
  assert.equal(faded(0, 0.5), 0);
  assert.equal(faded(0x112233ff, 0), 0);
  assert.equal(faded(0xffffffff, 1), 0xffffffff);
});

test("a translucent colour on white", () => assert.equal(blended(0xffffffff, 0x00000080), 0x7f7f7fff));

test("a gradient is the middle of its ends", () => {
  assert.equal(gradientColour("linear-gradient(rgb(0, 0, 0), rgb(200, 100, 50))"), 0x643219ff);
  assert.equal(gradientColour('url("a.png")'), 0);
});
